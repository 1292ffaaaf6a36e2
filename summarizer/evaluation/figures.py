"""Judges the quantities and figures of one document. What is measured is defined in `scoring`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from summarizer.evaluation import matching, names
from summarizer.evaluation.documents import Document, Finding, Found, Json, Judged, spans
from summarizer.evaluation.reporting import Miss

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
    """Quantities, values and comparators; the misses are wrong values, missed and false quantities."""
    predicted, gold, matches = quantities.predicted, quantities.gold, quantities.matches
    yield Found("quantities", len(predicted), len(gold), len(matches))
    for match in matches:
        quantity, figure = predicted[match.quantity], gold[match.figure]
        yield Judged("values", match.same, 1)
        yield Judged("comparators", quantity["comparator"] == figure["comparator"], 1)
        if not match.same:
            expected, given = (f"{item['value']} {item['unit']}" for item in (figure, quantity))
            yield Miss(document.stem, "value", figure["quote"], expected, given)
    for figure in _without(gold, {match.figure for match in matches}):
        yield Miss(document.stem, "quantity missed", _context(document, figure), figure["quote"], "")
    for quantity in _without(predicted, {match.quantity for match in matches}):
        yield Miss(document.stem, "quantity false", _context(document, quantity), "", quantity["raw"])


def _without(items: Iterable[Json], indices: set[int]) -> list[Json]:
    return [item for index, item in enumerate(items) if index not in indices]


def _context(document: Document, item: Json) -> str:
    return document.text[max(0, item["start"] - MISS_BEFORE) : item["end"] + MISS_AFTER]


def judge_figures(document: Document, quantities: Quantities) -> Iterator[Finding]:
    """Figures and their labels; the misses are wrong names."""
    mentions = [
        (figure, quantity)
        for figure in document.brief["figures"]
        for quantity in figure["quantities"]
        if quantity in quantities.by_id
    ]
    right = 0
    for figure, quantity, match in _first_mentions(mentions, quantities):
        gold = quantities.gold[match.figure]
        labels = _judge_labels(figure, gold)
        yield from labels.values()
        if not labels["indicators"].right:
            given = figure["indicator"]["zh"] or ""
            yield Miss(document.stem, "indicator", gold["quote"], gold["indicator_zh"], given)
        held = _is_held(quantities.by_id[quantity], figure["evidence"])
        right += match.same and held and all(labels[name].right for name in labels if name in DECISIVE)
    yield Found("figures", len(mentions), len(quantities.gold), right)


def _first_mentions(mentions: Iterable[tuple[Json, str]], quantities: Quantities) -> Iterator[tuple[Json, str, Match]]:
    """The first mention of each matched gold figure, with its match."""
    seen: set[int] = set()
    for figure, quantity in mentions:
        match = quantities.match_of.get(quantity)
        if match is not None and match.figure not in seen:
            seen.add(match.figure)
            yield figure, quantity, match


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


def _is_held(quantity: Json, evidence: Iterable[Json]) -> bool:
    """Whether a piece of evidence that is short enough to read holds the quantity."""
    return any(
        piece["start"] <= quantity["start"]
        and quantity["end"] <= piece["end"]
        and piece["end"] - piece["start"] <= EVIDENCE_LENGTH
        for piece in evidence
    )
