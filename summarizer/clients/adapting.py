"""How an endpoint has to be asked: the answer mode and the parameters that it takes."""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.clients.base import AnswerSchema, Memory, Message, Reply, Request, Sender
from summarizer.settings import Settings


class Adapting:
    """A client that asks a sender in the way that the endpoint is known to take."""

    def __init__(self, sender: Sender, settings: Settings, memory: Memory):
        self._sender = sender
        self._settings = settings
        self._memory = memory

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        return await self._sender.send(Request(tuple(messages), schema))

    async def close(self) -> None:
        await self._sender.close()
