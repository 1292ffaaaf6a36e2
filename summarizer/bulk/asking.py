"""A process that reads whole reports for a model. Its requests are made by the process that leads the run.

So the leading process has the network alone to care for, and there is one store, one budget and one set of limits.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.states import Digests, Outcome
from summarizer.clients.base import AnswerSchema, Message, Reply
from summarizer.courtesy import after_others
from summarizer.errors import BudgetError, EndpointError, SummarizerError
from summarizer.itemtypes.declaring import OwnItem
from summarizer.pipeline import Summarizer
from summarizer.settings import Settings

_reading: ContextVar[int] = ContextVar("reading")  # the report that a task belongs to


@dataclass(frozen=True, slots=True)
class Task:
    """A report to read."""

    number: int
    path: Path
    name: str
    digests: Digests


@dataclass(frozen=True, slots=True)
class Ended:
    """How a report ended; an error is one of the endpoint or the budget, which may end the run."""

    number: int
    result: Outcome | EndpointError | BudgetError


@dataclass(frozen=True, slots=True)
class Ask:
    """Something wanted of the client, for a report."""

    number: int
    report: int
    wish: str
    messages: Sequence[Message]
    schema: AnswerSchema


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    number: int
    result: Reply | Exception | None


@dataclass(slots=True)
class Asking:
    """A client whose requests another process makes."""

    line: Connection
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _open: dict[int, asyncio.Future[Reply | None]] = field(default_factory=dict)

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        reply = await self._ask("complete", messages, schema)
        assert reply is not None
        return reply

    async def forget(self, messages: Sequence[Message], schema: AnswerSchema) -> None:
        await self._ask("forget", messages, schema)

    async def close(self) -> None:
        """The leading process keeps the connections."""

    async def _ask(self, wish: str, messages: Sequence[Message], schema: AnswerSchema) -> Reply | None:
        ask = Ask(next(self._numbers), _reading.get(), wish, messages, schema)
        answer: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._open[ask.number] = answer
        self.line.send(ask)
        return await answer

    def take(self, answer: Answer) -> None:
        """Hands an answer to who waits for it."""
        waiting = self._open.pop(answer.number)
        if waiting.cancelled():
            return
        if isinstance(answer.result, Exception):
            waiting.set_exception(answer.result)
        else:
            waiting.set_result(answer.result)


def serve(line: Connection, job: Job, settings: Settings, types: tuple[type[OwnItem], ...]) -> None:
    """Reads reports as they come over the line, until None comes; then it ends, whatever it still reads."""
    workers.outlive_nobody()
    client = Asking(line)
    asyncio.run(_serve(line, job, Summarizer.resolved(settings, job.terms, types, client=client), client))


async def _serve(line: Connection, job: Job, summarizer: Summarizer, client: Asking) -> None:
    flying: set[asyncio.Task[None]] = set()
    inbox = _inbox(line)
    while (message := await inbox.get()) is not None:
        if isinstance(message, Answer):
            client.take(message)
        else:
            task = asyncio.create_task(_end(line, job, summarizer, message))
            flying.add(task)
            task.add_done_callback(flying.discard)


def _inbox(line: Connection) -> asyncio.Queue[Any]:
    """What comes over the line, received by a thread; None at its end."""
    loop, inbox = asyncio.get_running_loop(), asyncio.Queue[Any]()

    def receive() -> None:
        message = object()
        while message is not None:
            try:
                message = line.recv()
            except (EOFError, OSError):
                message = None
            loop.call_soon_threadsafe(inbox.put_nowait, message)

    threading.Thread(target=receive, daemon=True).start()
    return inbox


async def _end(line: Connection, job: Job, summarizer: Summarizer, task: Task) -> None:
    _reading.set(task.number)
    line.send(Ended(task.number, await _result(job, summarizer, task)))


async def _result(job: Job, summarizer: Summarizer, task: Task) -> Outcome | EndpointError | BudgetError:
    try:
        brief = await summarizer.asummarize(task.path)
        await after_others()
        return workers.finish(job, brief, task.name, task.digests)
    except (BudgetError, EndpointError) as error:
        return error
    except SummarizerError as error:
        return Outcome("failed", task.digests, str(error))
    except Exception as error:
        return workers.fault(error, task.digests)
