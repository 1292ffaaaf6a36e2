"""Finished briefs on disk: files named one by one, or a bulk run's output folder, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from summarizer.bulk.job import BRIEFS
from summarizer.bulk.ledger import NAME as LEDGER
from summarizer.bulk.ledger import open_ledger
from summarizer.bulk.states import FINISHED
from summarizer.bulk.summary import NAME as SUMMARY
from summarizer.errors import InputError
from summarizer.model import BriefContent, ReportInfo
from summarizer.rendering.jsonform import from_json

_KEPT = 20  # problems that are kept with their words; all are counted


@dataclass(frozen=True, slots=True)
class Stored:
    """A brief's JSON file. `name` tells it apart from others of its folder, as its file name does."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def page(self) -> Path | None:
        """The same brief as HTML, where that stands beside it."""
        beside = self.path.with_suffix(".html")
        return beside if beside.is_file() else None

    def read(self) -> BriefContent:
        """The brief. Raises InputError that names the file."""
        try:
            return from_json(self._text())
        except InputError as error:
            raise InputError(f"{self.path}: {error}") from error

    def info(self) -> ReportInfo:
        """What the brief says of its report, without checking the rest of it. Raises InputError."""
        try:
            return ReportInfo.model_validate_json(json.dumps(json.loads(self._text())["report"]))
        except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as error:
            raise InputError(f"{self.path} is no brief; write it again with `summarizer brief`.") from error

    def _text(self) -> str:
        try:
            return self.path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{self.path} is no UTF-8 text; give a brief as JSON.") from error
        except OSError as error:
            raise InputError(f"{self.path} cannot be read ({error.strerror}); check the path.") from error


@dataclass(slots=True)
class Shelf:
    """The briefs of several places, in order, each held in memory only while it is looked at.

    A place is a brief's JSON file, a bulk run's output folder (the reports of its last run, those with the same text
    once), or any folder of briefs. In a folder a brief that cannot be read is a problem, and the rest goes on;
    `without_brief` counts the reports of runs that have none (failed, or not read yet).
    """

    places: Sequence[Path]
    without_brief: int = 0
    problem_count: int = 0
    problems: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[Stored, BriefContent]]:
        """Every brief with its file. Raises InputError where a place, or a file that was named itself, is no brief."""
        for stored, is_named in self._found():
            try:
                content = stored.read()
            except InputError as error:
                self._note(error, is_named)
            else:
                yield stored, content

    def infos(self) -> Iterator[tuple[Stored, ReportInfo]]:
        """What every brief says of its report, with its file. Raises InputError as iterating does."""
        for stored, is_named in self._found():
            try:
                info = stored.info()
            except InputError as error:
                self._note(error, is_named)
            else:
                yield stored, info

    def _note(self, error: InputError, is_named: bool) -> None:
        if is_named:
            raise error
        self.problem_count += 1
        if len(self.problems) < _KEPT:
            self.problems.append(str(error))

    def _found(self) -> Iterator[tuple[Stored, bool]]:
        for place in self.places:
            if not place.exists():
                raise InputError(f"{place} does not exist; give a brief as JSON or a bulk run's output folder.")
            if not place.is_dir():
                yield Stored(place), True
            elif (place / LEDGER).is_file():
                yield from ((stored, False) for stored in self._of_run(place))
            else:
                yield from ((stored, False) for stored in _of_folder(place))

    def _of_run(self, out: Path) -> Iterator[Stored]:
        with open_ledger(out) as ledger:
            ledger.resume()
            states = ledger.states()
            self.without_brief += states["failed"] + states["waiting"]
            for entry in ledger.entries(FINISHED):
                yield Stored(out / BRIEFS / f"{entry.name}.json")


def _of_folder(folder: Path) -> Iterator[Stored]:
    inside = folder / BRIEFS if (folder / BRIEFS).is_dir() else folder
    paths = sorted(path for path in inside.glob("*.json") if path.name != SUMMARY and not path.name.startswith("."))
    if not paths:
        raise InputError(f"{folder} holds no brief; make some with: summarizer bulk DIR -o {folder}")
    yield from map(Stored, paths)
