"""What a brief says of one item: its id, value, year, details, doubts and sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from summarizer.model import Bilingual, Evidence, Figure, Goal, Item, OwnRecord, Project
from summarizer.rendering.labels import label
from summarizer.rendering.shapes import Cell, Heading, Language, Line, Paragraph, Run, Source, Table
from summarizer.rendering.wording import Wording, enumerated, label_run, plain, reference, run, side_by_side

_BARE_NUMBER = re.compile(r"\d+")
_SIGNS = ("-", "+", "\u2212", "\uff0d", "\uff0b")
_DIRECTION_SUFFIX = {"percentage_point": "_points", "multiple": "_multiple"}
_LAST = 2**62
Shown = Item | OwnRecord


def heading(wording: Wording, level: int, key: str) -> Heading:
    """A heading by its label, both languages on one line."""
    return Heading(level, side_by_side(wording.label("headings", key)))


def none_found(wording: Wording) -> Paragraph:
    """Says that a part is empty, so that nobody takes it for forgotten."""
    return Paragraph(wording.cell("marks", "none", "muted"))


def table(wording: Wording, columns: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table with labelled columns."""
    return Table(tuple(wording.cell("columns", column) for column in columns), tuple(rows))


def position(item: Shown) -> tuple[int, str]:
    """Sorts items by where the report first states them; those without evidence come last."""
    return min((evidence.start for evidence in item.evidence), default=_LAST), item.id


def sources(evidence: Iterable[Evidence]) -> tuple[Source, ...]:
    """The places in report order, each once."""
    unique = {(item.start, item.end): item for item in evidence}
    return tuple(
        Source(item.start, item.end, plain(item.quote), tuple(map(plain, item.path)))
        for _, item in sorted(unique.items(), key=lambda entry: entry[0])
    )


def source_cell(evidence: Iterable[Evidence]) -> Cell:
    """A cell that shows nothing but where it is said."""
    return Cell((), sources(evidence))


def id_cell(wording: Wording, *items: Shown) -> Cell:
    """The ids shown in a row, with the marks of disputed items, of those read by rules and of a user's own."""
    lines: list[Line] = []
    for item in items:
        warning = (Run(" ⚠", None, "warning"),) if item.disputed else ()
        lines.append((replace(run(item.id, None, "strong"), anchor=plain(item.id)), *warning))
        if wording.marks_rules and item.by == "rules":
            lines += wording.label("marks", "rules", "muted")
        if item.by == "user":
            lines += wording.label("marks", "user", "muted")
    return Cell(tuple(lines))


def value(wording: Wording, figure: Figure, language: Language) -> Line:
    """A figure's value with its measure words ("up 11%", "No. 1"), each wording once."""
    texts = dict.fromkeys(_measured(wording, figure, name, language) for name in figure.quantities)
    return (run(" / ".join(texts), language, "strong"),) if texts else ()


def _measured(wording: Wording, figure: Figure, quantity_id: str, language: Language) -> str:
    text = wording.number(quantity_id, language)
    if figure.measure == "rank" and language == "en" and _BARE_NUMBER.fullmatch(text):
        return f"No. {text}"
    if figure.measure != "change" or figure.direction is None or text.startswith(_SIGNS):
        return text
    quantity = wording.quantities.get(quantity_id)
    if figure.base and figure.base.startswith(("高于", "低于", "快于")):
        return label("directions", "above" if figure.direction == "up" else "below", language, value=text)
    suffix = _DIRECTION_SUFFIX.get(quantity.unit, "") if quantity else ""
    moved = label("directions", figure.direction + suffix, language, value=text)
    return label("directions", "a_year", language, value=moved) if figure.basis == "average" else moved


def named_value(wording: Wording, figure: Figure, language: Language) -> Line:
    """A figure's indicator and value on one line."""
    name = wording.text_in(figure.indicator.zh, figure.indicator.en, language)
    return (*name, label_run("punctuation", "colon", language), *value(wording, figure, language))


def year_text(figure: Figure) -> str:
    """The year, or the span of years with its open end left open; empty where neither is known."""
    if figure.period is None:
        return "" if figure.year is None else str(figure.year)
    start, end = figure.period.from_, figure.period.to
    return f"{'' if start is None else start}–{'' if end is None else end}"


def year_cell(figures: Sequence[Figure]) -> Cell:
    """The years of the figures of a row, each once."""
    years = dict.fromkeys(filter(None, map(year_text, figures)))
    return Cell(tuple((run(year),) for year in years))


def details(wording: Wording, figure: Figure) -> tuple[Line, ...]:
    """What qualifies a value, and the goal that it serves."""

    def line(language: Language) -> Line:
        goal = (label_run("lines", "goal", language), reference(figure.goal)) if figure.goal else ()
        return enumerated([*qualifiers(wording, figure, language), goal], language)

    return wording.each(line)


def qualifiers(wording: Wording, figure: Figure, language: Language) -> list[Line]:
    """Measure, kind and direction where the value alone does not tell them; basis, scope and base."""
    parts: list[Line] = []
    if figure.measure in ("share", "rank"):
        parts.append((label_run("measures", figure.measure, language),))
    if figure.measure == "change" and figure.direction is None:
        parts.append((label_run("directions", "unstated", language),))
    if figure.kind == "reference":
        parts.append((label_run("kinds", figure.kind, language),))
    if figure.basis:
        parts.append((label_run("bases", figure.basis, language),))
    for key, words in (("scope", figure.scope), ("base", figure.base)):
        if words:
            parts.append(wording.labelled_words(key, words, language))
    return parts


def doubts(*items: Shown) -> tuple[Line, ...]:
    """The reasons why items are disputed, one a line."""
    reasons = [reason for item in items for reason in item.disputed]
    return tuple((Run("⚠ ", None, "warning"), run(reason, None, "warning")) for reason in reasons)


def name_of(wording: Wording, item: Shown, language: Language) -> Line:
    """An item in a few words: a figure with its value, a statement, a name."""
    if isinstance(item, Figure):
        return named_value(wording, item, language)
    if isinstance(item, OwnRecord):
        return _first_text(wording, item, language)
    words = item.name if isinstance(item, Project) else item.statement
    return wording.text_in(words.zh, words.en, language)


def _first_text(wording: Wording, record: OwnRecord, language: Language) -> Line:
    """The first name or statement among a record's values, else the words that it stands in."""
    values = [each for value in record.values.values() for each in (value if isinstance(value, tuple) else (value,))]
    text = next((value for value in values if isinstance(value, Bilingual)), None)
    text = text or Bilingual(zh=record.evidence[0].quote if record.evidence else record.id)
    return wording.text_in(text.zh, text.en, language)


def goal_evidence(goal: Goal, figures: Sequence[Figure] = ()) -> list[Evidence]:
    """A goal's places and those of its figures that do not lie inside them."""
    own = [*goal.evidence, *([goal.carried] if goal.carried else [])]
    others = [found for figure in figures for found in figure.evidence]
    return own + [found for found in others if not any(_inside(found, span) for span in own)]


def _inside(inner: Evidence, outer: Evidence) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
