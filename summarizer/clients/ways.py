"""The ways of asking: what an endpoint and model are known to take, and the request that follows from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from summarizer.clients.base import AnswerSchema, Message, Mode, Request
from summarizer.clients.wordings import matches
from summarizer.resources import read
from summarizer.settings import Settings

MODES: tuple[Mode, ...] = get_args(Mode)
LIMITS = ("max_tokens", "max_completion_tokens")
_STEADY: dict[str, Any] = {"temperature": 0, "seed": 1}  # the same question, the same answer, as far as one can
_DROPPABLE = frozenset((*_STEADY, *LIMITS, "strict", "tool_choice", "thinking"))
_RAISE = 4


@dataclass(frozen=True, slots=True)
class Ways:
    """What is taken: the mode, what has to be left out, and the limit of an answer under its name.

    `dropped` holds names of parameters (temperature, seed, max_tokens, …), of details of a tool call (strict,
    tool_choice), and thinking where it has to be switched off. `ceiling` is the largest limit that the endpoint
    takes, where it said so.
    """

    mode: Mode = "json_schema"
    dropped: frozenset[str] = frozenset()
    limit_name: str = "max_tokens"
    limit: int = 8192
    ceiling: int | None = None

    def below(self) -> Ways | None:
        """The same in the next looser mode; None below the last."""
        at = MODES.index(self.mode)
        return replace(self, mode=MODES[at + 1]) if at + 1 < len(MODES) else None

    def without(self, *names: str) -> Ways:
        return replace(self, dropped=self.dropped | set(names))

    def sends(self, name: str) -> bool:
        """Whether a parameter, or a detail of a tool call, is sent."""
        if name in LIMITS and name != self.limit_name:
            return False
        if name in ("strict", "tool_choice") and self.mode != "tools":
            return False
        return name not in self.dropped

    def raised(self, usual: int) -> Ways | None:
        """With a limit four times the usual; None where it was raised before, is not sent, or cannot be larger."""
        larger = min(usual * _RAISE, self.ceiling or usual * _RAISE)
        if not self.sends(self.limit_name) or self.limit > usual or larger <= self.limit:
            return None
        return replace(self, limit=larger)

    def parameters(self) -> dict[str, Any]:
        """The parameters of a request. `strict` and a tool_choice of None are understood by `wire.body_of`."""
        sent = {name: value for name, value in _STEADY.items() if self.sends(name)}
        if self.sends(self.limit_name):
            sent[self.limit_name] = self.limit
        if "thinking" in self.dropped:
            sent["extra_body"] = {"enable_thinking": False}  # DashScope's own parameter
        if self.mode == "tools":
            sent |= {name: None for name in ("strict", "tool_choice") if name in self.dropped}
        return sent


def first_ways(settings: Settings) -> Ways:
    """What is tried with an endpoint of which nothing is known."""
    host = (settings.host or "").partition(":")[0]
    newer = matches("hosts", "max_completion_tokens", host)
    return Ways(limit_name=LIMITS[newer], limit=settings.answer_limit)


def request_of(ways: Ways, messages: Sequence[Message], schema: AnswerSchema) -> Request:
    """The request in these ways. Where no schema is sent, it is told at the end of the system message."""
    if ways.mode in ("json_object", "prompt"):
        messages = _told(messages, schema)
    return Request(tuple(messages), schema, ways.mode, ways.parameters())


def _told(messages: Sequence[Message], schema: AnswerSchema) -> list[Message]:
    """Messages with the schema in words: the same for every request, so that prompt caches apply."""
    text = json.dumps(schema.schema, ensure_ascii=False, separators=(",", ":"))
    words = f"{read('prompts', 'schema.txt').strip()}\n{text}"
    if messages and messages[0].role == "system":
        return [Message("system", f"{messages[0].content}\n\n{words}"), *messages[1:]]
    return [Message("system", words), *messages]


def to_text(ways: Ways, date: str) -> str:
    """What is remembered, with the date on which it was found."""
    known = {
        "mode": ways.mode,
        "dropped": sorted(ways.dropped),
        "limit_name": ways.limit_name,
        "limit": ways.limit,
        "ceiling": ways.ceiling,
        "date": date,
    }
    return json.dumps(known, separators=(",", ":"))


def from_text(text: str) -> tuple[Ways, str] | None:
    """What was remembered and its date; None where it is damaged or of another version."""
    try:
        known = json.loads(text)
        ways = Ways(known["mode"], frozenset(known["dropped"]), known["limit_name"], known["limit"], known["ceiling"])
        date = known["date"]
    except (ValueError, TypeError, KeyError):
        return None
    whole = (
        ways.mode in MODES
        and ways.limit_name in LIMITS
        and ways.dropped <= _DROPPABLE
        and isinstance(ways.limit, int)
        and isinstance(ways.ceiling, int | None)
        and isinstance(date, str)
    )
    return (ways, date) if whole else None
