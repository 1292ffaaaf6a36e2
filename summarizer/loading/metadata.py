"""Reads what a report says of itself: title, place, type, dates, years, and whether it is whole."""

from __future__ import annotations

import itertools
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
    find_month,
    plan_years,
    report_years,
    summary_years,
    vocabulary,
    years_in,
)
from summarizer.model import DocType, Metadata, Place, Span

_HEAD_LINES = 40
_HEAD_LENGTH = 1500
_PROSE = 25  # a longer line that ends as a sentence is no title
_TITLE_LENGTH = 90
_OPENING = 400  # characters of the salutation and first sentences
_TAIL_LINES = 12
_END_LENGTH = 700
_GOVERNING = 3  # how often an untitled text must speak as a government
_COLLECTED = re.compile(r"(?:标题|名称)\s*[:：]\s*(\S.{3,80})")
_LABELLED = re.compile(r"(?:发布|发文|成文|更新|公开|印发)?(?:时间|日期)\s*[:：]")
_GIVEN = re.compile(r"会议上?|代表大会|^[（(—―-]")
_LINE_START = re.compile(r"(?:^|[\n\r\f]|\\n)[^\S\n]*$")
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
    collected = "\n".join(line.text for line in parts.marked[:12])
    opening = f"{collected}\n{parts.body[: _opening_end(parts)]}"
    place = locate(title or "", opening, parts.body, PurePath(source).stem)
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
    """Split a text into the lines that are report and those that are boilerplate."""
    shown: list[Line] = []
    marked: list[Line] = []
    end = 0
    for span in (*boilerplate, Span(start=len(text), end=len(text))):
        shown += _lines(text, end, span.start)
        marked += _lines(text, span.start, span.end)
        end = span.end
    shown = _led(shown)
    start = next((n for n, line in enumerate(shown[:_HEAD_LINES]) if _opens(line)), _HEAD_LINES)
    return _Parts(shown, shown[:start], marked, "\n".join(line.text for line in shown))


def _lines(text: str, start: int, end: int) -> list[Line]:
    """The lines of a stretch of text that show something, with their offsets in the text."""
    lines = (line for line in split_lines(text[start:end]) if line.text)
    return [Line(line.start + start, line.end + start, line.text) for line in lines]


def _led(lines: list[Line]) -> list[Line]:
    """Part the title from a text that was saved as a single line."""
    if not lines or len(lines[0].text) <= _TITLE_LENGTH:
        return lines
    first = lines[0]
    match = _pattern("title", "leading").match(first.text)
    if not match:
        return lines
    cut = first.start + match.end()
    rest = first.text[match.end() :]
    return [Line(first.start, cut, match[0]), Line(cut, first.end, rest.strip()), *lines[1:]]


def _opening_end(parts: _Parts) -> int:
    """How much of the shown text may name its place by office: its head and the sentence after it."""
    return sum(len(line.text) + 1 for line in parts.head[-_HEAD_LINES:]) + _OPENING


def _opens(line: Line) -> bool:
    """Whether the report's own text begins here."""
    return bool(_pattern("title", "body").search(line.text)) or (
        len(line.text) > _PROSE and line.text[-1] in "。！？；" and not _pattern("title", "line").search(line.text)
    )


# --- title and type ---------------------------------------------------------------------------


def _title(parts: _Parts, source: str) -> str | None:
    """The most telling of the title lines, else the collector's, else the file's name."""
    lines = _unbroken([_joined(line.text) for line in parts.head if len(line.text) <= _TITLE_LENGTH])
    if not parts.head and parts.lines and not _pattern("whole", "heading").match(parts.lines[0].text):
        lines = [re.split(r"各位代表|——", parts.lines[0].text[:_TITLE_LENGTH])[0]]
    wanted = _pattern("title", "line")
    titles = [_trimmed(line) for line in lines if wanted.search(line) or _is_news(line)]
    best = max(titles, key=lambda line: len(line), default=None)
    if best and not _pattern("title", "bare").search(best):
        return best
    collected = [match[1] for line in parts.marked[:12] if (match := _COLLECTED.match(line.text))]
    name = PurePath(source).stem
    others = [line for line in map(_trimmed, (*collected, name)) if wanted.search(line)]
    return next(iter(others), best)


def _unbroken(lines: list[str]) -> list[str]:
    """Join a title that opens with 关于 and is broken over lines."""
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1].startswith("关于") and not re.search(r"(?:报告|通知|意见|决议)$", joined[-1]):
            joined[-1] += line
        else:
            joined.append(line)
    return joined


def _is_news(line: str) -> bool:
    return bool(_pattern("title", "meeting_news").search(line))


def _joined(line: str) -> str:
    """Close up a title set with spaces between its characters: 政 府 工 作 报 告."""
    return _SPACED.sub("", line)


def _trimmed(line: str) -> str:
    line, before = _joined(line), ""
    while line != before:
        before = line
        line = _pattern("title", "trim").sub("", line).strip(' 　《》“”"_')
    return re.sub(r"_(?:19|20)\d\d$", "", line)


def _doc_type(title: str, parts: _Parts) -> DocType:
    if _is_news(title):
        return "other"
    found = _type_of(title)
    if found:
        return found
    for entry in vocabulary()["opening"]:
        if re.search(entry["text"], parts.body[:_HEAD_LENGTH]):
            return cast(DocType, entry["name"])
    speaks = _pattern("whole", "audience").search(parts.body)
    governs = not title and len(_pattern("whole", "governing").findall(parts.body)) >= _GOVERNING
    return "work_report" if speaks or governs else "other"


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
    meeting = [text for text in texts if _GIVEN.search(text)]
    short = [text for text in texts if len(text) < _TITLE_LENGTH]
    for text in (*meeting, *short):
        if found := find_date(text) or damaged_date(text):
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
        labelled = [find_date(line.text) for line in parts.marked if _LABELLED.match(line.text)]
        near = {years.target, (years.review or 0) + 1} if doc_type == "work_report" else None
        given = next((found for found in labelled if found and (near is None or found.year in near)), None)
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
    text = parts.body
    if doc_type in ("plan", "budget"):
        return plan_years(title, text)
    if doc_type == "bulletin":
        return Years(summary_years(title).review, None)
    if doc_type == "work_report":
        if "总结" in title and years_in(title):
            return summary_years(title)
        when = given or next((found for line in parts.head if (found := find_month(line.text))), None)
        return report_years(text, title, when, PurePath(source).stem)
    return summary_years(title) if "情况" in title else Years(None, None)


# --- whole or fragment ------------------------------------------------------------------------


def _is_partial(text: str, title: str, doc_type: DocType, parts: _Parts) -> bool:
    """Whether the text is a piece: page jumps, a first heading that is not the first, no end."""
    if _pattern("whole", "jump").search(text) or _pattern("whole", "excerpt").search(title):
        return True
    first = _first_heading(text, parts)
    if first and not _pattern("whole", "first").fullmatch(first[first.lastindex or 0]):
        return True
    if doc_type != "work_report":
        return False
    opened = bool(first) or bool(_pattern("whole", "opening").search(parts.body[:_HEAD_LENGTH]))
    return not (opened and _pattern("whole", "closing").search(_end(parts)))


def _first_heading(text: str, parts: _Parts) -> re.Match[str] | None:
    """The first numbered heading that begins a line; what follows a page number inside a line does not."""
    heading = _pattern("whole", "heading")
    for line in parts.lines:
        found = heading.match(line.text)
        if found and _LINE_START.search(text[max(0, line.start - 60) : line.start]):
            return found
    return None


def _end(parts: _Parts) -> str:
    """The last lines of the report itself, before notes and annexes."""
    notes = _pattern("whole", "notes")
    half = parts.lines[-1].end // 2 if parts.lines else 0
    lines = itertools.takewhile(lambda line: line.start < half or not notes.match(line.text), parts.lines)
    return "\n".join(line.text for line in lines)[-_END_LENGTH:]


@lru_cache(maxsize=32)
def _pattern(section: str, name: str) -> re.Pattern[str]:
    return re.compile(vocabulary()[section][name])
