"""What a person sees of a run: a live line on a terminal, log lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from summarizer.bulk.ledger import Entry
from summarizer.bulk.states import Outcome
from summarizer.model import Usage

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Say = Callable[[str], None]
Clock = Callable[[], float]
Cost = Callable[[Usage], Decimal | None]
_EVERY = 15.0  # seconds between log lines


@dataclass(slots=True)
class Tally:
    """What a run has come to so far. `cost` gives the US dollars of a usage, None where no price is known."""

    clock: Clock = time.monotonic
    cost: Cost = lambda _: None
    reports: int = 0
    unchanged: int = 0
    states: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    started: float = 0.0

    def begins(self, reports: int, unchanged: int) -> None:
        self.reports, self.unchanged, self.started = reports, unchanged, self.clock()

    def ended(self, outcome: Outcome) -> None:
        self.states[outcome.state] += 1
        self.usage += outcome.usage

    @property
    def done(self) -> int:
        return self.states.total()

    def line(self) -> str:
        """The run in one line: reports, rate, time left, failures, requests, tokens, spend."""
        seconds = max(self.clock() - self.started, 1e-9)
        rate = self.done / seconds
        parts = [f"{self.done:,} of {self.reports:,} reports", f"{rate:.1f} a second"]
        if 0 < self.done < self.reports:
            parts.append(f"{_duration((self.reports - self.done) / rate)} left")
        parts += [f"{self.states[s]:,} {word}" for s, word in (("failed", "failed"), ("lost", "with lost text")) if
                  self.states[s]]  # fmt: skip
        if self.usage.requests or self.usage.stored:
            tokens = self.usage.prompt_tokens + self.usage.answer_tokens
            parts.append(f"{self.usage.requests:,} requests, {tokens:,} tokens")
        if (spent := self.cost(self.usage)) is not None:
            parts.append(f"${spent:.4f}")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


@dataclass(slots=True)
class LogLines:
    """A line now and then, for logs and pipes."""

    say: Say
    tally: Tally = field(default_factory=Tally)
    every: float = _EVERY
    _next: float = 0.0

    def begins(self, reports: int, unchanged: int) -> None:
        self.tally.begins(reports, unchanged)
        self._next = self.tally.started + self.every

    def ended(self, entry: Entry, outcome: Outcome) -> None:
        self.tally.ended(outcome)
        if outcome.state in ("failed", "lost"):
            self.say(f"{entry.key}: {outcome.state}: {outcome.reason or 'parts of it were read by nobody'}")
        if self.tally.clock() >= self._next:
            self._next = self.tally.clock() + self.every
            self.say(self.tally.line())

    def notice(self, line: str) -> None:
        """A sentence on how the run goes."""
        self.say(line)

    def close(self) -> None:
        """Nothing is left open."""


@dataclass(slots=True)
class LiveLine:
    """A bar and the run's line, drawn over and over; failures scroll away above it."""

    tally: Tally = field(default_factory=Tally)
    _progress: Progress | None = None
    _task: TaskID | None = None

    def begins(self, reports: int, unchanged: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self.tally.begins(reports, unchanged)
        columns = (BarColumn(bar_width=24), TextColumn("{task.description}", markup=False))
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(self.tally.line(), total=reports)
        self._progress.start()

    def ended(self, entry: Entry, outcome: Outcome) -> None:
        self.tally.ended(outcome)
        if self._progress is None or self._task is None:
            return
        if outcome.state in ("failed", "lost"):
            text = f"{entry.key}: {outcome.state}: {outcome.reason or 'parts of it were read by nobody'}"
            self._progress.console.print(text, markup=False, highlight=False)
        self._progress.update(self._task, advance=1, description=self.tally.line())

    def notice(self, line: str) -> None:
        """A sentence on how the run goes, above the line."""
        if self._progress is not None:
            self._progress.console.print(line, markup=False, highlight=False)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._progress is not None:
            self._progress.stop()


Display = LogLines | LiveLine


def display(say: Say, cost: Cost) -> Display:
    """What suits standard error."""
    tally = Tally(cost=cost)
    return LiveLine(tally) if sys.stderr.isatty() else LogLines(say, tally)
