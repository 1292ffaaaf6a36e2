"""Headings, sections, sentences and clauses of a report.

Heading styles are data (data/outline.toml). A page break inside a sentence does not end it, texts
may have no line break at all, or literal backslash-r-backslash-n in their place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from summarizer.model import Clause, Heading, Metadata, Outline, Report, Section, Sentence, Span, Tense
from summarizer.quantities.grammar import scan

_LINE_END = re.compile(r"\r\n|\n|\r|\\r\\n|\\n|\f|\u2028|\u2029")
_BLANK = " \t\u3000\u00a0\ufeff\r\n\f"
_SENTENCE_END = "。！？!?"
_CLOSERS = "”’」』）)》\"'"
_CLAUSE_MARK = re.compile(r"[，。；：！？,;:!?]")
_TWO_HALVES = re.compile(r"[^，；：！？,;:!?\d是“（(]{4,11}[，,][^，；：！？,;:!?\d是]{4,12}")
_MAX_HEADING = 40
_WRAPPED = 25  # a line at least this long without closing punctuation goes on behind the page break


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    pattern: re.Pattern[str] | None
    inline: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading as found: its span, its style's rank, and where its text without number starts."""

    start: int
    end: int
    rank: int
    body: int


@cache
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads(resources.files("summarizer").joinpath("data", "outline.toml").read_text("utf-8"))


@cache
def _styles() -> tuple[_Style, ...]:
    return tuple(
        _Style(s["name"], re.compile(s["pattern"]) if s["pattern"] else None, s.get("inline", False))
        for s in _vocabulary()["style"]
    )


@cache
def _rank(name: str) -> int:
    return next(i for i, style in enumerate(_styles()) if style.name == name)


def read_outline(report: Report) -> Outline:
    """The outline of a report; sections cover every sentence outside of boilerplate once, in order."""
    text = report.text
    paragraphs = _paragraphs(text, report.boilerplate)
    heads = list(_heads(text, paragraphs, report.metadata.title))
    ranks = sorted({head.rank for head in heads})
    headings = tuple(
        Heading(level=ranks.index(h.rank) + 1, heading=_flat(text[h.start : h.end]), start=h.start, end=h.end)
        for h in heads
    )
    groups = _group(text, paragraphs, heads, headings)
    tenses = _tenses(text, report.metadata, groups)
    return Outline(headings, tuple(Section(p, s, t) for (p, s), t in zip(groups, tenses, strict=True)))


def lines(text: str) -> Iterator[Span]:
    """The lines of a text without their ends and outer blanks; empty ones are left out."""
    start = 0
    for match in _LINE_END.finditer(text):
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    if end > start:
        yield Span(start=start, end=end)


def _flat(text: str) -> str:
    return re.sub(r"\s*(?:\\r\\n|\\n|[\r\n\f])\s*", "", text)


def _paragraphs(text: str, boilerplate: Sequence[Span]) -> list[Span]:
    """Lines outside of boilerplate, a line that breaks off in a sentence joined to the next one."""
    kept: list[Span] = []
    for line in lines(text):
        for piece in _without(line, boilerplate):
            kept.extend(_trimmed(text, piece.start, piece.end))
    joined: list[Span] = []
    for line in kept:
        if joined and _goes_on(text, joined[-1], line):
            joined[-1] = Span(start=joined[-1].start, end=line.end)
        else:
            joined.append(line)
    return joined


def _without(line: Span, boilerplate: Sequence[Span]) -> Iterator[Span]:
    start = line.start
    for plate in boilerplate:
        if plate.end <= start or plate.start >= line.end:
            continue
        if plate.start > start:
            yield Span(start=start, end=plate.start)
        start = max(start, plate.end)
    if start < line.end:
        yield Span(start=start, end=line.end)


def _goes_on(text: str, previous: Span, line: Span) -> bool:
    tail = text[previous.start : previous.end]
    last_line = max(tail.rfind("\n"), tail.rfind("\\n")) + 1
    if tail[-1] in _SENTENCE_END + "；;：:…" + _CLOSERS or len(tail) - last_line < _WRAPPED:
        return False
    if _numbered(text, line.start) is not None:
        return False
    heading = _numbered(text, previous.start) is not None and len(tail) < 90 and not re.search("[。；;]", tail)
    return not heading and re.search("[，。；,;]", tail) is not None


def _numbered(text: str, position: int) -> int | None:
    """The rank of the numbered style that matches at a position."""
    for rank, style in enumerate(_styles()):
        if style.pattern and style.pattern.match(text, position):
            return rank
    return None


# --- headings ---------------------------------------------------------------------------------


def _heads(text: str, paragraphs: Sequence[Span], title: str | None) -> Iterator[_Head]:
    started = False
    paired = _paired_run_ins(text, paragraphs)
    for i, paragraph in enumerate(paragraphs):
        following = paragraphs[i + 1] if i + 1 < len(paragraphs) else None
        first = _opening_head(text, paragraph, following, started, title) or paired.get(paragraph.start)
        position = paragraph.start
        if first:
            yield first
            position = first.end
        started = started or first is not None or paragraph.end - paragraph.start > 60
        yield from _inline_heads(text, position, paragraph.end)


def _opening_head(text: str, paragraph: Span, following: Span | None, started: bool, title: str | None) -> _Head | None:
    rank = _numbered(text, paragraph.start)
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
        return _Head(paragraph.start, paragraph.end, _rank("line"), paragraph.start)
    return None


def _numbered_head(text: str, paragraph: Span, rank: int) -> _Head | None:
    style = _styles()[rank]
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
    return _Head(paragraph.start, _cut_closing(text, paragraph.start, end), rank, match.end())


def _cut_closing(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in "。；;：:，, 　":
        end -= 1
    return end


def _is_no_heading(content: str) -> bool:
    words = _vocabulary()["not_headings"]
    if content.startswith(tuple(words["starts"])):
        return True
    first = content.split("。")[0]
    return len(content) < 40 and (any(w in first for w in words["contains"]) or first.endswith(tuple(words["ends"])))


def _run_in(text: str, paragraph: Span) -> _Head | None:
    """A short first sentence without commas that heads its paragraph."""
    stop = text.find("。", paragraph.start, min(paragraph.end, paragraph.start + 27))
    if stop < 0 or stop - paragraph.start < 4 or paragraph.end - stop < 30:
        return None
    sentence = text[paragraph.start : stop]
    if not re.fullmatch(r"[^，；：！？,;:!?\d是]{4,22}", sentence):
        return None
    return _Head(paragraph.start, stop, _rank("run_in"), paragraph.start)


def _paired_run_ins(text: str, paragraphs: Sequence[Span]) -> dict[int, _Head]:
    """Run-in heads of two halves (加大资金投入，让龙头壮起来。), where at least three paragraphs open alike."""
    found: dict[int, _Head] = {}
    for paragraph in paragraphs:
        stop = text.find("。", paragraph.start, min(paragraph.end, paragraph.start + 25))
        sentence = text[paragraph.start : max(stop, paragraph.start)]
        if paragraph.end - stop < 60 or not _TWO_HALVES.fullmatch(sentence) or _is_no_heading(sentence):
            continue
        if _numbered(text, paragraph.start) is None:
            found[paragraph.start] = _Head(paragraph.start, stop, _rank("run_in"), paragraph.start)
    return found if len(found) >= 3 else {}


def _inline_heads(text: str, start: int, end: int) -> Iterator[_Head]:
    """一是…, ——…, and in texts without line breaks also 一、 and （一） behind a full stop."""
    unbroken = end - start > 1500
    position = start
    for match in re.compile(r"[。；：！？;:!?”)）]\s*|^", re.MULTILINE).finditer(text, start, end):
        at = match.end()
        if at < position or at >= end:
            continue
        rank = _numbered(text, at)
        if rank is None:
            continue
        style = _styles()[rank]
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


def _inline_head(text: str, start: int, body: int, limit: int, rank: int) -> _Head | None:
    stop = re.compile("[，。；：,;:！？!?]|\\\\r\\\\n|\n").search(text, body, min(limit, start + _MAX_HEADING))
    end = stop.start() if stop else min(limit, start + _MAX_HEADING)
    if end - body < 2:
        return None
    return _Head(start, end, rank, body)


# --- sections and sentences -------------------------------------------------------------------

_Group = tuple[tuple[Heading, ...], tuple[Sentence, ...]]


def _group(text: str, paragraphs: Sequence[Span], heads: Sequence[_Head], headings: Sequence[Heading]) -> list[_Group]:
    """Sentences under their heading paths. Run-in and inline heads stay sentences themselves."""
    groups: list[_Group] = []
    path: tuple[Heading, ...] = ()
    cuts = iter([*zip(heads, headings, strict=True)])
    pending = next(cuts, None)
    for paragraph in paragraphs:
        start = paragraph.start
        while pending and pending[0].start < paragraph.end:
            head, heading = pending
            if head.start > start:
                _add(groups, path, _sentences(text, start, head.start))
            path = (*[h for h in path if h.level < heading.level], heading)
            start = head.body if _stays_sentence(text, head, paragraph) else head.end
            groups.append((path, ()))
            pending = next(cuts, None)
        if start < paragraph.end:
            _add(groups, path, _sentences(text, start, paragraph.end))
    return [group for group in groups if group[1]]


def _stays_sentence(text: str, head: _Head, paragraph: Span) -> bool:
    """Whether a heading is read as a sentence too: run-in and inline ones, and numbered ones that state something."""
    if head.rank >= _rank("run_in"):
        return True
    name = _styles()[head.rank].name
    listed = name in ("digit", "bracket_digit") and text[paragraph.end - 1] in "。；;"
    return listed or next(scan(text[head.body : head.end]), None) is not None


def _add(groups: list[_Group], path: tuple[Heading, ...], sentences: tuple[Sentence, ...]) -> None:
    if groups and groups[-1][0] == path:
        groups[-1] = (path, groups[-1][1] + sentences)
    elif sentences:
        groups.append((path, sentences))


def _sentences(text: str, start: int, end: int) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    position = start
    for i in range(start, end):
        if text[i] in _SENTENCE_END and not (i + 1 < end and text[i + 1] in _SENTENCE_END):
            stop = i + 1
            while stop < end and text[stop] in _CLOSERS:
                stop += 1
            found.extend(_sentence(text, position, stop))
            position = max(stop, position)
    found.extend(_sentence(text, position, end))
    return tuple(found)


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    for span in _trimmed(text, start, end):
        clauses = tuple(_clauses(text, span.start, span.end))
        if clauses:
            yield Sentence(span.start, span.end, clauses)


def _clauses(text: str, start: int, end: int) -> Iterator[Clause]:
    position = start
    for match in _CLAUSE_MARK.finditer(text, start, end):
        if _inside_number(text, match.start()):
            continue
        yield from _clause(text, position, match.start())
        position = match.end()
    yield from _clause(text, position, end)


def _inside_number(text: str, position: int) -> bool:
    return (
        text[position] in ",:："
        and text[position - 1 : position].isdigit()
        and text[position + 1 : position + 2].isdigit()
    )


def _clause(text: str, start: int, end: int) -> Iterator[Clause]:
    for span in _trimmed(text, start, end):
        left = span.start
        while left < span.end and text[left] in "，。；：、！？,;:!?”’」』）)":
            left += 1
        if re.search(r"\w", text[left : span.end]):
            yield Clause(left, span.end)


# --- review or plan ---------------------------------------------------------------------------


def _tenses(text: str, metadata: Metadata, groups: Sequence[_Group]) -> list[Tense]:
    """Whether each section reports or promises: by the last opening cue, else by its wording."""
    if metadata.doc_type == "plan" and metadata.review_year is None:
        return ["plan"] * len(groups)
    cues = [_cue(text, metadata, path, sentences) for path, sentences in groups]
    tense: Tense | None = None
    tenses: list[Tense | None] = []
    planned = False
    for cue, strong in cues:
        if cue == "plan" or (cue == "review" and (strong or not planned)):
            tense = cue
            planned = planned or cue == "plan"
        tenses.append(tense)
    default: Tense = "review" if any(tenses) else _by_wording(text, groups)
    return [t or default for t in tenses]


def _cue(
    text: str, metadata: Metadata, path: tuple[Heading, ...], sentences: tuple[Sentence, ...]
) -> tuple[Tense | None, bool]:
    words = _tense_patterns(metadata.review_year, metadata.target_year)
    for heading in reversed(path[:2]):
        if words["plan_headings"].search(heading.heading):
            return "plan", True
        if words["review_headings"].search(heading.heading):
            return "review", True
    for sentence in sentences[:3]:
        content = text[sentence.start : sentence.end]
        if words["plan_sentences"].search(content):
            return "plan", False
        if words["review_sentences"].search(content):
            return "review", False
    return None, False


@cache
def _tense_patterns(review: int | None, target: int | None) -> dict[str, re.Pattern[str]]:
    years = {"review": str(review or "####"), "target": str(target or "####")}
    return {
        name: re.compile(
            "|".join(p.replace("{review}", years["review"]).replace("{target}", years["target"]) for p in patterns)
        )
        for name, patterns in _vocabulary()["tense"].items()
        if name.endswith(("headings", "sentences"))
    }


def _by_wording(text: str, groups: Sequence[_Group]) -> Tense:
    words = _vocabulary()["tense"]
    plan, review = tuple(words["plan_words"]), tuple(words["review_words"])
    score = 0
    for _, sentences in groups:
        for sentence in sentences:
            for clause in sentence.clauses:
                content = text[clause.start : clause.end]
                score += content.startswith(plan) - any(w in content[:8] for w in review)
    return "plan" if score > 0 else "review"
