"""Finds what stands around a report: navigation, buttons, sources, disclaimers, page jumps, footers.

The text is not changed; what is not report comes back as spans. Lines are judged by patterns
(`data/boilerplate.toml`); short labels count as chrome only beside other chrome, so that a
heading of the report that looks like a menu entry stays.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from summarizer.model import Span

# Some collectors wrote the two characters \ and n (or \r\n) where a line ends.
_BREAK = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]|\\r\\n|\\n|\\r(?![a-z])")
_EDGE = re.compile(r"(?:[\s\ufeff\u200b-\u200d\u2060\ue000-\uf8ff]|&nbsp;)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PROSE_HAN = 25  # a line with fewer Chinese characters is no paragraph
_PARAGRAPH = 500  # no disclaimer is longer; a report saved as one line is
_LABEL_LENGTH = 16  # a menu entry is no longer
_LINKS = 12  # as many entries in a row are a menu
_PLAIN = re.compile(r"[\d，、：%％]")
_GAP = 60  # menu entries between two sure lines of chrome
_TEASER_END = re.compile(r"(?:\.{3,}|…+)$")
_CLOSING_PROSE = 130  # Chinese characters in paragraphs that may follow the closing lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its outer white space; `start == end` where it is blank."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    line: re.Pattern[str]
    notice: re.Pattern[str]
    inline: re.Pattern[str]
    label: re.Pattern[str]
    teaser: re.Pattern[str]
    closing: re.Pattern[str]
    keep: re.Pattern[str]
    beside: frozenset[str]


def split_lines(text: str) -> list[Line]:
    """Cut a text into lines at real and at literal line breaks, trimmed to what is visible."""
    lines: list[Line] = []
    start = 0
    for match in (*_BREAK.finditer(text), None):
        end = match.start() if match else len(text)
        lines.append(_trimmed(text, start, end))
        start = match.end() if match else end
    return lines


def find_boilerplate(text: str) -> tuple[Span, ...]:
    """Mark what is not report: one span for each block of adjacent lines, sorted and disjoint."""
    lines = split_lines(text)
    marked = _sure(lines)
    _spread(lines, marked)
    _close(lines, marked)
    spans = _blocks(lines, marked) + _inside(text)
    if text.startswith("\ufeff"):
        spans.append((0, 1))
    return _merged(spans)


def _sure(lines: list[Line]) -> set[int]:
    """The lines that are chrome by themselves, and the values that labels and teasers announce."""
    marked: set[int] = set()
    for index, line in enumerate(lines):
        if line.text and len(line.text) <= _PARAGRAPH and _is_chrome(line.text):
            marked.add(index)
        following = _next(lines, index)
        if following is None or not line.text:
            continue
        if _announces(line.text, lines[following].text):
            marked |= {index, following}
    return marked


def _is_chrome(text: str) -> bool:
    return bool(_vocabulary().line.fullmatch(text) or _vocabulary().notice.search(text))


def _announces(label: str, value: str) -> bool:
    """Whether a label and the line after it are chrome together: 来源: 四川日报."""
    words = _vocabulary()
    if words.teaser.fullmatch(label):
        return bool(_TEASER_END.search(value))
    short = len(value) <= 2 * _LABEL_LENGTH and not words.keep.search(value)
    return short and bool(words.label.fullmatch(label))


def _spread(lines: list[Line], marked: set[int]) -> None:
    """Mark the small words beside chrome, and the menu entries between two lines of chrome."""
    filled = [index for index, line in enumerate(lines) if line.text]
    for order in (filled, filled[::-1]):
        previous: int | None = None
        for index in order:
            if previous in marked and _belongs(lines, previous, index, order is filled):
                marked.add(index)
            previous = index
    _fill(lines, filled, marked)


def _fill(lines: list[Line], filled: list[int], marked: set[int]) -> None:
    """Mark menu entries between two lines of chrome, and long lists of links that touch one."""
    run: list[int] = []
    touches = False  # whether the run began right after chrome
    for index in [*filled, -1]:
        if index != -1 and index not in marked and _is_entry(lines[index].text):
            run.append(index)
            continue
        ends = index in marked
        if (touches and ends and len(run) <= _GAP) or ((touches or ends) and _is_link_list(lines, run)):
            marked.update(run)
        run, touches = [], ends


def _is_link_list(lines: list[Line], run: list[int]) -> bool:
    """Many short lines without digits or marks: rows of a table have digits, headings have text between."""
    return len(run) >= _LINKS and not any(_PLAIN.search(lines[index].text) for index in run)


def _belongs(lines: list[Line], previous: int | None, index: int, forward: bool) -> bool:
    """Whether a line is chrome because its neighbour is."""
    text = lines[index].text
    crumb = forward and previous is not None and lines[previous].text in {">", ">>", "›", "»"}
    return text in _vocabulary().beside or (crumb and len(text) <= _LABEL_LENGTH)


def _is_entry(text: str) -> bool:
    return len(text) <= _LABEL_LENGTH and not _vocabulary().keep.search(text) and text[-1] not in "。！？；"


def _close(lines: list[Line], marked: set[int]) -> None:
    """Mark all lines after a closing line, where hardly any prose follows."""
    closing = _vocabulary().closing
    prose = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if prose <= _CLOSING_PROSE and len(line.text) <= _PARAGRAPH and closing.match(line.text):
            marked.update(other for other in range(index, len(lines)) if lines[other].text)
        if index not in marked and len(han := _HAN.findall(line.text)) >= _PROSE_HAN:
            prose += len(han)


def _blocks(lines: list[Line], marked: set[int]) -> list[tuple[int, int]]:
    """Join marked lines that no blank line separates."""
    spans: list[tuple[int, int]] = []
    for index in sorted(marked):
        line = lines[index]
        if spans and index - 1 in marked:
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
    return spans


def _inside(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _vocabulary().inline.finditer(text)]


def _merged(spans: list[tuple[int, int]]) -> tuple[Span, ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return tuple(Span(start=start, end=end) for start, end in merged)


def _next(lines: list[Line], index: int) -> int | None:
    for other in range(index + 1, min(index + 4, len(lines))):
        if lines[other].text:
            return other
    return None


def _trimmed(text: str, start: int, end: int) -> Line:
    edge = _EDGE.match(text, start, end)
    start = edge.end() if edge else start
    while end > start and _EDGE.fullmatch(text, end - 1, end):
        end -= 1
    return Line(start, end, text[start:end])


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    source = files("summarizer.loading") / "data" / "boilerplate.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    joined = {
        name: re.compile("|".join(f"(?:{item})" for item in data[name]), re.MULTILINE)
        for name in ("line", "notice", "inline", "label", "teaser", "closing")
    }
    return _Vocabulary(**joined, keep=re.compile(data["keep"]), beside=frozenset(data["beside"]))
