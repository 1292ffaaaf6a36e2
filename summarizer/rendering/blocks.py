"""Turns a brief into neutral blocks: order, language and wording decided once for every format."""

from __future__ import annotations

from summarizer.model import BriefContent
from summarizer.rendering import figure_parts, item_parts, own_parts, report_parts
from summarizer.rendering.shapes import (
    Block,
    BulletList,
    Cell,
    Heading,
    Language,
    Line,
    Note,
    Paragraph,
    Run,
    Source,
    Table,
    Title,
    Tone,
)
from summarizer.rendering.wording import Lang, NumberText, Wording

__all__ = [
    "Block",
    "BulletList",
    "Cell",
    "Heading",
    "Lang",
    "Language",
    "Line",
    "Note",
    "NumberText",
    "Paragraph",
    "Run",
    "Source",
    "Table",
    "Title",
    "Tone",
    "report_numbers",
    "to_blocks",
]

# The order in which an analyst reads: what is it, what is missing, what is promised, what was done.
PARTS = (
    report_parts.title,
    report_parts.warnings,
    report_parts.overview,
    figure_parts.targets,
    figure_parts.figures_reported,
    figure_parts.reference_values,
    item_parts.projects,
    item_parts.risks,
    own_parts.own_items,
    item_parts.conflicts,
    item_parts.disputed,
    report_parts.gaps,
    report_parts.origin,
)


def to_blocks(content: BriefContent, lang: Lang, numbers: NumberText) -> tuple[Block, ...]:
    """The whole brief, top to bottom, in one language or in both (Chinese line above English)."""
    wording = Wording.of(content, lang, numbers)
    return tuple(block for part in PARTS for block in part(content, wording))


def report_numbers() -> NumberText:
    """The package's own number texts, loaded when first needed."""
    from summarizer.quantities import rendering

    return rendering
