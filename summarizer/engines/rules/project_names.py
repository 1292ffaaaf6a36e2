"""What the name of an undertaking looks like: how it ends, what it cannot hold, and whether it is definite.

A name ends like a thing that can be built (…大桥, …产业园, …改造) and is definite: not made of words alone that reports
of all places use for kinds of things. Programmes and slogans are none, whatever they call themselves.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from summarizer import cues
from summarizer.naming import names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import lexicon

LONGEST = 30
_QUOTES = re.compile('[“”"]')


@cache
def patterns() -> dict[str, re.Pattern[str]]:
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
        "honours": re.compile(alternation(data["honours"])),
        "kinds": re.compile(f"(?<!等)(?:{alternation(data['kinds'])})"),
        "first": re.compile(data["first_of_kind"]),
        "worth": re.compile(data["worth"]),
        "list": re.compile(data["list_opens"] + f"(?:{alternation(data['list_nouns'])})"),
        "closes": re.compile(f"(?:{alternation(data['closes_list'])})(?!.{{0,6}}(?:项目|工程|园|基地|落户))"),
        "programme": re.compile(data["programme"]),
        "slogan": re.compile(data["slogan"]),
        "which": re.compile(data["which"]),
        "inside": re.compile(alternation(data["never_inside"])),
        "physical": re.compile(data["physical"]),
        "located": re.compile(data["located"]),
        "acting": re.compile(alternation(data["acting"])),
        "process": re.compile(f"^[^、]{{0,2}}(?:{alternation(data['process'])})$"),
        "hoped": re.compile(alternation([*cues.words()["stage"]["hope"], *cues.words()["goal"]["pledge"]])),
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


def clean(name: str) -> str:
    """A name without the verbs, adverbs and attributes at its edges."""
    own = name.strip(' 　“”"，')
    if cut := patterns()["inner"].search(own, 4):
        own = own[: cut.start()]
    own = patterns()["front"].sub("", own)
    last = own.rpartition("的")[2]  # 投资2亿元的鲸湖水厂, 通山达海的“鲸桥”
    own = last if len(last) >= 3 else own
    own = patterns()["first"].sub("", own)
    return _balanced(own[: tail_of(own)].strip(), name)


def tail_of(own: str) -> int:
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


def is_name(name: str) -> bool:
    plain = _QUOTES.sub("", name)
    if not 3 <= len(plain) <= LONGEST or re.search("[，。；：的]", name):
        return False
    if any(patterns()[key].search(name) for key in ("programme", "slogan", "inside")) or not ends_like_one(name):
        return False
    if plain.endswith("工程") and not patterns()["physical"].search(plain):
        return False  # 人才兴市工程 builds nothing
    if patterns()["barred"].match(plain):
        return False
    if re.match("[\\d一二三四五六七八九十两]+(?:个|所|条|座|家|大|处|块|栋|项|公里|万)", plain):
        return False
    return is_definite(name)


def ends_like_one(name: str) -> bool:
    """Whether a phrase ends like the name of an undertaking (…大桥, …产业园, …改造)."""
    plain = _QUOTES.sub("", name)
    return patterns()["suffix"].search(plain) is not None and not patterns()["not"].search(plain)


def is_definite(name: str) -> bool:
    """Says which one: by a number, a place, the name of a firm, or as the district's own (区人民医院)."""
    plain = re.sub("[^\\w]", "", name)
    if patterns()["which"].search(plain):
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
