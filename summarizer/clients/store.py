"""The reply store: what endpoints answered, by digest of what was asked, and what endpoints can do.

Prompts are not in it, only their digests; nor are keys. Nothing that happens to its file is fatal: a damaged
one is set aside, one that cannot be used is done without, and either is said once.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from summarizer.clients.database import Opened, is_busy, is_damage, open_database, transaction
from summarizer.clients.kept import Kept, Summary
from summarizer.errors import StoreError

_Result = TypeVar("_Result")
_COLUMNS = "model, content, finish, refusal, prompt_tokens, answer_tokens, made"
_TOUCHED_AFTER = 3600  # seconds: the time of last use is kept no finer, so that reading seldom writes
_REMEMBERED_FOR = 30 * 86400  # seconds: servers are upgraded, and then can do more
_EVICTED_AT_ONCE, _EVICTIONS = 16, 16

Adopted = Literal["taken", "there", "differs", "not written"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes in bytes: of what is kept (beyond it the replies unused for longest go), and of the file in any case."""

    kept: int = 2**30
    file: int = 2**31


@cache
def _say_once(line: str) -> None:
    logging.getLogger(__name__).warning(line)


class ReplyStore:
    """Replies by key in one file, and a `Memory` of endpoints beside them.

    Any thread may call; several processes may share the file. Its file is opened at the first use and made
    where it is missing. `clock` gives seconds since 1970; `say` is told what cannot be done.
    """

    def __init__(
        self,
        path: Path,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] = _say_once,
    ):
        self.path = path
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._say = say
        self._lock = threading.RLock()
        self._opened: Opened | None = None
        self._without = False  # the file cannot be used at all
        self._unwritten = False  # it can be read, not written
        self._known: dict[str, str] = {}

    def now(self) -> int:
        """The time, in whole seconds since 1970."""
        return int(self._clock())

    @property
    def is_usable(self) -> bool:
        """Whether there is a file to read and write, opened if need be."""
        return self._do(lambda _: True, False) and not self._unwritten

    def close(self) -> None:
        """Closes the file; a later call opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.connection.close()
            self._opened = None

    # --- replies ---------------------------------------------------------------------------

    def find(self, key: str) -> Kept | None:
        """The reply of a key, which counts as used now."""

        def work(connection: sqlite3.Connection) -> tuple[Kept, int] | None:
            row = connection.execute(f"SELECT {_COLUMNS}, used FROM replies WHERE key = ?", (key,)).fetchone()
            return (Kept(*row[:-1]), row[-1]) if row else None

        found = self._do(work, None)
        if found is None:
            return None
        kept, used = found
        if abs(self.now() - used) > _TOUCHED_AFTER:
            statement, values = "UPDATE replies SET used = ? WHERE key = ?", (self.now(), key)
            self._do(lambda connection: connection.execute(statement, values), None, writes=True)
        return kept

    def keep(self, key: str, kept: Kept) -> bool:
        """Keeps a reply, in the place of an older one; whether it is kept now."""
        return kept.is_storable and self._do(lambda c: self._put(c, key, kept), False, writes=True)

    def forget(self, key: str) -> None:
        """Lets go of a reply."""
        statement = "DELETE FROM replies WHERE key = ?"
        self._do(lambda connection: connection.execute(statement, (key,)), None, writes=True)

    def adopt(self, key: str, kept: Kept, replace: bool = False) -> Adopted:
        """Keeps a reply from elsewhere, in the place of one that says something else only where `replace` is."""

        def work(connection: sqlite3.Connection) -> Adopted:
            row = connection.execute("SELECT content, finish, refusal FROM replies WHERE key = ?", (key,)).fetchone()
            if row == (kept.content, kept.finish, kept.refusal):
                return "there"
            if row and not replace:
                return "differs"
            self._put(connection, key, kept)
            return "taken"

        return self._do(work, "not written", writes=True)

    def _put(self, connection: sqlite3.Connection, key: str, kept: Kept) -> bool:
        marks = ", ".join("?" * 10)
        values = (key, *astuple(kept), not kept.is_answer, self.now())
        connection.execute(f"INSERT OR REPLACE INTO replies (key, {_COLUMNS}, failed, used) VALUES ({marks})", values)
        self._evict(connection, key)
        return True

    def _evict(self, connection: sqlite3.Connection, newest: str) -> None:
        """Takes out what was unused for longest, a bounded number at a time, found by index."""
        unused = "SELECT key FROM replies WHERE key <> ? ORDER BY used LIMIT ?"
        for _ in range(_EVICTIONS):
            pages, free, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
            if (pages - free) * size <= self._bounds.kept:
                return
            connection.execute(f"DELETE FROM replies WHERE key IN ({unused})", (newest, _EVICTED_AT_ONCE))

    # --- the store as a whole --------------------------------------------------------------

    def page(self, after: str = "", many: int = 100) -> list[tuple[str, Kept]]:
        """Up to so many replies with their keys, in the keys' order. Raises StoreError where they cannot be read."""
        question = f"SELECT key, {_COLUMNS} FROM replies WHERE key > ? ORDER BY key LIMIT ?"
        rows = self._do(lambda c: c.execute(question, (after, many)).fetchall(), None)
        if rows is None:
            raise StoreError(f"The reply store {self.path} cannot be read; set SUMMARIZER_CACHE to another file.")
        return [(row[0], Kept(*row[1:])) for row in rows]

    def summary(self) -> Summary:
        """What it holds; this reads the whole table."""

        def work(connection: sqlite3.Connection) -> Summary:
            models = connection.execute("SELECT model, count(*) FROM replies GROUP BY model ORDER BY model").fetchall()
            failed, *ends = connection.execute("SELECT sum(failed), min(made), max(made) FROM replies").fetchone()
            endpoints = connection.execute("SELECT count(*) FROM endpoints").fetchone()[0]
            return Summary(tuple(models), failed or 0, ends[0], ends[1], endpoints)

        return self._do(work, Summary())

    def clear(self, older_than: int | None = None) -> tuple[int, int]:
        """Removes replies made, and endpoints told of, longer ago than so many seconds (None: all); how many each.

        The file shrinks, and what was removed is in it no more.
        """
        before = 2**62 if older_than is None else self.now() - older_than

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            replies = connection.execute("DELETE FROM replies WHERE made < ?", (before,)).rowcount
            return replies, connection.execute("DELETE FROM endpoints WHERE told < ?", (before,)).rowcount

        removed = self._do(work, (0, 0), writes=True)
        self._known.clear()
        self._do(lambda connection: connection.executescript("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"), None)
        return removed

    # --- what endpoints can do -------------------------------------------------------------

    def recall(self, name: str) -> str | None:
        """What was remembered under a name within the last month."""
        if name not in self._known:
            question, values = "SELECT value FROM endpoints WHERE name = ? AND told > ?", (name, self._forgotten())
            row = self._do(lambda connection: connection.execute(question, values).fetchone(), None)
            if row is None:
                return None
            self._known[name] = row[0]
        return self._known[name]

    def remember(self, name: str, value: str) -> None:
        """Remembers a short text, for this run at least."""
        if self.recall(name) == value:
            return
        self._known[name] = value
        statement = "INSERT OR REPLACE INTO endpoints (name, value, told) VALUES (?, ?, ?)"

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM endpoints WHERE told <= ?", (self._forgotten(),))
            connection.execute(statement, (name, value, self.now()))

        self._do(work, None, writes=True)

    def _forgotten(self) -> int:
        return self.now() - _REMEMBERED_FOR

    # --- the file --------------------------------------------------------------------------

    def _do(self, work: Callable[[sqlite3.Connection], _Result], default: _Result, *, writes: bool = False) -> _Result:
        """The result of some work on the file, once more on a new file where this one is damaged, else the default."""
        with self._lock:
            for _ in range(2):
                connection = self._connected()
                if connection is None or (writes and self._unwritten):
                    break
                try:
                    if not writes:
                        return work(connection)
                    with transaction(connection):
                        return work(connection)
                except sqlite3.Error as error:
                    if not self._is_worth_another_try(error):
                        break
            return default

    def _connected(self) -> sqlite3.Connection | None:
        if self._opened is None and not self._without:
            self._open(None)
        return self._opened.connection if self._opened else None

    def _open(self, damaged: tuple[int, int] | None) -> None:
        try:
            opened = open_database(self.path, self._bounds.file, damaged)
        except (OSError, sqlite3.Error) as error:
            self._without = True
            reason = getattr(error, "strerror", None) or str(error)
            self._say(f"The reply store {self.path} cannot be used ({reason}); the run goes on without it.")
            return
        if opened.set_aside is not None:
            self._say(
                f"The reply store {self.path} was damaged ({opened.reason}); it is kept as {opened.set_aside.name}, "
                "and a new one was made."
            )
        self._opened = opened

    def _is_worth_another_try(self, error: sqlite3.Error) -> bool:
        if is_damage(error) and self._opened is not None:
            damaged = self._opened.identity
            self.close()
            self._open(damaged)
            return True
        if is_busy(error):
            self._say(f"The reply store {self.path} is busy; some replies of this run are not kept.")
            return False
        self._unwritten = True
        self._say(f"The reply store {self.path} cannot be written ({error}); replies are kept no longer in this run.")
        return False
