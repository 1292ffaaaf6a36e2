"""What is judged, and what a judgement is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from summarizer.evaluation.matching import Range
from summarizer.evaluation.misses import Miss

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a kind in one document: how many a brief has, how many gold has, how many are right."""

    name: str
    predicted: int
    gold: int
    hit: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Labels of a kind in one document: how many are right, out of how many."""

    name: str
    right: int
    of: int


Finding = Found | Judged | Miss


@dataclass(frozen=True, slots=True)
class Document:
    """A report with its annotations and the brief to be judged."""

    stem: str
    text: str
    gold: Json
    brief: Json
    ranges: tuple[Range, ...]

    def text_of(self, item: Json) -> str:
        """What the text has at the item's span."""
        return self.text[item["start"] : item["end"]]

    def miss(self, what: str, place: Json, expected: object = None, given: object = None) -> Miss:
        """A miss at an item's span; null is said as nothing."""
        wanted, said = ("" if value is None else str(value) for value in (expected, given))
        return Miss(self.stem, what, self.text_of(place), wanted, said, place["start"], place["end"])

    def annotated(self, items: Iterable[Json]) -> list[Json]:
        """Those items that start inside an annotated range."""
        return [item for item in items if self.is_annotated(item)]

    def is_annotated(self, item: Json) -> bool:
        """Whether an item starts inside an annotated range."""
        return any(start <= item["start"] < end for start, end in self.ranges)


def span(item: Json) -> Range:
    """The range of an item that has a start and an end."""
    return item["start"], item["end"]


def spans(items: Iterable[Json]) -> list[Range]:
    """The ranges of such items, in their order."""
    return [span(item) for item in items]
