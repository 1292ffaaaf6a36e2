"""The items of a brief as table rows: one row a figure, a goal, a project or a risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from summarizer.brief import Brief
from summarizer.errors import SettingsError
from summarizer.model import BriefContent, Comparator, Evidence, Figure, Goal, Item, Project, Quantity, Risk
from summarizer.rendering.html import fragment
from summarizer.rendering.item_parts import standing
from summarizer.tables.columns import WHATS, Row, What
from summarizer.tables.numbers import exact

COMPARATORS: Mapping[Comparator, str] = {
    "=": "exact",
    ">=": "at_least",
    ">": "over",
    "<=": "at_most",
    "<": "under",
    "~": "about",
}
"""Comparators in words: a cell that begins with = would be taken for a formula, and is no word to filter by."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a brief's rows lead: the name it goes by, and its page as the table's reader finds it (an URL path)."""

    name: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    content: BriefContent
    origin: Origin
    quantities: Mapping[str, Quantity]
    conflicts: Mapping[str, str]

    def numbers(self, ids: Sequence[str]) -> str | None:
        """The report's own words for quantities, each once."""
        raws = dict.fromkeys(self.quantities[name].raw for name in ids if name in self.quantities)
        return "; ".join(raws) or None


def rows(brief: Brief | BriefContent, what: What = "figures", origin: Origin | None = None) -> Iterator[Row]:
    """The rows of a brief: dictionaries with the columns of `columns_of(what)`, in that order.

    Numbers are `Decimal` or int, texts are exactly the brief's, what is not known is None. Raises SettingsError for a
    table that there is not.
    """
    if what not in WHATS:
        raise SettingsError(f"There is no table {what!r}; choose {', '.join(WHATS)}.")
    content = brief.content if isinstance(brief, Brief) else brief
    by_id = {quantity.id: quantity for quantity in content.quantities}
    source = _Source(content, origin or Origin(), by_id, _conflicts(content))
    items: Sequence[Item] = getattr(content, what)
    own: Callable[[_Source, Any], Row] = _OWN[what]
    for item in items:
        yield {**_head(source, item), **own(source, item), **_tail(source, item)}


def _conflicts(content: BriefContent) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for conflict in content.conflicts:
        for item in conflict.items:
            found.setdefault(item, []).extend(other for other in conflict.items if other != item)
    return {item: " ".join(dict.fromkeys(others)) for item, others in found.items()}


def _head(source: _Source, item: Item) -> Row:
    report = source.content.report
    return {
        "report": report.source,
        "brief": source.origin.name,
        "place_zh": report.place.zh,
        "place_en": report.place.en,
        "level": report.level,
        "doc_type": report.doc_type,
        "review_year": report.review_year,
        "target_year": report.target_year,
        "id": item.id,
    }


def _tail(source: _Source, item: Item) -> Row:
    first: Evidence | None = item.evidence[0] if item.evidence else None
    page = source.origin.page
    return {
        "by": item.by,
        "disputed": "; ".join(item.disputed) or None,
        "quote": first.quote if first else None,
        "section": " › ".join(first.path) or None if first else None,
        "start": first.start if first else None,
        "end": first.end if first else None,
        "places": len(item.evidence),
        "link": f"{page}#{fragment(item.id)}" if page else None,
    }


def _figure(source: _Source, figure: Figure) -> Row:
    stated = [source.quantities[name] for name in figure.quantities if name in source.quantities]
    first = stated[0] if stated else None
    raws = [raw for raw in dict.fromkeys(q.raw for q in stated) if first and raw != first.raw]
    return {
        "code": figure.indicator.code,
        "indicator_zh": figure.indicator.zh,
        "indicator_en": figure.indicator.en,
        **_value(first),
        "measure": figure.measure,
        "direction": figure.direction,
        "kind": figure.kind,
        "year": figure.year,
        "period_from": figure.period.from_ if figure.period else None,
        "period_to": figure.period.to if figure.period else None,
        "basis": figure.basis,
        "scope": figure.scope,
        "base": figure.base,
        "goal": figure.goal,
        "conflicts_with": source.conflicts.get(figure.id),
        "raw": first.raw if first else None,
        "also_raw": "; ".join(raws) or None,
    }


def _value(quantity: Quantity | None) -> Row:
    """A figure's value is that of its first mention; the others state the same."""
    return {
        "value": exact(quantity.value) if quantity else None,
        "value_high": exact(quantity.value_high) if quantity else None,
        "value_text": quantity.value if quantity else None,
        "value_high_text": quantity.value_high if quantity else None,
        "unit": quantity.unit if quantity else None,
        "counter": quantity.counter if quantity else None,
        "dimension": quantity.dimension if quantity else None,
        "per": quantity.per if quantity else None,
        "comparator": COMPARATORS[quantity.comparator] if quantity else None,
    }


def _goal(source: _Source, goal: Goal) -> Row:
    return {
        "statement_zh": goal.statement.zh,
        "statement_en": goal.statement.en,
        "theme": goal.theme,
        "numbers": source.numbers(goal.quantities),
    }


def _project(source: _Source, project: Project) -> Row:
    status, stage = standing(project)
    ordered = sorted(project.mentions, key=lambda mention: mention.evidence.start)
    return {
        "name_zh": project.name.zh,
        "name_en": project.name.en,
        "stage": stage if project.mentions else None,
        "status": status if project.mentions else None,
        "mentions": "; ".join(dict.fromkeys(f"{m.stage} ({m.status})" for m in ordered)) or None,
        "numbers": source.numbers(project.quantities),
    }


def _risk(_: _Source, risk: Risk) -> Row:
    return {
        "statement_zh": risk.statement.zh,
        "statement_en": risk.statement.en,
        "type": risk.type,
        "status": risk.status,
    }


_OWN: Mapping[What, Callable[[_Source, Any], Row]] = {
    "figures": _figure,
    "goals": _goal,
    "projects": _project,
    "risks": _risk,
}
