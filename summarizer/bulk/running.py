"""A bulk run from its first file to its summary."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from summarizer.bulk.index import write_index
from summarizer.bulk.inputs import Sources
from summarizer.bulk.job import Job, run_digest
from summarizer.bulk.ledger import Entry, open_ledger
from summarizer.bulk.locking import sole_run
from summarizer.bulk.rules_flow import RulesFlow
from summarizer.bulk.runner import Flow, Runner, Stop, make_folders, plan, refuse_overlap, tidy
from summarizer.bulk.states import Outcome
from summarizer.bulk.summary import Summary, summarize_run, write_summary
from summarizer.errors import InputError, SettingsError
from summarizer.model import Usage
from summarizer.pipeline import Summarizer

Clock = Callable[[], float]


class Display(Protocol):
    """Where a run shows how it goes."""

    def begins(self, reports: int, unchanged: int) -> None: ...

    def ended(self, entry: Entry, outcome: Outcome) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class Noticing(Protocol):
    """A display that shows sentences too."""

    def notice(self, line: str) -> None: ...


@runtime_checkable
class Returning(Protocol):
    """A flow that reads reports more than once: `again` waits, and says whether those that wait are to be read."""

    async def again(self) -> bool: ...


Flows = Callable[[Job, Summarizer, Stop, Callable[[str], None]], Flow]
"""What makes the flow of a job; it may say how it goes."""


class _Counting:
    """Passes on what it sees, and sums up the cost. A report that waits has not ended."""

    def __init__(self, display: Display):
        self._display = display
        self.usage = Usage()

    def begins(self, reports: int, unchanged: int) -> None:
        self._display.begins(reports, unchanged)

    def ended(self, entry: Entry, outcome: Outcome) -> None:
        self.usage += outcome.usage
        if outcome.state != "waiting":
            self._display.ended(entry, outcome)

    def say(self, line: str) -> None:
        if isinstance(self._display, Noticing):
            self._display.notice(line)


def flow_of(job: Job, summarizer: Summarizer, stop: Stop, say: Callable[[str], None]) -> Flow:
    """The flow of a job: by rules, or by a model on whatever it is to run."""
    if job.on == "ray":
        return _flow_on_ray(job, summarizer, stop)
    if summarizer.settings.engine == "rules":
        return RulesFlow(job)
    if job.on == "batch":
        from summarizer.bulk.batching.flow import BatchFlow

        return BatchFlow(job, summarizer, stop, say)
    from summarizer.bulk.chat_flow import ChatFlow

    return ChatFlow(job, summarizer, stop)


def run_job(
    job: Job,
    summarizer: Summarizer,
    display: Display,
    stop: Stop | None = None,
    clock: Clock = time.monotonic,
    flows: Flows = flow_of,
) -> Summary:
    """Runs a job with a summarizer's engine. Raises InputError where it cannot begin, or where the disk is full.

    Whatever is done when it ends early is kept; the next run of the same job goes on from there.
    """
    refuse_overlap(job)
    make_folders(job)
    stop = stop or Stop()
    started = clock()
    with sole_run(job.out), open_ledger(job.out) as ledger, _said(job):
        tidy(job)
        digest = run_digest(job, summarizer)
        sources = Sources(job.places, job.patterns, job.recursive, job.out)
        if not ledger.begin(sources):
            raise InputError(_nothing(job))
        watcher = _Counting(display)
        waiting, unchanged = plan(job, ledger, digest)
        watcher.begins(waiting, unchanged)
        try:
            if waiting:
                flow = flows(job, summarizer, stop, watcher.say)
                asyncio.run(_drive(Runner(ledger, flow, watcher, digest, stop)))
        finally:
            display.close()
        write_index(job, ledger)
        summary = summarize_run(ledger, sources.passed_over, unchanged, watcher.usage, clock() - started, stop.reason)
        write_summary(job.out, summary)
    return summary


async def _drive(runner: Runner) -> None:
    with _interruptible(runner.stop):
        async with runner.flow:
            await runner.run()
            while isinstance(runner.flow, Returning) and await runner.flow.again():
                await runner.run()


def _flow_on_ray(job: Job, summarizer: Summarizer, stop: Stop) -> Flow:
    from summarizer.bulk.on_ray.environment import prepare

    prepare()
    try:
        from summarizer.bulk.on_ray.flow import RayFlow
    except ModuleNotFoundError as error:
        raise SettingsError("--on ray needs Ray: pip install 'gov-report-summarizer[ray]'.") from error
    return RayFlow(job, summarizer, stop)


def _nothing(job: Job) -> str:
    named = ", ".join(map(str, job.places))
    hint = "no file fits the patterns; try others" if job.patterns else "give a folder with reports, or --pattern"
    return f"There is no report in {named}: {hint}."


@contextmanager
def _said(job: Job) -> Iterator[None]:
    """A ledger that cannot be written is said in a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise InputError(
            f"The ledger of {job.out} cannot be written ({error}); is the disk full? What was noted is kept: run the "
            "same command again to go on."
        ) from error


@contextmanager
def _interruptible(stop: Stop) -> Iterator[None]:
    """Ctrl-C, or a wish to end from outside: nothing new is begun. The second one ends the run at once."""
    loop = asyncio.get_running_loop()
    handled = []
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def asked(number: signal.Signals = number, before: object = before) -> None:
            stop("interrupted; run the same command again to go on.", interrupted=True)
            loop.remove_signal_handler(number)
            signal.signal(number, before)  # type: ignore[arg-type]

        try:
            loop.add_signal_handler(number, asked)
            handled.append((number, before))
        except (NotImplementedError, RuntimeError, ValueError):
            continue  # not on this system, or not in the main thread
    try:
        yield
    finally:
        for number, before in handled:
            if loop.remove_signal_handler(number):
                signal.signal(number, before)
