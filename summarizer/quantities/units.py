"""The unit table and the words around numbers, read once from the data files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """One way to write a unit. `counter` is the measure word where the unit is a count."""

    code: str
    dimension: str
    zh: str
    singular: str
    plural: str
    counter: str | None = None
    si: Fraction | None = None


def _data(name: str) -> dict[str, Any]:
    path = resources.files("summarizer.quantities").joinpath("data", name)
    return tomllib.loads(path.read_text("utf-8"))


@cache
def unit_table() -> dict[str, Unit]:
    """All written forms of units and counters."""
    data = _data("units.toml")
    table = {word: Unit("count", "count", word, "", "", counter=word) for word in data["counters"]["any"]}
    for row in data["unit"]:
        si = Fraction(row["si"]) if "si" in row else None
        for word in row["zh"]:
            counter = word if row.get("counter") else None
            singular, plural = row["en"]
            table[word] = Unit(row["code"], row["dimension"], word, singular, plural, counter, si)
    return table


@cache
def numeral_units() -> frozenset[str]:
    """Units that also follow a Chinese numeral in running text."""
    return frozenset(_data("units.toml")["counters"]["zh_numerals"])


@cache
def denominators() -> dict[str, str]:
    """What an amount may be per, as it stands behind a slash, with its English."""
    return dict(_data("units.toml")["denominators"])


@cache
def context() -> dict[str, Any]:
    """The words around numbers (data/context.toml)."""
    return _data("context.toml")


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches the longest of the words first."""
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


@cache
def unit_pattern() -> re.Pattern[str]:
    """Matches a unit at a position, longest form first."""
    return re.compile(alternation(list(unit_table())))


def unit_for(code: str, counter: str | None) -> Unit | None:
    """The unit of a quantity, by its code and counter."""
    for unit in unit_table().values():
        if unit.code == code and unit.counter == counter:
            return unit
    return None


@cache
def dimensions() -> dict[str, str]:
    """The dimension of every unit code that a quantity can have, those that no single word writes too."""
    found = {"rank": "rank", "ratio": "share", "times_more": "factor"}
    for unit in unit_table().values():
        found.setdefault(unit.code, unit.dimension)
    return found
