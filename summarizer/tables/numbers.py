"""Values as numbers: exact, or not at all."""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, localcontext

_DECIMAL = re.compile(r"-?\d{1,60}(?:\.\d{1,60})?", re.ASCII)
_FRACTION = re.compile(r"(\d{1,30})/(\d{1,30})", re.ASCII)
_DIGITS = 130


def exact(text: str | None) -> Decimal | None:
    """The decimal that a value is, that of a fraction where it ends (1/2 is 0.5), else None (1/3, 6:55:39)."""
    if text is None:
        return None
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    fraction = _FRACTION.fullmatch(text)
    if fraction is None or not int(fraction[2]):
        return None
    with localcontext(Context(prec=_DIGITS, traps=[Inexact])):
        try:
            return Decimal(fraction[1]) / Decimal(fraction[2])
        except Inexact:
            return None


def trimmed(value: Decimal) -> Decimal:
    """The same number without zeros at its end; `Decimal.normalize` would round what is longer than its context."""
    return Decimal(plain_digits(value))


def plain_digits(value: Decimal) -> str:
    """A decimal without an exponent and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
