"""What a reply store holds."""

from __future__ import annotations

import json
from dataclasses import dataclass

LARGEST_REPLY = 4 * 2**20  # bytes; an answer has about 20,000


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it is kept, with the tokens that it cost and when it was made (seconds since 1970)."""

    model: str
    content: str
    finish: str
    refusal: str | None
    prompt_tokens: int
    answer_tokens: int
    made: int

    @property
    def is_answer(self) -> bool:
        """Whether a JSON object is in it: neither refused nor filtered, empty, cut off or prose."""
        if self.refusal or self.finish == "content_filter":
            return False
        start, end = self.content.find("{"), self.content.rfind("}")
        try:
            return isinstance(json.loads(self.content[start : end + 1]), dict)
        except (ValueError, RecursionError):
            return False

    @property
    def is_storable(self) -> bool:
        """Whether it can be written: bounded, and text that UTF-8 knows."""
        try:
            length = sum(len(text.encode()) for text in (self.content, self.finish, self.refusal or "", self.model))
        except UnicodeError:
            return False
        return length <= LARGEST_REPLY


@dataclass(frozen=True, slots=True)
class Summary:
    """What a store holds: replies a model, those without an answer, first and last time, endpoints remembered."""

    models: tuple[tuple[str, int], ...] = ()
    failed: int = 0
    oldest: int | None = None
    newest: int | None = None
    endpoints: int = 0

    @property
    def replies(self) -> int:
        return sum(count for _, count in self.models)
