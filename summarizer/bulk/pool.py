"""Processes that read and write. One that dies takes no work with it."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TypeVar, TypeVarTuple

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.troubles import killed
from summarizer.errors import InputError

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Pool:
    """A job's processes, begun when first needed.

    Where one dies, all that the processes had is done again, one by one and each with a process of its own, so
    that the one that kills its process is known.
    """

    job: Job
    _shared: ProcessPoolExecutor | None = None
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, work: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        """A worker's function on some process. Raises what it raises, and InputError where it kills its process."""
        loop = asyncio.get_running_loop()
        try:
            if self._shared is None:
                self._shared = self._new(self.job.jobs)
            return await loop.run_in_executor(self._shared, work, *arguments)
        except BrokenProcessPool:
            self._shared = None
        async with self._alone:
            pool = self._new(1)
            try:
                return await loop.run_in_executor(pool, work, *arguments)
            except BrokenProcessPool as error:
                raise InputError(killed("twice")) from error
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Ends the processes, when they have ended what they do."""
        if self._shared is not None:
            self._shared.shutdown(cancel_futures=True)

    def _new(self, processes: int) -> ProcessPoolExecutor:
        """Fresh interpreters: nothing of the parent (locks, handles) is shared with them."""
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, context, initializer=workers.start, initargs=(self.job,))
