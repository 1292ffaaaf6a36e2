"""The seam to an endpoint: messages and a schema in, a reply out. Behaviour composes by wrapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from summarizer.model import Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the text, why it ended, and what it cost."""

    content: str
    finish: str = "stop"
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """A named JSON Schema in the strict subset that structured outputs accept."""

    name: str
    schema: Mapping[str, Any]


class Client(Protocol):
    """Anything that answers. Raises EndpointError where the endpoint fails, ReplyError where the reply is none."""

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply: ...

    async def close(self) -> None: ...
