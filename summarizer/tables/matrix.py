"""The matrix of a year: a row a place, a column an indicator, and contradictions shown instead of decided.

A column is one indicator in one measure and unit; average and cumulative values, and growth against another base than
the year before, have columns of their own. What cannot stand in such a matrix is counted in `left_out`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from summarizer.comparing import is_distance, year_on_year
from summarizer.model import BriefContent, Figure, Quantity
from summarizer.tables.columns import Column, Marked, Row, Stated, Value
from summarizer.tables.csvform import SIGNS
from summarizer.tables.numbers import exact, plain_digits, trimmed
from summarizer.terms.dictionary import IndicatorTerm, load_terms

MatrixKind = Literal["actual", "target"]
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_OWN_BASES = ("average", "cumulative")
HEAD = (
    Column("place_zh", "text", 20),
    Column("place_en", "text", 26),
    Column("level", "text", 10),
    Column("reports", "text", 26),
)


class _Key(NamedTuple):
    """What a column holds."""

    code: str
    measure: str
    unit: str
    counter: str
    per: str
    basis: str
    base: str


class _Said(NamedTuple):
    """A value as a report states it; `value` is None where no decimal is it, or it lacks its direction."""

    value: Decimal | None
    comparator: str
    text: str

    @property
    def cell(self) -> Value:
        return self.text if self.value is None else Stated(self.value, self.comparator)


@dataclass(slots=True)
class _Place:
    """A row in the making: its names, its reports, and who says what in each column."""

    zh: str | None
    en: str | None
    level: str | None
    reports: list[str] = field(default_factory=list)
    said: dict[_Key, dict[_Said, list[str]]] = field(default_factory=dict)


@dataclass
class Matrix:
    """Takes briefs in, one after the other, and holds only the values of its year and kind.

    Reports without a place have a row each. `left_out` counts the year's figures that have no cell, by reason: no code,
    a scope of their own, a span of years, a distance from others' values. `conflicts` counts cells whose values
    contradict each other, `doubted` values whose reading a check doubts.
    """

    year: int
    kind: MatrixKind
    left_out: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0
    doubted: int = 0
    _places: dict[tuple[str, str], _Place] = field(default_factory=dict)

    def add(self, name: str, content: BriefContent) -> None:
        """Takes a brief in; `name` is what contradictions call it."""
        quantities = {quantity.id: quantity for quantity in content.quantities}
        wanted = [f for f in content.figures if f.kind == self.kind and _year(f) == self.year]
        for figure in wanted:
            quantity = quantities.get(figure.quantities[0]) if figure.quantities else None
            if reason := _unfit(figure, quantity):
                self.left_out[reason] += 1
            elif quantity is not None:
                self.doubted += bool(figure.disputed)
                said = self._place(name, content).said.setdefault(_key(figure, quantity), {})
                said.setdefault(_said(figure, quantity), []).append(f"{name} {figure.id}")

    def _place(self, name: str, content: BriefContent) -> _Place:
        info = content.report
        key = (info.place.zh, "") if info.place.zh else ("", name)
        place = self._places.setdefault(key, _Place(info.place.zh, info.place.en, info.level))
        place.en, place.level = place.en or info.place.en, place.level or info.level
        if name not in place.reports:
            place.reports.append(name)
        return place

    @cached_property
    def _terms(self) -> dict[str, tuple[int, IndicatorTerm]]:
        return {term.code: (number, term) for number, term in enumerate(load_terms().indicators)}

    @property
    def keys(self) -> list[_Key]:
        """What the columns hold, in the order of the dictionary."""
        found = {key for place in self._places.values() for key in place.said}
        last = len(self._terms)
        return sorted(found, key=lambda key: (self._terms[key.code][0] if key.code in self._terms else last, key))

    def columns(self) -> list[Column]:
        """The columns: the place, then each indicator by code, names, measure and unit."""
        return [*HEAD, *(Column(self._title(key), "number", 18) for key in self.keys)]

    def _title(self, key: _Key) -> str:
        term = self._terms[key.code][1] if key.code in self._terms else None
        names = (term.zh, term.en) if term else ()
        unit = "/".join(filter(None, (key.counter or key.unit, key.per)))
        return " | ".join(filter(None, (key.code, *names, key.measure, unit, key.basis, key.base)))

    def rows(self) -> Iterator[Row]:
        """The rows, by place."""
        titles = {key: self._title(key) for key in self.keys}
        for _, place in sorted(self._places.items()):
            row: Row = {"place_zh": place.zh, "place_en": place.en, "level": place.level}
            row["reports"] = "; ".join(place.reports)
            for key, title in titles.items():
                row[title] = self._cell(place.said.get(key, {}))
            yield row

    def _cell(self, said: dict[_Said, list[str]]) -> Value:
        if len(said) > 1:
            self.conflicts += 1
            return Marked("⚠ " + " ≠ ".join(f"{value.text} ({', '.join(by)})" for value, by in said.items()))
        return next((value.cell for value in said), None)


def _year(figure: Figure) -> int | None:
    return figure.period.to if figure.period and figure.period.to is not None else figure.year


def _unfit(figure: Figure, quantity: Quantity | None) -> str | None:
    if quantity is None:
        return "no_value"
    if figure.indicator.code is None:
        return "no_code"
    if figure.scope is not None:
        return "scope"
    if figure.period is not None:
        return "span"
    return "distance" if figure.measure == "change" and is_distance(figure.base) else None


def _key(figure: Figure, quantity: Quantity) -> _Key:
    base = figure.base if figure.measure == "change" and not year_on_year(figure.base) else None
    basis = figure.basis if figure.basis in _OWN_BASES else None
    parts = (figure.indicator.code, figure.measure, quantity.unit, quantity.counter, quantity.per, basis, base)
    return _Key(*(part or "" for part in parts))


def _said(figure: Figure, quantity: Quantity) -> _Said:
    """A value with its sign: what went down is negative, and 下降3%以上 is at most -3."""
    value, comparator = exact(quantity.value), quantity.comparator
    if value is None or quantity.value_high is not None:
        high = f"–{quantity.value_high}" if quantity.value_high is not None else ""
        mark = f" {figure.direction}" if figure.direction else ""
        return _Said(None, comparator, f"{SIGNS[comparator]}{quantity.value}{high}{mark}")
    if figure.measure == "change" and value >= 0:
        if figure.direction is None:
            return _Said(None, comparator, f"{SIGNS[comparator]}{plain_digits(value)} (direction not stated)")
        if figure.direction == "down":
            value, turned = value.copy_negate(), _TURNED.get(comparator, comparator)
            return _Said(trimmed(value), turned, SIGNS[turned] + plain_digits(value))
    return _Said(trimmed(value), comparator, SIGNS[comparator] + plain_digits(value))
