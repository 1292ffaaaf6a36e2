"""The neutral blocks: what a format module has to lay out, with every word and order decided.

A format module walks a tuple of `Block` and escapes each `Run`. All text here is one line
without control characters, but is otherwise the report's or a model's and may hold markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
Tone = Literal["plain", "strong", "muted", "warning"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one language; None where it has none (ids, codes, digits).

    `anchor` is the id of the item that is shown here, `refers` the id of one shown elsewhere.
    """

    text: str
    language: Language | None = None
    tone: Tone = "plain"
    anchor: str | None = None
    refers: str | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the report says it: a half-open range of code points, the words, the headings above."""

    start: int
    end: int
    quote: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of text, Chinese before English, and the places in the report that prove them."""

    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """The title of the whole brief, one line a language."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title; `level` is 2 or 3."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    cell: Cell
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class BulletList:
    """Short entries in order."""

    items: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns; a cell with `sources` shows them as evidence."""

    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the reader must see before reading on."""

    tone: Literal["warning", "muted"]
    cell: Cell


Block = Title | Heading | Paragraph | BulletList | Table | Note
