"""Quantities in words: English by code from the exact value, Chinese as the report wrote it.

Style: figures with up to two scale words as official English editions of Chinese reports have
them (1509亿元 is "RMB 150.9 billion", 3.5万人以上 "at least 35,000 people").
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from summarizer.model import Comparator, Quantity
from summarizer.quantities.units import Unit, denominators, unit_for

_PREFIX: dict[Comparator, str] = {
    "=": "",
    ">=": "at least ",
    ">": "over ",
    "<=": "no more than ",
    "<": "less than ",
    "~": "about ",
}
_SCALES = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
_MONEY = {
    "CNY": "RMB ",
    "USD": "US$",
    "EUR": "EUR ",
    "HKD": "HK$",
    "TWD": "NT$",
    "JPY": "JPY ",
    "GBP": "GBP ",
    "KRW": "KRW ",
    "RUB": "RUB ",
    "AUD": "A$",
}
_DOUBLINGS = {"2": "double", "4": "quadruple", "8": "eightfold", "16": "sixteenfold"}
# Places gained or lost, and no place.
_GAINED = re.compile(
    "[0-9０-９一二三四五六七八九十两]+(?:个?名次|个?位次|位|名)(?:以上|左右)?$"
)  # places gained or lost, no place
_AREA_HINT = Fraction(1, 15)  # one mu is 1/15 hectare


def chinese(quantity: Quantity) -> str:
    """The report's own words, without line breaks."""
    return "".join(quantity.raw.split("\n"))


def english(quantity: Quantity, bare: bool = False) -> str:
    """The quantity in English with its comparator; `bare` leaves the unit's noun out ({q1a#})."""
    return _prefix(quantity) + _body(quantity, bare)


def comparator_words() -> tuple[str, ...]:
    """English words that a placeholder already says, so that none may stand beside one."""
    return (
        "over",
        "at least",
        "more than",
        "no more than",
        "less than",
        "under",
        "about",
        "nearly",
        "around",
        "approximately",
        "up to",
        "not less than",
        "no less than",
        "within",
        "above",
        "below",
        "almost",
    )


def _prefix(quantity: Quantity) -> str:
    if quantity.unit == "rank" and quantity.comparator == "<=":
        return "among "
    if quantity.comparator == "~" and ("近" in quantity.raw):
        return "nearly "
    return _PREFIX[quantity.comparator]


def _body(quantity: Quantity, bare: bool) -> str:
    if quantity.unit in _MONEY:
        return _money(quantity)
    if quantity.unit == "rank" and quantity.comparator == "<=":
        return f"the top {quantity.value}"
    if quantity.unit == "rank" and not _GAINED.match(quantity.raw):
        return f"No. {quantity.value}"
    if quantity.unit == "ratio":
        return _ratio(quantity)
    if quantity.unit == "multiple" and "减半" in quantity.raw:
        return "half"
    if quantity.unit == "multiple" and "番" in quantity.raw:
        return _DOUBLINGS.get(quantity.value, f"{quantity.value}-fold")
    if quantity.unit == "times_more":
        return _spread(quantity, lambda v: f"{_digits(Decimal(v) * 100)}%")
    if quantity.unit == "percent" and "折" in quantity.raw:
        return f"{_digits(Decimal(quantity.value))}% of the full price"
    if quantity.unit in ("percent", "permille"):
        sign = "%" if quantity.unit == "percent" else "‰"
        return _spread(quantity, lambda v: f"{_digits(Decimal(v))}{sign}")
    return _measure(quantity, bare)


def _spread(quantity: Quantity, form: object) -> str:
    assert callable(form)
    low = str(form(quantity.value))
    return low if quantity.value_high is None else f"{low} to {form(quantity.value_high)}"


def _money(quantity: Quantity) -> str:
    sign = _MONEY[quantity.unit]
    return _spread(quantity, lambda v: f"{sign}{_scaled(Decimal(v))}") + _per(quantity)


def _measure(quantity: Quantity, bare: bool) -> str:
    unit = unit_for(quantity.unit, quantity.counter)
    number = _spread(quantity, lambda v: _scaled(Decimal(v)))
    if bare or unit is None or not unit.plural:
        return number + ("" if bare else _per(quantity))
    return f"{number} {_noun(unit, quantity)}{_per(quantity)}{_metric(quantity)}"


def _noun(unit: Unit, quantity: Quantity) -> str:
    singular = quantity.value == "1" and quantity.value_high is None
    return unit.singular if singular else unit.plural


def _per(quantity: Quantity) -> str:
    if not quantity.per:
        return ""
    names = denominators()
    return "".join(f" per {names.get(part, 'unit')}" for part in re.split("[·/]", quantity.per))


def _metric(quantity: Quantity) -> str:
    """Land in mu is also given in hectares, and grain in jin also in tonnes."""
    if quantity.value_high is not None or quantity.per:
        return ""
    whole = quantity.comparator != "="
    if quantity.unit == "mu" and Decimal(quantity.value) >= 15:
        return f" ({_rounded(Fraction(quantity.value) * _AREA_HINT, whole)} ha)"
    if quantity.counter == "斤" and Decimal(quantity.value) >= 2000:
        tonnes = _rounded(Fraction(quantity.value) / 2000, whole)
        return f" ({tonnes} {'tonne' if tonnes == '1' else 'tonnes'})"
    return ""


def _rounded(value: Fraction, whole: bool) -> str:
    """A converted size to three significant figures, no decimals if it is approximate: a gloss, never the value."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    step = Decimal(1).scaleb(max(number.adjusted() - 2, 0 if whole and number >= 1 else -2))
    return _scaled((number / step).quantize(Decimal(1)) * step)


def _ratio(quantity: Quantity) -> str:
    if "有" in quantity.raw:  # 每2辆…就有1辆
        part, _, whole = quantity.value.partition("/")
        return f"{part} in {whole}"
    words = {
        "1/2": "half",
        "1/3": "one third",
        "2/3": "two thirds",
        "1/4": "one quarter",
        "3/4": "three quarters",
        "1/5": "one fifth",
    }
    return words.get(quantity.value, quantity.value)


def _scaled(value: Decimal) -> str:
    """150900000000 is "150.9 billion"; below a million digits are grouped."""
    for scale, word in _SCALES:
        if abs(value) >= scale:
            return f"{_digits(value / scale)} {word}"
    return _digits(value)


def _digits(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, dot, fraction = text.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(whole):,}{dot}{fraction}"
