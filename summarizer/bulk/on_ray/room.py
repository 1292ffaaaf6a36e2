"""Reports that are read side by side in one process, or one of them alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """Many are in at once; who wants to be alone waits until they have left, and lets nobody in meanwhile."""

    def __init__(self) -> None:
        self._door = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def with_others(self) -> AsyncIterator[None]:
        """A place beside others."""
        async with self._door:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """The whole room."""
        async with self._door:
            await self._empty.wait()
            yield
