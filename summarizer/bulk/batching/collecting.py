"""A batch's output, line by line: answers into the reply store, and what becomes of the other requests.

Files of an endpoint are trusted like its replies: lines that are broken or that nobody asked for are passed over,
and what has no answer in the end is asked again, a bounded number of times.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from summarizer.bulk.batching.asking import MOST_TRIES
from summarizer.bulk.batching.money import Funds
from summarizer.bulk.batching.rules import is_unanswered
from summarizer.bulk.batching.state import Asked, Batch, BatchState, Ended, Failure
from summarizer.bulk.troubles import is_final
from summarizer.clients.adapting import remember_ways
from summarizer.clients.base import Reply
from summarizer.clients.openai_errors import completion_of, refused
from summarizer.clients.refusals import ways_after, ways_after_vague
from summarizer.clients.store import ReplyStore
from summarizer.clients.storing import holds_key, kept_of
from summarizer.clients.vendors import can_pass
from summarizer.clients.ways import Ways, from_text, to_text
from summarizer.clients.wire import reply_of
from summarizer.errors import EndpointError, InputError
from summarizer.lenientjson import without_thinking
from summarizer.model import Usage
from summarizer.settings import Settings

_LONGEST = 64 * 2**20  # bytes of a line


@dataclass(slots=True)
class Collected:
    """What a batch brought: how many requests ended how, and a sentence where the run is to stop for it."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stop: str | None = None

    def line(self) -> str:
        """The batch in one line."""
        words = ("answered", "asked again", "failed")
        ends = ", ".join(f"{self.counts[word]:,} {word}" for word in words if self.counts[word])
        why = "; ".join(f"{count:,} × {reason}" for reason, count in self.reasons.most_common(3))
        return f"{ends or 'nothing came back'}{f' ({why})' if why else ''}"


@dataclass(slots=True)
class Collector:
    """Takes the lines of one batch. One object a batch."""

    settings: Settings
    store: ReplyStore
    state: BatchState
    funds: Funds
    batch: Batch
    today: date
    found: Collected = field(default_factory=Collected)
    _ended: dict[str, Ended] = field(default_factory=dict)
    _cost: Decimal = Decimal(0)
    _asked: Mapping[str, Asked] = field(default_factory=dict)

    def collect(self, files: Iterable[Path]) -> Collected:
        """Reads the batch's files and notes it as ended. Raises InputError where an answer cannot be kept."""
        self._asked = self.state.requests(self.batch)
        for file in files:
            for line in _lines(file):
                asked = self._asked.get(str(line.get("custom_id")))
                if asked is not None and asked.key not in self._ended:
                    self._take(asked, line)
        for key, asked in self._asked.items():
            if key not in self._ended:
                self._again(asked, Usage(), "without an answer")
        self.state.end(self.batch, self._ended.values(), self._cost)
        return self.found

    def _take(self, asked: Asked, line: Mapping[str, Any]) -> None:
        response, error = line.get("response"), line.get("error")
        if isinstance(response, dict) and response.get("body") is not None:
            status = response.get("status_code")
            if status == 200:
                self._answered(asked, response["body"])
            else:
                status = status if isinstance(status, int) else 500
                self._refused(asked, refused(self.settings, status, response["body"]))
            return
        code = str(error.get("code")) if isinstance(error, dict) else ""
        if is_unanswered(code):
            self._again(asked, Usage(), code)
        else:
            self._refused(asked, refused(self.settings, 500, error))

    # --- answers -----------------------------------------------------------------------------

    def _answered(self, asked: Asked, body: Any) -> None:
        from openai.types.chat import ChatCompletion

        try:
            reply = reply_of(completion_of(ChatCompletion.construct(**body), self.settings))
        except EndpointError as error:
            return self._refused(asked, error)
        except Exception:  # the SDK met a body of no shape at all
            return self._again(asked, Usage(requests=1), "a body that is no completion")
        self._cost += self.funds.cost(reply.usage, self.batch)
        if raised := self._raised(reply):
            self._learn(raised)
            return self._again(asked, reply.usage, "cut off before its first word", most=MOST_TRIES)
        if holds_key(reply, self.settings):
            return self._failed(
                asked, EndpointError("the reply held the key of this run, and was not kept"), reply.usage
            )
        kept = kept_of(reply, self.settings, self.store.now())
        if not kept.is_storable:
            return self._failed(asked, EndpointError("the reply is too large to be kept, or no text"), reply.usage)
        if not self.store.keep(asked.key, kept):
            raise InputError(
                f"The reply store {self.store.path} cannot be written; is the disk full? The answers stay at "
                f"{self.settings.host}: run the same command again to collect them."
            )
        if kept.is_answer and self.state.fact("proven") != self.batch.ways:
            self.state.note("proven", self.batch.ways)
            if ways := self._ways():
                remember_ways(ways, self.settings, self.store, self.today)
        self._end(asked, "answered", reply.usage)
        self.found.counts["answered"] += 1
        return None

    def _raised(self, reply: Reply) -> Ways | None:
        """The ways with a larger limit, where a model thought until the limit and said nothing."""
        if reply.finish != "length" or without_thinking(reply.content).strip():
            return None
        ways = self._ways()
        return ways.raised(self.settings.answer_limit) if ways else None

    # --- refusals ----------------------------------------------------------------------------

    def _refused(self, asked: Asked, error: EndpointError) -> None:
        usage = Usage(requests=1)
        if is_final(error):  # no report is to fail for it
            self.found.stop = str(error)
            self._again(asked, usage, _short(error), most=math.inf)
        elif error.status is not None and can_pass(error.status):
            self._again(asked, usage, _short(error))
        elif following := self._following(error):
            self._learn(following)
            self._again(asked, usage, _short(error), most=MOST_TRIES)
        else:
            self._failed(asked, error, usage)

    def _following(self, error: EndpointError) -> Ways | None:
        """The next way to ask after a refusal; None where it is not about the way of asking."""
        ways = self._ways()
        if ways is None:
            return None
        if following := ways_after(ways, error):
            return following
        return None if self.state.fact("proven") else ways_after_vague(ways, error)

    def _ways(self) -> Ways | None:
        """The ways in which the batch asked."""
        known = from_text(self.batch.ways)
        return known[0] if known else None

    def _learn(self, ways: Ways) -> None:
        """Lets the next batches ask otherwise, unless they do so already."""
        if (self.state.fact("ways") or self.batch.ways) == self.batch.ways:
            self.state.note("ways", to_text(ways, self.today.isoformat()))

    # --- how requests end --------------------------------------------------------------------

    def _again(self, asked: Asked, usage: Usage, why: str, most: float | None = None) -> None:
        """To be asked again, in so many batches at most (None: as often as any request)."""
        if asked.tries >= (self.settings.attempts if most is None else most):
            message = f"{self.settings.host} gave no answer in {asked.tries} batches (the last time: {why})"
            return self._failed(asked, EndpointError(message), usage)
        self._end(asked, "open", usage)
        self.found.counts["asked again"] += 1
        self.found.reasons[why] += 1
        return None

    def _failed(self, asked: Asked, error: EndpointError, usage: Usage) -> None:
        self._end(asked, "failed", usage, Failure(str(error), error.status))
        self.found.counts["failed"] += 1
        self.found.reasons[_short(error)] += 1

    def _end(self, asked: Asked, state: Any, usage: Usage, failure: Failure | None = None) -> None:
        whole = replace(asked.usage + usage, seconds=0.0)
        self._ended[asked.key] = Ended(asked.key, state, whole, failure)


def _short(error: EndpointError) -> str:
    return str(error)[:200]


def _lines(file: Path) -> Iterator[Mapping[str, Any]]:
    """The objects of a file of JSON lines; what is none is passed over."""
    with file.open("rb") as lines:
        while line := lines.readline(_LONGEST):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                yield found
