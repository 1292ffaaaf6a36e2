"""The second reader (`--check`): rules read what a model read, and where they disagree the item says so.

A disagreement is no verdict: it marks the item as disputed, with the second reading, for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from summarizer.chunking import ChunkIndex, flat
from summarizer.engines.rules.engine import RulesEngine
from summarizer.model import Chunk, Draft, DraftFigure, Figure, Gap, Items
from summarizer.naming import likeness
from summarizer.terms.dictionary import Terms

STAGE = "second_reader"
_ALIKE = 0.5  # names that share less are of different things
_QUOTED = 60


def second_reading(items: Items, draft: Draft, chunk: Chunk, terms: Terms) -> Items:
    """The items that a model's draft became, marked where rules read otherwise, with a gap for each goal it left out.

    Only figures carry marks: kind, year, direction, indicator. A gap's reason is `second_reader`; its text was read, so
    that it is not lost.
    """
    rules = RulesEngine(terms).draft(chunk)
    readings = {chunk.quantities[f.q].id: f for f in rules.figures}
    given = {name: f for f in draft.figures if (name := _id_of(f, chunk)) is not None}
    figures = tuple(_marked(f, given.get(f.id), readings.get(f.id), terms) for f in items.figures)
    return replace(items, figures=figures, gaps=(*items.gaps, *_missing_goals(items, rules, chunk)))


def _id_of(figure: DraftFigure, chunk: Chunk) -> str | None:
    quantity = chunk.quantities.get(figure.q)
    return quantity.id if quantity else None


def _marked(figure: Figure, given: DraftFigure | None, reading: DraftFigure | None, terms: Terms) -> Figure:
    if given is None or reading is None:
        return figure
    disputed = with_remarks(figure.disputed, remarks(given, reading, terms))
    return figure.model_copy(update={"disputed": disputed})


def remarks(given: DraftFigure, reading: DraftFigure, terms: Terms) -> tuple[str, ...]:
    """Where rules read a quantity otherwise than a model: "kind: rules read target"."""
    return tuple(f"{what}: rules read {value}" for what, value in _differences(given, reading, terms))


def _differences(given: DraftFigure, reading: DraftFigure, terms: Terms) -> Iterator[tuple[str, object]]:
    if given.k != reading.k:
        yield "kind", reading.k
    if reading.y is not None and given.y != reading.y and given.k != "reference":
        yield "year", reading.y
    if given.d != reading.d:
        yield "direction", reading.d or "none"
    if not _is_same_indicator(given.zh, reading.zh, terms):
        yield "indicator", reading.zh


def _is_same_indicator(one: str, other: str, terms: Terms) -> bool:
    first, second = terms.indicator(one), terms.indicator(other)
    if first and second and first.code == second.code:
        return True
    return likeness(one, other) >= _ALIKE


def with_remarks(disputed: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    """All reasons, sorted; a remark takes the place of the plain reason that it explains."""
    explained = {remark.partition(":")[0] for remark in found}
    return tuple(sorted({*(reason for reason in disputed if reason not in explained), *found}))


def _missing_goals(items: Items, rules: Draft, chunk: Chunk) -> Iterator[Gap]:
    """Goals of the rules' reading that no goal of the model touches."""
    index = ChunkIndex(chunk)
    spans = [(e.start, e.end) for goal in items.goals for e in goal.evidence]
    for goal in rules.goals:
        start, end = index.span(goal.c, goal.c2, goal.part)
        if not any(s < end and start < e for s, e in spans):
            words = flat(chunk.report.text[start:end])
            shown = words if len(words) <= _QUOTED else words[:_QUOTED] + "…"
            detail = f"rules read a goal that the model left out: {shown}"
            yield Gap(stage=STAGE, reason="second_reader", start=start, end=end, detail=detail)
