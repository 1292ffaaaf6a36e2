"""Lists of admitted problems: where a report begins to name what is wrong, and where it turns to what it will do.

Inside such a list every clause that states something is a problem, whatever its words; what only leads on to the next
one (同时, 从产业发展来看), tells a cause or concedes what is good is none. The list ends with the sentence that promises
to mend things, under another chapter, or where nothing in a sentence sounds like a problem any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.model import Clause, Heading, Section, Sentence

_SHORTEST = 5
_ENUMERATOR = re.compile("^(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十][)）]|——|--)")
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
    if state.running and (top != state.top or _ends("".join(contents))):
        state.running = False
    first = _opening(contents, section)
    if not state.running and first is None:
        return
    if not state.running:
        state.running, state.started, state.top = True, False, top
    elif state.started:
        first = None  # 民生领域还存在短板: inside a list it is one of the problems
    problems = list(_problems(sentence.clauses, contents, -1 if first is None else first))
    if first is None and not any(cues.rules("risk", "signs").search(content) for _, content in problems):
        state.idle += 1
        state.running = not new_paragraph and state.idle < _IDLE
        return
    state.idle = 0
    state.started = state.started or bool(problems)
    yield from (clause.start for clause, _ in problems)


def _ends(content: str) -> bool:
    return cues.rules("risk", "ends").search(content) is not None


def _opening(contents: list[str], section: Section) -> int | None:
    """The last of the clauses that open a list; -1 where the heading does."""
    opening = cues.rules("risk", "opens" if section.tense == "review" else "opens_in_plan")
    found = [
        i for i, c in enumerate(contents) if opening.search(c) and not cues.rules("risk", "opens_not").search(c)
    ]
    if found:
        run = [i for i in found if i == found[0] or i - 1 in found]
        return run[-1] if len(run) == len(found) else found[0] + len(run) - 1
    headed = section.path and cues.rules("risk", "opens_heading").search(section.path[-1].heading)
    return -1 if headed else None


def _problems(clauses: tuple[Clause, ...], contents: list[str], opened: int) -> Iterator[tuple[Clause, str]]:
    """The clauses behind the opening one that state a problem."""
    conceding = False
    for clause, content in list(zip(clauses, contents, strict=True))[opened + 1 :]:
        own = _ENUMERATOR.sub("", content)
        signed = cues.rules("risk", "signs").search(own) is not None
        conceding = cues.rules("risk", "conceded").search(own) is not None or (conceding and not signed)
        if cues.rules("risk", "turns").search(own):
            return
        if conceding or len(own) < _SHORTEST or cues.rules("risk", "leads_on").search(own):
            continue
        yield clause, own
