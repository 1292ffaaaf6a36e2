"""Bulk runs in Python: briefs as they are finished, and the command as a function."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from summarizer.brief import Brief
from summarizer.bulk.job import Job
from summarizer.bulk.ledger import Entry
from summarizer.bulk.running import run_job
from summarizer.bulk.states import Outcome
from summarizer.bulk.summary import Summary
from summarizer.errors import SummarizerError
from summarizer.pipeline import Summarizer


@dataclass(frozen=True, slots=True)
class Result:
    """One report's brief, or the error for which it has none."""

    path: Path
    brief: Brief | None = None
    error: SummarizerError | None = None


async def stream(
    summarizer: Summarizer, paths: Iterable[str | Path], at_once: int | None = None
) -> AsyncIterator[Result]:
    """Briefs of many reports in the order in which they are finished; nothing is written.

    `at_once` reports are under way at a time (default: as many as requests may be). They share the summarizer's
    limits, budget and connections. Where the caller stops listening, what is under way is given up.
    """
    width = at_once or (1 if summarizer.settings.engine == "rules" else summarizer.settings.concurrency)
    flying: set[asyncio.Task[Result]] = set()
    async with summarizer.connected():
        try:
            for path in paths:
                flying.add(asyncio.create_task(_one(summarizer, Path(path))))
                if len(flying) >= width:
                    done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        yield task.result()
            while flying:
                done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in flying:
                task.cancel()


async def _one(summarizer: Summarizer, path: Path) -> Result:
    try:
        return Result(path, await summarizer.asummarize(path))
    except SummarizerError as error:
        return Result(path, error=error)


class _Quiet:
    """Shows nothing, and calls back."""

    def __init__(self, on_result: Callable[[Entry, Outcome], None] | None):
        self._on_result = on_result

    def begins(self, reports: int, unchanged: int) -> None:
        """Nothing is shown."""

    def ended(self, entry: Entry, outcome: Outcome) -> None:
        if self._on_result is not None:
            self._on_result(entry, outcome)

    def close(self) -> None:
        """Nothing is open."""


def bulk(
    summarizer: Summarizer,
    places: Sequence[Path],
    out: Path,
    on_result: Callable[[Entry, Outcome], None] | None = None,
    **options: object,
) -> Summary:
    """What `summarizer bulk` does: the briefs of folders and files in an output folder.

    `on_result` is called for each report that ends; `options` are those of `Job` (patterns, recursive, forms, lang,
    jobs, retry_failed, terms). Raises InputError where the run cannot begin.
    """
    job = Job(places=places, out=out, **{"terms": summarizer.terms_file} | options)  # type: ignore[arg-type]
    return run_job(job, summarizer, _Quiet(on_result))
