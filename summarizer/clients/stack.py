"""The stack of one run: what wraps what, decided in one place."""

from __future__ import annotations

from summarizer.clients.adapting import Adapting
from summarizer.clients.base import Client, Forgetful, Memory
from summarizer.clients.limiting import Limiting
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.retrying import Retrying
from summarizer.clients.store import ReplyStore
from summarizer.clients.storing import Offline, Storing
from summarizer.settings import Settings


def open_client(settings: Settings) -> Client:
    """The client of the configured endpoint."""
    store = ReplyStore(settings.cache_file) if settings.cache and settings.cache_file else None
    client = Offline(settings) if settings.offline else _asking(settings, store or Forgetful())
    return Storing(client, store, settings) if store else client


def _asking(settings: Settings, memory: Memory) -> Client:
    sender = Retrying(Limiting(OpenAIChat(settings), settings.concurrency), settings.attempts)
    return Adapting(sender, settings, memory)
