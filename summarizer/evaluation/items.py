"""Judges the goals, risks, projects and headings of one document, and what it says of the report.

What is measured is defined in `scoring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from summarizer.evaluation import matching, names
from summarizer.evaluation.documents import Document, Finding, Found, Json, Judged, span, spans
from summarizer.evaluation.figures import Quantities
from summarizer.evaluation.matching import Range
from summarizer.evaluation.misses import Miss

SPAN_SHARE = 0.5
PROJECT_NAME = 0.75
PLACE_NAME = 0.8
HEADING_DISTANCE = 2
HEADING_CHARACTERS = 4
REPORT_FIELDS = ("doc_type", "review_year", "target_year", "partial", "level")


def judge_goals(document: Document, quantities: Quantities) -> Iterator[Finding]:
    """Goals with their themes and the figures in them, with the misses of each."""
    hits, findings = _judge_clauses(document, "goals")
    yield from findings
    for goal, gold in hits:
        yield from _label(document, "theme", goal, gold, "theme")
        expected = {
            index
            for index, figure in enumerate(quantities.gold)
            if gold["start"] <= figure["start"] and figure["end"] <= gold["end"]
        }
        given = {quantities.match_of[q].figure for q in goal["quantities"] if q in quantities.match_of}
        yield Judged("goal quantities", expected <= given, 1)
        if {match.figure for match in quantities.matches} & expected - given:  # a missed quantity says so itself
            yield document.miss(
                "goal quantities", gold, _quotes(quantities, expected), _quotes(quantities, expected & given)
            )


def _quotes(quantities: Quantities, indices: Iterable[int]) -> str:
    return ", ".join(quantities.gold[index]["quote"] for index in sorted(indices))


def _label(document: Document, what: str, item: Json, gold: Json, field: str) -> Iterator[Finding]:
    right = item[field] == gold[field]
    yield Judged(f"{what}s", right, 1)
    if not right and gold.get("status") != "handled":
        yield document.miss(what, gold, gold[field], item[field])


def judge_risks(document: Document) -> Iterator[Finding]:
    """Risks with their types, with the misses of each; risks annotated as handled make none."""
    hits, findings = _judge_clauses(document, "risks")
    yield from findings
    for risk, gold in hits:
        yield from _label(document, "risk type", risk, gold, "type")


def _judge_clauses(document: Document, kind: str) -> tuple[list[tuple[Json, Json]], list[Finding]]:
    """The matched pairs of item and gold item, and what is found, missed and false."""
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
    kind = kind.removesuffix("s")
    findings += _all_but(matched | handled, [document.miss(f"{kind} missed", item) for item in gold])
    findings += _all_but({p for p, _ in pairs}, [document.miss(f"{kind} false", piece) for _, piece in predicted])
    return [(predicted[p][0], gold[g]) for p, g in pairs], findings


def _all_but(indices: set[int], misses: Sequence[Miss]) -> Iterator[Miss]:
    return (miss for index, miss in enumerate(misses) if index not in indices)


# --- projects ---------------------------------------------------------------------------------


def judge_projects(document: Document) -> Iterator[Finding]:
    """Projects with their stages, with the misses of each; a missed name's place is its first mention."""
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
        if given != expected:
            yield document.miss("stage", gold[titles[g]][0], *(", ".join(sorted(some)) for some in (expected, given)))
    missed = [document.miss("project missed", mentions[0]) for mentions in gold.values()]
    false = [document.miss("project false", item["evidence"][0], given=item["name"]["zh"]) for item in predicted]
    yield from _all_but({g for _, g in pairs}, missed)
    yield from _all_but({p for p, _ in pairs}, false)


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


def judge_headings(document: Document) -> Iterator[Finding]:
    """Headings by their place and opening characters, with the missed and the false ones."""
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
    yield Found("headings", len(predicted), len(gold), len(pairs))
    yield from _all_but({g for _, g in pairs}, [document.miss("heading missed", item) for item in gold])
    yield from _all_but({p for p, _ in pairs}, [document.miss("heading false", item) for item in predicted])


def judge_metadata(document: Document) -> Iterator[Finding]:
    """What the brief says of the report, as far as it is annotated, with the wrong fields."""
    given, gold = document.brief["report"], document.gold["meta"]
    fields = [(name, gold[name], given.get(name)) for name in REPORT_FIELDS if gold.get(name) is not None]
    if gold.get("place_zh"):
        fields.append(("place", gold["place_zh"], (given.get("place") or {}).get("zh")))
    for name, expected, said in fields:
        right = names.similarity(said, expected) >= PLACE_NAME if name == "place" else said == expected
        yield Judged("metadata", right, 1)
        if not right:
            yield Miss(document.stem, "metadata", name, str(expected), "" if said is None else str(said))


def judge_boilerplate(document: Document) -> Iterator[Finding]:
    """F1 as twice the shared characters of all that are marked on either side.

    The misses are the stretches that differ, without those of blanks: nobody could see them.
    """
    gold = _characters(document.gold["boilerplate"])
    given = _characters(document.brief["report"].get("boilerplate", []))
    yield Judged("boilerplate", 2 * len(gold & given), len(gold) + len(given))
    for what, characters in (("boilerplate missed", gold - given), ("boilerplate false", given - gold)):
        for start, end in _stretches(characters):
            if document.text[start:end].strip():
                yield document.miss(what, {"start": start, "end": end})


def _stretches(characters: Iterable[int]) -> Iterator[Range]:
    """The ranges of neighbouring positions."""
    numbered = enumerate(sorted(characters))
    for _, group in groupby(numbered, lambda pair: pair[1] - pair[0]):
        positions = [position for _, position in group]
        yield positions[0], positions[-1] + 1


def _characters(items: Iterable[Json]) -> set[int]:
    return {position for item in items for position in range(*span(item))}


def wrong_quotes(document: Document) -> Iterator[Miss]:
    """The pieces of evidence whose quote is not the text of their span."""
    for kind in ("figures", "goals", "projects", "risks"):
        for item in document.brief.get(kind, []):
            for evidence in item["evidence"]:
                if document.text_of(evidence) != evidence["quote"]:
                    yield document.miss("quote", evidence, document.text_of(evidence), evidence["quote"])
