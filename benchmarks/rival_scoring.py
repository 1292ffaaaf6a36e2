"""What the finds of different readers are worth on the same annotations: spans, and values on one base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from summarizer.evaluation.matching import longer_share, number, overlap, pair_spans

SPAN_SHARE = 0.5
CLOSE = Fraction(1, 10**12)
SHARES = {
    "percent": Fraction(1, 100),
    "percentage_point": Fraction(1, 100),
    "permille": Fraction(1, 1000),
    "basis_point": Fraction(1, 10**4),
}
"""Units that scale their number, by our codes; every other unit leaves it as it is."""

Amount = Fraction | str
"""A number on the base that all readers share; what is no single number (6.0:55.0:39.0) stays as written."""


@dataclass(frozen=True, slots=True)
class Find:
    """A quantity, found or annotated."""

    start: int
    end: int
    value: Amount | None
    high: Amount | None = None
    money: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were annotated, found, and right in value, and how many finds are no quantity."""

    gold: int = 0
    found: int = 0
    right: int = 0
    false: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))


def amount(value: str | None, unit: str | None = None) -> Amount | None:
    """A reader's value on the common base: "5.5%" and "5.5" percent are 11/200, "3" permille is 3/1000."""
    if value is None:
        return None
    share = SHARES["percent"] if value.endswith("%") else SHARES.get(unit or "", Fraction(1))
    exact = number(value.removesuffix("%"))
    return exact * share if isinstance(exact, Fraction) else exact


def same(one: Amount | None, other: Amount | None) -> bool:
    """Whether two amounts are equal to twelve digits; one of the readers gives 1/3 as 0.333333333333333."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return abs(one - other) <= CLOSE * abs(other)
    return one == other


def find_of(row: Mapping[str, Any], money: bool, offset: int = 0) -> Find:
    """A row of a reader or of the annotations as a find; `offset` is where its piece starts in the text."""
    unit = row.get("unit")
    high = amount(row.get("value_high", row.get("high")), unit)
    return Find(row["start"] + offset, row["end"] + offset, amount(row["value"], unit), high, money)


def tally(finds: Sequence[Find], gold: Sequence[Find], ignored: Sequence[tuple[int, int]] = ()) -> Tally:
    """The finds of one text against its annotations.

    Found is what shares at least half of the longer span, one find for one annotation. What lies in
    an ignored range (boilerplate) counts neither way.
    """
    kept = [f for f in finds if not any(overlap((f.start, f.end), span) for span in ignored)]
    pairs = pair_spans([(f.start, f.end) for f in kept], [(g.start, g.end) for g in gold], longer_share, SPAN_SHARE)
    right = sum(same(kept[f].value, gold[g].value) and same(kept[f].high, gold[g].high) for f, g in pairs)
    return Tally(len(gold), len(pairs), right, len(kept) - len(pairs))


def money(finds: Sequence[Find]) -> list[Find]:
    """The amounts of money among finds."""
    return [find for find in finds if find.money]
