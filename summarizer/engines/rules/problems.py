"""Lists of admitted problems: where a report begins to name what is wrong, and where it turns to what it will do.

Inside such a list every clause that states something is a problem, whatever its words; what only leads on to
the next one (同时, 从产业发展来看), tells a cause or concedes what is good is none. The list ends with the
sentence that promises to mend things, under another chapter, or where nothing sounds like a problem any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.model import Clause, Heading, Section, Sentence

_SHORTEST = 4  # one more for what bears no mark of a problem
_ENUMERATOR = re.compile("^(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十][)）]|——|--)")
_SIGNED = 0.4  # so much of a sentence of the list bears the mark of a problem
_IDLE = 2  # so many sentences without a sign of a problem end a list


@dataclass(slots=True)
class _State:
    """Where the reading of a list stands."""

    top: Heading | None = None
    running: bool = False
    started: bool = False
    idle: int = 0


def admitted_problems(index: ChunkIndex) -> frozenset[int]:
    """The starts of the clauses that state a problem in a list of admitted ones."""
    state = _State()
    found: set[int] = set()
    before = 0
    for sentence, section in index.sentences:
        new_paragraph = "\n" in index.text[before : sentence.start]
        found.update(_of_sentence(index, sentence, section, state, new_paragraph))
        before = sentence.end
    return frozenset(found)


def _of_sentence(
    index: ChunkIndex, sentence: Sentence, section: Section, state: _State, new_paragraph: bool
) -> Iterator[int]:
    contents = [flat(index.text[c.start : c.end]) for c in sentence.clauses]
    top = section.path[0] if section.path else None
    if state.running and (top != state.top or _says("ends", "".join(contents))):
        state.running = False
        return
    opened = -1
    if not state.running:
        first = _opening(contents, section)
        if first is None:
            return
        state.running, state.started, state.top, opened = True, False, top, first
    problems = list(_problems(sentence.clauses, contents, opened, state.started))
    if not _convincing([content for _, content in problems]):
        if opened < 0:
            state.idle += 1
            state.running = not new_paragraph and state.idle < _IDLE
        return
    state.idle, state.started = 0, True
    yield from (clause.start for clause, _ in problems)


def _convincing(contents: list[str]) -> bool:
    """Whether enough of what a sentence of the list states bears the mark of a problem."""
    signed = sum(_says("signs", content) for content in contents)
    return signed > 0 and signed >= _SIGNED * len(contents)


def _opening(contents: list[str], section: Section) -> int | None:
    """The first of the clauses that opens a list; -1 where the heading does."""
    opens = cues.rules("risk", "opens" if section.tense == "review" else "opens_in_plan")
    for i, content in enumerate(contents):
        if opens.search(content) and not cues.rules("risk", "opens_not").search(content):
            return i
    headed = section.path and cues.rules("risk", "opens_heading").search(section.path[-1].heading)
    return -1 if headed else None


def _problems(
    clauses: tuple[Clause, ...], contents: list[str], opened: int, started: bool
) -> Iterator[tuple[Clause, str]]:
    """The clauses behind the opening one that state a problem; before the first, others may only open the list too."""
    conceding = False
    for clause, content in list(zip(clauses, contents, strict=True))[opened + 1 :]:
        own = _ENUMERATOR.sub("", content)
        conceding = _says("conceded", own) or (conceding and not _says("signs", own))
        if _says("turns", own):
            return
        short = len(own) < (_SHORTEST if _says("signs", own) else _SHORTEST + 1)
        if conceding or short or any(_says(key, own) for key in ("leads_on", "good", "general")):
            continue
        if not started and _says("opens", own) and opened >= 0:
            continue
        started = True
        yield clause, own


def _says(key: str, content: str) -> bool:
    return cues.rules("risk", key).search(content) is not None
