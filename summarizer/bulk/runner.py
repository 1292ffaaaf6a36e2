"""The local runner: every report of a job to a brief or a reason, and nothing twice.

Reports flow through one after the other, so many at once as the flow is wide; what is noted in the ledger
is done. An interrupted run takes nothing new on and finishes what is in flight.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from summarizer.bulk.job import Job, file_digest, stamp_of
from summarizer.bulk.ledger import Entry, Ledger
from summarizer.bulk.states import FINISHED, Digests, Outcome
from summarizer.errors import InputError
from summarizer.model import PART_FAILED


class Flow(Protocol):
    """How reports become briefs: `width` at once, each written to disk when `read` returns.

    Entered before the first report and left after the last: it holds processes or connections.
    """

    @property
    def width(self) -> int: ...

    async def __aenter__(self) -> object: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome: ...

    def discard(self, name: str) -> None: ...


class Watcher(Protocol):
    """Somebody who looks on."""

    def begins(self, reports: int, unchanged: int) -> None: ...

    def ended(self, entry: Entry, outcome: Outcome) -> None: ...


@dataclass(slots=True)
class Stop:
    """Called when the run is to take nothing new on; `reason` says why, `interrupted` that a person wished it."""

    reason: str | None = None
    interrupted: bool = False

    @property
    def wanted(self) -> bool:
        return self.reason is not None

    def __call__(self, reason: str, interrupted: bool = False) -> None:
        self.reason = self.reason or reason
        self.interrupted = self.interrupted or interrupted


def plan(job: Job, ledger: Ledger, digest: str) -> tuple[int, int]:
    """Marks the reports that are to be read, and returns how many there are and how many are done already."""
    waiting = unchanged = 0
    with ledger.transaction():
        for entry in ledger.entries():
            if _is_unchanged(job, ledger, entry, digest):
                unchanged += 1
            else:
                ledger.wait(entry.key)
                waiting += 1
    return waiting, unchanged


def _is_unchanged(job: Job, ledger: Ledger, entry: Entry, digest: str) -> bool:
    """Whether what the ledger notes of a report is still so: same settings, same file, brief in its place."""
    if entry.state == "waiting" or entry.digests.run != digest or (job.retry_failed and _has_failed(entry)):
        return False
    try:
        stamp = stamp_of(entry.path)
        if stamp != entry.stamp:
            if entry.digests.file is None or file_digest(entry.path) != entry.digests.file:
                return False
            ledger.restamp(entry.key, stamp)
    except InputError:
        return False
    if entry.state == "linked":
        twin = ledger.entry(entry.same_as or "")
        return twin is not None and _is_unchanged(job, ledger, twin, digest)
    return entry.state == "failed" or all(path.exists() for path in job.files_of(entry.name))


def _has_failed(entry: Entry) -> bool:
    """Whether a report failed, or a part of it did, so that reading it again may do better."""
    return entry.state in ("failed", "lost") or any(reason in PART_FAILED for reason in entry.facts.gaps)


@dataclass(slots=True)
class Runner:
    """Runs a planned job to its end. One object a run."""

    ledger: Ledger
    flow: Flow
    watcher: Watcher
    digest: str
    stop: Stop = field(default_factory=Stop)
    _first: dict[str, str] = field(default_factory=dict)  # file digest to the key that is being read
    _twins: dict[str, list[tuple[Entry, str]]] = field(default_factory=dict)  # that key to those that wait for it

    async def run(self) -> None:
        """Reads what waits. Raises SummarizerError only where nothing can go on (ledger or disk)."""
        flying: set[asyncio.Task[None]] = set()
        try:
            for entry in self.ledger.entries(("waiting",)):
                if len(flying) >= self.flow.width:
                    flying = await self._some(flying)
                if self.stop.wanted:
                    break
                flying.add(asyncio.create_task(self._one(entry)))
            while flying:
                flying = await self._some(flying)
        finally:
            for task in flying:
                task.cancel()

    @staticmethod
    async def _some(flying: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return flying

    async def _one(self, entry: Entry) -> None:
        try:
            stamp, file = stamp_of(entry.path), file_digest(entry.path)
        except InputError as error:
            self._note(entry, "", Outcome("failed", Digests(self.digest), str(error)))
            return
        digests = Digests(self.digest, file)
        if first := self._first.get(file):
            self._twins.setdefault(first, []).append((entry, stamp))
            return
        if twin := self.ledger.twin(entry.key, digests):
            self._link(entry, stamp, twin)
            return
        self._first[file] = entry.key
        outcome = await self.flow.read(entry.path, entry.name, digests)
        home = entry  # whose brief serves
        if outcome.state in FINISHED and (twin := self.ledger.twin(entry.key, replace(outcome.digests, file=None))):
            self._link(entry, stamp, twin)  # other bytes, the same text
            self.flow.discard(entry.name)
            home = twin
        else:
            self._note(entry, stamp, outcome)
        del self._first[file]
        for other, its_stamp in self._twins.pop(entry.key, ()):
            self._follow(other, its_stamp, home, outcome)

    def _follow(self, entry: Entry, stamp: str, first: Entry, outcome: Outcome) -> None:
        """A report with the text of another that has just ended, or that waits for the next run."""
        if outcome.state == "waiting":
            self._note(entry, stamp, Outcome("waiting", outcome.digests, outcome.reason))
        elif outcome.state in FINISHED:
            self._link(entry, stamp, replace(first, digests=outcome.digests, facts=outcome.facts))
        else:
            reason = f"It has the text of {first.key}, which failed: {outcome.reason}"
            self._note(entry, stamp, Outcome("failed", outcome.digests, reason))

    def _link(self, entry: Entry, stamp: str, twin: Entry) -> None:
        outcome = Outcome("linked", twin.digests, f"the same text as {twin.key}", twin.facts)
        self._note(entry, stamp, outcome, twin.key)

    def _note(self, entry: Entry, stamp: str, outcome: Outcome, same_as: str | None = None) -> None:
        self.ledger.end(entry.key, stamp, outcome, same_as)
        self.watcher.ended(entry, outcome)


def refuse_overlap(job: Job) -> None:
    """Refuses an output folder that is one of the folders to read. Raises InputError."""
    for place in job.places:
        if place.is_dir() and job.out.exists() and place.samefile(job.out):
            raise InputError(f"{job.out} is the folder of the reports; give another output folder with -o.")


def tidy(job: Job) -> None:
    """Removes what a killed run had half written (outputs have a hidden name until they are whole)."""
    for path in job.briefs.glob(".*"):
        path.unlink(missing_ok=True)


def make_folders(job: Job) -> None:
    """Makes the output folder. Raises InputError where that cannot be."""
    try:
        job.briefs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{job.out} cannot be made ({error.strerror}); choose another output folder.") from error
