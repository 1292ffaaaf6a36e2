"""Reports read by a model: files are read and briefs written by processes, requests are made by one event loop.

Parts of many reports share the endpoint by turns, so that a long report keeps no short one waiting.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.pool import Pool
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import Digests, Outcome
from summarizer.bulk.turns import Turns
from summarizer.correcting.fixes import fixes_beside
from summarizer.errors import BudgetError, EndpointError, QuotaError, SummarizerError
from summarizer.model import BUDGET_SPENT
from summarizer.pipeline import Summarizer

_MOST_FAILURES = 5  # reports in a row that an endpoint answers nothing of; then the run stops
_FINAL = frozenset({401, 402, 403, 404})  # statuses that the next report meets as well
_PLACES = 1.5  # turns for each request that may be in flight, since a turn is not always at the endpoint
_ON = "What was answered is kept: run the same command again to go on."


@dataclass(slots=True)
class ChatFlow:
    """The flow of a model. An endpoint that fails for good stops the run: what is left waits for the next one."""

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
            turn = self._turns.of(path)
            brief = await self.summarizer.brief_of(prepared, fixes_beside(path), turn)
        except (BudgetError, EndpointError) as error:
            return self._failed(error, digests)
        except SummarizerError as error:
            return Outcome("failed", digests, str(error))
        except Exception as error:
            return workers.fault(error, digests)
        self._failures = 0
        if any(gap.reason in BUDGET_SPENT for gap in brief.gaps):
            self.stop(f"the budget does not allow the next request. {_ON}")
            return Outcome("waiting", digests, "the budget did not allow all of its requests", usage=brief.usage)
        try:
            return await self._pool.run(workers.written, brief, name, digests)
        except SummarizerError as error:
            return Outcome("failed", digests, str(error), usage=brief.usage)

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)

    def _failed(self, error: EndpointError | BudgetError, digests: Digests) -> Outcome:
        """A report of which nothing was answered: it fails, or waits where all others would fail as well."""
        self._failures += 1
        final = isinstance(error, BudgetError | QuotaError) or error.status in _FINAL
        if final or self._failures >= _MOST_FAILURES:
            self.stop(f"{error} {_ON}")
        return Outcome("waiting" if self.stop.wanted else "failed", digests, str(error))
