"""Projects by rules: named undertakings with the stage that their clause gives them.

A clause names undertakings as what its first verb is about (X开工建设) or as what it does something to
(加快推进X、Y等N个项目); an agent that does something to something else (X新城打造Y) is none. What a name looks
like is in `project_names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.engines.rules.project_names import (
    LONGEST,
    clean,
    ends_like_one,
    is_definite,
    is_name,
    patterns,
    tail_of,
)
from summarizer.model import DraftProject, ProjectStatus, Section
from summarizer.terms.dictionary import Terms

_KIND = 10  # how far behind 等 the noun stands that says what is listed
_SHARED_PHASES = "(?<![一二三四五])、|、(?![一二三四五]期)"  # 二、三期 is one name


def read_projects(index: ChunkIndex, terms: Terms) -> list[DraftProject]:
    """Every named undertaking of the chunk, once for each clause that names it."""
    found: list[DraftProject] = []
    for sentence, section in index.sentences:
        for clause in sentence.clauses:
            content = flat(index.text[clause.start : clause.end])
            if not cues.has_stage(content):
                continue
            seen: set[str] = set()
            for part in statements(content):
                for name in _named(part):
                    project = _project(index.name_of(clause), name, part, section, terms)
                    if project and name not in seen:
                        seen.add(name)
                        found.append(project)
    return found


def undertakings(content: str) -> list[str]:
    """The names of the undertakings in a clause."""
    return [name for part in statements(content) for name in _named(part)]


def _project(pointer: str, name: str, content: str, section: Section, terms: Terms) -> DraftProject | None:
    stage = cues.stage_of(content, name)
    if stage is None:
        return None
    status: ProjectStatus = "reported" if section.tense == "review" else "promised"
    return DraftProject(c=pointer, zh=name, en=terms.english(name), stage=stage, status=status)


# --- where names stand ------------------------------------------------------------------------


def statements(content: str) -> Iterator[str]:
    """A即将通车、B基本贯通 are two statements, and so are 力争A竣工、B通车; 建设A、B is one."""
    start = 0
    for match in re.finditer("、", content):
        left = content[start : match.start()]
        tail = tail_of(left)
        ended = tail < len(left) and tail > 2 and patterns()["strong"].search(left, tail) is not None
        if ended and (not _lead(left) or (_hoped(left) and _ends_in_a_stage(content[match.end() :]))):
            yield left
            start = match.end()
    yield content[start:]


def _hoped(left: str) -> bool:
    return patterns()["hoped"].match(left) is not None


def _ends_in_a_stage(right: str) -> bool:
    own = right.partition("、")[0]
    tail = tail_of(own)
    return 2 < tail < len(own) and not _lead(own)


@lru_cache(maxsize=1024)
def _named(content: str) -> tuple[str, ...]:
    """The names in a statement; remembered, since goals ask for the same."""
    return tuple(_read_names(content))


def _read_names(content: str) -> Iterator[str]:
    if any(patterns()[key].search(content) for key in ("ended", "honours", "located", "kinds")):
        return  # what is put an end to is no undertaking, nor where something is done, nor things of a kind
    bodies = list(_bodies(content))
    for read in (_list, _names):
        for body in bodies:
            if found := read(body):
                yield from found
                return


def _names(body: str) -> list[str]:
    listed, closed, kind = re.sub("等(?=离子|级|效)", "\0", body).partition("等")
    if closed and patterns()["closes"].search(kind.partition("、")[0][:_KIND]):
        return []
    listed = listed.replace("\0", "等")
    members = [n for member in _members(listed if closed else body) for n in _halves(member, whole=not closed)]
    found = [n for n in members if is_name(n)]
    if closed and found:
        return [n for n in members if n in found or (3 <= len(n) <= LONGEST and "的" not in n and is_definite(n))]
    if found:
        return [n for n in members if n in found or _stands_beside(n)]
    first = patterns()["first"].match(body) or patterns()["worth"].search(body)
    return [n for n in [clean(body)] if first and ends_like_one(n) and not patterns()["inside"].search(n)]


def _stands_beside(name: str) -> bool:
    """A member of a list with names in it, which needs none of its own (鲸湖公园、街心公园)."""
    return 3 <= len(name) <= 12 and "的" not in name and ends_like_one(name) and not patterns()["barred"].match(name)


def _lead(content: str) -> int:
    """How far the verbs and adverbs run that open a clause; 0 where a subject opens it."""
    match = patterns()["lead"].match(content)
    return match.end() if match else 0


def _bodies(content: str) -> Iterator[str]:
    """The stretches of a clause where names can stand, the likeliest first."""
    if lead := _lead(content):
        yield content[lead:]
        return
    strong = list(patterns()["strong"].finditer(content))
    verb = strong[0] if strong else next(patterns()["noun_verb"].finditer(content, 2), None)
    if verb is None:
        return
    behind = verb.end() + _lead(content[verb.end() :])
    subject, acted_on = content[: verb.start()], content[behind:]
    doing = patterns()["acting"].search(content, max(0, verb.start() - 4), behind)
    if doing and len(acted_on) >= 4 and not patterns()["process"].search(acted_on):
        yield acted_on  # 鲸湖新城加快打造科研聚集区 is about what it makes
        return
    if len(subject) >= 2:
        yield subject
    if len(acted_on) >= 4:
        yield acted_on


# --- lists ------------------------------------------------------------------------------------


def _list(body: str) -> list[str]:
    """X、Y等N个项目: the members, where what the list is of are undertakings."""
    match = re.search("(.+?)等(?!级|候|待|于|次|职|离子|效|额|距|奖)", body)
    noun = patterns()["list"].match(body, match.end()) if match else None
    if match is None or noun is None or patterns()["kinds"].search(match.group(1)):
        return []
    if patterns()["closes"].search(body, match.end(), noun.end()):
        return []
    members = [n for part in _members(match.group(1)) for n in _halves(part, whole=False)]
    good = [m for m in members if 2 <= len(m) <= LONGEST and "的" not in m and not patterns()["not"].search(m)]
    definite = [m for m in good if is_definite(m)]
    return good if definite and 2 * len(definite) >= len(good) else []


def _members(body: str) -> list[str]:
    """The members of a list, without programmes in quotes (“强师工程”)."""
    parts = re.split(_SHARED_PHASES, body)
    return [clean(m) for m in parts if not patterns()["programme"].search(m.strip())]


def _halves(member: str, whole: bool = True) -> list[str]:
    """A和B, where both are names, or neither is definite; else the whole.

    In a list of undertakings (not `whole`) the second may end like none.
    """
    for match in re.finditer("以及|和|及(?!其)|与|暨", member):
        pair = [clean(member[: match.start()]), clean(member[match.end() :])]
        if all(is_name(half) for half in pair):
            return pair
        if not whole and (all(2 <= len(h) <= 6 for h in pair) or (is_name(pair[0]) and _may_be_listed(pair[1]))):
            return pair
        if all(ends_like_one(half) for half in pair) and not is_definite(pair[0]):
            return [half for half in pair if is_name(half)]
    return [member]


def _may_be_listed(name: str) -> bool:
    return 3 <= len(name) <= 12 and "的" not in name and is_definite(name)
