"""The ledger of an output folder: what every report and chunk has come to, in one SQLite file.

A run that is killed loses what it had not yet noted, and nothing else: a report is noted when its brief is
on disk. All operations are one statement or one short transaction, whatever the number of reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from summarizer.bulk.inputs import Source, marked_name, plain_name
from summarizer.bulk.record import Record
from summarizer.bulk.states import STATES, Digests, Facts, Outcome, State
from summarizer.model import Usage

VERSION = 1
NAME = "run.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, path TEXT NOT NULL, name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE, run INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', reason TEXT,
    stamp TEXT, digest_run TEXT, digest_file TEXT, digest_text TEXT, same_as TEXT,
    facts TEXT NOT NULL DEFAULT '{}', usage TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS by_state ON reports (run, state, number);
CREATE INDEX IF NOT EXISTS by_file ON reports (digest_file);
CREATE INDEX IF NOT EXISTS by_text ON reports (digest_text);
CREATE TABLE IF NOT EXISTS chunks (
    key TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    by TEXT NOT NULL, reason TEXT, PRIMARY KEY (key, number)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as the ledger knows it. `stamp` is what its file looked like (size, time) when it was last read."""

    key: str
    path: Path
    name: str
    state: State
    reason: str | None
    stamp: str | None
    digests: Digests
    same_as: str | None
    facts: Facts
    usage: Usage


class Ledger(Record):
    """One output folder's ledger."""

    def __init__(self, out: Path):
        pragmas = ("journal_mode=WAL", "synchronous=NORMAL")
        super().__init__(out / NAME, _SCHEMA, VERSION, "The ledger", "read all reports again", pragmas)
        self.run = 0

    # --- reports ---------------------------------------------------------------------------

    def begin(self, sources: Iterable[Source]) -> int:
        """Takes a run's files in, gives new ones their names, and returns how many there are."""
        self.run = int(self.fact("run") or 0) + 1
        with self.transaction():
            self.note("run", str(self.run))
            for source in sources:
                self._take(source)
        return self.count()

    def resume(self) -> None:
        """Looks at the last run, without beginning another."""
        self.run = int(self.fact("run") or 0)

    def _take(self, source: Source) -> None:
        known = "UPDATE reports SET run = ?, path = ? WHERE key = ?"
        if self._db.execute(known, (self.run, str(source.path), source.key)).rowcount:
            return
        name = plain_name(source.label)
        if self._db.execute("SELECT 1 FROM reports WHERE folded = ?", (name.casefold(),)).fetchone():
            name = marked_name(name, source.key)
        self._db.execute(
            "INSERT INTO reports (key, path, name, folded, run) VALUES (?, ?, ?, ?, ?)",
            (source.key, str(source.path), name, name.casefold(), self.run),
        )

    def entries(self, states: Iterable[State] = STATES) -> Iterator[Entry]:
        """The run's reports in some states, in the order in which they were found; writing meanwhile is allowed."""
        wanted = tuple(states)
        marks = ",".join("?" * len(wanted))
        query = f"{_SELECT} WHERE run = ? AND number > ? AND state IN ({marks}) ORDER BY number LIMIT 200"
        last = 0
        while rows := self._db.execute(query, (self.run, last, *wanted)).fetchall():
            last = rows[-1][0]
            yield from map(_entry, rows)

    def entry(self, key: str) -> Entry | None:
        """One report by its key."""
        row = self._db.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
        return _entry(row) if row else None

    def twin(self, key: str, digests: Digests) -> Entry | None:
        """Another report of the run with the same file or the same text, made in the same way, that has a brief."""
        for column, value in (("digest_file", digests.file), ("digest_text", digests.text)):
            if value:
                row = self._db.execute(
                    f"{_SELECT} WHERE {column} = ? AND digest_run = ? AND run = ? AND key != ? "
                    "AND state IN ('done', 'gaps', 'lost') ORDER BY number LIMIT 1",
                    (value, digests.run, self.run, key),
                ).fetchone()
                if row:
                    return _entry(row)
        return None

    def end(self, key: str, stamp: str, outcome: Outcome, same_as: str | None = None) -> None:
        """Notes how a report ended, with its chunks, in one transaction."""
        digests = outcome.digests
        with self.transaction():
            self._db.execute(
                "UPDATE reports SET state = ?, reason = ?, stamp = ?, digest_run = ?, digest_file = ?, "
                "digest_text = ?, same_as = ?, facts = ?, usage = ? WHERE key = ?",
                (outcome.state, outcome.reason, stamp, digests.run, digests.file, digests.text, same_as,
                 _json(asdict(outcome.facts)), _json(asdict(outcome.usage)), key),
            )  # fmt: skip
            self._db.execute("DELETE FROM chunks WHERE key = ?", (key,))
            rows = [(key, n, c.start, c.end, c.by, c.reason) for n, c in enumerate(outcome.chunks)]
            self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)", rows)

    def wait(self, key: str) -> None:
        """Notes that a report is to be read (again)."""
        self._db.execute("UPDATE reports SET state = 'waiting', reason = NULL WHERE key = ?", (key,))

    def restamp(self, key: str, stamp: str) -> None:
        """Notes that a file was touched, and its content not changed."""
        self._db.execute("UPDATE reports SET stamp = ? WHERE key = ?", (stamp, key))

    # --- sums ------------------------------------------------------------------------------

    def count(self) -> int:
        """How many reports the run has."""
        return int(self._db.execute("SELECT COUNT(*) FROM reports WHERE run = ?", (self.run,)).fetchone()[0])

    def states(self) -> Mapping[State, int]:
        """How many reports are in each state."""
        rows = self._db.execute("SELECT state, COUNT(*) FROM reports WHERE run = ? GROUP BY state", (self.run,))
        found = dict(rows.fetchall())
        return {state: int(found.get(state, 0)) for state in STATES}

    def gaps(self) -> Mapping[str, int]:
        """The gaps of all briefs by reason, the most frequent first."""
        rows = self._db.execute(
            "SELECT g.key, SUM(g.value) FROM reports, json_each(reports.facts, '$.gaps') AS g "
            "WHERE run = ? AND state IN ('done', 'gaps', 'lost') GROUP BY g.key ORDER BY 2 DESC, 1",
            (self.run,),
        )
        return {str(reason): int(count) for reason, count in rows.fetchall()}

    def usage(self) -> Usage:
        """What all reports of the run cost, when they were read."""
        total = Usage()
        for entry in self.entries():
            total += entry.usage
        return total


_SELECT = (
    "SELECT number, key, path, name, state, reason, stamp, digest_run, digest_file, digest_text, same_as, facts, usage "
    "FROM reports"
)


def _entry(row: tuple[object, ...]) -> Entry:
    _, key, path, name, state, reason, stamp, run, file, text, same_as, facts, usage = row
    return Entry(
        key=str(key),
        path=Path(str(path)),
        name=str(name),
        state=state,  # type: ignore[arg-type]
        reason=reason,  # type: ignore[arg-type]
        stamp=stamp,  # type: ignore[arg-type]
        digests=Digests(str(run or ""), file, text),  # type: ignore[arg-type]
        same_as=same_as,  # type: ignore[arg-type]
        facts=Facts(**json.loads(str(facts))),
        usage=Usage(**json.loads(str(usage))),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@contextmanager
def open_ledger(out: Path) -> Iterator[Ledger]:
    """An output folder's ledger, closed at the end."""
    with closing(Ledger(out)) as ledger:
        yield ledger
