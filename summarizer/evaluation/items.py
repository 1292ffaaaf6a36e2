"""Judges the goals, risks, projects and headings of one document, and what it says of the report.

What is measured is defined in `scoring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from summarizer.evaluation import matching, names
from summarizer.evaluation.documents import Document, Finding, Found, Json, Judged, span, spans
from summarizer.evaluation.figures import Quantities
from summarizer.evaluation.reporting import Miss

SPAN_SHARE = 0.5
PROJECT_NAME = 0.75
PLACE_NAME = 0.8
HEADING_DISTANCE = 2
HEADING_CHARACTERS = 4
REPORT_FIELDS = ("doc_type", "review_year", "target_year", "partial", "level")


def judge_goals(document: Document, quantities: Quantities) -> Iterator[Finding]:
    """Goals with their themes and the figures in them; the misses are missed goals."""
    hits, findings = _judge_clauses(document, "goals")
    yield from findings
    for goal, gold in hits:
        yield Judged("themes", goal["theme"] == gold["theme"], 1)
        expected = {
            index
            for index, figure in enumerate(quantities.gold)
            if gold["start"] <= figure["start"] and figure["end"] <= gold["end"]
        }
        given = {quantities.match_of[q].figure for q in goal["quantities"] if q in quantities.match_of}
        yield Judged("goal quantities", expected <= given, 1)


def judge_risks(document: Document) -> Iterator[Finding]:
    """Risks with their types; the misses are missed risks that are not handled."""
    hits, findings = _judge_clauses(document, "risks")
    yield from findings
    for risk, gold in hits:
        yield Judged("risk types", risk["type"] == gold["type"], 1)


def _judge_clauses(document: Document, kind: str) -> tuple[list[tuple[Json, Json]], list[Finding]]:
    """The matched pairs of item and gold item, and what is found and missed."""
    predicted = [
        (item, evidence)
        for item in document.brief[kind]
        for evidence in item["evidence"]
        if document.is_annotated(evidence)
    ]
    gold = document.annotated(document.gold[kind])
    evidence_spans = spans(evidence for _, evidence in predicted)
    pairs = matching.pair_spans(evidence_spans, spans(gold), matching.union_share, SPAN_SHARE)
    handled = {index for index, item in enumerate(gold) if item.get("status") == "handled"}
    matched = {g for _, g in pairs}
    ignored = len(matched & handled)
    findings: list[Finding] = [Found(kind, len(predicted) - ignored, len(gold) - len(handled), len(pairs) - ignored)]
    findings += _missed(document, kind, [item["quote"] for item in gold], matched | handled)
    return [(predicted[p][0], gold[g]) for p, g in pairs], findings


def _missed(document: Document, kind: str, quotes: Sequence[str], found: set[int]) -> Iterator[Miss]:
    for index, quote in enumerate(quotes):
        if index not in found:
            yield Miss(document.stem, kind.removesuffix("s"), quote, "", "")


# --- projects ---------------------------------------------------------------------------------


def judge_projects(document: Document) -> Iterator[Finding]:
    """Projects with their stages; the misses are missed names."""
    predicted = [
        project
        for project in document.brief["projects"]
        if project["evidence"] and document.is_annotated(project["evidence"][0])
    ]
    gold: dict[str, list[Json]] = {}
    for mention in document.annotated(document.gold["projects"]):
        gold.setdefault(mention["quote"], []).append(mention)
    titles = list(gold)
    pairs = matching.pair(
        _near(document, predicted, list(gold.values())),
        lambda p, g: names.similarity(predicted[p]["name"]["zh"], titles[g]),
        PROJECT_NAME,
    )
    yield Found("projects", len(predicted), len(gold), len(pairs))
    for p, g in pairs:
        given = {mention["stage"] for mention in predicted[p]["mentions"]}
        expected = {mention["stage"] for mention in gold[titles[g]]}
        yield Judged("stages", len(given & expected), len(given | expected))
    yield from _missed(document, "projects", titles, {g for _, g in pairs})


def _near(document: Document, projects: Sequence[Json], gold: Sequence[Sequence[Json]]) -> set[tuple[int, int]]:
    """Index pairs of a project and a gold name where evidence touches the sentence of a mention."""
    evidence = [(owner, span(piece)) for owner, item in enumerate(projects) for piece in item["evidence"]]
    sentences = [
        (owner, matching.sentence_around(document.text, *span(mention)))
        for owner, mentions in enumerate(gold)
        for mention in mentions
    ]
    touching = matching.overlapping([place for _, place in evidence], [place for _, place in sentences])
    return {(evidence[p][0], sentences[g][0]) for p, g in touching}


# --- the report itself ------------------------------------------------------------------------


def judge_headings(document: Document) -> Found:
    """Headings by their place and opening characters."""
    predicted = document.annotated(document.brief["outline"])
    gold = document.annotated(document.gold["sections"])
    opening = [heading["heading"].strip()[:HEADING_CHARACTERS] for heading in predicted]
    gold_opening = [section["quote"].strip()[:HEADING_CHARACTERS] for section in gold]
    # Ranges around the predicted starts touch the gold starts that are near enough.
    around = [(item["start"] - HEADING_DISTANCE, item["start"] + HEADING_DISTANCE + 1) for item in predicted]
    starts = [(item["start"], item["start"] + 1) for item in gold]
    pairs = matching.pair(
        matching.overlapping(around, starts),
        lambda p, g: float(opening[p] == gold_opening[g]),
        1.0,
    )
    return Found("headings", len(predicted), len(gold), len(pairs))


def judge_metadata(document: Document) -> Iterator[Judged]:
    """What the brief says of the report, as far as it is annotated."""
    given, gold = document.brief["report"], document.gold["meta"]
    for field in REPORT_FIELDS:
        if gold.get(field) is not None:
            yield Judged("metadata", given.get(field) == gold[field], 1)
    if gold.get("place_zh"):
        place = (given.get("place") or {}).get("zh")
        yield Judged("metadata", names.similarity(place, gold["place_zh"]) >= PLACE_NAME, 1)


def judge_boilerplate(document: Document) -> Judged:
    """F1 as twice the shared characters of all that are marked on either side."""
    gold = _characters(document.gold["boilerplate"])
    given = _characters(document.brief["report"].get("boilerplate", []))
    return Judged("boilerplate", 2 * len(gold & given), len(gold) + len(given))


def _characters(items: Iterable[Json]) -> set[int]:
    return {position for item in items for position in range(*span(item))}


def wrong_evidence(document: Document) -> int:
    """How many pieces of evidence have a quote that is not the text of their span."""
    return sum(
        document.text_of(evidence) != evidence["quote"]
        for kind in ("figures", "goals", "projects", "risks")
        for item in document.brief.get(kind, [])
        for evidence in item["evidence"]
    )
