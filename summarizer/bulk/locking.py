"""One run for one output folder: a lock that ends with its process, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from summarizer.errors import InputError


@contextmanager
def sole_run(out: Path) -> Iterator[None]:
    """Holds the folder's lock. Raises InputError where another run holds it, or the folder cannot be written."""
    path = out / "run.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}); choose another output folder.") from error
    try:
        if not _locked(handle):
            raise InputError(f"Another run is writing to {out}; wait for it, or give another output folder with -o.")
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the lock could be had; the system lets go of it when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
