"""Long computing in an event loop in which others send and receive: one step at a time, after all that is ready."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

_ROUNDS = 8  # of the event loop, until who was let in at the endpoint has sent its request
_lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def after_others() -> None:
    """Waits, before some milliseconds of computing, for the steps that asked earlier and for what the network has.

    Without it ten answers that come at once are all read before the next ten requests leave.
    """
    async with _lanes.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
