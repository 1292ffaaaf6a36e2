"""Projects by rules: named undertakings with the stage that their clause gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.model import DraftProject, ProjectStatus, Section
from summarizer.naming import names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = names()["project"]
    stages = {w for s in cues.STAGES for w in cues.words()["stage"][s] if len(w) > 1}
    verbs = sorted(stages | set(data["helpers"]), key=len, reverse=True)
    return {
        "suffix": re.compile(f"(?:{alternation(data['suffixes'])})(?:[（(][^（）()]{{1,6}}[)）])?$"),
        "not": re.compile(f"(?:{alternation(data['not_names'])})$"),
        "generic": re.compile(data["generic_whole"]),
        "front": re.compile(f"^(?:{alternation(data['front'])})+"),
        "back": re.compile(f"(?:{alternation(data['back'])})+$"),
        "ended": re.compile(alternation(data["ended"])),
        "kinds": re.compile(alternation(data["kinds"])),
        "verb": re.compile("|".join(verbs)),
        "list": re.compile(
            f"(?:[\\d一二三四五六七八九十两百]+[个所条座家大处块栋项]|在建|一批|重点|市共建|创新|城市)*[^，、]{{0,10}}?(?:{alternation(data['list_nouns'])})"
        ),
    }


def read_projects(index: ChunkIndex, terms: Terms) -> list[DraftProject]:
    """Every named undertaking of the chunk, once for each clause that names it."""
    found: list[DraftProject] = []
    for sentence, section in index.sentences:
        for clause in sentence.clauses:
            for name, stage_text in _named(flat(index.text[clause.start : clause.end])):
                project = _project(index.name_of(clause), name, stage_text, section, terms)
                if project:
                    found.append(project)
    return found


def _project(pointer: str, name: str, content: str, section: Section, terms: Terms) -> DraftProject | None:
    stage = cues.stage_of(content, name)
    if stage is None:
        return None
    status: ProjectStatus = "reported" if section.tense == "review" else "promised"
    return DraftProject(c=pointer, zh=name, en=terms.english(name), stage=stage, status=status)


def _named(content: str) -> Iterator[tuple[str, str]]:
    """Names in a clause, each with the text that its stage is read from."""
    if _patterns()["ended"].search(content):
        return  # what is put an end to is no undertaking
    if listed := _list(content):
        yield from ((name, content) for name in listed)
        return
    for candidate in _candidates(content):
        for name in _split(candidate):
            if _is_name(name):
                yield name, content


def _list(content: str) -> list[str]:
    """X、Y等N个项目: the members, where what the list is of are undertakings."""
    match = re.search("(.+?)等(?!级|候|待|于|次)", content)
    if not match or not _patterns()["list"].match(content, match.end()):
        return []
    if _patterns()["kinds"].search(match.group(1)):
        return []
    body = _object(match.group(1))
    members = [_clean(m) for part in re.split("、", body) for m in re.split("和|及(?!其)", part)]
    good = [
        m
        for m in members
        if 2 <= len(m) <= 26 and not _patterns()["not"].search(m) and not _patterns()["generic"].fullmatch(m)
    ]
    return good if good and not re.match("企业|人才", content[match.end() :]) else []


def _object(text: str) -> str:
    """What stands behind the last verb of the beginning of a clause."""
    end = 0
    for match in _patterns()["verb"].finditer(text):
        if "、" in text[: match.start()]:
            break
        if len(text) - match.end() >= 2:
            end = match.end()
    return text[end:]


def _candidates(content: str) -> Iterator[str]:
    """The subject before the first verb, and the objects behind verbs."""
    verbs = list(_patterns()["verb"].finditer(content))
    if not verbs:
        return
    if verbs[0].start() >= 4:
        yield content[: verbs[0].start()]
    for i, verb in enumerate(verbs):
        stop = len(content)
        following = [v for v in verbs[i + 1 :] if v.start() > verb.end() + 2]
        if following and following[0].end() >= len(content) - 2:
            stop = following[0].start()
        candidate = content[verb.end() : stop]
        if candidate and not _patterns()["verb"].match(candidate):
            yield candidate
            yield content[verb.end() :]
            return


def _split(candidate: str) -> list[str]:
    members = [_clean(m) for m in candidate.split("、")]
    final: list[str] = []
    for member in members:
        halves = re.split("(?<=.{4})(?:和|及|与)(?=.{4})", member)
        final.extend(_clean(h) for h in halves)
    return final


def _clean(name: str) -> str:
    own = _patterns()["front"].sub("", name.strip(' 　“”"，'))
    own = _patterns()["back"].sub("", own)
    return _balanced(own.strip(), name)


def _balanced(own: str, source: str) -> str:
    """A quotation mark that was cut off at an edge is put back where the source has it."""
    if own.count("”") > own.count("“") and f"“{own}" in source:
        return f"“{own}"
    if own.count("“") > own.count("”") and f"{own}”" in source:
        return f"{own}”"
    return own


def _is_name(name: str) -> bool:
    data = names()["project"]
    plain = re.sub('[“”"]', "", name)
    if not 4 <= len(plain) <= 30 or re.search("[，。；：]", name):
        return False
    if not _patterns()["suffix"].search(plain) or _patterns()["not"].search(plain):
        return False
    if plain.startswith((*data["generic"], *data["abstract_verbs"])) or _patterns()["generic"].fullmatch(plain):
        return False
    if re.match("[\\d一二三四五六七八九十两]+(?:个|所|条|座|家|大|处|块|栋|项|公里|万)", plain):
        return False
    return "的" not in plain
