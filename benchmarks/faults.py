"""An endpoint that knows the answers and misbehaves by a script, and the faults that it knows.

A fault makes of the good reply what an endpoint in trouble would send. `Plan` decides which requests meet
one: the first about each part, all about one part, or a seeded share of all.
"""

from __future__ import annotations

import email.utils
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loopback import Response, says
from oracle import Answer, Oracle, answer_of, quantity_of

from summarizer.chunking import halves
from summarizer.model import Chunk, Report
from summarizer.pipeline import prepare

PROMPT_TOKENS = 4000


@dataclass
class Knowing(Oracle):
    """An oracle of given reports, which knows the answers for pieces of their chunks too."""

    reports: Sequence[tuple[Report, dict[str, Any]]] = ()
    parts: list[tuple[frozenset[str], Answer, int]] = field(default_factory=list)
    by_line: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for report, gold in self.reports:
            for chunk in prepare(report).chunks:
                self._register(chunk, gold, len(self.parts))

    def _register(self, chunk: Chunk, gold: dict[str, Any], whole: int, depth: int = 0) -> None:
        lines = frozenset(line for line in chunk.marked.split("\n") if re.match(r"c\d+[a-z]>", line))
        for line in lines:
            self.by_line.setdefault(line, []).append(len(self.parts))
        self.parts.append((lines, answer_of(chunk, gold), whole))
        for piece in halves(chunk) if depth < 2 else ():
            self._register(piece, gold, whole, depth + 1)

    def part_of(self, user: str) -> int | None:
        """The part that a request is about: the one that shares the most lines with it, the smallest of those."""
        shared = Counter(i for line in user.split("\n") for i in self.by_line.get(line, ()))
        return max(shared, key=lambda i: (shared[i], -len(self.parts[i][0])), default=None)

    def whole_of(self, messages: list[dict[str, str]]) -> int | None:
        """The chunk that a request is about, its pieces included; None for an overview."""
        part = self.part_of(messages[-1]["content"])
        return None if part is None else self.parts[part][2]

    def reply(self, messages: list[dict[str, str]]) -> str:
        user = messages[-1]["content"]
        part = self.part_of(user)
        if part is None:
            return json.dumps(self._overview(user), ensure_ascii=False)
        answer = self.parts[part][1]
        if "left these quantities out" in user:
            wanted = set(re.findall(r"q\d+[a-z]", user.split("left these quantities out")[1]))
            answer = {kind: [i for i in rows if quantity_of(i) in wanted] for kind, rows in answer.items()}
        return json.dumps(answer, ensure_ascii=False)


# --- faults -----------------------------------------------------------------------------------

Spoil = Callable[[str, random.Random], Response]
"""What an endpoint in trouble makes of a good reply's content."""


@dataclass(frozen=True)
class Fault:
    """A fault: its name, what the run is to do about it (for readers), and how it is made."""

    name: str
    does: str
    spoil: Spoil
    mixes: bool = True  # whether it may be one of many in a run


def _error(status: int, code: str = "", headers: dict[str, str] | None = None, message: str = "trouble") -> Response:
    body = {"error": {"message": message, "type": "error", "code": code or None, "param": None}}
    return Response(status, body, headers or {})


def _status(status: int, **options: Any) -> Spoil:
    return lambda content, rng: _error(status, **options)


def _after_date(content: str, rng: random.Random) -> Response:
    return _error(429, headers={"Retry-After": email.utils.formatdate(usegmt=True)})


def _raw(data: bytes) -> Spoil:
    return lambda content, rng: Response(raw=data)


def _half_body(content: str, rng: random.Random) -> Response:
    return Response(raw=b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{"id":"x",')


def _edited(edit: Callable[[dict[str, Any], random.Random], Any]) -> Spoil:
    """A fault of content: the answer's lists changed."""

    def spoil(content: str, rng: random.Random) -> Response:
        answer = json.loads(content)
        return says(json.dumps(edit(answer, rng), ensure_ascii=False))

    return spoil


def _each(kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """The items of one list changed, the others as they are."""
    return _edited(lambda answer, rng: answer | {kind: [change(item) for item in answer.get(kind, [])]})


def _dropped(answer: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return answer | {"figures": answer.get("figures", [])[:1], "skipped": []}


def _many(answer: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Every goal a hundred times, each time with other English."""
    goals = [g | {"en": f"{g['en']} {'again ' * n}"} for g in answer.get("goals", []) for n in range(100)]
    return answer | {"goals": goals}


def _truncated_context(content: str, rng: random.Random) -> Response:
    return says(content, prompt_tokens=2048)


FAULTS: tuple[Fault, ...] = (
    Fault("429 with Retry-After in seconds", "waits as told, asks again", _status(429, headers={"Retry-After": "1"})),
    Fault("429 with Retry-After as a date", "waits until then, asks again", _after_date),
    Fault("429 without Retry-After", "waits with jitter, asks again", _status(429)),
    Fault(
        "429 insufficient_quota",
        "asks nothing more in this run",
        _status(429, code="insufficient_quota", message="You exceeded your current quota"),
        mixes=False,
    ),
    Fault("401 wrong key", "does not ask again", _status(401, code="invalid_api_key"), mixes=False),
    Fault("400 refused request", "tries another answer mode, else says so", _status(400), mixes=False),
    Fault("500", "asks again", _status(500)),
    Fault("502 with a gateway's HTML page", "asks again", lambda c, r: Response(502, b"<html>Bad gateway</html>")),
    Fault("503", "asks again", _status(503)),
    Fault("529 overloaded", "asks again", _status(529)),
    Fault("connection reset", "asks again", lambda c, r: Response(drop=True)),
    Fault("no answer within the timeout", "asks again", lambda c, r: Response(pause=30.0), mixes=False),
    Fault(
        "a reply that drips",
        "gives up at the timeout, asks again",
        lambda c, r: Response(200, b" " * 90, drip=0.3),
        mixes=False,
    ),
    Fault("malformed HTTP", "asks again", _raw(b"HTTP/9.9 what\r\n???\r\n\r\n")),
    Fault("a body cut short", "asks again", _half_body),
    Fault("an empty body", "asks again", lambda c, r: Response(200, b"")),
    Fault(
        "an HTML page with status 200",
        "asks again",
        lambda c, r: Response(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}),
    ),
    Fault(
        "a redirect elsewhere",
        "is not followed with the key",
        lambda c, r: Response(307, b"", {"Location": "http://127.0.0.1:9/v1/chat/completions"}),
        mixes=False,
    ),
    Fault("cut off (length)", "halves the part, asks for both", lambda c, r: says(c[: len(c) // 2], "length")),
    Fault("empty, with length", "raises the limit once, then halves", lambda c, r: says("", "length")),
    Fault("refused", "rules read the part", lambda c, r: says("", refusal="I can't help with that.")),
    Fault("filtered", "rules read the part", lambda c, r: says("", "content_filter")),
    Fault("an empty answer", "asks once more, with the reason", lambda c, r: says("")),
    Fault("invalid JSON", "repairs it, or asks once more", lambda c, r: says("Here is: " + c[: len(c) // 3])),
    Fault("JSON of another shape", "asks once more, with the reason", lambda c, r: says('{"result": ["none"]}')),
    Fault(
        "a fenced answer behind thoughts", "reads it", lambda c, r: says(f"<think>Hm, {{}}.</think>\n```json\n{c}\n```")
    ),
    Fault("figures without a kind", "sends those back once", _each("figures", lambda f: f | {"k": None})),
    Fault("pointers to nothing", "sends those back once", _each("figures", lambda f: f | {"q": "q98z"})),
    Fault("digits in English", "sends those back once", _each("goals", lambda g: g | {"en": "Reach 4,000 of them"})),
    Fault("Chinese in English", "sends those back once", _each("goals", lambda g: g | {"en": "实现目标"})),
    Fault("every item twice", "takes it once, says so", _edited(lambda a, r: {k: [*v, *v] for k, v in a.items()})),
    Fault("far too few items", "asks for what was left out", _edited(_dropped)),
    Fault("far too many items", "takes a bounded number, says so", _edited(_many)),
    Fault("a prompt cut by the server's context", "says which setting, rules read", _truncated_context),
)


# --- which requests meet a fault --------------------------------------------------------------

Decide = Callable[[int | None, int, random.Random], Fault | None]
"""From the part (None: overview), how often it was asked for, and chance: the fault that this request meets."""


def first_of_each(fault: Fault) -> Decide:
    """The first request about each part meets the fault."""
    return lambda part, times, rng: fault if part is not None and times == 1 else None


def all_of(fault: Fault, wanted: int) -> Decide:
    """Every request about one part meets the fault."""
    return lambda part, times, rng: fault if part == wanted else None


def a_share(share: float, faults: Sequence[Fault] = FAULTS) -> Decide:
    """A share of all requests meets some fault or other."""
    mixing = [fault for fault in faults if fault.mixes]
    return lambda part, times, rng: rng.choice(mixing) if rng.random() < share else None


@dataclass
class Misbehaving:
    """The script of a loopback endpoint: the knowing oracle's reply, spoilt where the plan says so."""

    oracle: Knowing
    decide: Decide
    seed: int = 0
    asked: Counter[int | None] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)

    def __call__(self, number: int, request: dict[str, Any]) -> Response:
        part = self.oracle.whole_of(request["messages"])
        self.asked[part] += 1
        rng = random.Random(f"{self.seed}:{part}:{self.asked[part]}")
        fault = self.decide(part, self.asked[part], rng)
        content = self.oracle.reply(request["messages"])
        if fault is None:
            response = says(content, model=request["model"])
        else:
            self.met[fault.name] += 1
            response = fault.spoil(content, rng)
        return response
