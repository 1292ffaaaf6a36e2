"""A corrected brief as annotations, so that an engine can be scored on a user's own report.

The format is that of tests/gold/GUIDELINES.md. Everything that the brief holds becomes gold, whoever
read it: what nobody corrected is the engine's own reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from summarizer.errors import InputError
from summarizer.evaluation.matching import sentence_around
from summarizer.model import BriefContent, Evidence, Figure, Item, Project, Quantity

_BETWEEN = r"[\s“”‘’\"'，。；：、,.;:·（）()《》]*"
"""What a name may have between its characters where it is written: marks and the breaks of a page."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """The gold of one brief, and the project mentions whose name is not written in their sentence."""

    gold: dict[str, Any]
    unwritten: tuple[str, ...]


def gold_of(content: BriefContent, text: str, file: str) -> Annotations:
    """The annotations that a brief amounts to. Raises InputError where it is not a brief of this text."""
    _prove(content, text)
    projects, unwritten = _projects(content.projects, text)
    gold: dict[str, Any] = {"file": file, "meta": _meta(content)}
    if annotated := _annotated(content):
        gold["annotated"] = annotated
    gold |= {
        "sections": [_at(text, h.start, h.end, level=h.level) for h in content.outline],
        "boilerplate": [_at(text, span.start, span.end) for span in content.report.boilerplate],
        "figures": _in_order(_figures(content, text)),
        "non_figures": _in_order(_non_figures(content, text)),
        "goals": _in_order(_at(text, e.start, e.end, theme=g.theme) for g in content.goals for e in g.evidence),
        "projects": _in_order(projects),
        "risks": _in_order(
            _at(text, e.start, e.end, type=r.type, status=r.status) for r in content.risks for e in r.evidence
        ),
    }
    return Annotations(gold, tuple(unwritten))


def _prove(content: BriefContent, text: str) -> None:
    """Every quote of the brief is the text of its span; else the offsets are those of another text."""
    items: list[Item] = [*content.figures, *content.goals, *content.projects, *content.risks]
    spans = [(e.start, e.end, e.quote) for item in items for e in item.evidence]
    spans += [(q.start, q.end, q.raw) for q in content.quantities]
    named = {q.id for q in content.quantities}
    cited = {name for figure in content.figures for name in figure.quantities}
    if unknown := (cited | {skipped.id for skipped in content.coverage.skipped}) - named:
        raise InputError(f"The brief has no quantity {min(unknown)}, though an item cites it; make the brief again.")
    for start, end, quote in spans:
        if text[start:end] != quote:
            raise InputError(
                f"The brief says “{quote[:40]}” at {start}–{end}, but the report does not; make the brief again."
            )


def _at(text: str, start: int, end: int, **labels: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "quote": text[start:end], **labels}


def _in_order(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["start"], item["end"]))


def _meta(content: BriefContent) -> dict[str, Any]:
    report = content.report
    return {
        "place_zh": report.place.zh,
        "place_en": report.place.en,
        "level": report.level,
        "doc_type": report.doc_type,
        "published": report.published,
        "review_year": report.review_year,
        "target_year": report.target_year,
        "partial": report.partial,
    }


def _annotated(content: BriefContent) -> list[list[int]]:
    """What somebody read, where not all was: the text without the lost ranges."""
    lost = sorted((g.start, g.end) for g in content.gaps if g.lost and g.start is not None and g.end is not None)
    if not lost:
        return []
    ranges, at = [], 0
    for start, end in lost:
        if start > at:
            ranges.append([at, start])
        at = max(at, end)
    return [*ranges, [at, content.report.chars]] if at < content.report.chars else ranges


def _figures(content: BriefContent, text: str) -> Iterator[dict[str, Any]]:
    quantities = {q.id: q for q in content.quantities}
    for figure in content.figures:
        for name in figure.quantities:
            yield _figure(figure, quantities[name], text)


def _figure(figure: Figure, quantity: Quantity, text: str) -> dict[str, Any]:
    return _at(
        text,
        quantity.start,
        quantity.end,
        indicator_zh=figure.indicator.zh,
        indicator_en=figure.indicator.en,
        value=quantity.value,
        value_high=quantity.value_high,
        unit=quantity.unit,
        counter=quantity.counter,
        comparator=quantity.comparator,
        measure=figure.measure,
        direction=figure.direction,
        kind=figure.kind,
        year=figure.year,
    )


def _non_figures(content: BriefContent, text: str) -> Iterator[dict[str, Any]]:
    quantities = {q.id: q for q in content.quantities}
    for skipped in content.coverage.skipped:
        quantity = quantities[skipped.id]
        yield _at(text, quantity.start, quantity.end, why=skipped.reason)


def _projects(projects: Iterable[Project], text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The mentions at their names, and the names that are not written where they are mentioned."""
    found, unwritten = [], []
    for project in projects:
        for mention in project.mentions:
            span = _written(project.name.zh, mention.evidence, text)
            if span is None:
                unwritten.append(project.name.zh)
            else:
                found.append(_at(text, *span, stage=mention.stage))
    return found, unwritten


def _written(name: str, evidence: Evidence, text: str) -> tuple[int, int] | None:
    """Where a name is written: in its clause, else in the sentence around it."""
    pattern = re.compile(_BETWEEN.join(re.escape(character) for character in name if not character.isspace()))
    for start, end in ((evidence.start, evidence.end), sentence_around(text, evidence.start, evidence.end)):
        if match := pattern.search(text, start, end):
            return match.span()
    return None
