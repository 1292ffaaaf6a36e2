"""Reads neutral blocks back as plain words, for tests about what a brief says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import builders

from summarizer.model import BriefContent
from summarizer.rendering.blocks import (
    Block,
    BulletList,
    Cell,
    Heading,
    Lang,
    Line,
    Note,
    Paragraph,
    Run,
    Table,
    Title,
    to_blocks,
)


def blocks(content: BriefContent, lang: Lang = "both") -> tuple[Block, ...]:
    return to_blocks(content, lang, builders.PlainNumbers())


def words(lines: Sequence[Line]) -> str:
    return "\n".join("".join(run.text for run in line) for line in lines)


def under(found: Sequence[Block], heading: str) -> list[Block]:
    """The blocks between a heading of level 2 and the next one."""
    part: list[Block] = []
    inside = False
    for block in found:
        if isinstance(block, Heading) and block.level == 2:
            inside = words([block.line]) == heading
        elif inside:
            part.append(block)
    return part


def headings(part: Sequence[Block]) -> list[str]:
    return [words([block.line]) for block in part if isinstance(block, Heading)]


def rows(part: Sequence[Block]) -> list[list[str]]:
    tables = (block for block in part if isinstance(block, Table))
    return [[words(cell.lines) for cell in row] for table in tables for row in table.rows]


def cells(found: Sequence[Block]) -> Iterator[Cell]:
    for block in found:
        match block:
            case Title(lines=lines):
                yield Cell(lines)
            case Heading(line=line):
                yield Cell((line,))
            case Paragraph(cell=cell) | Note(cell=cell):
                yield cell
            case BulletList(items=items):
                yield from items
            case Table(columns=columns, rows=table_rows):
                yield from columns
                yield from (cell for row in table_rows for cell in row)


def runs(found: Sequence[Block]) -> list[Run]:
    return [run for cell in cells(found) for line in cell.lines for run in line]
