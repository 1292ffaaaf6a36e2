"""A queue before a number of places, for tasks of any thread and event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Places:
    """So many places, taken in the order of asking. Their number may change while they are in use.

    asyncio's own semaphores belong to one event loop; reports may be read in several, each in its thread.
    """

    def __init__(self, limit: Callable[[], int]):
        self._limit = limit
        self._taken = 0
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Holds a place for as long as the block runs."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        with self._lock:
            if not self._waiting and self._taken < self._limit():
                self._taken += 1
                return
            loop = asyncio.get_running_loop()
            granted = loop.create_future()
            self._waiting.append((loop, granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1
            while self._waiting and self._taken < self._limit():
                if self._call(*self._waiting.popleft()):
                    self._taken += 1

    def _call(self, loop: asyncio.AbstractEventLoop, granted: asyncio.Future[None]) -> bool:
        """Whether a loop, perhaps of another thread, could be told; one that is closed cannot."""
        try:
            loop.call_soon_threadsafe(self._grant, granted)
        except RuntimeError:
            return False
        return True

    def _grant(self, granted: asyncio.Future[None]) -> None:
        """Hands a place to who waited for it, or on to the next where it does not wait any more."""
        if granted.done():
            self._leave()
        else:
            granted.set_result(None)
