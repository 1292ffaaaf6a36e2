"""English that a model leaves to code: of figures whose name the terms know, of goals that are figures alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from summarizer.chunking import ChunkIndex
from summarizer.engines.rules.english import figure_english, goal_english
from summarizer.grounding.resolve import check
from summarizer.model import Chunk, Draft, DraftFigure, DraftGoal
from summarizer.terms.dictionary import Terms


def translated(draft: Draft, chunk: Chunk, terms: Terms) -> Draft:
    """The draft with the English that code knows where the model gave none; what would not hold is not put in."""
    index = ChunkIndex(chunk)
    national = chunk.report.metadata.level == "nation"
    figures = tuple(_figure(figure, terms, national) for figure in draft.figures)
    by_pointer = {figure.q: figure for figure in figures}
    goals = tuple(_goal(goal, index, by_pointer) for goal in draft.goals)
    made = replace(draft, figures=figures, goals=goals)
    if made == draft:
        return draft
    wrong = {(v.kind, v.index) for v in check(made, chunk, terms)}
    return replace(
        made,
        figures=_kept("figures", draft.figures, figures, wrong),
        goals=_kept("goals", draft.goals, goals, wrong),
    )


def _figure(figure: DraftFigure, terms: Terms, national: bool) -> DraftFigure:
    if figure.en is not None:
        return figure
    return figure.model_copy(update={"en": figure_english(figure.zh, terms, national)})


def _goal(goal: DraftGoal, index: ChunkIndex, figures: dict[str, DraftFigure]) -> DraftGoal:
    if goal.en is not None:
        return goal
    try:
        start, end = index.span(goal.c, goal.c2, goal.part)
    except ValueError:
        return goal
    inside = [figures.get(name) for name, _ in index.quantities_in(start, end)]
    average = "年均" in index.text[start:end]
    return goal.model_copy(update={"en": goal_english(inside, average)})


def _kept(kind: str, given: tuple[Any, ...], made: tuple[Any, ...], wrong: set[tuple[str, int]]) -> tuple[Any, ...]:
    return tuple(old if (kind, i) in wrong else new for i, (old, new) in enumerate(zip(given, made, strict=True)))
