"""The stack of one run: what wraps what, decided in one place."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

from summarizer.clients.adapting import Adapting
from summarizer.clients.base import Client, Forgetful, Sender
from summarizer.clients.budgeting import Budgeting
from summarizer.clients.gate import Gate
from summarizer.clients.limiting import Limiting
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.purse import Purse
from summarizer.clients.retrying import Clock, Retrying, Sleep
from summarizer.clients.shared import Admission, Money, Replies
from summarizer.clients.store import ReplyStore
from summarizer.clients.storing import Offline, Storing
from summarizer.model import Usage
from summarizer.pricing import checked_price, cost_of
from summarizer.settings import Settings


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a run shares with other processes."""

    gate: Admission
    purse: Money
    replies: Replies


class Run:
    """What all reports of a run share: the gate before the endpoint, the budget, and a client for each event loop.

    `clock` and `sleep` are those of its waits; `elsewhere` is where the gate, the budget and the replies are, if they
    are not this process's own. Raises SettingsError where there is a budget and no price is known to hold it against.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        elsewhere: Elsewhere | None = None,
    ):
        self._settings = settings
        self.clock, self.sleep = clock, sleep
        self.gate: Admission = elsewhere.gate if elsewhere else Gate(settings, clock, sleep)
        self.purse: Money | None = None
        if settings.budget is not None:
            self.purse = elsewhere.purse if elsewhere else Purse(settings.budget)
        self.replies = elsewhere.replies if elsewhere else None
        if self.purse is not None:
            checked_price(settings.model, settings.address, settings.price)
        self._open: dict[int, _Opened] = {}
        self._lock = threading.Lock()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """The client of this event loop; who comes first opens it, who goes last closes it."""
        key = id(asyncio.get_running_loop())
        with self._lock:
            if key not in self._open:
                self._open[key] = _Opened(open_client(self._settings, self))
            opened = self._open[key]
            opened.users += 1
        try:
            yield opened.client
        finally:
            with self._lock:
                opened.users -= 1
                if last := not opened.users:
                    del self._open[key]
            if last:
                await opened.client.close()

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars of a usage."""
        return cost_of(usage, self._settings.model, self._settings.address, self._settings.price).usd


@dataclass(slots=True)
class _Opened:
    client: Client
    users: int = 0


def open_client(settings: Settings, run: Run | None = None) -> Client:
    """A client of the configured endpoint, with what its run shares (a run of its own without one)."""
    store: Replies | None = None
    if settings.cache and settings.cache_file:
        store = (run.replies if run else None) or ReplyStore(settings.cache_file)
    if settings.offline:
        client: Client = Offline(settings)
    else:
        client = Adapting(_sender(settings, run or Run(settings)), settings, store or Forgetful())
    return Storing(client, store, settings) if store else client


def _sender(settings: Settings, run: Run) -> Sender:
    sender: Sender = Limiting(OpenAIChat(settings), run.gate, run.clock)
    if run.purse is not None:
        sender = Budgeting(sender, run.purse, run.price, settings.answer_limit)
    return Retrying(sender, settings.attempts, run.sleep, deadline=settings.deadline, clock=run.clock)
