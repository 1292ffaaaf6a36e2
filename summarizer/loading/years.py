"""Dates and years: when a report was given, which year it reviews, which year it plans."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_CHINESE = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_CHINESE_YEAR = re.compile(r"[一二][〇○零Ｏ一二三四五六七八九]{3}(?=\s*年)")
_WORDS = {"十": 10, "廿": 20, "卅": 30}
_DATE = re.compile(
    r"((?:19|20)\d\d)\s*(?:年|[-/.])\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:月|[-/.])\s*"
    r"(\d{1,2}|[一二三四五六七八九十廿]{1,3})(?:\s*日|(?!\d))"
)
_DAMAGED = re.compile(r"^\s*((?:19|20)\d\d)(\d{2,4})\s*日?\s*$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:年|(?=政府工作))")
_NTH_PLAN = re.compile(
    r"第([一二三四五六七八九十]{1,3})个五年|“?(十[一二三四五六]五)”?|“?([七八九]五|十五)”?(?=计划|规划)"
)
_SPAN = re.compile(r"((?:19|20)\d\d)\s*年?\s*[-—–~至到]{1,2}\s*((?:19|20)\d\d)\s*年")
_YEAR_END = 11  # congresses that meet from November on report on the running year
_NAMED_YEAR = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)(?![0-9A-Za-z])")
_MONTH = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月(?!\s*\d)")
_DISTANT = re.compile(r"((?:19|20)\d\d)年远景")
_FIRST, _LAST = 1949, 2100


@dataclass(frozen=True, slots=True)
class Years:
    """The year looked back on and the year planned; None where the report has no such part."""

    review: int | None
    target: int | None


def plain_digits(text: str) -> str:
    """Write full-width digits and Chinese years in ASCII; every offset stays."""
    text = text.translate(_FULL_WIDTH)
    return _CHINESE_YEAR.sub(lambda match: match[0].translate(_CHINESE), text)


def find_date(text: str) -> date | None:
    """The first full date in a text (2023年2月8日, 2023-02-08, 二〇二三年一月十日)."""
    for match in _DATE.finditer(plain_digits(text)):
        month, day = (_number(part) for part in match.groups()[1:])
        if found := _valid(int(match[1]), month, day):
            return found
    return None


def find_month(text: str) -> date | None:
    """The first month in a text (2023年2月), as its first day."""
    match = _MONTH.search(plain_digits(text))
    return _valid(int(match[1]), int(match[2]), 1) if match else None


def damaged_date(line: str) -> date | None:
    """A line that holds only a date whose marks were lost: 2020711. None where it can be two dates."""
    match = _DAMAGED.match(plain_digits(line))
    if not match:
        return None
    rest = match[2]
    cuts = (2,) if len(rest) == 4 else range(1, len(rest))
    dates = (_valid(int(match[1]), int(rest[:cut]), int(rest[cut:])) for cut in cuts)
    found = {one for one in dates if one}
    return found.pop() if len(found) == 1 else None


def years_in(text: str) -> list[int]:
    """All years that a text names, in order, without repeats."""
    return list(dict.fromkeys(int(year) for year in _YEAR.findall(plain_digits(text))))


def report_years(text: str, title: str, given: date | None, source: str = "") -> Years:
    """The years of a work report: cues in its text, the date it was given, the year in its title.

    The target year follows the review year. Given in Y it reviews Y-1, from November on Y itself.
    Where nothing tells, the years that the text names most count, and last the file's name.
    """
    scores: dict[int, float] = {}
    for year, weight in _cues(plain_digits(text)):
        scores[year] = scores.get(year, 0) + weight
    if given:
        review = given.year if given.month >= _YEAR_END else given.year - 1
        scores[review] = scores.get(review, 0) + 8
    named = years_in(title)
    if named:
        scores[named[0] - 1] = scores.get(named[0] - 1, 0) + 5
    scores = scores or _mentioned(plain_digits(text)) or _in_name(source)
    if not scores:
        return Years(None, None)
    best = max(scores, key=lambda year: (scores[year], year))
    return Years(best, best + 1)


def plan_years(title: str, text: str) -> Years:
    """The years of a plan, or of a budget: what was carried out, and what is planned."""
    title = plain_digits(title)
    review = _first(r"((?:19|20)\d\d)年?[^年]{0,40}?(?:执行情况|完成情况|总结|回顾|决算)", title)
    if span := _SPAN.search(title):
        return Years(review, int(span[2]))
    distant = _first(_DISTANT.pattern, title)
    rest = [year for year in years_in(title) if year not in (review, distant)]
    target = max(rest) if rest else (None if review else _plan_end(title))
    if target is None and review is None:
        target = next(iter(years_in(text[:1500])), None)
    if target and not review:
        review = _looked_back(text, target)
    return Years(review, target)


def summary_years(title: str) -> Years:
    """The years of a summary of work (2023年工作总结和2024年工作打算) or of a bulletin."""
    named = years_in(title)
    return Years(named[0] if named else None, named[1] if len(named) > 1 else None)


def _cues(text: str) -> list[tuple[int, float]]:
    """Review years that cues point to, with their weights; each cue counts once per year."""
    data = vocabulary()["years"]
    found: dict[tuple[str, int], float] = {}
    for shift, name in ((0, "review"), (-1, "target")):
        for pattern, weight in data[name]:
            for match in _compiled(pattern).finditer(text):
                late = 0.5 if name == "review" and match.start() > len(text) * 0.6 else 1.0
                key = (pattern, int(next(filter(None, match.groups()))) + shift)
                found[key] = max(found.get(key, 0), weight * late)
    pattern, weight = data["period"]
    match_period = re.search(pattern, text[: len(text) // 3])
    if match_period and (end := _plan_end(match_period[0])):
        found[pattern, end] = weight
    return [(year, weight) for (_, year), weight in found.items() if _FIRST <= year <= _LAST]


def _mentioned(text: str) -> dict[int, float]:
    """Without any cue: years that the first half names, where the second half names the next one."""
    half = len(text) // 2
    first, second = (Counter(map(int, _YEAR.findall(part))) for part in (text[:half], text[half:]))
    sums = {year: first[year] + second[year + 1] for year in first if second[year + 1]}
    return {year: count for year, count in sums.items() if count > 2}


def _in_name(source: str) -> dict[int, float]:
    """The year before the one in a file's name: archives name reports by the year they were given."""
    match = _NAMED_YEAR.search(source)
    return {int(match[1]) - 1: 1} if match else {}


def _looked_back(text: str, target: int) -> int | None:
    """The year before the target, where the plan has a part that reports on it."""
    year = target - 1
    pattern = rf"{year}年[^。；，\n]{{0,24}}?(?:执行情况|工作回顾|发展回顾|计划完成情况|发展情况回顾)"
    return year if re.search(pattern, plain_digits(text)[: len(text) // 2]) else None


def _plan_end(text: str) -> int | None:
    """The last year of a five-year plan named by its number: 十四五, 第十四个五年规划 are 2025."""
    match = _NTH_PLAN.search(text)
    if not match:
        return None
    name = match[1] or (match[2] or match[3])[:-1]
    return 1955 + 5 * (_number(name) or 0)


def _first(pattern: str, text: str) -> int | None:
    match = re.search(pattern, text)
    return int(match[1]) if match else None


def _number(text: str) -> int | None:
    """Digits, or a Chinese number below 100."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return int(text.translate(_CHINESE)) if text.translate(_CHINESE).isdigit() else None
    return 10 * int(tens.translate(_CHINESE) or 1) + int(ones.translate(_CHINESE) or 0)


def _valid(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0) if _FIRST <= year <= _LAST else None
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("Y", r"((?:19|20)\d\d)"))


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The wording of `data/metadata.toml`."""
    source = files("summarizer.loading") / "data" / "metadata.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
