"""How many tokens a request has, without a tokenizer: endpoints have their own, and counting takes long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from summarizer.clients.base import Request

_OVERHEAD = 16  # tokens of a message beside its text: role and separators
_LIMITS = ("max_completion_tokens", "max_tokens")


def most_prompt_tokens(request: Request) -> int:
    """More tokens than any tokenizer makes of the prompt and its schema: none makes a token of less than a byte."""
    text = sum(len(message.content.encode("utf-8", "replace")) + _OVERHEAD for message in request.messages)
    return text + len(_schema(request.schema.schema))


def likely_tokens(request: Request) -> int:
    """About as many tokens as the prompt has: one for 3.5 characters of Latin, or for 1.25 of Chinese."""
    characters = sum(len(message.content) for message in request.messages)
    wide = (sum(len(message.content.encode("utf-8", "replace")) for message in request.messages) - characters) // 2
    return round((characters - wide) / 3.5 + wide / 1.25)


def answer_limit(request: Request, default: int) -> int:
    """The most tokens that the answer may have, reasoning included, as the request says it itself or by default."""
    given = [value for name in _LIMITS if isinstance(value := request.parameters.get(name), int)]
    return max(given, default=default)


def _schema(schema: Mapping[str, Any]) -> bytes:
    return json.dumps(schema, ensure_ascii=False).encode("utf-8", "replace")
