"""Checks on an engine's English, and its rendering: numbers are placeholders, never digits or words.

A placeholder `{q7c}` stands for a quantity with its comparator and unit, `{q7c#}` leaves the unit's
noun out. Digits may stand in English only where they belong to a name (Line 10, the 14th Five-Year
Plan), that is where the source has the same number outside of every quantity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from summarizer.model import Quantity
from summarizer.quantities.numerals import CHINESE, parse_chinese
from summarizer.quantities.rendering import comparator_words, english
from summarizer.quantities.units import alternation, unit_for

PLACEHOLDER = re.compile(r"\{([^{}#]*)(#?)\}")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_ONES = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_WORDS: dict[str, float] = (
    {w: i for i, w in enumerate(_ONES, 2)}
    | {w: i * 10 for i, w in enumerate(_TENS, 2)}
    | {w: i for i, w in enumerate(_ORDINALS, 2)}
    | {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
    | {
        "double": 2,
        "twice": 2,
        "doubled": 2,
        "doubling": 2,
        "dual": 2,
        "both": 2,
        "triple": 3,
        "tripled": 3,
        "half": 0.5,
        "quarter": 0.25,
    }
)
_NUMBER_WORD = re.compile(rf"\b({alternation(list(_WORDS))})(?:s|th)?\b", re.IGNORECASE)
# Compounds of which the number word states no size: 立体 is three-dimensional, 双向 two-way.
_COMPOUNDS = re.compile(
    r"\b(?:two|three)-(?:dimensional|way|wheel\w*|sided)\b|\bthird[- ]part(?:y|ies)\b|\bsecond-hand\b", re.I
)
# Ordinary words that happen to count: no statement of size.
_HARMLESS = {"both", "second", "dual", "quarter"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an item: a code, and a sentence that tells how to mend it."""

    reason: str
    detail: str


def numbers_of_names(text: str) -> frozenset[float]:
    """The numbers that occur in a text, Arabic and Chinese, also as parts of longer numerals."""
    plain = unicodedata.normalize("NFKC", text)
    found = {float(m.replace(",", "")) for m in _DIGITS.findall(plain)}
    found |= {float(m) for m in re.findall(r"\d+", plain)}
    for run in re.findall(f"[{''.join(sorted(CHINESE))}]+", text):
        for i in range(len(run)):
            for j in range(i + 1, min(len(run), i + 5) + 1):
                value = parse_chinese(run[i:j])
                if value is not None:
                    found.add(float(value))
    found |= {2.0} if "双" in text or "倍" in text else set()
    found |= {0.5} if "半" in text else set()
    return frozenset(found)


def check_english(
    text: str, quantities: Mapping[str, Quantity], required: Iterable[str], names: frozenset[float]
) -> Iterator[Problem]:
    """Everything that is wrong with an English text.

    `quantities` are those it may cite by placeholder, `required` those it must, `names` the numbers
    that belong to names of its source.
    """
    if _HAN.search(text):
        yield Problem("chinese_in_english", "the English holds Chinese characters; translate or transliterate them")
    cited = [name for name, _ in PLACEHOLDER.findall(text)]
    for name in cited:
        if name not in quantities:
            yield Problem("placeholder_outside", f"{{{name}}} is no quantity of this item's sentence")
    if missing := [name for name in required if name not in cited]:
        yield Problem("placeholder_missing", "put in " + ", ".join(f"{{{name}}}" for name in missing))
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        yield Problem("placeholder_broken", "a placeholder is {id} or {id#}")
    yield from _numbers(PLACEHOLDER.sub(" ", text), names)
    yield from _doubled(text, quantities)


def _numbers(text: str, names: frozenset[float]) -> Iterator[Problem]:
    for digits in _DIGITS.findall(unicodedata.normalize("NFKC", text)):
        if float(digits.replace(",", "")) not in names:
            yield Problem("digits_in_english", f"{digits!r} is written out; use the quantity's placeholder")
    for match in _NUMBER_WORD.finditer(_COMPOUNDS.sub(" ", text)):
        word = match.group(1).lower()
        if word not in _HARMLESS and _WORDS[word] not in names:
            yield Problem("number_word", f"{match.group()!r} is a number in words; use the quantity's placeholder")


def _doubled(text: str, quantities: Mapping[str, Quantity]) -> Iterator[Problem]:
    """A comparator or unit beside a placeholder that says it already ("over over 500 mu")."""
    before = re.compile(
        rf"\b({alternation(list(comparator_words()))})\s+(?:the\s+|a\s+)?\{{([^{{}}#]*)#?\}}", re.IGNORECASE
    )
    for match in before.finditer(text):
        quantity = quantities.get(match.group(2))
        if (
            match.group(1).lower() == "within"
            and quantity
            and quantity.dimension == "duration"
            and quantity.comparator == "="
        ):
            continue
        yield Problem("comparator_doubled", f"leave out {match.group(1)!r}: the placeholder has its comparator")
    for match in re.finditer(
        r"\}\s*(or more|or above|or over|or less|or below|and above|or higher)\b", text, re.IGNORECASE
    ):
        yield Problem("comparator_doubled", f"leave out {match.group(1)!r}: the placeholder has its comparator")
    for match in re.finditer(r"\{([^{}#]*)\}\s*(%|[A-Za-z]+)", text):
        quantity = quantities.get(match.group(1))
        if quantity and match.group(2).lower() in _unit_words(quantity):
            yield Problem("unit_doubled", f"leave out {match.group(2)!r}, or write {{{match.group(1)}#}}")


def _unit_words(quantity: Quantity) -> set[str]:
    unit = unit_for(quantity.unit, quantity.counter)
    if quantity.unit in ("percent", "permille"):
        return {"%", "percent", "per"}
    if quantity.unit in ("CNY", "USD"):
        return {"yuan", "rmb", "dollars"}
    if unit is None or not unit.plural:
        return set()
    return {unit.plural.split()[0].lower(), unit.singular.split()[0].lower()}


def render_english(text: str, quantities: Mapping[str, Quantity], word: Callable[..., str] = english) -> str:
    """The text with its placeholders replaced by what code says of the quantities."""

    def replace(match: re.Match[str]) -> str:
        return word(quantities[match.group(1)], bare=bool(match.group(2)))

    return re.sub(r"\s+", " ", PLACEHOLDER.sub(replace, text)).strip()
