"""What a figure states, as a set of numbers: exact in fractions, signed, in the base unit of its family.

310天以上 is [310, ∞), 5.5%以内 (-∞, 5.5], 下降3%以上 (-∞, -3]: 以上 and 以内 include their bound. Two figures can
be held against each other where their families are equal.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Literal

from summarizer.model import Figure, Quantity
from summarizer.quantities.units import unit_for

Obstacle = Literal["no_single_number", "direction_unstated"]
Family = tuple[str, ...]

_NUMBER = re.compile(r"-?\d{1,60}(?:\.\d{1,60})?(?:/\d{1,30})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of numbers; an end that is None is open to infinity, an excluded end is `open`."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def negated(self) -> Interval:
        """The same numbers with their signs turned."""
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Interval(low, high, self.high_open, self.low_open)

    def times(self, factor: Fraction) -> Interval:
        """The numbers in another unit; the factor is positive."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Interval(low, high, self.low_open, self.high_open)

    @property
    def point(self) -> Fraction | None:
        """The only number of it, where it has but one."""
        return self.low if self.low is not None and self.low == self.high else None

    def within(self, other: Interval) -> bool:
        """Whether every number of it is in another."""
        return _starts_in(self, other) and _starts_in(self.negated(), other.negated())

    def apart(self, other: Interval) -> bool:
        """Whether no number is in both."""
        return _ends_before(self, other) or _ends_before(other, self)


def _starts_in(inner: Interval, outer: Interval) -> bool:
    if outer.low is None:
        return True
    if inner.low is None:
        return False
    return inner.low > outer.low or (inner.low == outer.low and (inner.low_open or not outer.low_open))


def _ends_before(first: Interval, second: Interval) -> bool:
    if first.high is None or second.low is None:
        return False
    return first.high < second.low or (first.high == second.low and (first.high_open or second.low_open))


@dataclass(frozen=True, slots=True)
class Statement:
    """The numbers that a figure allows, in the base unit of its family. `about`: the text says 左右, 近 or 约.

    `factor` is the base units in one of the figure's own units.
    """

    family: Family
    numbers: Interval
    about: bool
    factor: Fraction


def statement(figure: Figure, quantity: Quantity) -> Statement | Obstacle:
    """What a figure states, or why it cannot be held against another: a ratio of parts, a change without direction."""
    low, high = number(quantity.value), number(quantity.value_high)
    if low is None or (quantity.value_high is not None and high is None):
        return "no_single_number"
    numbers = _interval(quantity, low, low if high is None else high)
    if figure.measure == "change" and low >= 0:
        if figure.direction is None:
            return "direction_unstated"
        numbers = numbers if figure.direction == "up" else numbers.negated()
    family, factor = _unit(quantity)
    return Statement(family, numbers.times(factor), quantity.comparator == "~", factor)


def number(text: str | None) -> Fraction | None:
    """The number that a value is; None for a ratio of parts."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    whole, _, parts = text.partition("/")
    if not parts:
        return Fraction(whole)
    return Fraction(whole) / int(parts) if int(parts) else None


def _interval(quantity: Quantity, low: Fraction, high: Fraction) -> Interval:
    match quantity.comparator:
        case ">=":
            return Interval(low, None)
        case ">":
            return Interval(low, None, low_open=True)
        case "<=":
            return Interval(None, high)
        case "<":
            return Interval(None, high, high_open=True)
        case _:
            return Interval(min(low, high), max(low, high))


def _unit(quantity: Quantity) -> tuple[Family, Fraction]:
    """The family of a unit, in which factors convert exactly, and the factor to its base unit."""
    unit, per = unit_for(quantity.unit, quantity.counter), quantity.per or ""
    if unit is not None and unit.si is not None:
        return (unit.dimension, per), unit.si
    if quantity.unit == "ratio":  # a fraction of the whole, as percentages are
        return ("share", per), Fraction(1)
    counter = quantity.counter or ""
    return (quantity.unit, "" if counter in _vocabulary()["plain_counters"] else counter, per), Fraction(1)


def year_on_year(base: str | None) -> bool:
    """Whether growth against this is growth on the year before; so is growth against nothing that is said."""
    return base is None or base in _vocabulary()["year_on_year"]


def is_distance(base: str | None) -> bool:
    """Whether a change against this is a distance from the values of others (高于全省), no growth."""
    return base is not None and base.startswith(tuple(_vocabulary()["distance"]))


@cache
def _vocabulary() -> dict[str, list[str]]:
    text = resources.files("summarizer").joinpath("data", "comparing.toml").read_text("utf-8")
    return tomllib.loads(text)
