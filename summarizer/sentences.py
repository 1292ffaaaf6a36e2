"""Sentences and clauses. Offsets are into the text as decoded; closing marks belong to no clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarizer.model import Clause, Sentence
from summarizer.paragraphs import trimmed

_SENTENCE_END = "。！？!?"
_CLOSERS = "”’」』）)》\"'"
_CLAUSE_MARK = re.compile(r"[，。；：！？,;:!?]")


def sentences_of(text: str, start: int, end: int) -> tuple[Sentence, ...]:
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
    for span in trimmed(text, start, end):
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
    """Whether a mark is a thousands separator, or the colon of a ratio."""
    before, after = text[position - 1 : position].isdigit(), text[position + 1 : position + 5]
    if text[position] in ":：":
        return before and after[:1].isdigit()
    return text[position] in ",，" and before and after[:3].isdigit() and len(after) > 2 and not after[3:].isdigit()


def _clause(text: str, start: int, end: int) -> Iterator[Clause]:
    for span in trimmed(text, start, end):
        left = span.start
        while left < span.end and text[left] in "，。；：、！？,;:!?”’」』）)":
            left += 1
        if re.search(r"\w", text[left : span.end]):
            yield Clause(left, span.end)
