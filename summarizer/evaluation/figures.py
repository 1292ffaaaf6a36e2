"""Judges the quantities and figures of one document. What is measured is defined in `scoring`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from summarizer.evaluation import matching, names
from summarizer.evaluation.documents import Document, Finding, Found, Json, Judged, spans
from summarizer.evaluation.misses import Miss

SPAN_SHARE = 0.5
EVIDENCE_LENGTH = 400
DECISIVE = ("indicators", "kinds", "years", "directions")
"""The labels that must be right for a figure to be right."""

MISS_BEFORE, MISS_AFTER = 12, 4
"""How many characters around a missed or false quantity its miss shows."""


@dataclass(frozen=True, slots=True)
class Match:
    """A quantity of the brief that is the gold figure with this index."""

    quantity: int
    figure: int
    same: bool


@dataclass(frozen=True, slots=True)
class Quantities:
    """The quantities of a brief beside the gold figures, and what matches.

    Where ids repeat, the last quantity and the last match of an id stand for it.
    """

    predicted: list[Json]
    gold: list[Json]
    matches: tuple[Match, ...]
    by_id: dict[str, Json]
    match_of: dict[str, Match]


def match_quantities(document: Document) -> Quantities:
    """Pairs the quantities with the gold figures; a pair whose `raw` is not the text is no match."""
    predicted = document.annotated(document.brief["quantities"])
    gold = document.annotated(document.gold["figures"])
    pairs = matching.pair_spans(spans(predicted), spans(gold), matching.longer_share, SPAN_SHARE)
    matches = tuple(
        Match(p, g, matching.same_value(predicted[p], gold[g]))
        for p, g in pairs
        if document.text_of(predicted[p]) == predicted[p]["raw"]
    )
    return Quantities(
        predicted,
        gold,
        matches,
        by_id={quantity["id"]: quantity for quantity in predicted},
        match_of={predicted[match.quantity]["id"]: match for match in matches},
    )


def judge_quantities(document: Document, quantities: Quantities) -> Iterator[Finding]:
    """Quantities, values and comparators, with the misses of each."""
    predicted, gold, matches = quantities.predicted, quantities.gold, quantities.matches
    yield Found("quantities", len(predicted), len(gold), len(matches))
    for match in matches:
        quantity, figure = predicted[match.quantity], gold[match.figure]
        same = quantity["comparator"] == figure["comparator"]
        yield Judged("values", match.same, 1)
        yield Judged("comparators", same, 1)
        if not match.same:
            yield document.miss("value", figure, _value(figure), _value(quantity))
        if not same:
            yield document.miss("comparator", figure, figure["comparator"], quantity["comparator"])
    for figure in _without(gold, {match.figure for match in matches}):
        yield _in_context(document, figure, document.miss("quantity missed", figure, figure["quote"]))
    for quantity in _without(predicted, {match.quantity for match in matches}):
        yield _in_context(document, quantity, document.miss("quantity false", quantity, given=quantity["raw"]))


def _value(item: Json) -> str:
    high = item.get("value_high")
    return f"{item['value']}{f' to {high}' if high is not None else ''} {item['unit']}"


def _without(items: Iterable[Json], indices: set[int]) -> list[Json]:
    return [item for index, item in enumerate(items) if index not in indices]


def _in_context(document: Document, item: Json, miss: Miss) -> Miss:
    """The miss with some of the text around it; a number alone tells nobody where it stands."""
    return replace(miss, quote=document.text[max(0, item["start"] - MISS_BEFORE) : item["end"] + MISS_AFTER])


def judge_figures(document: Document, quantities: Quantities) -> Iterator[Finding]:
    """Figures and their labels; the misses are wrong labels, and quantities in no figure, in several, or unproven."""
    mentions = [
        (figure, quantity)
        for figure in document.brief["figures"]
        for quantity in figure["quantities"]
        if quantity in quantities.by_id
    ]
    matched = [(figure, q, quantities.match_of[q]) for figure, q in mentions if q in quantities.match_of]
    first: dict[int, tuple[Json, str, Match]] = {}
    for mention in matched:
        first.setdefault(mention[2].figure, mention)
    right = 0
    for figure, quantity, match in first.values():
        gold = quantities.gold[match.figure]
        labels = _judge_labels(figure, gold)
        yield from labels.values()
        yield from _label_misses(document, figure, gold, labels)
        held = _is_held(quantities.by_id[quantity], figure["evidence"])
        if not held:
            yield document.miss("evidence", gold)
        right += match.same and held and all(labels[name].right for name in labels if name in DECISIVE)
    yield Found("figures", len(mentions), len(quantities.gold), right)
    yield from _mention_misses(document, quantities, matched, set(first))


def _mention_misses(
    document: Document, quantities: Quantities, matched: Iterable[tuple[Json, str, Match]], read: set[int]
) -> Iterator[Miss]:
    """Found quantities that are in no figure, and mentions after the first."""
    for match in quantities.matches:
        if match.figure not in read:
            yield document.miss("figure missed", quantities.gold[match.figure])
    seen: set[int] = set()
    for figure, _, match in matched:
        if match.figure in seen:
            yield document.miss("figure repeated", quantities.gold[match.figure], given=figure["indicator"]["zh"])
        seen.add(match.figure)


def _judge_labels(figure: Json, gold: Json) -> dict[str, Judged]:
    right = {
        "indicators": names.same_name(figure["indicator"]["zh"], gold["indicator_zh"]),
        "kinds": figure["kind"] == gold["kind"],
        "directions": figure["direction"] == gold["direction"],
        "measures": figure["measure"] == gold["measure"],
    }
    if gold.get("year") is not None:
        right["years"] = figure["year"] == gold["year"]
    return {name: Judged(name, is_right, 1) for name, is_right in right.items()}


def _label_misses(document: Document, figure: Json, gold: Json, labels: dict[str, Judged]) -> Iterator[Miss]:
    for name, judged in labels.items():
        if judged.right:
            continue
        if name == "indicators":
            yield document.miss("indicator", gold, gold["indicator_zh"], figure["indicator"]["zh"])
        else:
            label = name.removesuffix("s")
            yield document.miss(label, gold, gold[label], figure[label])


def _is_held(quantity: Json, evidence: Iterable[Json]) -> bool:
    """Whether a piece of evidence that is short enough to read holds the quantity."""
    return any(
        piece["start"] <= quantity["start"]
        and quantity["end"] <= piece["end"]
        and piece["end"] - piece["start"] <= EVIDENCE_LENGTH
        for piece in evidence
    )
