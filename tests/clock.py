"""A clock whose time passes only when everybody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from heapq import heappop, heappush
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_STEPS = 30  # of the event loop, after which whoever can go on has gone on


class Clock:
    """Called, it tells the time; `sleep` waits for it; `run` lets it pass until a coroutine is done."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._count += 1
        heappush(self._sleepers, (self.now + seconds, self._count, future))
        await future

    def run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run(self._run(coroutine))

    async def _run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        task = asyncio.create_task(coroutine)
        while not task.done():
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            if not task.done() and self._sleepers:
                self.now, _, future = heappop(self._sleepers)
                if not future.done():
                    future.set_result(None)
        return task.result()
