"""What stands in a worker for the run's gate, budget and replies, which are in the one actor (limits.py)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import count
from typing import Any

import ray

from summarizer.clients.gate import Passage
from summarizer.clients.headers import Told
from summarizer.clients.kept import Kept
from summarizer.clients.stack import Elsewhere
from summarizer.errors import EngineError

_NOTHING_TOLD = Told()


class RemoteGate:
    """Asks the actor before each request, and tells it afterwards without waiting for it."""

    def __init__(self, limits: Any, worker: str):
        self._limits = limits
        self._worker = worker
        self._numbers = count()
        self.concurrency = _RemoteCrowd(limits)

    @asynccontextmanager
    async def passage(self, tokens: int, time_left: float | None) -> AsyncIterator[Passage]:
        number = next(self._numbers)
        try:
            passage = await self._limits.enter.remote(self._worker, number, tokens, time_left)
            if isinstance(passage, EngineError):
                raise passage
            yield passage
        finally:
            self._limits.leave.remote(self._worker, number)

    def correct(self, more_tokens: int) -> None:
        self._limits.tell.remote("correct", more_tokens)

    def heed(self, told: Told) -> None:
        if told != _NOTHING_TOLD:
            self._limits.tell.remote("heed", told)

    def pause(self, seconds: float) -> None:
        self._limits.tell.remote("pause", seconds)

    async def rest(self) -> None:
        await self._limits.rest.remote()

    def end(self, why: str) -> None:
        self._limits.tell.remote("end", why)


class _RemoteCrowd:
    def __init__(self, limits: Any):
        self._limits = limits

    def answered(self, seconds: float) -> None:
        self._limits.tell.remote("answered", seconds)

    def crowded(self) -> None:
        self._limits.tell.remote("crowded")


class RemotePurse:
    """Asks the actor for money before each request."""

    def __init__(self, limits: Any, worker: str):
        self._limits = limits
        self._worker = worker

    @property
    def spent(self) -> Decimal:
        return Decimal(ray.get(self._limits.spent.remote()))

    async def set_aside(self, worst: Decimal) -> None:
        refusal = await self._limits.set_aside.remote(self._worker, worst)
        if refusal is not None:
            raise refusal

    def settle(self, worst: Decimal, cost: Decimal) -> None:
        self._limits.settle.remote(self._worker, worst, cost)


class RemoteReplies:
    """Asks the actor for kept replies, and gives it new ones; what endpoints can do is remembered here too."""

    def __init__(self, limits: Any):
        self._limits = limits
        self._known: dict[str, str] = {}

    def now(self) -> int:
        return int(time.time())

    def find(self, key: str) -> Kept | None:
        found: Kept | None = self._do("find", key)
        return found

    def keep(self, key: str, kept: Kept) -> bool:
        return bool(self._do("keep", key, kept))

    def forget(self, key: str) -> None:
        self._do("forget", key)

    def recall(self, name: str) -> str | None:
        if name not in self._known:
            found: str | None = self._do("recall", name)
            if found is None:
                return None
            self._known[name] = found
        return self._known[name]

    def remember(self, name: str, value: str) -> None:
        if self.recall(name) != value:
            self._known[name] = value
            self._limits.reply.remote("remember", name, value)

    def close(self) -> None:
        """The file is the actor's."""

    def _do(self, what: str, *asked: Any) -> Any:
        return ray.get(self._limits.reply.remote(what, *asked))


def elsewhere(limits: Any, worker: str) -> Elsewhere:
    """All that a worker shares with the others of its run."""
    return Elsewhere(RemoteGate(limits, worker), RemotePurse(limits, worker), RemoteReplies(limits))
