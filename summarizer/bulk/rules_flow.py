"""Reports read by rules, each in one of a few processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.pool import Pool
from summarizer.bulk.states import Digests, Outcome
from summarizer.errors import InputError

_AHEAD = 3  # reports a process that are handed out, so that none waits for the next


@dataclass(slots=True)
class RulesFlow:
    """The flow of the embedded default."""

    job: Job
    _pool: Pool = field(init=False)

    def __post_init__(self) -> None:
        self._pool = Pool(self.job)

    @property
    def width(self) -> int:
        return self.job.jobs * _AHEAD

    async def __aenter__(self) -> RulesFlow:
        return self

    async def __aexit__(self, *error: object) -> None:
        self._pool.close()

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        try:
            return await self._pool.run(workers.brief_by_rules, path, name, digests)
        except InputError as error:
            return Outcome("failed", digests, str(error))

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)
