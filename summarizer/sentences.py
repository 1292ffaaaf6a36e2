"""Sentences and clauses. Offsets are into the text as decoded; closing marks belong to no clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarizer.model import Clause, Sentence
from summarizer.paragraphs import trim

_SENTENCE_END = re.compile("[。！？!?]+[”’」』）)》\"']*")
_WORD = re.compile(r"\w")
_CLAUSE_MARK = re.compile(r"[，。；：！？,;:!?]")


def sentences_of(text: str, start: int, end: int) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        found.extend(_sentence(text, position, match.end()))
        position = match.end()
    found.extend(_sentence(text, position, end))
    return tuple(found)


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    start, end = trim(text, start, end)
    if clauses := tuple(_clauses(text, start, end)):
        yield Sentence(start, end, clauses)


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
    start, end = trim(text, start, end)
    while start < end and text[start] in "，。；：、！？,;:!?”’」』）)":
        start += 1
    if _WORD.search(text, start, end):
        yield Clause(start, end)
