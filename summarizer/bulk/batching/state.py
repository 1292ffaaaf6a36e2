"""What a run knows of its batches, in one SQLite file beside the ledger, gone when nothing is left to ask.

Every step at the endpoint is noted before it is taken and when it is done, and on disk before anything else
happens, so that a run that is killed between the two finds out what became of it and pays for nothing twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from summarizer.bulk.record import Record
from summarizer.model import Usage

NAME = "batches.sqlite"
VERSION = 1

Step = Literal["written", "uploading", "uploaded", "creating", "sent", "ended"]
"""How far a batch is: its file on disk; being sent; sent; being made a batch; under way; collected."""

Ending = Literal["answered", "failed", "open"]
"""How a request of a batch ended; open: it is to be asked again."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY, mark TEXT NOT NULL, step TEXT NOT NULL, lines INTEGER NOT NULL,
    tokens INTEGER NOT NULL, worst TEXT NOT NULL, ways TEXT NOT NULL, made REAL NOT NULL, file TEXT, name TEXT,
    done INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS requests (
    key TEXT PRIMARY KEY, batch INTEGER, report TEXT NOT NULL, round INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, usage TEXT NOT NULL DEFAULT '{}', failure TEXT,
    counted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_batch ON requests (batch);
CREATE INDEX IF NOT EXISTS by_report ON requests (report, round);
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file of requests and what became of it.

    `mark` names its file, `tokens` are about those of its prompts, `worst` the US dollars that it can cost at
    most, `ways` how it asks (clients/ways.py), `file` and `name` the endpoint's names of its file and of itself.
    """

    number: int
    mark: str
    step: Step
    lines: int
    tokens: int
    worst: Decimal
    ways: str
    made: float
    file: str | None
    name: str | None
    done: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request failed for good."""

    message: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that some batch holds or held, with what its answers cost. `state` is asked while it is under way."""

    key: str
    tries: int
    state: Literal["asked"] | Ending
    usage: Usage
    failure: Failure | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """A request that a new batch holds: its key, the report that asks first, and the report's round."""

    key: str
    report: str
    round: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request of a batch ended, and what that cost."""

    key: str
    state: Ending
    usage: Usage = field(default_factory=Usage)
    failure: Failure | None = None


class BatchState(Record):
    """The batches of one output folder."""

    def __init__(self, out: Path, clock: Callable[[], float] = time.time):
        self._clock = clock
        pragmas = ("synchronous=FULL",)
        super().__init__(out / NAME, _SCHEMA, VERSION, "The record of batches", "give up what is under way", pragmas)

    @property
    def spent(self) -> Decimal:
        """US dollars that the answers collected so far cost."""
        return Decimal(self.fact("spent") or 0)

    # --- batches ---------------------------------------------------------------------------

    def batches(self, *steps: Step) -> list[Batch]:
        """The batches at some steps, the oldest first."""
        marks = ",".join("?" * len(steps))
        rows = self._db.execute(
            "SELECT number, mark, step, lines, tokens, worst, ways, made, file, name, done FROM batches "
            f"WHERE step IN ({marks}) ORDER BY number",
            steps,
        )
        return [
            Batch(number, mark, step, lines, tokens, Decimal(worst), *others)
            for number, mark, step, lines, tokens, worst, *others in rows.fetchall()
        ]

    @property
    def aside(self) -> Decimal:
        """US dollars that all batches that have not ended can cost at most."""
        unended: tuple[Step, ...] = ("written", "uploading", "uploaded", "creating", "sent")
        return sum((batch.worst for batch in self.batches(*unended)), Decimal(0))

    def write(self, mark: str, requests: Iterable[Noted], tokens: int, worst: Decimal, ways: str) -> None:
        """Notes a batch whose file is on disk, with its requests."""
        noted = list(requests)
        with self.transaction():
            number = self._db.execute(
                "INSERT INTO batches (mark, step, lines, tokens, worst, ways, made) "
                "VALUES (?, 'written', ?, ?, ?, ?, ?)",
                (mark, len(noted), tokens, str(worst), ways, self._clock()),
            ).lastrowid
            self._db.executemany(
                "INSERT INTO requests (key, batch, report, round, state) VALUES (?, ?, ?, ?, 'asked') "
                "ON CONFLICT (key) DO UPDATE SET batch = excluded.batch, state = 'asked', failure = NULL",
                [(each.key, number, each.report, each.round) for each in noted],
            )

    def step(self, batch: Batch, step: Step, file: str | None = None, name: str | None = None) -> None:
        """Notes how far a batch is, with the endpoint's names as they become known."""
        with self.transaction():
            self._db.execute(
                "UPDATE batches SET step = ?, file = coalesce(?, file), name = coalesce(?, name) WHERE number = ?",
                (step, file, name, batch.number),
            )
            if step == "sent":
                self._db.execute("UPDATE requests SET tries = tries + 1 WHERE batch = ?", (batch.number,))

    def done(self, batch: Batch, done: int) -> None:
        """Notes how many requests of a batch are answered."""
        self._db.execute("UPDATE batches SET done = ? WHERE number = ?", (done, batch.number))

    def end(self, batch: Batch, requests: Iterable[Ended], cost: Decimal) -> None:
        """Notes that a batch was collected: how its requests ended (those not named are open), and the cost."""
        rows = [
            (each.state, _json(each.usage), _json(each.failure), each.key, batch.number)
            for each in requests
        ]  # fmt: skip
        with self.transaction():
            self._db.executemany(
                "UPDATE requests SET state = ?, usage = ?, failure = ? WHERE key = ? AND batch = ?", rows
            )
            self._db.execute("UPDATE requests SET state = 'open' WHERE batch = ? AND state = 'asked'", (batch.number,))
            self._db.execute("UPDATE batches SET step = 'ended' WHERE number = ?", (batch.number,))
            self.note("spent", str(self.spent + cost))

    def give_up(self, batch: Batch, was_sent: bool = False) -> None:
        """Forgets a batch that nobody worked on; what was asked in it is to be asked again."""
        with self.transaction():
            if was_sent:
                self._db.execute("UPDATE requests SET tries = tries - 1 WHERE batch = ?", (batch.number,))
            self._db.execute("DELETE FROM requests WHERE batch = ? AND tries = 0", (batch.number,))
            self._db.execute("UPDATE requests SET state = 'open', batch = NULL WHERE batch = ?", (batch.number,))
            self._db.execute("DELETE FROM batches WHERE number = ?", (batch.number,))

    # --- requests --------------------------------------------------------------------------

    def request(self, key: str) -> Asked | None:
        """What is known of a request."""
        row = self._db.execute(
            "SELECT key, tries, state, usage, failure, counted FROM requests WHERE key = ?", (key,)
        ).fetchone()
        return _asked(row) if row else None

    def requests(self, batch: Batch) -> Mapping[str, Asked]:
        """The requests that a batch holds, by key."""
        rows = self._db.execute(
            "SELECT key, tries, state, usage, failure, counted FROM requests WHERE batch = ?", (batch.number,)
        )
        return {row[0]: _asked(row) for row in rows.fetchall()}

    def rounds(self, report: str) -> int:
        """How many rounds of batches a report has asked in."""
        row = self._db.execute("SELECT max(round) FROM requests WHERE report = ?", (report,)).fetchone()
        return int(row[0] or 0)

    def count(self, keys: Iterable[str]) -> None:
        """Notes of requests that their cost is counted in the brief of a report that has ended."""
        with self.transaction():
            self._db.executemany("UPDATE requests SET counted = 1 WHERE key = ?", [(key,) for key in keys])

    def forget_failures(self) -> None:
        """Lets requests that failed for good be asked again."""
        self._db.execute("DELETE FROM requests WHERE state = 'failed'")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is noted that a later run needs."""
        return not self._db.execute("SELECT 1 FROM batches UNION SELECT 1 FROM requests LIMIT 1").fetchone()

    def sums(self) -> tuple[int, int]:
        """How many batches were collected, and with how many requests."""
        row = self._db.execute("SELECT count(*), coalesce(sum(lines), 0) FROM batches WHERE step = 'ended'").fetchone()
        return int(row[0]), int(row[1])


def _asked(row: tuple[str, int, Literal["asked"] | Ending, str, str | None, int]) -> Asked:
    key, tries, state, usage, failure, counted = row
    why = Failure(**json.loads(failure)) if failure else None
    return Asked(key, tries, state, Usage(**json.loads(usage)), why, bool(counted))


def _json(value: Usage | Failure | None) -> str | None:
    return None if value is None else json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":"))


@contextmanager
def open_state(out: Path) -> Iterator[BatchState]:
    """An output folder's batches, closed at the end."""
    with closing(BatchState(out)) as state:
        yield state


def under_way(out: Path) -> str:
    """A sentence on the batches of an output folder that are under way; empty where there are none."""
    if not (out / NAME).is_file():
        return ""
    with open_state(out) as state:
        sent, host = state.batches("creating", "sent"), state.fact("host")
    if not sent:
        return ""
    lines, done = sum(batch.lines for batch in sent), sum(batch.done for batch in sent)
    answered = f", of which {done:,} were answered when last asked" if done else ""
    return f"{lines:,} requests are under way at {host} in {_many(len(sent))}{answered}"


def _many(batches: int) -> str:
    return "1 batch" if batches == 1 else f"{batches:,} batches"
