"""Dates as reports write them: 2024年6月30日, 6月底前, 年底, 上半年, "十四五"末, with the year that a bare month means.

A date is a day, a month or a year as ISO 8601 writes it (2024-06-30, 2024-06, 2024). The end of a month is
that month, the end of a year its December, a quarter or half-year its last month.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from summarizer.periods import PLAN_PERIODS
from summarizer.quantities.numerals import parse_chinese
from summarizer.quantities.units import alternation

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:(?<!\d)(?:19|20)\d\d|[一二][九〇零○][〇零○一二三四五六七八九]{2})"
_PERIODS = {
    "上半年": 6,
    "下半年": 12,
    "前三季度": 9,
    "一季度": 3,
    "二季度": 6,
    "三季度": 9,
    "四季度": 12,
    "1季度": 3,
    "2季度": 6,
    "3季度": 9,
    "4季度": 12,
}
_RELATIVE = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年度": 0, "本年": 0, "当年": 0, "年内": 0, "明年": 1}
_NO_SPAN = r"(?<![\d一二三四五六七八九十两几数百每])"  # 三年内 and 每年底 are no dates
_DATE = re.compile(
    rf"(?P<year>{_YEAR})\s*[-./]\s*(?P<m1>\d{{1,2}})\s*[-./]\s*(?P<d1>\d{{1,2}})(?!\d)"
    rf"|(?:(?:(?P<full>{_YEAR})\s*年度?|{_NO_SPAN}(?P<relative>{alternation(list(_RELATIVE))}))\s*)?"
    rf"(?:(?P<month>{_NUMERAL})\s*月(?!来)(?:\s*(?P<day>{_NUMERAL})\s*[日号]|[底末初]|[上中下]旬)?"
    rf"|第?(?P<period>{alternation(list(_PERIODS))}))"
    rf"|(?:(?P<full_end>{_YEAR})\s*年|{_NO_SPAN}(?P<relative_end>{alternation(list(_RELATIVE))}))年?(?P<end>[底末])"
    rf"|{_NO_SPAN}(?P<bare_end>年[底末]|岁末)"
    r"|(?P<year_alone>" + _YEAR + r")\s*年"
    rf"|{_NO_SPAN}(?P<relative_alone>{alternation(list(_RELATIVE))})"
    rf"|[“\"‘]?(?<![一二三四五六七八九十百千第])(?P<plan>{alternation(list(PLAN_PERIODS))})[”\"’]?期?末"
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: where it stands, and what it says."""

    start: int
    end: int
    iso: str


def find_dates(text: str, year: int | None, spoken_of: int | None = None) -> tuple[FoundDate, ...]:
    """The dates of a sentence, in order. `year` is 今年; without it dates that need it are none.

    A month without a year is of the year that the sentence names last before it, else of the year that is
    `spoken_of` (a review's), else of `year`.
    """
    return tuple(_found(_digits(text), year, spoken_of))


def _found(text: str, year: int | None, spoken_of: int | None) -> Iterator[FoundDate]:
    named = spoken_of or year
    for match in _DATE.finditer(text):
        named = _year_of(match, year, named)
        iso = None if named is None else _iso(match, named)
        if iso is not None:
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield FoundDate(start, match.end(), iso)


def _year_of(match: re.Match[str], year: int | None, named: int | None) -> int | None:
    """The year that a date is of: its own, one that it tells from this year, else the one named before it."""
    written = match["year"] or match["full"] or match["full_end"] or match["year_alone"]
    if written:
        return _number(written)
    if match["plan"]:
        return PLAN_PERIODS[match["plan"]][1]
    relative = match["relative"] or match["relative_end"] or match["relative_alone"]
    if relative:
        return None if year is None else year + _RELATIVE[relative]
    return named


def _iso(match: re.Match[str], year: int) -> str | None:
    month = match["m1"] or match["month"]
    day = match["d1"] or match["day"]
    if match["period"]:
        return f"{year}-{_PERIODS[match['period']]:02}"
    if match["end"] or match["bare_end"]:
        return f"{year}-12"
    if not month:
        return str(year)
    try:
        whole = date(year, _number(month), _number(day) if day else 1)
    except ValueError:
        return None
    return whole.isoformat() if day else whole.isoformat()[:7]


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else parse_chinese(numeral) or 0


def _digits(text: str) -> str:
    """Full-width digits and points as plain ones, character for character."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKC", c) if "０" <= c <= "９" or c in "．－／" else c for c in text)


def is_iso(text: str) -> bool:
    """Whether a text is a day, month or year as ISO 8601 writes it."""
    if not re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def agrees(answered: str, found: str) -> bool:
    """Whether an answered date is the one that a text gives: as exact, less so, or that month's or year's last day."""
    return found.startswith(answered) or answered in _ends(found)


def _ends(iso: str) -> tuple[str, ...]:
    """The last month and day of a year, or the last day of a month."""
    year, *rest = (int(part) for part in iso.split("-"))
    if len(rest) == 2:
        return ()
    month = rest[0] if rest else 12
    last = f"{year}-{month:02}-{monthrange(year, month)[1]}"
    return (last,) if rest else (last[:7], last)
