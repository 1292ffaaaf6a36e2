"""Figures: every one is read back to a quantity with its labels, and made again from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from summarizer import cues
from summarizer.engines.second_reader import remarks, with_remarks
from summarizer.grounding.english import Problem, check_english, numbers_of_names
from summarizer.merging import linked
from summarizer.model import DraftFigure, Figure
from summarizer.naming import plain_names
from summarizer.verifying.evidence import broken_of, fewest, marked_wrongly, told
from summarizer.verifying.source import Source

_OF_A_NAME = frozenset({"name", "unit"})  # doubts that depend on the name, of which merging keeps one


def figure_problems(source: Source, figure: Figure) -> Iterator[str]:
    broken = broken_of(source, figure)
    if not figure.quantities:
        broken.append("it has no quantity")
    yield from broken
    if broken:
        return
    others = [f.id for f in source.content.figures if f is not figure and set(f.quantities) & set(figure.quantities)]
    if others:
        yield f"its quantity is also in {', '.join(others)}; a quantity belongs to one figure"
    bare = figure.model_copy(update={"goal": None})
    if (goal := linked(bare, source.goal_of).goal) != figure.goal:
        yield f"its goal is {goal or 'none'}"
    yield from _figure_places(source, figure)
    yield from _figure_words(source, figure)
    if figure.by != "user":
        yield from _figure_reading(source, figure)
    elif figure.disputed:
        yield "a user decided on it, so that nothing is disputed"


def _figure_places(source: Source, figure: Figure) -> Iterator[str]:
    """Each quantity has its evidence, and each evidence a quantity."""
    own = [source.quantities[name] for name in figure.quantities]
    made = [source.plain.figure_evidence(figure.indicator.zh, q) for q in own]
    if len(own) == 1 and figure.evidence != (made[0],):
        yield f"its evidence is the clause at {made[0].start}–{made[0].end}"
        return
    for quantity, expected in zip(own, made, strict=True):
        if not any(e.end == expected.end and e.start <= quantity.start for e in figure.evidence):
            yield f"no evidence states {quantity.id}"
    for number, one in enumerate(figure.evidence):
        if not any(one.start <= q.start and e.end == one.end for q, e in zip(own, made, strict=True)):
            yield f"evidence {number} states none of its quantities"


def _figure_words(source: Source, figure: Figure) -> Iterator[str]:
    """Period, basis and base are those that the words around its quantities give."""
    resolver = source.full if figure.by == "user" else source.plain
    given = (figure.period, figure.basis, figure.base)
    for name in figure.quantities:
        quantity = source.quantities[name]
        around = resolver.checker.around(resolver.index.sentence_at(quantity.start)[0], quantity)
        period = cues.period_of(around, source.report.metadata) if around else None
        base = cues.base_of(around) if around and figure.measure == "change" else None
        if given != (period, cues.basis_of(around) if around else None, base):
            yield f"the words around {name} give another period, basis or base"


def _figure_reading(source: Source, figure: Figure) -> Iterator[str]:
    """The checks of grounding, made again: nothing that they refuse, and a mark on what they doubt."""
    drafts = {name: _draft(source, figure, name) for name in figure.quantities}
    several = len(drafts) > 1
    refused = [list(source.full.checker.figure_problems(draft, set())) for draft in drafts.values()]
    yield from told(fewest(refused))
    if figure.indicator.en is not None:
        yield from told(_figure_english(source, figure))
    if figure.by == "rules" and figure.scope:
        yield "rules read no scope"
    expected: set[str] = set()
    opinions: set[str] = set()
    for name, draft in drafts.items():
        quantity = source.quantities[name]
        doubts = source.plain.checker.figure_doubts(draft, quantity)
        expected.update(doubts)
        reading = source.rules.get(quantity.start)
        opinions.update(with_remarks(doubts, remarks(draft, reading, source.terms) if reading else ()))
        if figure.by == "rules" and reading and _labels(reading) != _labels(draft):
            yield f"rules read {_shown(reading)} of {name}"
        if figure.by == "rules" and reading and not several and reading.zh != figure.indicator.zh:
            yield f"rules read “{reading.zh}” of {name}"
    ignored = _OF_A_NAME if several else frozenset()
    given = _keys(figure.disputed) - ignored
    if given != expected - ignored and (figure.by != "chat" or given != _keys(opinions) - ignored):
        yield marked_wrongly(expected, figure.disputed)
    elif strange := [d for d in figure.disputed if ":" in d and d not in opinions and not several]:
        yield f"the second reader does not say “{strange[0]}”"


def _keys(disputed: Iterable[str]) -> set[str]:
    return {reason.partition(":")[0] for reason in disputed}


def _draft(source: Source, figure: Figure, name: str) -> DraftFigure:
    """What an engine pointed at to make this figure of one of its quantities."""
    return DraftFigure(
        q=source.pointers[name],
        zh=figure.indicator.zh,
        en=None,
        m=figure.measure,
        d=figure.direction,
        k=figure.kind,
        y=figure.year,
        scope=figure.scope,
    )


def _labels(draft: DraftFigure) -> tuple[object, ...]:
    return draft.m, draft.d, draft.k, draft.y


def _shown(draft: DraftFigure) -> str:
    return " ".join(str(label) for label in _labels(draft) if label is not None)


def _figure_english(source: Source, figure: Figure) -> Iterator[Problem]:
    """The English name holds no number but those of the Chinese name; the dictionary's own is known."""
    english = figure.indicator.en or ""
    name = figure.indicator.zh
    terms = filter(None, map(source.terms.indicator, (name, *plain_names(name))))
    if english not in [term.en for term in terms]:
        yield from check_english(english, {}, (), numbers_of_names(name), source.plain.checker.years)
