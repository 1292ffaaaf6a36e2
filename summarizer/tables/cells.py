"""Cells that no spreadsheet takes for a formula, and that hold nothing a format cannot hold."""

from __future__ import annotations

import re
from bisect import bisect_right
from decimal import Decimal
from itertools import accumulate

from summarizer.errors import InputError

# What makes spreadsheets read a text as a formula (OWASP, CSV injection), also in full width; blanks before it are
# dropped by some of them.
_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\ufeff]*[=+\-@＝＋－＠]")
# Surrogates cannot be written as UTF-8, the other controls not as XML 1.0.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LARGEST = 2**53


def clean(text: str) -> str:
    """A text with what no file can hold made visible."""
    return _UNWRITABLE.sub("\ufffd", text)


def neutral(text: str) -> str:
    """A text for csv: an apostrophe before what would be a formula."""
    text = clean(text)
    return "'" + text if _FORMULA.match(text) else text


def whole(value: int) -> int:
    """An integer that every format holds exactly. Raises InputError for one that is no year, offset or count."""
    if abs(value) > _LARGEST:
        raise InputError(f"A brief holds {str(value)[:20]}… as a year or an offset; write it again from its report.")
    return value


def as_float(value: Decimal) -> float | None:
    """The number that a workbook holds for a decimal; None where its 15 digits are too few."""
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    if len(digits) > 15:
        return None
    number = float(value)
    return number if Decimal(repr(number)) == value else None


def cut_at(text: str, limit: int) -> str:
    """A text cut so that it has at most so many UTF-16 units, with … at its end."""
    if 2 * len(text) <= limit:
        return text
    units = list(accumulate(2 if char > "\uffff" else 1 for char in text))
    if units[-1] <= limit:
        return text
    return text[: bisect_right(units, limit - 1)] + "…"
