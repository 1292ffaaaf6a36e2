"""Headings as Chinese reports write them: numbered, on their own line, run-in, or inline (data/outline.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from summarizer.model import Span

_TWO_HALVES = re.compile(r"[^，；：！？,;:!?\d是“（(]{4,11}[，,][^，；：！？,;:!?\d是]{4,12}")
_OPENS_ALIKE = re.compile(r"[一二三四五]年来[，,][^；：！？;:!?\d]{6,34}")  # 一年来，我们着力结构调整，工业发展提质增效
_MAX_HEADING = 40


@dataclass(frozen=True, slots=True)
class Style:
    """One way to head a section; `inline` ones may follow a sentence."""

    name: str
    pattern: re.Pattern[str] | None
    inline: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A heading as found: its span, its style's rank, and where its text without number starts."""

    start: int
    end: int
    rank: int
    body: int


@cache
def vocabulary() -> dict[str, Any]:
    """The outline vocabulary (data/outline.toml)."""
    return tomllib.loads(resources.files("summarizer").joinpath("data", "outline.toml").read_text("utf-8"))


@cache
def styles() -> tuple[Style, ...]:
    """The heading styles, the outermost first."""
    return tuple(
        Style(s["name"], re.compile(s["pattern"]) if s["pattern"] else None, s.get("inline", False))
        for s in vocabulary()["style"]
    )


@cache
def rank_of(name: str) -> int:
    """A style's place among the styles."""
    return next(i for i, style in enumerate(styles()) if style.name == name)


def numbered(text: str, position: int) -> int | None:
    """The rank of the numbered style that matches at a position."""
    for rank, style in enumerate(styles()):
        if style.pattern and style.pattern.match(text, position):
            return rank
    return None


@lru_cache(maxsize=4096)
def without_number(text: str) -> str:
    """A heading or sentence without the number that it carries as a member of a list ((七)坚守…, 一是…)."""
    for style in styles():
        if style.pattern and (match := style.pattern.match(text)):
            return text[match.end() :]
    return text


def find_heads(text: str, paragraphs: Sequence[Span], title: str | None) -> Iterator[Head]:
    started = False
    paired = _alike_run_ins(text, paragraphs, _OPENS_ALIKE) | _paired_run_ins(text, paragraphs)
    for i, paragraph in enumerate(paragraphs):
        following = paragraphs[i + 1] if i + 1 < len(paragraphs) else None
        first = _opening_head(text, paragraph, following, started, title) or paired.get(paragraph.start)
        position = paragraph.start
        if first:
            yield first
            position = first.end
        started = started or first is not None or paragraph.end - paragraph.start > 60
        yield from _inlinefind_heads(text, position, paragraph.end)


def _opening_head(text: str, paragraph: Span, following: Span | None, started: bool, title: str | None) -> Head | None:
    rank = numbered(text, paragraph.start)
    if rank is not None:
        return _numbered_head(text, paragraph, rank)
    content = text[paragraph.start : paragraph.end]
    if _is_no_heading(content):
        return None
    if head := _run_in(text, paragraph):
        return head
    alone = started and following is not None and following.end - following.start > 60
    short = 3 <= len(content) <= 30 and not re.search(r"[，。；：！？,;:!?）)…]$", content)
    if alone and short and content != (title or "") and not re.search(r"\d{4}年\d+月|[。；;]", content):
        return Head(paragraph.start, paragraph.end, rank_of("line"), paragraph.start)
    return None


def _numbered_head(text: str, paragraph: Span, rank: int) -> Head | None:
    style = styles()[rank]
    match = style.pattern.match(text, paragraph.start) if style.pattern else None
    assert match is not None
    if style.inline:
        return _inline_head(text, match.start(), match.end(), paragraph.end, rank)
    stop = text.find("。", paragraph.start, paragraph.end)
    end = paragraph.end if stop < 0 else stop
    if end == match.end():
        return None
    whole_line = stop < 0 or stop >= paragraph.end - 1
    if stop < 0 and end - paragraph.start > 120:  # a numbered paragraph without any full stop: its first clause
        return _inline_head(text, match.start(), match.end(), paragraph.end, rank)
    end = min(end, paragraph.start + (80 if whole_line else _MAX_HEADING))
    return Head(paragraph.start, _cut_closing(text, paragraph.start, end), rank, match.end())


def _cut_closing(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in "。；;：:，, 　":
        end -= 1
    return end


def _is_no_heading(content: str) -> bool:
    words = vocabulary()["not_headings"]
    if content.startswith(tuple(words["starts"])):
        return True
    first = content.split("。")[0]
    return len(content) < 40 and (any(w in first for w in words["contains"]) or first.endswith(tuple(words["ends"])))


def _run_in(text: str, paragraph: Span) -> Head | None:
    """A short first sentence without commas that heads its paragraph."""
    stop = text.find("。", paragraph.start, min(paragraph.end, paragraph.start + 27))
    if stop < 0 or stop - paragraph.start < 4 or paragraph.end - stop < 30:
        return None
    sentence = text[paragraph.start : stop]
    if not re.fullmatch(r"[^，；：！？,;:!?\d是]{4,22}", sentence):
        return None
    return Head(paragraph.start, stop, rank_of("run_in"), paragraph.start)


def _paired_run_ins(text: str, paragraphs: Sequence[Span]) -> dict[int, Head]:
    """Run-in heads of two halves (加大资金投入，让龙头壮起来。), where at least three paragraphs open so."""
    return _alike_run_ins(text, paragraphs, _TWO_HALVES)


def _alike_run_ins(text: str, paragraphs: Sequence[Span], shape: re.Pattern[str]) -> dict[int, Head]:
    """Run-in heads of one shape, where at least three paragraphs open with it."""
    found: dict[int, Head] = {}
    for paragraph in paragraphs:
        stop = text.find("。", paragraph.start, min(paragraph.end, paragraph.start + _MAX_HEADING + 1))
        sentence = text[paragraph.start : max(stop, paragraph.start)]
        if paragraph.end - stop < 60 or not shape.fullmatch(sentence) or _is_no_heading(sentence):
            continue
        if numbered(text, paragraph.start) is None:
            found[paragraph.start] = Head(paragraph.start, stop, rank_of("run_in"), paragraph.start)
    return found if len(found) >= 3 else {}


def _inlinefind_heads(text: str, start: int, end: int) -> Iterator[Head]:
    """一是…, ——…, and in texts without line breaks also 一、 and （一） behind a full stop."""
    unbroken = end - start > 1500
    position = start
    for match in re.compile(r"[。；：！？;:!?”)）]\s*|^", re.MULTILINE).finditer(text, start, end):
        at = match.end()
        if at < position or at >= end:
            continue
        rank = numbered(text, at)
        if rank is None:
            continue
        style = styles()[rank]
        if not style.inline and not (
            unbroken and style.name in ("part", "chapter", "big", "bracket") and match.group()[:1] in "。！？"
        ):
            continue
        assert style.pattern is not None
        head_match = style.pattern.match(text, at)
        assert head_match is not None
        head = _inline_head(text, at, head_match.end(), end, rank)
        if head:
            yield head
            position = head.end


def _inline_head(text: str, start: int, body: int, limit: int, rank: int) -> Head | None:
    stop = re.compile("[，。；：,;:！？!?]|\\\\r\\\\n|\n").search(text, body, min(limit, start + _MAX_HEADING))
    end = stop.start() if stop else min(limit, start + _MAX_HEADING)
    if end - body < 2:
        return None
    return Head(start, end, rank, body)
