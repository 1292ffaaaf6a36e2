"""Answers for the loopback endpoint of the tests."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from loopback import Endpoint, Response, endpoint, says, tokens_of

from summarizer.clients.adapting import Adapting, memory_name
from summarizer.clients.base import Client, Forgetful
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.ways import first_ways, to_text
from summarizer.settings import Settings

__all__ = ["Endpoint", "Response", "answer", "endpoint", "plain_client", "says", "tokens_of"]


def plain_client(settings: Settings) -> Client:
    """A client of an endpoint that is known to take schemas, and asks once: no retries, no store, no limits."""
    memory = Forgetful()
    memory.remember(memory_name(settings), to_text(first_ways(settings), date.today().isoformat()))
    return Adapting(OpenAIChat(settings), settings, memory)


def answer(**lists: Any) -> Response:
    """A completion whose content is an answer with these lists."""
    empty: dict[str, Any] = {"figures": [], "goals": [], "projects": [], "risks": [], "skipped": []}
    return says(json.dumps(empty | lists, ensure_ascii=False))
