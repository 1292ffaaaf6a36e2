"""Lines and paragraphs of a report; a page break inside a sentence does not end its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarizer.headings import numbered
from summarizer.model import Span

_LINE_END = re.compile(r"\r\n|\n|\r|\\r\\n|\\n|\f|\u2028|\u2029")
_BLANK = " \t\u3000\u00a0\ufeff\r\n\f"
_ENDS = "。！？!?；;：:…”’」』）)》\"'"
_LISTED = re.compile(r"[0-9０-９]{1,3}[.．、][ \u3000]?[一-鿿“]")
_WRAPPED = 25  # a line at least this long without closing punctuation goes on behind the page break


def paragraphs_of(text: str, boilerplate: Sequence[Span]) -> list[Span]:
    """Lines outside of boilerplate, a line that breaks off in a sentence joined to the next one."""
    kept: list[Span] = []
    for line in lines(text):
        for piece in _without(line, boilerplate):
            kept.extend(trimmed(text, piece.start, piece.end))
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
    if tail[-1] in _ENDS or len(tail) - last_line < _WRAPPED:
        return False
    if numbered(text, line.start) is not None or _LISTED.match(text, line.start):
        return False
    heading = numbered(text, previous.start) is not None and len(tail) < 90 and not re.search("[。；;]", tail)
    return not heading and re.search("[，。；,;]", tail) is not None


def lines(text: str) -> Iterator[Span]:
    """The lines of a text without their ends and outer blanks; empty ones are left out."""
    start = 0
    for match in _LINE_END.finditer(text):
        yield from trimmed(text, start, match.start())
        start = match.end()
    yield from trimmed(text, start, len(text))


def trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    start, end = trim(text, start, end)
    if end > start:
        yield Span(start=start, end=end)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A range without the blanks at its edges; empty where there is nothing else."""
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    return start, end
