"""Reports read by a model: whole reports are read by processes, their requests are made by one event loop.

Requests of many reports share the endpoint by turns, so that a long report keeps no short one waiting.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.job import Job
from summarizer.bulk.readers import Readers
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import FINISHED, Digests, Outcome
from summarizer.bulk.troubles import GO_ON, MOST_FAILURES, OUT_OF_BUDGET, is_final
from summarizer.bulk.turns import Turns
from summarizer.errors import BudgetError, EndpointError, InputError
from summarizer.pipeline import Summarizer


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
        settings = self.summarizer.settings
        client = await self._open.enter_async_context(self.summarizer.connected())
        assert client is not None
        turns = Turns.for_requests(settings.concurrency)
        told = replace(settings, api_key=None)  # only this process asks
        self._readers = Readers(self.job, told, self.summarizer.types, client, turns)
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
        if outcome.state in FINISHED:
            self._failures = 0
        if outcome.reason == OUT_OF_BUDGET:
            self.stop(f"the budget does not allow the next request. {GO_ON}")
        return outcome

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)

    def _failed(self, error: EndpointError | BudgetError, digests: Digests) -> Outcome:
        """A report of which nothing was answered: it fails, or waits where all others would fail as well."""
        self._failures += 1
        if is_final(error) or self._failures >= MOST_FAILURES:
            self.stop(f"{error} {GO_ON}")
        return Outcome("waiting" if self.stop.wanted else "failed", digests, str(error))
