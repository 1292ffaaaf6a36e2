"""What a reading process does: whole briefs by rules, and the parts of a model's work that need no endpoint."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from dataclasses import replace
from multiprocessing import parent_process
from pathlib import Path

from summarizer import outputs
from summarizer.brief import Brief
from summarizer.bulk.job import Job
from summarizer.bulk.states import ChunkState, Digests, Facts, Outcome
from summarizer.bulk.troubles import OUT_OF_BUDGET
from summarizer.errors import SummarizerError
from summarizer.loading.text import load
from summarizer.model import BUDGET_SPENT, PART_FAILED
from summarizer.pipeline import Prepared, Summarizer, prepared_for

_job: Job | None = None
_summarizer: Summarizer | None = None


def start(job: Job) -> None:
    """Makes a process ready to read. It leaves Ctrl-C to its parent, and does not outlive it."""
    global _job, _summarizer
    outlive_nobody()
    _job, _summarizer = job, Summarizer("rules", terms=job.terms, environment={})
    _ = _summarizer.terms


def outlive_nobody() -> None:
    """Leaves Ctrl-C to the parent of this process, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def brief_by_rules(path: Path, name: str, digests: Digests) -> Outcome:
    """Reads, checks and writes one report's brief. Never raises: what goes wrong is the outcome's reason."""
    job, summarizer = _started()
    try:
        return _written(job, summarizer.summarize(path), name, digests)
    except SummarizerError as error:
        return Outcome("failed", digests, str(error))
    except Exception as error:
        return fault(error, digests)


def prepared(path: Path) -> Prepared:
    """What code reads of a report before a model is asked. Raises InputError."""
    return prepared_for("chat", load(path))


def finished(brief: Brief, name: str, digests: Digests) -> Outcome:
    """What becomes of a brief that a model made, in a process that was started for a job."""
    return finish(_started()[0], brief, name, digests)


def finish(job: Job, brief: Brief, name: str, digests: Digests) -> Outcome:
    """Writes a brief that a model made; one that the budget cut short waits for the next run instead."""
    if any(gap.reason in BUDGET_SPENT for gap in brief.gaps):
        return Outcome("waiting", digests, OUT_OF_BUDGET, usage=brief.usage)
    try:
        return _written(job, brief, name, digests)
    except SummarizerError as error:
        return Outcome("failed", digests, str(error), usage=brief.usage)


def _started() -> tuple[Job, Summarizer]:
    assert _job is not None
    assert _summarizer is not None
    return _job, _summarizer


def fault(error: Exception, digests: Digests) -> Outcome:
    """The outcome of a report on which the program itself failed."""
    reason = f"{type(error).__name__}: {str(error)[:200]}. This is a fault of the program; please report it."
    return Outcome("failed", digests, reason)


def remove(job: Job, name: str) -> None:
    """Removes a brief in all its forms."""
    for path in job.files_of(name):
        path.unlink(missing_ok=True)


def _written(job: Job, brief: Brief, name: str, digests: Digests) -> Outcome:
    """Writes a brief in all its forms, its text beside it, and says how it ended. Raises InputError."""
    for form in job.forms:
        outputs.write(str(job.briefs / f"{name}.{form}"), outputs.render(brief, form, job.lang))
    outputs.write(str(job.briefs / f"{name}.txt"), brief.report.text)
    gaps = Counter(gap.reason for gap in brief.gaps)
    return Outcome(
        "lost" if not brief.is_complete else "gaps" if gaps else "done",
        replace(digests, text=None if brief.content.corrections else brief.report.text_sha256),
        facts=_facts(brief, gaps),
        usage=replace(brief.usage, seconds=round(brief.usage.seconds, 3)),
        chunks=_chunks(brief),
    )


def _facts(brief: Brief, gaps: Counter[str]) -> Facts:
    info = brief.content.report
    return Facts(
        title=info.title,
        place=info.place.zh,
        level=info.level,
        review_year=info.review_year,
        target_year=info.target_year,
        figures=len(brief.figures),
        goals=len(brief.goals),
        projects=len(brief.projects),
        risks=len(brief.risks),
        gaps=dict(gaps),
    )


def _chunks(brief: Brief) -> tuple[ChunkState, ...]:
    """How each chunk was read, in order."""
    failed = {(g.start, g.end): g.reason for g in brief.gaps if g.reason in PART_FAILED}
    return tuple(ChunkState(part.start, part.end, part.by, failed.get((part.start, part.end))) for part in brief.parts)
