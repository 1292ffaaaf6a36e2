"""The processes that read for a model, seen from the one that leads. One that dies takes no work with it."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from summarizer.bulk.asking import Answer, Ask, Ended, Task, serve
from summarizer.bulk.job import Job
from summarizer.bulk.states import Digests, Outcome
from summarizer.bulk.troubles import killed
from summarizer.bulk.turns import Turns
from summarizer.clients.base import Client, Forgetting
from summarizer.errors import InputError, SummarizerError
from summarizer.itemtypes.declaring import OwnItem
from summarizer.settings import Settings

Types = tuple[type[OwnItem], ...]
_LAST_WORDS = 20.0  # seconds that a process has to end


class _DiedError(Exception):
    """A reading process is gone, and what it had with it."""


class Reader:
    """One reading process: reports go in, their ends come out, and in between it asks."""

    def __init__(self, job: Job, settings: Settings, types: Types, client: Client, turns: Turns):
        self._client = client
        self._turns = turns
        self._numbers = itertools.count()
        self._reading: dict[int, asyncio.Future[Outcome]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self.alive = True
        context = multiprocessing.get_context("spawn")  # nothing of this process (locks, handles) is shared
        self._line, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=serve, args=(theirs, job, settings, types), daemon=True)
        self._process.start()
        theirs.close()
        threading.Thread(target=self._receive, args=(self._line,), daemon=True).start()

    @property
    def load(self) -> int:
        """How many reports it has."""
        return len(self._reading)

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        """How a report ended. Raises what the endpoint or the budget did to it, and _DiedError."""
        task = Task(next(self._numbers), path, name, digests)
        ended: asyncio.Future[Outcome] = self._loop.create_future()
        self._reading[task.number] = ended
        self._send(task)
        try:
            return await ended
        finally:
            del self._reading[task.number]

    def close(self) -> None:
        """Ends the process; what it still reads, nobody waits for."""
        self._send(None)
        self._process.join(_LAST_WORDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._line.close()

    def _send(self, message: object) -> None:
        with suppress(OSError):  # it died: that its line ended says so
            self._line.send(message)

    def _receive(self, line: Connection) -> None:
        """Runs in a thread of its own, until the line ends."""
        with suppress(RuntimeError):  # nobody listens any more
            while True:
                try:
                    message: Ask | Ended = line.recv()
                except (EOFError, OSError, TypeError):  # TypeError: closed while it was waiting
                    self._loop.call_soon_threadsafe(self._died)
                    return
                self._loop.call_soon_threadsafe(self._take, message)

    def _died(self) -> None:
        self.alive = False
        for ended in self._reading.values():
            if not ended.done():
                ended.set_exception(_DiedError())

    def _take(self, message: Ask | Ended) -> None:
        if isinstance(message, Ask):
            task = asyncio.create_task(self._answer(message))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
            return
        ended = self._reading.get(message.number)
        if ended is None or ended.done():
            return
        if isinstance(message.result, Outcome):
            ended.set_result(message.result)
        else:
            ended.set_exception(message.result)

    async def _answer(self, ask: Ask) -> None:
        """Makes a request in its report's turn, so that a long report keeps no short one waiting."""
        result: Any = None
        try:
            async with self._turns.turn((id(self), ask.report)):
                if ask.wish == "complete":
                    result = await self._client.complete(ask.messages, ask.schema)
                elif isinstance(self._client, Forgetting):
                    await self._client.forget(ask.messages, ask.schema)
        except SummarizerError as error:
            result = error
        except Exception as error:  # a fault, which may not travel as it is
            result = RuntimeError(f"{type(error).__name__}: {error}")
        self._send(Answer(ask.number, result))


@dataclass(slots=True)
class Readers:
    """A job's reading processes.

    Where one dies, all that it had is read again, one by one and each by a process of its own, so that the report
    that kills its process is known.
    """

    job: Job
    settings: Settings
    types: Types
    client: Client
    turns: Turns
    _open: list[Reader] = field(default_factory=list)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        """How a report ended. Raises EndpointError and BudgetError, and InputError where it kills its process."""
        try:
            return await self._least_busy().read(path, name, digests)
        except _DiedError:
            pass
        async with self._alone:
            reader = self._new()
            try:
                return await reader.read(path, name, digests)
            except _DiedError as error:
                raise InputError(killed("twice")) from error
            finally:
                await asyncio.to_thread(reader.close)

    async def close(self) -> None:
        """Ends the processes."""
        await asyncio.gather(*(asyncio.to_thread(reader.close) for reader in self._open))

    def _least_busy(self) -> Reader:
        self._open = [reader for reader in self._open if reader.alive]
        while len(self._open) < self.job.jobs:
            self._open.append(self._new())
        return min(self._open, key=lambda reader: reader.load)

    def _new(self) -> Reader:
        return Reader(self.job, self.settings, self.types, self.client, self.turns)
