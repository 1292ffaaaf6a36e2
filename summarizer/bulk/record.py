"""A record of a run in its output folder: an SQLite file in which a step is noted whole, or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from summarizer.clients.database import transaction
from summarizer.errors import InputError

_FACTS = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"


class Record:
    """One file. One writer at a time (locking.py); readers may look on.

    `called` and `remedy` are how errors name it and what deleting it does; `pragmas` are set before anything else.
    Raises InputError where the file cannot be used, or is of another version.
    """

    def __init__(self, path: Path, schema: str, version: int, called: str, remedy: str, pragmas: tuple[str, ...] = ()):
        self.path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            for pragma in pragmas:
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_FACTS + schema)
            self._db.execute("INSERT OR IGNORE INTO facts VALUES ('version', ?)", (str(version),))
            found = self.fact("version")
        except sqlite3.Error as error:
            raise InputError(
                f"{called} {path} cannot be used ({error}); give another output folder, or delete the file to {remedy}."
            ) from error
        if found != str(version):
            raise InputError(
                f"{called} {path} is of version {found}, this program's of {version}; give another output folder."
            )

    def close(self) -> None:
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All that is noted inside is noted together, or not at all."""
        return transaction(self._db)

    def fact(self, name: str) -> str | None:
        """What is noted of the run as a whole under a name."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def note(self, name: str, value: str) -> None:
        """Notes something of the run as a whole."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
