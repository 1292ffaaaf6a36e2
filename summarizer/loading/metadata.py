"""Reads what a report says of itself: title, place, type, dates, years, and whether it is whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePath
from typing import cast

from summarizer.loading.boilerplate import Line, split_lines
from summarizer.loading.locating import locate
from summarizer.loading.places import english_place
from summarizer.loading.years import (
    Years,
    damaged_date,
    find_date,
    plain_digits,
    plan_years,
    report_years,
    summary_years,
    vocabulary,
    years_in,
)
from summarizer.model import DocType, Metadata, Place, Span

_HEAD_LINES = 40
_HEAD_LENGTH = 1500
_PROSE = 60  # a longer line at the head is no title
_TITLE_LENGTH = 90
_TAIL_LINES = 12
_COLLECTED = re.compile(r"(?:标题|名称)\s*[:：]\s*(\S.{3,80})")
_LABELLED = re.compile(r"(?:发布|发文|成文|更新|公开|印发)?(?:时间|日期)\s*[:：]")
_GIVEN = re.compile(r"会议上?|代表大会|^[（(—―-]")
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000\xa0](?=[\u4e00-\u9fff](?:[ \u3000\xa0]|$))")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A text seen for its metadata: visible lines, those at its head, and the collector's lines."""

    lines: list[Line]
    head: list[Line]
    marked: list[Line]
    body: str


def read_metadata(text: str, boilerplate: Sequence[Span], source: str) -> Metadata:
    """Read the metadata of a report; what the text does not tell is None.

    `source` is the file's name, which is asked last: archives often name files by title.
    """
    parts = _parts(text, boilerplate)
    title = _title(parts, source)
    doc_type = _doc_type(title or "", parts)
    given = _given(parts)
    years = _years(doc_type, title or "", parts, given, source)
    head = "\n".join(line.text for line in (*parts.marked[:12], *parts.head)) + parts.body[:400]
    place = locate(title or "", head[: 2 * _HEAD_LENGTH], parts.body, PurePath(source).stem)
    return Metadata(
        title=title,
        place=Place(zh=place.zh, en=english_place(place.zh) if place.zh else None),
        level=place.level,
        doc_type=doc_type,
        published=_published(parts, doc_type, title or "", given, years),
        review_year=years.review,
        target_year=years.target,
        partial=_is_partial(text, title or "", doc_type, parts),
    )


def _parts(text: str, boilerplate: Sequence[Span]) -> _Parts:
    """Split a text into report lines and lines that are wholly boilerplate."""
    shown: list[Line] = []
    marked: list[Line] = []
    spans = iter(boilerplate)
    span = next(spans, None)
    for line in split_lines(text):
        while span and span.end <= line.start:
            span = next(spans, None)
        inside = span is not None and span.start <= line.start and line.end <= span.end
        if line.text:
            (marked if inside else shown).append(line)
    start = next((n for n, line in enumerate(shown[:_HEAD_LINES]) if _opens(line)), _HEAD_LINES)
    head = shown[:start]
    body = "\n".join(line.text for line in shown[len(head) :])
    return _Parts(shown, head, marked, body)


def _opens(line: Line) -> bool:
    """Whether the report's own text begins here."""
    return bool(_pattern("title", "body").search(line.text)) or (
        len(line.text) > _PROSE and line.text[-1] in "。！？；" and not _pattern("title", "line").search(line.text)
    )


# --- title and type ---------------------------------------------------------------------------


def _title(parts: _Parts, source: str) -> str | None:
    """The most telling of the title lines, else the collector's, else the file's name."""
    lines = [_joined(line.text) for line in parts.head if len(line.text) <= _TITLE_LENGTH]
    if parts.head == [] and parts.lines:
        lines = [re.split(r"各位代表|——", parts.lines[0].text[:_TITLE_LENGTH])[0]]
    titles = [_trimmed(line) for line in lines if _pattern("title", "line").search(line) or _is_news(line)]
    best = max(titles, key=len, default=None)
    if best and not _pattern("title", "bare").search(best):
        return best
    collected = [match[1] for line in parts.marked[:12] if (match := _COLLECTED.match(line.text))]
    name = PurePath(source).stem
    others = [_trimmed(line) for line in (*collected, name) if _pattern("title", "line").search(_trimmed(line))]
    return next(iter(others), best)


def _is_news(line: str) -> bool:
    return bool(_pattern("title", "meeting_news").search(line))


def _joined(line: str) -> str:
    """Close up a title set with spaces between its characters: 政 府 工 作 报 告."""
    return _SPACED.sub("", line)


def _trimmed(line: str) -> str:
    previous = None
    line = _joined(line)
    while line != previous:
        previous = line
        line = _pattern("title", "trim").sub("", line).strip(" 　《》“”\"_")
    return re.sub(r"_(?:19|20)\d\d$", "", line)


def _doc_type(title: str, parts: _Parts) -> DocType:
    if _is_news(title):
        return "other"
    found = _type_of(title)
    if found:
        return found
    opening = "\n".join(line.text for line in parts.lines)[:1000]
    for entry in vocabulary()["opening"]:
        if re.search(entry["text"], opening):
            return cast(DocType, entry["name"])
    return "other"


def _type_of(title: str, skip: str = "") -> DocType | None:
    """The type that a title names; a notice is what it carries, where that is named."""
    for entry in vocabulary()["type"]:
        if entry["name"] == skip or not re.search(entry["title"], title):
            continue
        if entry.get("carried"):
            return _type_of(re.sub(r"的?通知$", "", title), skip=entry["name"]) or "notice"
        return cast(DocType, entry["name"])
    return None


# --- dates and years --------------------------------------------------------------------------


def _given(parts: _Parts) -> date | None:
    """When the report was given: the date in its title, its meeting line, its line of date."""
    lines = parts.head or parts.lines[:1]
    texts = [line.text[:200] for line in lines]
    for wanted in (lambda text: bool(_GIVEN.search(text)), lambda text: len(text) < _TITLE_LENGTH):
        for text in texts:
            if wanted(text) and (found := find_date(text) or damaged_date(text)):
                return found
    for line in parts.marked[:12]:
        if _COLLECTED.match(line.text) and (found := find_date(line.text)):
            return found
    return None


def _published(parts: _Parts, doc_type: DocType, title: str, given: date | None, years: Years) -> str | None:
    """The date in the text that is nearest to an issue, else the year that can be inferred."""
    if given is None:
        given = _standing_date(parts)
    if given is None:
        labelled = [line for line in parts.marked if _LABELLED.match(line.text)]
        given = next((found for line in labelled if (found := find_date(line.text))), None)
    if given:
        return given.isoformat()
    if doc_type == "work_report" and years.target:
        return str(years.target)
    named = years_in(title)
    return str(named[-1]) if named and doc_type in ("work_report", "notice") else None


def _standing_date(parts: _Parts) -> date | None:
    """A date on a line of its own near the head or at the end: the date of issue."""
    for line in (*parts.lines[:_HEAD_LINES], *parts.lines[-_TAIL_LINES:]):
        if len(line.text) <= 24 and (found := find_date(line.text) or damaged_date(line.text)):
            return found
    return None


def _years(doc_type: DocType, title: str, parts: _Parts, given: date | None, source: str) -> Years:
    text = "\n".join(line.text for line in parts.lines)
    if doc_type in ("plan", "budget"):
        return plan_years(title, text)
    if doc_type == "bulletin":
        return Years(summary_years(title).review, None)
    if doc_type == "work_report":
        if "总结" in title and years_in(title):
            return summary_years(title)
        return report_years(text, title or PurePath(source).stem, given)
    return summary_years(title) if "情况" in title else Years(None, None)


# --- whole or fragment ------------------------------------------------------------------------


def _is_partial(text: str, title: str, doc_type: DocType, parts: _Parts) -> bool:
    """Whether the text is a piece: page jumps, a first heading that is not the first, no end."""
    if _pattern("whole", "jump").search(text) or _pattern("whole", "excerpt").search(title):
        return True
    first = next((match for line in parts.lines if (match := _pattern("whole", "heading").match(line.text))), None)
    if first and not _pattern("whole", "first").fullmatch(next(group for group in first.groups() if group)):
        return True
    if doc_type != "work_report":
        return False
    opened = bool(first) or bool(_pattern("whole", "opening").search(parts.body[:_HEAD_LENGTH]))
    return not (opened and _pattern("whole", "closing").search(parts.body[len(parts.body) // 3 :]))


@lru_cache(maxsize=32)
def _pattern(section: str, name: str) -> re.Pattern[str]:
    return re.compile(vocabulary()[section][name])
