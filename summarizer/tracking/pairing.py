"""Which briefs of a folder belong together: of one place and kind, one planning the year that the other reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from summarizer.errors import InputError
from summarizer.model import BriefContent, ReportInfo
from summarizer.stored import Shelf, Stored


class _Key(NamedTuple):
    """A place as reports name it (never by likeness), the kind of document, a year."""

    place: str
    doc_type: str
    year: int


@dataclass(slots=True)
class Pairing:
    """The pairs of a shelf; `alone` counts the briefs that have no other, `unplaced` those without place or years."""

    shelf: Shelf
    alone: int = 0
    unplaced: int = 0
    _pairs: list[tuple[Stored, Stored]] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[BriefContent, BriefContent]]:
        """The pairs by place and year, two briefs in memory at a time. Raises InputError where a place is no brief."""
        if not self._pairs:
            self._find()
        for earlier, later in self._pairs:
            try:
                yield earlier.read(), later.read()
            except InputError as error:
                self.shelf.problem_count += 1
                self.shelf.problems.append(str(error))

    def _find(self) -> None:
        planned: dict[_Key, list[Stored]] = defaultdict(list)
        reviewed: dict[_Key, list[Stored]] = defaultdict(list)
        every: set[Stored] = set()
        for stored, info in self.shelf.infos():
            plan, review = _key(info, info.target_year), _key(info, info.review_year)
            if plan is None and review is None:
                self.unplaced += 1
                continue
            every.add(stored)
            if plan:
                planned[plan].append(stored)
            if review:
                reviewed[review].append(stored)
        for key in sorted(planned.keys() & reviewed.keys(), key=lambda key: (key.place, key.year, key.doc_type)):
            self._pairs += [(a, b) for a in planned[key] for b in reviewed[key] if a != b]
        self.alone = len(every - {stored for pair in self._pairs for stored in pair})


def _key(info: ReportInfo, year: int | None) -> _Key | None:
    if info.place.zh is None or year is None:
        return None
    return _Key(info.place.zh, info.doc_type, year)
