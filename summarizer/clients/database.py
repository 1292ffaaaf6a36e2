"""Opens the file of a reply store: for its owner's eyes only, one schema, and what is damaged is set aside.

The file is SQLite with a write-ahead log: readers never wait, writers wait for each other. Opening is done
by one process at a time, so that a file is made once and a damaged one is set aside once.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
_APPLICATION = 0x52504C59  # tells our files from others of SQLite
_PAGE = 4096
_WAIT = 10.0  # seconds for another process's transaction, each of which takes well under a millisecond
_PARTS = ("", "-wal", "-shm")
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH})
_SCHEMA = (
    "CREATE TABLE replies (key TEXT PRIMARY KEY, model TEXT NOT NULL, content TEXT NOT NULL, finish TEXT NOT NULL, "
    "refusal TEXT, prompt_tokens INTEGER NOT NULL, answer_tokens INTEGER NOT NULL, made INTEGER NOT NULL, "
    "failed INTEGER NOT NULL, used INTEGER NOT NULL)",
    "CREATE INDEX replies_used ON replies (used)",
    "CREATE TABLE endpoints (name TEXT PRIMARY KEY, value TEXT NOT NULL, told INTEGER NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection, which file it is of (a path may come to name another), and where a damaged one went."""

    connection: sqlite3.Connection
    identity: tuple[int, int]
    set_aside: Path | None = None
    reason: str = ""


def open_database(path: Path, most_bytes: int, damaged: tuple[int, int] | None = None) -> Opened:
    """Opens the file, made where it is missing; one that is damaged is set aside first.

    `damaged` is the identity of a file that turned out damaged while in use: it is set aside if the path
    still names it. Raises OSError or sqlite3.Error where no file can be used.
    """
    _make_folder(path.parent)
    with _alone(path):
        if damaged is not None and path.exists() and _identity(path) == damaged:
            return _anew(path, most_bytes, "it is damaged")
        try:
            return Opened(_connect(path, most_bytes), _identity(path))
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return _anew(path, most_bytes, str(error))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is none of ours, rather than that it cannot be reached now."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return False  # a fault of ours
    code = getattr(error, "sqlite_errorcode", None)  # None: this module's own, or text that is not UTF-8
    return code is None or code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ


def is_busy(error: sqlite3.Error) -> bool:
    """Whether others held the file for longer than we wait."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A short writing transaction: whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite ends some of its own accord
            connection.execute("ROLLBACK")
        raise


def set_aside_files(path: Path) -> list[Path]:
    """The files that were set aside, with what belongs to them."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


def _anew(path: Path, most_bytes: int, reason: str) -> Opened:
    aside = _set_aside(path)
    return Opened(_connect(path, most_bytes), _identity(path), aside, reason)


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for part in _PARTS:
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").rename(f"{aside}{part}")
    return aside


def _connect(path: Path, most_bytes: int) -> sqlite3.Connection:
    _make_private(path)
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, most_bytes)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, most_bytes: int) -> None:
    version, application, tables = (
        connection.execute(question).fetchone()[0]
        for question in ("PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_master")
    )
    if tables and (version, application) != (VERSION, _APPLICATION):
        raise sqlite3.DatabaseError(f"it is no store of version {VERSION}")
    if not tables:
        connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a crash of the machine may lose the last replies, no more
    connection.execute("PRAGMA secure_delete = ON")  # replies quote the report
    connection.execute(f"PRAGMA max_page_count = {max(1, most_bytes // _PAGE)}")
    if not tables:
        with transaction(connection):
            for statement in _SCHEMA:
                connection.execute(statement)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def _make_private(path: Path) -> None:
    """The file with rights for its owner alone from its first moment; SQLite gives its log the same."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not path.is_file():
            raise OSError("it is no file") from None
        if path.stat().st_mode & 0o077 and sys.platform != "win32":
            path.chmod(0o600)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keeps other processes from opening meanwhile, where the system has such locks.

    Windows has none of this kind and needs none: there a file that somebody has open cannot be renamed.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
