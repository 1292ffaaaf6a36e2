"""The grammar's values held against an official translation: the State Council's 2017 report in Chinese and English.

`pair_2017.tsv` aligns the numbers that both state, with the English edition's value; the report itself is not
shipped: SAMPLES names a folder that holds it as cn_2017_zh.txt. `--write` writes docs/quantities.md.
"""

from __future__ import annotations

import csv
import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from summarizer.model import Quantity
from summarizer.quantities.grammar import find_quantities
from summarizer.quantities.rendering import english
from summarizer.quantities.units import unit_for

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "quantities.md"
MARKS = "<!-- pair -->", "<!-- /pair -->"
SHA256 = "e105852a1e9eacaa18b163a6271be236b18baa1227958abad721b976888774e6"
SQUARE_METERS = {"hectare": 10_000}


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that both editions state. `value` is the English edition's, None where it gives none."""

    start: int
    end: int
    zh: str
    en: str
    value: Fraction | None
    digits: int
    unit: str
    no_quantity: str


def stated() -> Iterator[Stated]:
    """The alignment, in the order of the report."""
    lines = (HERE / "pair_2017.tsv").read_text("utf-8").splitlines()
    for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
        value = Fraction(row["value"]) if row["value"] else None
        digits = len(row["value"].replace(".", "").strip("0"))
        start, end = int(row["start"]), int(row["end"])
        yield Stated(start, end, row["zh"], row["en"], value, digits, row["unit"], row["no_quantity"])


def is_equal(quantity: Quantity, number: Stated) -> bool:
    """Equal values; an area in other units, converted, to as many digits as the English edition gives."""
    if number.value is None or ":" in quantity.value:
        return False
    values = [Fraction(v) for v in (quantity.value, quantity.value_high) if v]
    if number.value in values:
        return True
    own = unit_for(quantity.unit, quantity.counter)
    if number.unit not in SQUARE_METERS or own is None or own.si is None or own.dimension != "area":
        return False
    converted = values[0] * own.si / SQUARE_METERS[number.unit]
    return rounded(converted, number.digits) == number.value


def rounded(value: Fraction, digits: int) -> Fraction:
    """A value to so many significant digits."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    step = Decimal(1).scaleb(number.adjusted() - digits + 1)
    return Fraction((number / step).quantize(Decimal(1)) * step)


def table(text: str) -> str:
    """What was measured, and every number that is not equal, with the reason."""
    found = find_quantities(text)
    rows = []
    for number in stated():
        inside = [q for q in found if q.start < number.end and number.start < q.end]
        rows.append((number, inside, any(is_equal(q, number) for q in inside)))
    equal = sum(ok for *_, ok in rows)
    quantities = [row for row in rows if not row[0].no_quantity]
    proven = sum(ok for *_, ok in quantities)
    lines = [
        f"- of all {len(rows)} numbers that both editions state, {equal} have the official value "
        f"({equal / len(rows):.1%});",
        f"- of the {len(quantities)} that are quantities by the annotation guidelines, {proven} "
        f"({proven / len(quantities):.1%}).",
        "",
        "| Chinese | official English | read as | why not |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {n.zh} | {n.en} | {'; '.join(english(q) for q in inside) or '–'} | {n.no_quantity or 'missed'} |"
        for n, inside, ok in rows
        if not ok
    ]
    return "\n".join(lines)


def main() -> None:
    path = Path(os.environ.get("SAMPLES", "")) / "cn_2017_zh.txt"
    text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != SHA256:
        print("The official pair was not measured; SAMPLES must name a folder that holds its report, cn_2017_zh.txt.")
        return
    made = table(text)
    print(made)
    if "--write" in sys.argv:
        page = PAGE.read_text("utf-8")
        head, tail = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
        PAGE.write_text(f"{head}{MARKS[0]}\n{made}\n{MARKS[1]}{tail}", "utf-8")


if __name__ == "__main__":
    main()
