"""Corrections find their places in a report, before any engine is asked.

Whatever is wrong with a correction itself is refused here: another text, a quote that is not
there, two corrections of one place, a number without a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from summarizer.correcting.fixes import Fix, GivenFixes
from summarizer.errors import InputError
from summarizer.model import Chunk, Quantity, Report
from summarizer.quantities.units import dimensions, unit_for

SAME_PLACE = 0.5
_DECIMAL = re.compile(r"-?[0-9.]+")
_SHOWN = 8
_QUOTED = 40
_VALUES = ("value", "value_high", "unit", "counter", "comparator")


@dataclass(frozen=True, slots=True)
class Placed:
    """A correction at its place: the chunk that reads it and, for a figure, the quantity that is meant."""

    fix: Fix
    start: int
    end: int
    chunk: int
    quantity: Quantity | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All corrections of a report, in the order of the text, and its chunks with the numbers they add."""

    placed: tuple[Placed, ...]
    chunks: tuple[Chunk, ...]
    sha256: str | None

    @property
    def own(self) -> tuple[Quantity, ...]:
        """The quantities that the user gave, where the grammar reads none."""
        return tuple(q for p in self.placed if (q := p.quantity) is not None and q.id == _own_id(p.start))


def _own_id(start: int) -> str:
    """The id of a quantity that a user gave."""
    return f"u{start}"


def places_of(quote: str, text: str) -> list[int]:
    """Where a text has a quote, overlapping places too."""
    return [match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)]


def shown(quote: str) -> str:
    """The beginning of a quote on one line, for messages."""
    line = " ".join(quote.split())
    return line if len(line) <= _QUOTED else line[:_QUOTED] + "…"


def union_share(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The shared characters as a part of all that two ranges cover together."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def plan(given: GivenFixes, report: Report, quantities: Sequence[Quantity], chunks: Sequence[Chunk]) -> Plan:
    """Where every correction is. Raises InputError for the first that cannot be."""
    if given.fixes.text_sha256 != report.text_sha256:
        raise InputError(
            f"{given.name} corrects another text than {report.source} (its text_sha256 is another); "
            "give the corrections of this one, or use --no-fixes."
        )
    placer = _Placer(given.name, report.text, quantities, chunks)
    placed = sorted(
        (placer.place(number, fix) for number, fix in enumerate(given.fixes.fixes, 1)),
        key=lambda entry: (entry[1].start, entry[1].end),
    )
    for what in ("figure", "goal", "project", "risk"):
        placer.refuse_twice([entry for entry in placed if entry[1].fix.what == what])
    fixes = tuple(entry[1] for entry in placed)
    meant = [p.quantity for p in fixes if p.quantity is not None]
    return Plan(fixes, tuple(with_quantities(chunk, meant) for chunk in chunks), given.sha256)


def with_quantities(chunk: Chunk, quantities: Iterable[Quantity]) -> Chunk:
    """A chunk that also holds those of the quantities that lie in it and that its grammar did not read."""
    known = {q.id for q in chunk.quantities.values()}
    new = {q.id: q for q in quantities if q.id not in known and chunk.start <= q.start < chunk.end}
    merged = chunk.quantities | new
    return replace(chunk, quantities=dict(sorted(merged.items(), key=lambda item: item[1].start)))


class _Placer:
    def __init__(self, name: str, text: str, quantities: Sequence[Quantity], chunks: Sequence[Chunk]):
        self.name = name
        self.text = text
        self.quantities = quantities
        self.chunks = chunks

    def place(self, number: int, fix: Fix) -> tuple[int, Placed]:
        start, end = self._span(number, fix)
        chunk = self._chunk(start, end, fix.what)
        if chunk is None:
            held = "clause" if fix.what == "project" else "sentence"
            raise self._error(number, fix, f"is not within one {held} of the report; give a place in one")
        quantity = self._quantity(number, fix, start, end) if fix.what == "figure" else None
        return number, Placed(fix, start, end, chunk, quantity)

    def _error(self, number: int, fix: Fix, what: str) -> InputError:
        return InputError(f"{self.name}: entry {number} (“{shown(fix.quote)}”) {what}.")

    # --- places ----------------------------------------------------------------------------

    def _span(self, number: int, fix: Fix) -> tuple[int, int]:
        if fix.start is None or fix.end is None:
            return self._only_place(number, fix)
        start, end = fix.start, fix.end
        if not 0 <= start < end <= len(self.text):
            raise self._error(number, fix, f"is at {start}–{end}, but the text has {len(self.text)} characters")
        if self.text[start:end] != fix.quote:
            there = shown(self.text[start:end])
            raise self._error(number, fix, f"is not what the text has at {start}–{end}: “{there}”; correct the quote")
        return start, end

    def _only_place(self, number: int, fix: Fix) -> tuple[int, int]:
        places = places_of(fix.quote, self.text)
        if not places:
            raise self._error(number, fix, "is nowhere in the text; copy the quote from the report")
        if len(places) > 1:
            shown = ", ".join(f"{at}–{at + len(fix.quote)}" for at in places[:_SHOWN])
            more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
            raise self._error(number, fix, f"is at {shown}{more}; say which with start and end")
        return places[0], places[0] + len(fix.quote)

    def _chunk(self, start: int, end: int, what: str) -> int | None:
        """The chunk with the sentence (for a name, the clause) that holds a span; None where none does."""
        for chunk in self.chunks:
            sentences = [s for section in chunk.sections for s in section.sentences] if chunk.start <= start else []
            pieces = [c for s in sentences for c in s.clauses] if what == "project" else sentences
            if any(piece.start <= start and end <= piece.end for piece in pieces):
                return chunk.index
        return None

    def refuse_twice(self, placed: Sequence[tuple[int, Placed]]) -> None:
        """One place is corrected once: nothing decides between two corrections of it."""
        for at, (number, one) in enumerate(placed):
            for other_number, other in placed[at + 1 :]:
                if other.start >= one.end and one.quantity is None:
                    break
                if _is_same_place(one, other):
                    first, second = sorted((number, other_number))
                    raise InputError(
                        f"{self.name}: entries {first} and {second} both correct the {one.fix.what} at "
                        f"{one.start}–{one.end} (“{shown(one.fix.quote)}”); make one of them."
                    )

    # --- numbers ---------------------------------------------------------------------------

    def _quantity(self, number: int, fix: Fix, start: int, end: int) -> Quantity | None:
        """The quantity at a span: that which lies in it or in which it lies, else the one that is given."""
        touched = [q for q in self.quantities if q.start < end and start < q.end]
        exact = [q for q in touched if (q.start, q.end) == (start, end)]
        if not touched:
            return self._given(number, fix, start, end) if fix.do == "add" else None
        held = [q for q in touched if _holds((q.start, q.end), (start, end)) or _holds((start, end), (q.start, q.end))]
        if not exact and (len(touched) > 1 or not held):
            shown = ", ".join(f"{q.raw} ({q.start}–{q.end})" for q in touched[:_SHOWN])
            raise self._error(number, fix, f"touches {shown}; give the span of the one that is meant")
        quantity = exact[0] if exact else held[0]
        for name in _VALUES:
            if name in fix.fields and fix.fields[name] != getattr(quantity, name):
                raise self._error(
                    number, fix, f"sets {name}, but the text says {getattr(quantity, name)!r} there; take it out"
                )
        return quantity

    def _given(self, number: int, fix: Fix, start: int, end: int) -> Quantity:
        """The quantity that a user gives where the grammar reads none."""
        fields = fix.fields
        if lacking := [name for name in ("value", "unit") if name not in fields]:
            raise self._error(number, fix, f"is no number that the grammar reads; add {' and '.join(lacking)} to `set`")
        if fields["unit"] not in dimensions():
            known = ", ".join(sorted(dimensions()))
            raise self._error(number, fix, f"has the unknown unit {fields['unit']!r}; known are {known}")
        for problem in _value_problems(fields):
            raise self._error(number, fix, problem)
        return Quantity(
            id=_own_id(start),
            start=start,
            end=end,
            raw=fix.quote,
            value=fields["value"],
            value_high=fields.get("value_high"),
            unit=fields["unit"],
            dimension=_dimension(fields["unit"], fields.get("counter")),
            counter=fields.get("counter"),
            comparator=fields.get("comparator", "="),
        )


def _dimension(code: str, counter: str | None) -> str:
    """A count is of its counter's dimension where the unit table knows it (斤 is a mass)."""
    unit = unit_for(code, counter)
    return unit.dimension if unit else dimensions()[code]


def _value_problems(fields: dict[str, Any]) -> Iterator[str]:
    """Only a ratio is written in parts; every other unit counts in decimals."""
    values = [fields["value"], *([fields["value_high"]] if fields.get("value_high") else [])]
    for value in values:
        if fields["unit"] != "ratio" and not _DECIMAL.fullmatch(value):
            yield f"has the value {value!r}, which goes with the unit ratio only; write a decimal"


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _is_same_place(one: Placed, other: Placed) -> bool:
    if one.quantity is not None and other.quantity is not None:
        return one.quantity.start < other.quantity.end and other.quantity.start < one.quantity.end
    return union_share((one.start, one.end), (other.start, other.end)) >= SAME_PLACE
