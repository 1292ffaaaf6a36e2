"""Reports read by rules, each in one of a few processes."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.states import Digests, Outcome

_AHEAD = 3  # reports a process that are handed out, so that none waits for the next


@dataclass(slots=True)
class RulesFlow:
    """The flow of the embedded default. A process that dies takes no report with it: those it had are read again.

    A report that kills its process twice, the second time with a pool of its own, fails with that reason.
    """

    job: Job
    _pool: ProcessPoolExecutor | None = None
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def width(self) -> int:
        return self.job.jobs * _AHEAD

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        try:
            return await self._in(self._shared(), path, name, digests)
        except BrokenProcessPool:
            self._pool = None
        async with self._alone:
            pool = self._new(1)
            try:
                return await self._in(pool, path, name, digests)
            except BrokenProcessPool:
                reason = "The process that read it ended twice (out of memory?); leave it out, or read it by itself."
                return Outcome("failed", digests, reason)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        for path in self.job.files_of(name):
            path.unlink(missing_ok=True)

    async def __aenter__(self) -> RulesFlow:
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @staticmethod
    async def _in(pool: ProcessPoolExecutor, path: Path, name: str, digests: Digests) -> Outcome:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, workers.brief_by_rules, path, name, digests)

    def _shared(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._new(self.job.jobs)
        return self._pool

    def _new(self, processes: int) -> ProcessPoolExecutor:
        """A pool of fresh interpreters: nothing of the parent (locks, handles) is shared with them."""
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, context, initializer=workers.start, initargs=(self.job,))
