"""The parts of a brief that list items of a user's own types: a section for each type, a column for each field."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.model import Bilingual, BriefContent, Date, Evidence, OwnField, OwnList, OwnRecord, OwnSingle
from summarizer.rendering.labels import all_labels, label
from summarizer.rendering.phrases import doubts, id_cell, none_found, source_cell
from summarizer.rendering.shapes import Block, Cell, Heading, Language, Line, Note, Table
from summarizer.rendering.wording import Wording, enumerated, run, side_by_side

_UNREAD = "own_types_unread"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def own_items(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """A section for each own type; where no model read for it, it says so instead of "none"."""
    return tuple(block for each in content.own.values() for block in _section(content, wording, each))


def _section(content: BriefContent, wording: Wording, of: OwnList) -> Iterator[Block]:
    yield Heading(2, side_by_side(_title(wording, of.title)))
    unread = [gap for gap in content.gaps if gap.reason == _UNREAD]
    if unread:
        whole = any(gap.start is None for gap in unread)
        yield Note("warning", wording.cell("lines", "own_unread" if whole else "own_unread_parts", count=len(unread)))
    if of.items:
        yield _table(wording, of)
    elif not unread:
        yield none_found(wording)


def _title(wording: Wording, title: Bilingual) -> tuple[Line, ...]:
    """A declared heading; its English stands in for a Chinese one that was not declared, and is shown once."""
    if title.zh == title.en:
        return ((run(title.zh, "en"),),)
    return wording.text(title.zh, title.en)


def _table(wording: Wording, of: OwnList) -> Table:
    heads = [Cell(_title(wording, field.title)) for field in of.fields]
    columns = (wording.cell("columns", "id"), *heads, wording.cell("columns", "source"))
    return Table(columns, tuple(_row(wording, of, record) for record in of.items))


def _row(wording: Wording, of: OwnList, record: OwnRecord) -> tuple[Cell, ...]:
    cells = [_cell(wording, field, record) for field in of.fields]
    first = id_cell(wording, record)
    return Cell((*first.lines, *doubts(record))), *cells, source_cell(record.evidence)


def _cell(wording: Wording, field: OwnField, record: OwnRecord) -> Cell:
    lines = wording.each(lambda language: _field_line(wording, field, record, language))
    return Cell(tuple(dict.fromkeys(lines)))


def _field_line(wording: Wording, field: OwnField, record: OwnRecord, language: Language) -> Line:
    value = record.values.get(field.name)
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return enumerated([_value(wording, field, each, language) for each in values], language)


def _value(wording: Wording, field: OwnField, value: OwnSingle, language: Language) -> Line:
    """A value in a language: numbers and dates by code, texts as they are, labels as declared."""
    if field.kind == "quantity":
        return (run(wording.number(str(value), language), language, "strong"),)
    if isinstance(value, Date):
        return (run(value.quote, "zh"),) if language == "zh" else (run(english_date(value), "en"),)
    if isinstance(value, Evidence):
        return wording.text_in(value.quote, None, language)
    if isinstance(value, Bilingual):
        return wording.text_in(value.zh, value.en, language)
    return (run(value),)


def english_date(date: Date) -> str:
    """A date in English: 30 June 2024, June 2024, 2024, or what its words say of a month or year (end of 2024)."""
    year, *rest = date.iso.split("-")
    month = _MONTHS[int(rest[0]) - 1] if rest else ""
    words = next((words for words in all_labels()["date_words"] if words in date.quote), None)
    if words and len(rest) < 2:
        return label("date_words", words, "en", year=year, month=month)
    day = str(int(rest[1])) if len(rest) == 2 else ""
    return " ".join(filter(None, (day, month, year)))
