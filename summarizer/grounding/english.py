"""Checks on an engine's English, and its rendering: numbers are placeholders, never digits or words.

A placeholder `{q7c}` stands for a quantity with its comparator and unit, `{q7c#}` leaves the unit's
noun out. Digits may stand in English only where they belong to a name (Line 10, the 14th Five-Year
Plan), that is where the source has the same number outside of every quantity.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from summarizer.model import Quantity
from summarizer.naming import names as name_words
from summarizer.quantities.numerals import CHINESE, parse_chinese
from summarizer.quantities.rendering import comparator_words, english
from summarizer.quantities.units import alternation, unit_for

PLACEHOLDER = re.compile(r"\{([^{}#]*)(#?)\}")
_RUN = re.compile(r"\d[\d.,]*\d|\d")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ROMAN = re.compile(r"(?<![A-Za-z])(?:[IVXLCDM]{2,}|[ivx]{2,}|x[ivxl]{2,}|lx[ivx]*)(?![A-Za-z])")
_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_CHANGES = "dozen couple twice thrice doubled doubling tripled tripling quadrupled halve halved"
_FIFTHS = r"(?:an?|one|two|three|four|five)[ -](?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s?(?= of\b)"
_WORDS: dict[str, float] = (
    {w: i for i, w in enumerate(_ONES.split(), 2)}
    | {w: i * 10 for i, w in enumerate(_TENS.split(), 2)}
    | {w[:-1] + "ieth": i * 10 for i, w in enumerate(_TENS.split(), 2)}
    | {w: i for i, w in enumerate(_ORDINALS.split(), 2)}
    | {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    | {"double": 2, "triple": 3, "quadruple": 4, "quintuple": 5, "half": 0.5, "quarters": 0.25, "zero": 0}
    # What only says how something changed, or how many roughly: no name has it, so that it is a number everywhere.
    | dict.fromkeys(_CHANGES.split(), math.nan)
)
_NUMBER_WORD = re.compile(
    rf"(?<![A-Za-z]){_FIFTHS}|"
    rf"(?<![A-Za-z])({alternation(list(_WORDS))})(?:s|th)?(?![A-Za-z])"
    r"|(?<![A-Za-z])(?:quarter|tens|scores?)(?= of\b)|(?<![A-Za-z])(?:nought|naught|umpteen)(?![A-Za-z])"
    r"|\w+-?fold(?![A-Za-z])",
    re.IGNORECASE,
)
# Compounds of which the number word states no size: 立体 is three-dimensional, 双向 two-way.
_COMPOUNDS = re.compile(
    r"\b(?:(?:two|three)-(?:dimensional|way|wheel\w*|sided)|third[- ]part(?:y|ies)|second-hand|double-track)\b", re.I
)
_HARMLESS = {"second"}  # an ordinary word as well
# What may stand right before and behind a placeholder, so that no two texts join into another number.
_BEFORE = re.compile(r"(?:^|[\s(\[\"'“‘—/])$")
_BEHIND = re.compile(r"$|\s|[;:)\]!?\"'”’—/]|[.,](?![\d{])|-(?=[A-Za-z])")
_SCALE_BEHIND = re.compile(
    r"\s*(?:%|‰|(?:k|m|b|bn|mn|mln|hundred|thousand|million|billion|trillion|dozen|lakh|crore|percent|per cent)s?\b)",
    re.I,
)
_COMPARATOR_BEFORE = re.compile(
    rf"\b({alternation(list(comparator_words()))})\s+(?:the\s+|a\s+)?\{{([^{{}}#]*)#?\}}", re.IGNORECASE
)
_LABEL = r"\d{1,4}|[IVX]+|" + alternation([w for w, n in _WORDS.items() if 2 <= n <= 90])
_NUMERALS = re.compile(f"[{''.join(sorted(CHINESE))}]+")
_SINGLE_ONE = re.compile("[期号级线路环区中院厂楼段]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an item: a code, and a sentence that tells how to mend it."""

    reason: str
    detail: str


@lru_cache(maxsize=4096)
def numbers_of_names(text: str) -> frozenset[float]:
    """The numbers of names in a text: Arabic ones without a scale word, and Chinese numerals that are more than one.

    Bare scale words (千方百计) and a bare 一 (一批) are no numbers; 十四五 gives 14 and 5.
    """
    plain = unicodedata.normalize("NFKC", text)
    found: set[float] = set()
    for match in re.finditer(r"[\d.]*\d", plain):
        if re.match("[万亿百兆]|千(?![伏瓦米克])", plain[match.end() : match.end() + 2]):
            continue
        parts = [match.group()] if match.group().count(".") <= 1 else match.group().split(".")
        found |= {float(part) for part in parts if part and part[-1].isdigit() and len(part) < 20}
    for match in _NUMERALS.finditer(text):
        found |= _numerals(match.group(), text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])
    found |= {2.0} if "双" in text or "倍" in text else set()
    found |= {0.5} if "半" in text else set()
    return frozenset(found)


def _numerals(run: str, before: str, behind: str) -> set[float]:
    if all(c in "十百千万亿兆" for c in run) and not (before in ("第", "每") or behind in ("人", "户") or run == "十"):
        return set()
    if run == "一" and before != "第" and not _SINGLE_ONE.match(behind):
        return set()
    whole = parse_chinese(run)
    pieces = [whole] if whole is not None else [parse_chinese(run[:2]), parse_chinese(run[2:] or run[-1])]
    return {float(piece) for piece in pieces if piece is not None}


def check_english(
    text: str,
    quantities: Mapping[str, Quantity],
    required: Iterable[str],
    names: frozenset[float],
    years: frozenset[str] = frozenset(),
    labels: frozenset[float] = frozenset(),
) -> Iterator[Problem]:
    """Everything that is wrong with an English text.

    `quantities` are those it may cite by placeholder, `required` those it must, `names` the numbers
    that belong to names of its source, `years` those it may write as they are (2024), `labels` those of names
    that stand around its source: Line 4 may be written, four of anything may not.
    """
    yield from _characters(text)
    cited = [name for name, _ in PLACEHOLDER.findall(text)]
    for name in cited:
        if name not in quantities:
            yield Problem("placeholder_outside", f"{{{name}}} is no quantity that this item may cite")
    if missing := [name for name in required if name not in cited]:
        yield Problem("placeholder_missing", "put in " + ", ".join(f"{{{name}}}" for name in missing))
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        yield Problem("placeholder_broken", "a placeholder is {id} or {id#}")
    yield from _joined(text)
    yield from _numbers(_without_labels(PLACEHOLDER.sub(" ", text), labels), names, years)
    yield from _doubled(text, quantities)


def _characters(text: str) -> Iterator[Problem]:
    """English is Latin letters; no numerals of other kinds, nothing hidden."""
    if text.isascii() and text.isprintable():
        return
    if any(unicodedata.category(c) in ("Cf", "Cs", "Co", "Cn") for c in text):
        yield Problem("hidden_characters", "the English holds characters that do not show; leave them out")
    if any(c.isalpha() and "LATIN" not in unicodedata.name(c, "") for c in text):
        yield Problem("chinese_in_english", "the English holds characters that are not Latin; translate them")
    if strange := [c for c in text if not c.isascii() and unicodedata.numeric(c, None) is not None]:
        yield Problem("digits_in_english", f"{''.join(strange)!r} is a number; use the quantity's placeholder")


def _joined(text: str) -> Iterator[Problem]:
    """Nothing may stand at a placeholder's edge that would make another number of it (22, 2.5, 2%, 2 bn)."""
    last = -1
    for match in PLACEHOLDER.finditer(text):
        touching = text[last : match.start()].strip(" ") == "" if last >= 0 else False
        edge = _BEFORE.search(text[: match.start()]) is None or _BEHIND.match(text, match.end()) is None
        if touching or edge or _SCALE_BEHIND.match(text, match.end()):
            yield Problem("placeholder_joined", f"put words around {match.group()}; it says scale and unit itself")
        last = match.end()


@cache
def _labelled() -> re.Pattern[str]:
    nouns = alternation(name_words()["english_labels"]["nouns"])
    return re.compile(
        rf"(?<![A-Za-z])(?:(?:{nouns})\s+({_LABEL})|(\d{{1,4}})(?:st|nd|rd|th))(?![\w.,]*\d)\b", re.IGNORECASE
    )


def _without_labels(text: str, labels: frozenset[float]) -> str:
    """The text without the numbers that it writes as labels, where its surroundings have them."""
    if not labels:
        return text

    def cut(match: re.Match[str]) -> str:
        written = match.group(1) or match.group(2)
        number = _WORDS.get(written.lower()) if written.isalpha() else float(written)
        number = _roman(written) if number is None else number
        return " " if number in labels else match.group()

    return _labelled().sub(cut, text)


def _numbers(text: str, names: frozenset[float], years: frozenset[str]) -> Iterator[Problem]:
    digits, romans, words = _written(text)
    for token in digits:
        if token in years:
            continue
        if not _NUMBER.fullmatch(token) or float(token.replace(",", "")) not in names:
            yield Problem("digits_in_english", f"{token!r} is written out; use the quantity's placeholder")
    for numeral in romans:
        if _roman(numeral) not in names:
            yield Problem("digits_in_english", f"{numeral!r} is a number; use the quantity's placeholder")
    for written, word in words:
        if word not in _HARMLESS and (not word or _WORDS[word] not in names):
            yield Problem("number_word", f"{written!r} is a number in words; use the quantity's placeholder")


@lru_cache(maxsize=4096)
def _written(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Digits, Roman numerals and number words of an English text; remembered, since names of indicators come again."""
    digits = _RUN.findall(unicodedata.normalize("NFKC", text))
    words = [(m.group(), (m.group(1) or "").lower()) for m in _NUMBER_WORD.finditer(_COMPOUNDS.sub(" ", text))]
    return tuple(digits), tuple(m.group() for m in _ROMAN.finditer(text)), tuple(words)


def _roman(numeral: str) -> float:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}[c] for c in numeral.upper()]
    return float(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))


def _doubled(text: str, quantities: Mapping[str, Quantity]) -> Iterator[Problem]:
    """A comparator or unit beside a placeholder that says it already ("over over 500 mu")."""
    if "{" not in text:
        return
    for match in _COMPARATOR_BEFORE.finditer(text):
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
