"""Reports read by a model: files are read and briefs written by processes, requests are made by one event loop.

Parts of many reports share the endpoint's limits by turns, so that a long report keeps no short one waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.pool import Pool
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import Digests, Outcome
from summarizer.bulk.turns import Turns
from summarizer.correcting.fixes import fixes_beside
from summarizer.errors import BudgetError, EndpointError, SummarizerError
from summarizer.pipeline import Prepared, Summarizer

_Result = TypeVar("_Result")
_MOST_FAILURES = 5  # reports in a row that an endpoint answers nothing of; then the run stops
_PLACES = 1.5  # turns for each request that may be in flight, since a turn is not always at the endpoint


@dataclass(slots=True)
class ChatFlow:
    """The flow of a model. An endpoint that fails for good stops the run: what is left waits for the next."""

    job: Job
    summarizer: Summarizer
    stop: Stop
    _failures: int = 0
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _pool: Pool = field(init=False)
    _turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        self._pool = Pool(self.job)
        self._turns = Turns(round(self.summarizer.settings.concurrency * _PLACES))

    @property
    def width(self) -> int:
        return self.summarizer.settings.concurrency + 2 * self.job.jobs

    async def __aenter__(self) -> ChatFlow:
        self._open.callback(self._pool.close)
        await self._open.enter_async_context(self.summarizer.connected())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        try:
            prepared = await self._pool.run(workers.prepared, path)
            brief = await self.summarizer.brief_of(prepared, fixes_beside(path), self._turn(path))
            self._failures = 0
            return await self._pool.run(workers.written, brief, name, digests)
        except (BudgetError, EndpointError) as error:
            return self._failed(error, digests)
        except SummarizerError as error:
            return Outcome("failed", digests, str(error))
        except Exception as error:
            return workers.fault(error, digests)

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)

    def _failed(self, error: EndpointError | BudgetError, digests: Digests) -> Outcome:
        """A report of which nothing was answered: it fails, or waits where all others would fail as well."""
        self._failures += 1
        if isinstance(error, BudgetError) or error.is_final or self._failures >= _MOST_FAILURES:
            self.stop(f"{error} What was answered is kept: run the same command again to go on.")
        return Outcome("waiting" if self.stop.wanted else "failed", digests, str(error))

    def _turn(self, who: Path) -> Callable[[Callable[[], Awaitable[_Result]]], Awaitable[_Result]]:
        async def in_turn(work: Callable[[], Awaitable[_Result]]) -> _Result:
            async with self._turns.turn(who):
                return await work()

        return in_turn


__all__ = ["ChatFlow", "Prepared", "asyncio"]
