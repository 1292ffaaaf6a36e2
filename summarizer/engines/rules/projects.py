"""Projects by rules: named undertakings with the stage that their clause gives them.

A clause names undertakings as what its first verb is about (X开工建设) or as what it does something to
(加快推进X、Y等N个项目). A name ends like a thing that can be built, or stands in a list of such things,
and it is definite: not made of words alone that reports of all places use for kinds of things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.model import DraftProject, ProjectStatus, Section
from summarizer.naming import names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms, lexicon

_MAX_NAME = 30
_QUOTES = re.compile('[“”"]')
_SHARED_PHASES = "(?<![一二三四五])、|、(?![一二三四五]期)"  # 二、三期 is one name


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = names()["project"]
    stages = {w for s in cues.STAGES for w in cues.words()["stage"][s] if len(w) > 1}
    verbs = stages | set(data["helpers"])
    strong = alternation([w for w in verbs if w not in data["noun_verbs"]])
    noun = alternation(data["noun_verbs"])
    manner = alternation(data["front"])
    return {
        "lead": re.compile(f"(?:(?:{alternation(data['manner'])})?(?:{alternation([*verbs])}|{manner})+)"),
        "strong": re.compile(strong),
        "noun_verb": re.compile(noun),
        "front": re.compile(f"^(?:{manner})+"),
        "inner": re.compile(alternation(data["inner_verbs"])),
        "suffix": re.compile(f"(?:{alternation(data['suffixes'])})(?:[（(][^（）()]{{1,20}}[)）])?$"),
        "not": re.compile(f"(?:{alternation(data['not_names'])})$"),
        "barred": re.compile(alternation(data["barred_starts"])),
        "ended": re.compile(alternation(data["ended"])),
        "kinds": re.compile(alternation(data["kinds"])),
        "first": re.compile(data["first_of_kind"]),
        "list": re.compile(data["list_opens"] + f"(?:{alternation(data['list_nouns'])})"),
        "closes": re.compile(f"(?:{alternation(data['closes_list'])})(?!.{{0,6}}(?:项目|工程|园|基地|落户))"),
        "programme": re.compile(data["programme"]),
        "slogan": re.compile(data["slogan"]),
    }


@cache
def _endings() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Verbs and adverbs that end a phrase without being part of a name, and verbs that only do so behind another.

    By their last character, the longest first.
    """
    data = names()["project"]
    stages = {w for s in cues.STAGES for w in cues.words()["stage"][s] if len(w) > 1}
    strong = [w for w in stages | set(data["helpers"]) if w not in data["noun_verbs"]]
    return _by_end([*strong, *data["back"], *data["front"]]), _by_end(data["noun_verbs"])


def _by_end(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(set(words), key=len, reverse=True):
        found.setdefault(word[-1], []).append(word)
    return found


def _ending(text: str, words: dict[str, list[str]]) -> int:
    """The length of the longest of the words that a text ends with."""
    return next((len(w) for w in words.get(text[-1:], ()) if text.endswith(w)), 0)


@cache
def _common_words() -> tuple[frozenset[str], int]:
    """Words that name kinds of things (the lexicon's, and data/common_words.txt), and the length of the longest."""
    text = resources.files("summarizer").joinpath("data", "common_words.txt").read_text("utf-8")
    words = {line for line in text.splitlines() if line and not line.startswith("#")}
    words |= {word for word in lexicon() if 2 <= len(word) <= 5}
    return frozenset(words), max(map(len, words))


def read_projects(index: ChunkIndex, terms: Terms) -> list[DraftProject]:
    """Every named undertaking of the chunk, once for each clause that names it."""
    found: list[DraftProject] = []
    for sentence, section in index.sentences:
        for clause in sentence.clauses:
            content = flat(index.text[clause.start : clause.end])
            if not cues.has_stage(content):
                continue
            seen: set[str] = set()
            for part in _parts(content):
                for name in _named(part):
                    project = _project(index.name_of(clause), name, part, section, terms)
                    if project and name not in seen:
                        seen.add(name)
                        found.append(project)
    return found


def _project(pointer: str, name: str, content: str, section: Section, terms: Terms) -> DraftProject | None:
    stage = cues.stage_of(content, name)
    if stage is None:
        return None
    status: ProjectStatus = "reported" if section.tense == "review" else "promised"
    return DraftProject(c=pointer, zh=name, en=terms.english(name), stage=stage, status=status)


# --- where names stand ------------------------------------------------------------------------


def _parts(content: str) -> Iterator[str]:
    """A即将通车、B基本贯通 are two statements; 建设A、B is one."""
    start = 0
    for match in re.finditer("、", content):
        left = content[start : match.start()]
        tail = _tail(left)
        if tail < len(left) and tail > 2 and _patterns()["strong"].search(left, tail) and not _lead(left):
            yield left
            start = match.end()
    yield content[start:]


def _named(content: str) -> Iterator[str]:
    if _patterns()["ended"].search(content):
        return  # what is put an end to is no undertaking
    bodies = list(_bodies(content))
    for read in (_list, _names):
        for body in bodies:
            if found := read(body):
                yield from found
                return


def _names(body: str) -> list[str]:
    if _patterns()["kinds"].match(body):
        return []
    listed, closed, _ = re.sub("等(?=离子|级|效)", "\0", body).partition("等")
    listed = listed.replace("\0", "等")
    members = [n for member in _members(listed if closed else body) for n in _halves(member)]
    found = [n for n in members if _is_name(n)]
    if closed and found:
        return [n for n in members if n in found or (3 <= len(n) <= _MAX_NAME and "的" not in n and _is_definite(n))]
    return found or [n for n in [_clean(body)] if _patterns()["first"].match(body) and ends_like_one(n)]


def _lead(content: str) -> int:
    """How far the verbs and adverbs run that open a clause; 0 where a subject opens it."""
    match = _patterns()["lead"].match(content)
    return match.end() if match else 0


def _bodies(content: str) -> Iterator[str]:
    """The stretches of a clause where names can stand, the likeliest first."""
    if lead := _lead(content):
        yield content[lead:]
        return
    strong = list(_patterns()["strong"].finditer(content))
    verb = strong[0] if strong else next(_patterns()["noun_verb"].finditer(content, 2), None)
    if verb is None:
        return
    if verb.start() >= 2:
        yield content[: verb.start()]
    behind = verb.end() + _lead(content[verb.end() :])
    if len(content) - behind >= 4:
        yield content[behind:]


# --- lists ------------------------------------------------------------------------------------


def _list(body: str) -> list[str]:
    """X、Y等N个项目: the members, where what the list is of are undertakings."""
    match = re.search("(.+?)等(?!级|候|待|于|次|职|离子|效|额|距|奖)", body)
    noun = _patterns()["list"].match(body, match.end()) if match else None
    if match is None or noun is None or _patterns()["kinds"].search(match.group(1)):
        return []
    if _patterns()["closes"].search(body, match.end(), noun.end()):
        return []
    members = [n for part in _members(match.group(1)) for n in _halves(part, whole=False)]
    good = [m for m in members if 2 <= len(m) <= _MAX_NAME and "的" not in m and not _patterns()["not"].search(m)]
    definite = [m for m in good if _is_definite(m)]
    return [m for m in good if len(m) > 4 or m in definite] if 2 * len(definite) >= len(good) else []


def _members(body: str) -> list[str]:
    return [_clean(m) for m in re.split(_SHARED_PHASES, body)]


def _halves(member: str, whole: bool = True) -> list[str]:
    """A和B, where both are names (`whole`: by their own words); else the whole."""
    for match in re.finditer("以及|和|及(?!其)|与", member):
        pair = [_clean(member[: match.start()]), _clean(member[match.end() :])]
        if all(_is_name(half) for half in pair) or (not whole and all(2 <= len(half) <= 6 for half in pair)):
            return pair
    return [member]


# --- names ------------------------------------------------------------------------------------


def _clean(name: str) -> str:
    """A name without the verbs, adverbs and attributes at its edges."""
    own = name.strip(' 　“”"，')
    if cut := _patterns()["inner"].search(own, 4):
        own = own[: cut.start()]
    own = re.sub("^[^“”]{2,12}元的", "", _patterns()["front"].sub("", own))
    own = _patterns()["first"].sub("", own)
    return _balanced(own[: _tail(own)].strip(), name)


def _tail(own: str) -> int:
    """Where the verbs and adverbs begin that end a phrase; a verb that is as often a noun only behind another."""
    plain, nouns = _endings()
    end = len(own)
    while end > 2:
        rest = own[:end]
        size = _ending(rest, plain)
        if not size and (noun := _ending(rest, nouns)) and _ending(rest[:-noun], plain):
            size = noun
        if not size or end - size < 2:
            break
        end -= size
    return end


def _balanced(own: str, source: str) -> str:
    """A quotation mark that was cut off at an edge is put back where the source has it."""
    if own.count("”") > own.count("“") and f"“{own}" in source:
        return f"“{own}"
    if own.count("“") > own.count("”") and f"{own}”" in source:
        return f"{own}”"
    return own


def _is_name(name: str) -> bool:
    plain = _QUOTES.sub("", name)
    if not 3 <= len(plain) <= _MAX_NAME or re.search("[，。；：的]", name):
        return False
    if any(_patterns()[key].search(name) for key in ("programme", "slogan")) or not ends_like_one(name):
        return False
    if _patterns()["barred"].match(plain):
        return False
    if re.match("[\\d一二三四五六七八九十两]+(?:个|所|条|座|家|大|处|块|栋|项|公里|万)", plain):
        return False
    return _is_definite(name)


def ends_like_one(name: str) -> bool:
    """Whether a phrase ends like the name of an undertaking (…大桥, …产业园, …改造)."""
    plain = _QUOTES.sub("", name)
    return _patterns()["suffix"].search(plain) is not None and not _patterns()["not"].search(plain)


def _is_definite(name: str) -> bool:
    """Says which one: by a number, a place, the name of a firm, or as the district's own (区人民医院)."""
    plain = re.sub("[^\\w]", "", name)
    if re.search("[0-9０-９A-Za-z一二三四五六七八九十](?:号|期|线|路|段)|^[区市县](?![级域场政民])", plain):
        return True
    return not _is_common(plain)


def _is_common(plain: str) -> bool:
    """Whether common words alone make up a name."""
    words, longest = _common_words()
    covered = [True] + [False] * len(plain)
    for end in range(1, len(plain) + 1):
        covered[end] = (covered[end - 1] and plain[end - 1] in "及和与等新老旧大小") or any(
            covered[end - size] and plain[end - size : end] in words for size in range(2, min(longest, end) + 1)
        )
    return covered[-1]
