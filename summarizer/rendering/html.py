"""Writes a brief as one self-contained HTML page.

Every text passes through `html.escape`. Evidence unfolds under each item and is open in print.
"""

from __future__ import annotations

import html
from functools import lru_cache

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
from summarizer.rendering.page import page

# How much of a quote stands on the folded line; the whole of it is inside.
PREVIEW = 18


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """The text as HTML; labels and ids come again and again."""
    return html.escape(text)


def to_html(content: BriefContent, lang: Lang = "both", numbers: NumberText | None = None) -> str:
    """The brief as an HTML document that ends with a newline; `numbers` is how quantities read."""
    return blocks_to_html(to_blocks(content, lang, numbers or report_numbers()), lang)


def blocks_to_html(blocks: tuple[Block, ...], lang: Lang) -> str:
    """Any blocks as an HTML document; its title is that of the first of them that is one."""
    body = "\n".join(_block(block) for block in blocks)
    return page(_page_title(blocks), body, "en" if lang == "en" else "zh")


def _page_title(blocks: tuple[Block, ...]) -> str:
    titles = (block for block in blocks if isinstance(block, Title))
    return " · ".join("".join(run.text for run in line) for block in titles for line in block.lines)


def _block(block: Block) -> str:
    match block:
        case Title(lines=lines):
            return f"<h1>{_lines(lines)}</h1>"
        case Heading(level=level, line=line):
            return f"<h{level}>{_line(line)}</h{level}>"
        case Paragraph(cell=cell, tone=tone):
            return f'<div class="paragraph {tone}">{_cell(cell)}</div>'
        case BulletList(items=items):
            return "<ul>\n" + "\n".join(f"<li>{_cell(item)}</li>" for item in items) + "\n</ul>"
        case Table():
            return _table(block)
        case Note(tone=tone, cell=cell):
            return f'<aside class="note {tone}" role="note">{_cell(cell)}</aside>'


def _table(table: Table) -> str:
    header = "".join(f'<th scope="col">{_cell(column)}</th>' for column in table.columns)
    rows = "\n".join(f"<tr>{''.join(map(_data, row))}</tr>" for row in table.rows)
    head, body = f"<thead><tr>{header}</tr></thead>", f"<tbody>\n{rows}\n</tbody>"
    return f'<div class="scroll"><table>\n{head}\n{body}\n</table></div>'


def _data(cell: Cell) -> str:
    return f"<td>{_cell(cell)}</td>"


def _cell(cell: Cell) -> str:
    return _lines(cell.lines) + (_evidence(cell.sources) if cell.sources else "")


def _lines(lines: tuple[Line, ...]) -> str:
    return "".join(f'<span class="line">{_line(line)}</span>' for line in lines)


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _run(run: Run) -> str:
    """A run as the smallest element that carries its language, tone and link; plain text has none."""
    attributes = ""
    if run.anchor:
        attributes += f' id="{escape(fragment(run.anchor))}"'
    if run.refers:
        attributes += f' href="#{escape(fragment(run.refers))}"'
    if run.language:
        attributes += f' lang="{run.language}"'
    if run.tone != "plain":
        attributes += f' class="{run.tone}"'
    if not attributes:
        return escape(run.text)
    tag = "a" if run.refers else "span"
    return f"<{tag}{attributes}>{escape(run.text)}</{tag}>"


def fragment(item_id: str) -> str:
    """The id of an item's element, as links name it; a prefix keeps it apart from names that a browser knows."""
    return "item-" + "".join(letter if letter.isalnum() else "-" for letter in item_id)


def _evidence(sources: tuple[Source, ...]) -> str:
    first, more = sources[0], len(sources) - 1
    short = first.quote if len(first.quote) <= PREVIEW else first.quote[:PREVIEW] + "…"
    where = _range(first) + (f" +{more}" if more else "")
    summary = f'<q lang="zh">{escape(short)}</q> <span class="range">{where}</span>'
    return f"<details><summary>{summary}</summary>{''.join(map(_source, sources))}</details>"


def _source(source: Source) -> str:
    path = f'<span class="path" lang="zh">{escape(" › ".join(source.path))}</span>' if source.path else ""
    quote = f'<blockquote lang="zh">{escape(source.quote)}</blockquote>'
    return f'<div class="source">{quote}<span class="range">{_range(source)}</span>{path}</div>'


def _range(source: Source) -> str:
    return f"{source.start}–{source.end}"
