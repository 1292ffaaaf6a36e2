"""Writes a brief as GitHub-flavoured Markdown.

Nothing that comes from a report or a model can form Markdown or HTML: every character with a
meaning is escaped where the GitHub-flavoured Markdown specification (0.29-gfm, sections 2.4, 4
and 6) gives it one. `<br>` between the lines of a title or a cell is the only HTML.
"""

from __future__ import annotations

import re

from summarizer.model import BriefContent
from summarizer.rendering.blocks import (
    Block,
    BulletList,
    Cell,
    Heading,
    Lang,
    Line,
    Note,
    NumberText,
    Paragraph,
    Run,
    Source,
    Table,
    Title,
    report_numbers,
    to_blocks,
)

# Backslash, code, emphasis, links, HTML, tables, strike-through, entities, headings, math.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#$])")
# Bare addresses become links by themselves in GitHub's dialect.
_ADDRESS = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)")
_BREAKS = re.compile(r"[\r\n]+")
_ANY = re.compile(r"[\\`*_\[\]<>|~&#$\r\n:.]")  # what any of them needs
# What would open a list, a thematic break or an underlined heading at the start of a line.
_OPENING = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=:]))")


def to_markdown(content: BriefContent, lang: Lang = "both", numbers: NumberText | None = None) -> str:
    """The brief as Markdown text that ends with a newline; `numbers` is how quantities read."""
    return blocks_to_markdown(to_blocks(content, lang, numbers or report_numbers()))


def blocks_to_markdown(blocks: tuple[Block, ...]) -> str:
    """Any blocks as Markdown text that ends with a newline."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def escape(text: str) -> str:
    """The text so that it reads the same when rendered, whatever it holds; newlines become spaces."""
    if _ANY.search(text) is None:
        return text
    escaped = _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", text))
    return _ADDRESS.sub(lambda found: "\\".join(part for part in found.groups() if part), escaped)


def _block(block: Block) -> str:
    match block:
        case Title(lines=lines):
            return "# " + "<br>".join(map(_line, lines))
        case Heading(level=level, line=line):
            return f"{'#' * level} {_line(line)}"
        case Paragraph(cell=cell):
            return _cell(cell, "  \n")
        case BulletList(items=items):
            return "\n".join("- " + _cell(item, "  \n  ") for item in items)
        case Table():
            return _table(block)
        case Note(cell=cell):
            return "> " + _cell(cell, "  \n> ")


def _table(table: Table) -> str:
    header = [_cell(column, " / ") for column in table.columns]
    rows = [header, ["---"] * len(header), *([_cell(cell, "<br>") for cell in row] for row in table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(cell: Cell, separator: str) -> str:
    return separator.join([*map(_line, cell.lines), *map(_source, cell.sources)])


def _line(line: Line) -> str:
    text = "".join(_run(run) for run in line).strip()
    return _OPENING.sub(r"\1\\", text)


def _run(run: Run) -> str:
    text = escape(run.text)
    return f"**{text}**" if run.tone == "strong" and text.strip() else text


def _source(source: Source) -> str:
    return f"“{escape(source.quote)}” ({source.start}–{source.end})"
