"""Limits on what is in flight."""

from __future__ import annotations

import asyncio

from summarizer.clients.base import Reply, Request, Sender


class Limiting:
    """Lets at most `concurrency` requests be in flight."""

    def __init__(self, sender: Sender, concurrency: int):
        self._sender = sender
        self._gate = asyncio.Semaphore(concurrency)

    async def send(self, request: Request) -> Reply:
        async with self._gate:
            return await self._sender.send(request)

    async def close(self) -> None:
        await self._sender.close()
