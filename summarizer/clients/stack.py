"""The stack of one run: what wraps what, decided in one place."""

from __future__ import annotations

import asyncio

from summarizer.clients.adapting import Adapting
from summarizer.clients.base import Client, Forgetful
from summarizer.clients.limiting import Limiting
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.retrying import Retrying, Sleep
from summarizer.settings import Settings


def open_client(settings: Settings, sleep: Sleep = asyncio.sleep) -> Client:
    """The client of the configured endpoint; `sleep` is what waits between attempts."""
    sender = Retrying(Limiting(OpenAIChat(settings), settings.concurrency), settings.attempts, sleep)
    return Adapting(sender, settings, Forgetful())
