"""The seams to an endpoint. Behaviour composes by wrapping.

A `Client` answers: messages and a schema in, a reply out, however the endpoint has to be asked for it.
A `Sender` sends one request as it stands. The stack is storing(adapting(retrying(budgeting(limiting(sdk)))));
all below `Adapting` are senders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from summarizer.model import Usage

Mode = Literal["json_schema", "tools", "json_object", "prompt"]
"""How an endpoint is asked for JSON, from the strictest to none at all."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """A named JSON Schema in the strict subset that structured outputs accept."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is sent. `parameters` are the endpoint's own (temperature, max_tokens, …).

    `time_left` is how many seconds its answer may still take, None where only the timeout counts; it is not
    part of what is asked.
    """

    messages: tuple[Message, ...]
    schema: AnswerSchema
    mode: Mode = "json_schema"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    time_left: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the answer's text, why it ended, and what it cost.

    `finish` is the endpoint's word (stop, length, content_filter, tool_calls). `refusal` is the model's own
    text where it declined. A reply may hold no answer at all: who asked decides what to make of it.
    `read_tokens` are the prompt tokens of the request that was answered, where `usage` sums up several.
    `headers` are those on limits (x-ratelimit-…, retry-after), lower case; they are not stored.
    """

    content: str
    finish: str = "stop"
    refusal: str | None = None
    usage: Usage = field(default_factory=Usage)
    headers: Mapping[str, str] = field(default_factory=dict)
    read_tokens: int = 0


class Client(Protocol):
    """Anything that answers. Raises EndpointError where the endpoint fails, BudgetError where money does."""

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply: ...

    async def close(self) -> None: ...


@runtime_checkable
class Forgetting(Protocol):
    """A client that keeps replies, and lets go of one that turned out to be no answer to the whole prompt."""

    async def forget(self, messages: Sequence[Message], schema: AnswerSchema) -> None: ...


class Sender(Protocol):
    """Anything that sends one request as it stands. Raises EndpointError or BudgetError."""

    async def send(self, request: Request) -> Reply: ...

    async def close(self) -> None: ...


class Memory(Protocol):
    """What is remembered of endpoints from run to run: short texts by name."""

    def recall(self, name: str) -> str | None: ...

    def remember(self, name: str, value: str) -> None: ...


@dataclass(slots=True)
class Forgetful:
    """A memory of one run."""

    _known: dict[str, str] = field(default_factory=dict)

    def recall(self, name: str) -> str | None:
        return self._known.get(name)

    def remember(self, name: str, value: str) -> None:
        self._known[name] = value
