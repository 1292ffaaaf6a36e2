"""Which files a run reads, and the names that their briefs go by."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from importlib import resources
from pathlib import Path

from summarizer.errors import InputError

_LONGEST = 70  # characters; of three bytes each, and with a mark and a suffix, a file name stays below 255 bytes
_UNSAFE = re.compile(r"[^\w.+-]+")
_MARK = 8  # hexadecimal digits that tell two equal names apart


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `key` is what the run knows it by, `label` what its brief's name is made of.

    In a folder both are the path below it; of a file that was named itself the key is its path as given.
    """

    path: Path
    key: str
    label: str


@cache
def _vocabulary() -> Mapping[str, list[str]]:
    text = resources.files("summarizer.bulk").joinpath("data", "bulk.toml").read_text("utf-8")
    found: Mapping[str, list[str]] = tomllib.loads(text)["inputs"]
    return found


@dataclass(slots=True)
class Sources:
    """The files of folders that may hold a report, and files named themselves, one after the other.

    `patterns` are globs on the path below the folder or on the file's own name; they replace the usual suffixes. Hidden
    files, corrections and the folder `without` (the run's own output) are left out. `passed_over` counts, by
    suffix, the files of which none was taken for a report. Iterating raises InputError where a place is not there.
    """

    places: Sequence[Path]
    patterns: Sequence[str] = ()
    recursive: bool = True
    without: Path | None = None
    passed_over: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[Source]:
        for place in self.places:
            if not place.exists():
                raise InputError(f"{place} does not exist; check the path.")
            if not place.is_dir():
                yield Source(place, place.as_posix(), place.name)
                continue
            shut = self.without.resolve() if self.without else None
            for path in _walk(place, self.recursive, shut):
                below = path.relative_to(place).as_posix()
                if self._is_wanted(below):
                    yield Source(path, below if len(self.places) == 1 else path.as_posix(), below)
                else:
                    self.passed_over[path.suffix.lower() or "no suffix"] += 1

    def _is_wanted(self, below: str) -> bool:
        lower = below.lower()
        if lower.endswith(tuple(_vocabulary()["never"])):
            return False
        if self.patterns:
            return any(fnmatch(below, p) or fnmatch(below.rpartition("/")[2], p) for p in self.patterns)
        return lower.endswith(tuple(_vocabulary()["suffixes"]))


def _walk(folder: Path, recursive: bool, shut: Path | None) -> Iterator[Path]:
    """A folder's files by name. Links to folders are not followed, so that no walk is endless."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be read ({error.strerror}); check its permissions.") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            yield entry
        elif recursive and not entry.is_symlink() and entry.resolve() != shut:
            yield from _walk(entry, recursive, shut)


def listed(file: Path) -> list[Path]:
    """The paths that a list names, one a line, relative to the list; blank lines and # lines are passed over.

    Raises InputError where the list cannot be read or names nothing.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The list {file} cannot be read; give a UTF-8 text with one path a line.") from error
    paths = [file.parent / line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not paths:
        raise InputError(f"The list {file} names no file; write one path a line.")
    return paths


# --- names ------------------------------------------------------------------------------------


def plain_name(label: str) -> str:
    """A file name, without a suffix, for a path below a folder (`2024/北京.txt` is `2024-北京`).

    It holds letters, digits, `_`, `-`, `.` and `+` alone, starts and ends with none of the last four, is of
    bounded length, and leads nowhere.
    """
    folder, _, last = label.rpartition("/")
    stem = last.rpartition(".")[0] or last
    parts = [p for p in unicodedata.normalize("NFC", f"{folder}/{stem}").split("/") if p not in ("", ".", "..")]
    name = _UNSAFE.sub("_", "-".join(parts)).strip("._-+")
    if not name or name.partition(".")[0].upper() in _vocabulary()["reserved"]:
        return marked_name("report", label)
    return name if len(name) <= _LONGEST else marked_name(name, label)


def marked_name(name: str, key: str) -> str:
    """A name that a mark of its key tells apart from the same name of another."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return f"{name[: _LONGEST - _MARK - 1].rstrip('._-+')}-{digest}"
