"""Reports read by a model: whole reports are read by processes, their requests are made by one event loop.

Requests of many reports share the endpoint by turns, so that a long report keeps no short one waiting.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.asking import OUT_OF_BUDGET, Settings
from summarizer.bulk.job import Job
from summarizer.bulk.readers import Readers
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import Digests, Outcome
from summarizer.bulk.turns import Turns
from summarizer.errors import BudgetError, EndpointError, InputError, QuotaError
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
    _readers: Readers = field(init=False)

    @property
    def width(self) -> int:
        return self.summarizer.settings.concurrency + 2 * self.job.jobs

    async def __aenter__(self) -> ChatFlow:
        made = self.summarizer
        client = await self._open.enter_async_context(made.connected())
        assert client is not None
        settings = Settings(
            made.settings.model, made.settings.base_url, made.terms_file, made.settings.check, made.types
        )
        turns = Turns(round(made.settings.concurrency * _PLACES))
        self._readers = Readers(self.job, settings, client, turns)
        self._open.push_async_callback(self._readers.close)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        try:
            outcome = await self._readers.read(path, name, digests)
        except (BudgetError, EndpointError) as error:
            return self._failed(error, digests)
        except InputError as error:
            return Outcome("failed", digests, str(error))
        self._failures = 0
        if outcome.reason == OUT_OF_BUDGET:
            self.stop(f"the budget does not allow the next request. {_ON}")
        return outcome

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
