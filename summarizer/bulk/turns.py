"""Turns at a shared pool: whoever waits with many wishes is served no more often than who waits with one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

_PLACES = 1.5  # turns for each request that may be in flight


class Turns:
    """Lets at most `places` be in at once; who waits is let in by turns, one for each that asks."""

    def __init__(self, places: int):
        self._free = places
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    def of(self, who: Hashable) -> Callable[[], AbstractAsyncContextManager[None]]:
        """What gives somebody one turn after the other."""
        return lambda: self.turn(who)

    @classmethod
    def for_requests(cls, concurrency: int) -> Turns:
        """Turns for as many requests in flight: some more, since a turn is not always at the endpoint."""
        return cls(round(concurrency * _PLACES))

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """One turn of somebody; waits for it."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(who)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, who: Hashable) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # it was let in, and left before it noticed
            raise

    def _pass_on(self) -> None:
        """Gives a place to the next in turn, else frees it."""
        while self._waiting:
            who, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[who] = turns  # to the end of the queue
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
