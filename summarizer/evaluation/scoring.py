"""Scores briefs, as published JSON, against annotated reports.

Rates are micro-averages over all documents. A predicted span counts where it starts inside an
annotated range (the whole text, where a gold file names none); boilerplate counts as annotated,
so that what is found there is a false positive. An item with several mentions is credited at
each of them. Pairs are one to one (see `matching.pair`). A missing brief counts as an empty one.

found (precision, recall, F1)
- quantities: spans of which neither is more than twice as long as what they share, and `raw` is
  the text of the span
- figures: mentions of a matched quantity with name, value, kind, year and direction right, and a
  piece of evidence of at most 400 characters that holds it. A gold figure is judged at the first
  mention of it; later ones count as predicted only
- goals, risks: pieces of evidence that share at least half of their union with the gold span. Gold
  items that are marked as handled, and what was found for them, count neither way
- projects: names with similarity 0.75 or more, and evidence in the sentence of a gold mention. A
  gold name counts once a document
- headings: starts at most 2 characters apart and the same first 4 characters

judged (accuracy)
- values: of the matched quantities, value, upper value and unit equal (`matching.same_value`)
- comparators: of the matched quantities
- indicators: of the matched figures, `names.same_name` as the gold name
- kinds, directions, measures: of the matched figures; years: where gold has one
- themes, risk types: of the matched goals and risks
- goal quantities: of the matched goals, all gold figures inside the gold span are among the goal's
- stages: of the matched projects, stages on both sides of those on either side
- metadata: of the annotated fields; the place by a similarity of 0.8
- boilerplate: F1 over characters

counted
- evidence wrong: pieces of evidence whose quote is not the text of their span
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from summarizer.errors import InputError
from summarizer.evaluation import figures, items
from summarizer.evaluation.documents import Document, Finding, Found, Json, Judged
from summarizer.evaluation.misses import Miss
from summarizer.evaluation.reporting import Row, Scores

FOUND = ("quantities", "figures", "goals", "projects", "risks", "headings")
JUDGED = (
    "values",
    "comparators",
    "indicators",
    "kinds",
    "years",
    "directions",
    "measures",
    "themes",
    "goal quantities",
    "risk types",
    "stages",
    "metadata",
    "boilerplate",
)
EVIDENCE_WRONG = "evidence wrong"

EMPTY: Json = {
    "report": {},
    "outline": [],
    "quantities": [],
    "figures": [],
    "goals": [],
    "projects": [],
    "risks": [],
}


def score(briefs: Mapping[str, Json], golds: Mapping[str, Json], texts: Mapping[str, str]) -> Scores:
    """Score the briefs of all annotated reports.

    All three are keyed by the report's stem. `golds` decides what is scored: a brief without gold
    is ignored, gold without a brief counts against it. Raises InputError where a text is not given,
    or a brief or its gold lacks a field that is needed.
    """
    findings: list[Finding] = []
    for stem, gold in golds.items():
        if stem not in texts:
            raise InputError(f"{stem}: there is no text to score against; give the report beside its gold.")
        text = texts[stem]
        ranges = tuple((start, end) for start, end in gold.get("annotated") or [(0, len(text))])
        document = Document(stem, text, gold, briefs.get(stem, EMPTY), ranges)
        try:
            findings.extend(_judge(document))
        except KeyError as field:
            raise InputError(
                f"{stem}: the brief or its gold lacks the field {field}; "
                "check the brief against the published schema and the gold file against its guidelines."
            ) from field
    misses = tuple(finding for finding in findings if isinstance(finding, Miss))
    missing = tuple(stem for stem in golds if stem not in briefs)
    wrong = sum(miss.what == "quote" for miss in misses)
    return Scores((*_rows(findings), Row.counted(EVIDENCE_WRONG, wrong)), misses, missing)


def _judge(document: Document) -> Iterator[Finding]:
    """All findings of a document, in the order in which its misses are to be read."""
    quantities = figures.match_quantities(document)
    yield from figures.judge_quantities(document, quantities)
    yield from figures.judge_figures(document, quantities)
    yield from items.judge_goals(document, quantities)
    yield from items.judge_risks(document)
    yield from items.judge_projects(document)
    yield from items.judge_headings(document)
    yield from items.judge_metadata(document)
    yield from items.judge_boilerplate(document)
    yield from items.wrong_quotes(document)


def _rows(findings: Iterable[Finding]) -> Iterator[Row]:
    """Adds up the documents: rates are taken once, over all of them."""
    sums: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        match finding:
            case Found(name, predicted, gold, hit):
                sums.update({(name, "predicted"): predicted, (name, "gold"): gold, (name, "hit"): hit})
            case Judged(name, right, of):
                sums.update({(name, "right"): right, (name, "of"): of})
    for name in FOUND:
        yield Row.found(name, sums[name, "predicted"], sums[name, "gold"], sums[name, "hit"])
    for name in JUDGED:
        yield Row.judged(name, sums[name, "right"], sums[name, "of"])
