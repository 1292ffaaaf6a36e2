"""English names put together from words, for what no dictionary knows as a whole: all words known, or none at all.

Chinese names of figures are noun phrases with the head at the end, as English ones are: 新建高标准农田 is "newly built
high-standard farmland". Heads of measure go in front (“覆盖率”: "coverage of …"), and verbs that open a name become
participles. A name with a word that the lexicon (data/words.tsv) and the glossary do not know stays untranslated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

WordClass = Literal["N", "V", "A", "O", "and", "of", "skip"]
_AND, _SKIP = ("和", "及", "与", "、", "以及", "暨"), ("等", "了", "共", "均", "各")
_MARKS = re.compile("[“”‘’\"' 　]")
_LATIN = re.compile(r"\d?[A-Za-z][A-Za-z0-9.+-]*")
_SHARE = re.compile("(.{2,}?)占(?:到)?(.{2,}?)(?:的)?(?:比重|比例|比|总量|总数)?")
_TOTALS = {
    "全市": "the city's total",
    "全省": "the province's total",
    "全国": "the national total",
    "全区": "the district's total",
    "全县": "the county's total",
}
_SCOPES = re.compile(
    "(?:wide|annual|full-year|cumulative|average|total)$"
)  # these go with the measure, not with what it is of
_LINKS = {
    "investment": "in",
    "spending": "on",
    "expenditure": "on",
    "demand": "for",
    "increase": "in",
    "reduction": "in",
    "enrolments": "in",
}
_TAKES = re.compile("(?:ing|for|named|in|into)$")  # participles that take an object: benefiting, selected for
_THRESHOLD = re.compile(
    "([一-鿿]*?)(?:[0-9.]+[万亿]*|[千百十]*[万亿]+)(?:元|美元|亩|平方米|吨|千瓦)(?:及)?以上(?:的)?([一-鿿]+)"
)
_PARTICIPLE = re.compile(
    "(?:ed|en|ing|built|held|made|put|sent|met|led|run|cut|set|won|kept|sold|done|laid|spent|found|brought|paid|new|for)"
    "(?:$|[ -])"
)
_PURPOSE = re.compile("(.*?)用于(.{2,}?)的?(支出|投资|资金|补助资金|专项资金|投入|贷款|经费)")
_MOST_WORDS, _MOST_CHARACTERS, _MOST_ENGLISH = 10, 24, 12
_MOST_PARTICIPLES, _BREATH = 2, 2
_LIGHT = re.compile("^(?:实现|获得|取得|达到|获(?![批评奖]))(?=.{2})")  # verbs that only say that a thing is had
_SMALL = re.compile("(?:and|of|in|for|on|to|the|a|with|by|at|level|per|new|newly)$")
# Adverbs that may stand before a participle (citywide, newly, half-year); other attributes would be adjectives there.
_ADVERB = re.compile("(?:ly|wide|annual|full-year|cumulative|daily|monthly|average|total|level|first|in all|also)$")
# Nouns whose verbs in front say what they are for (renovation tasks), unless these are events of the noun itself.
_FOR = re.compile("(?:tasks?|work|plans?|activities|measures|campaigns?|capacity|capacities|projects?)$")
_EVENT = re.compile(
    "(?:newly|started|completed|attracted|signed|landed|launched|implemented|carried|finished|opened|planned|built|put|"
    "commissioned|introduced|fostered|key|undertaken|held|selected|approved|established|released|issued|delivered|"
    "handled|added|reserved|won|organized|conducted)"
)
# Words that end in s and have no singular without it.
_PLURAL_ONLY = re.compile("(?:ss|us|is|news|affairs|sales|goods|arts|sports|logistics|economics|means|premises|works)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its English before a noun (`front`) and as the last of a name (`head`).

    Classes: N noun, V verb, A attribute, O a noun of measure that takes "of" (率, 总额, 面积).
    """

    kind: WordClass
    front: str
    head: str


_FUNCTION = {w: Word("and", "and", "and") for w in _AND} | {w: Word("skip", "", "") for w in _SKIP}
_FUNCTION["的"] = Word("of", "", "")


class Composer:
    """Composes English names from a lexicon; `terms` are longer terms known as a whole.

    `wholes` are names that only stand last, behind verbs; a user's `own` terms win over the lexicon's words.
    """

    def __init__(
        self,
        words: Mapping[str, Word],
        terms: Mapping[str, str],
        wholes: Mapping[str, str],
        own: Mapping[str, str] | None = None,
    ):
        self._words = {zh: Word("N", _singular(en), en) for zh, en in terms.items() if len(zh) > 2}
        self._words |= dict(words) | {zh: Word("N", _singular(en), en) for zh, en in (own or {}).items()} | _FUNCTION
        self._wholes = wholes
        self._longest = max(map(len, self._words))

    def english(self, zh: str) -> str | None:
        """The English of a name, or None where a word of it is not known or what comes out does not read."""
        plain = _LIGHT.sub("", _MARKS.sub("", zh))
        if len(plain) > _MOST_CHARACTERS:
            return None
        made = self._wholes.get(plain) or self._composed(plain)
        return made if made and _reads(made) else None

    def _composed(self, plain: str) -> str | None:
        if "占" in plain[2:] and not plain.endswith("占比"):
            return self._share(plain)
        if "连续" in plain[2:]:
            what, _, went_on = plain.partition("连续")
            return None if went_on else self._in_a_row(what)
        if purpose := _PURPOSE.fullmatch(plain):
            return self._for(*purpose.groups())
        selected = _THRESHOLD.fullmatch(plain)
        return self._above(*selected.groups()) if selected else self._plain(plain)

    def _in_a_row(self, zh: str) -> str | None:
        """A name of a run of years: what ran on."""
        what = self._whole(zh)
        return f"{what} in a row" if what else None

    def _for(self, whose: str, purpose: str, what: str) -> str | None:
        """中央财政用于教育的支出 is spending for education."""
        thing, end = self._whole(whose + what), self._whole(purpose)
        return f"{thing} for {end}" if thing and end else None

    def _above(self, measure: str, things: str) -> str | None:
        """产值10亿元以上企业, without the number, which is a quantity of its own."""
        what, words = self._whole(things), self._split(measure)
        if not what or (measure and not words):
            return None
        if words and words[-1].kind == "O":
            return f"{what} above the stated {_named(words)}"
        lead = " ".join(_joined([w for w in words if w.kind == "V"]))
        return f"{lead} {what} above the stated size".strip()

    def _whole(self, zh: str) -> str | None:
        return self._wholes.get(zh) or self._plain(zh)

    def _share(self, zh: str) -> str | None:
        """X占Y比重 is X as a share of Y."""
        match = _SHARE.fullmatch(zh)
        if not match or not (part := self._plain(match.group(1))):
            return None
        whole = _TOTALS.get(match.group(2)) or self._plain(match.group(2))
        return f"{part} as a share of {whole}" if whole else None

    def _plain(self, plain: str) -> str | None:
        words = [w for w in self._split(plain) if w.kind != "skip"]
        made = _phrase(words) if 0 < len(words) <= _MOST_WORDS else None
        return made or self._before_whole(plain)

    def _before_whole(self, zh: str) -> str | None:
        """Verbs in front of a name that is known as a whole; an attribute could be that of a part of it."""
        for start in range(2, len(zh) - 2):
            if whole := self._wholes.get(zh[start:]):
                words = self._split(zh[:start])
                if words and all(w.kind == "V" for w in words):
                    return " ".join([*_joined(words), whole])
        return None

    def _split(self, zh: str) -> list[Word]:
        """The fewest known words that make up a name; empty where there are none."""
        best: list[tuple[int, int, Word] | None] = [(0, 0, _FUNCTION["的"])] + [None] * len(zh)
        for start in range(len(zh)):
            if (reached := best[start]) is None:
                continue
            for end, word in self._at(zh, start):
                count = reached[0] + 1
                known = best[end]
                if known is None or count < known[0]:
                    best[end] = (count, start, word)
        found: list[Word] = []
        position = len(zh)
        while position and (step := best[position]) is not None:
            found.append(step[2])
            position = step[1]
        return found[::-1] if position == 0 else []

    def _at(self, zh: str, start: int) -> list[tuple[int, Word]]:
        latin = _LATIN.match(zh, start)
        if latin:
            return [(latin.end(), Word("N", latin.group(), latin.group()))]
        ends = range(min(len(zh), start + self._longest), start, -1)
        return [(end, self._words[zh[start:end]]) for end in ends if zh[start:end] in self._words]


def _reads(english: str) -> bool:
    """Whether a name is short enough, and says no word twice in a breath (industry industry leaders)."""
    if len(english.partition(" as a share of ")[0].split()) > _MOST_ENGLISH or " of and" in f" {english}":
        return False
    for part in english.lower().split(" and "):
        content = [_singular(w) for w in part.split() if not _SMALL.match(w)]
        if any(word in content[i + 1 : i + 1 + _BREATH] for i, word in enumerate(content)):
            return False
    return True


def _singular(en: str) -> str:
    """A term as an attribute: key projects, but key project managers."""
    if not en.endswith("s") or _PLURAL_ONLY.search(en):
        return en
    if en.endswith("ies"):
        return en[:-3] + "y"
    return en[:-2] if en.endswith(("ches", "shes", "xes", "sses")) else en[:-1]


def _phrase(words: Sequence[Word]) -> str | None:
    """A noun phrase, its modifiers before it; B of A for A的B."""
    places = [i for i, w in enumerate(words) if w.kind == "of"]
    if places:
        owner, owned = _phrase(words[: places[-1]]), _phrase(words[places[-1] + 1 :])
        return f"{owned} of {owner}" if owner and owned and words[places[-1] - 1].kind in "NO" else None
    if not words or "and" in (words[0].kind, words[-1].kind):
        return None
    if len(words) == 1 and words[0].kind == "V":
        return None  # 涉及 names nothing
    if any(w.kind == "and" and words[i - 1].kind == "A" and words[i + 1].kind not in "A" for i, w in enumerate(words)):
        return None  # 标准化和产业化 joined to a noun
    return _stated(words) or _named(words)


def _stated(words: Sequence[Word]) -> str | None:
    """社区入选示范名单, 断头路全部打通: who, and what of them."""
    for i in range(1, len(words)):
        verb = words[i]
        if verb.kind != "V" or words[i - 1].kind not in "NAV":
            continue
        if words[i - 1].kind == "N" and i < len(words) - 1 and all(w.kind == "V" for w in words[i:]):
            who = _named(words[:i])
            return f"{who} {' '.join(_joined(words[i:]))}" if who else None
        if i == len(words) - 1 and words[i - 1].kind == "A" and i > 1 and words[i - 2].kind == "N":
            who = _named(words[: i - 1])
            return f"{who} {verb.front}" if who else None
        if i < len(words) - 1 and words[i - 1].kind in "NV" and _TAKES.search(verb.front):
            who, what = _named(words[:i]), _named(words[i + 1 :])
            return f"{who} {verb.front} {what}" if who and what else None
    return None


def _named(words: Sequence[Word]) -> str | None:
    """A noun phrase without a statement in it."""
    start = next((i for i, w in enumerate(words) if w.kind != "A"), len(words) - 1)
    end = start
    while end < len(words) - 1 and _leads(words[end]) and words[end + 1].kind != "O":
        end += 1
    while end > start and words[end - 1].kind == "and":
        end -= 1
    if end - start == 1 and _names_purpose(words[start], words[end:]):
        end = start
    if end == start:
        start = end = 0
    if end > start and any(not _ADVERB.search(w.front) for w in words[:start]):
        return None  # 直接降低成本: an adverb that English would read as an adjective
    if sum(w.kind == "V" for w in words[start:end]) > _MOST_PARTICIPLES:
        return None
    rest = words[end:]
    if not _is_nominal(rest) or not (headed := _headed(rest)):
        return None
    return " ".join([*(w.front for w in words[:start]), *_joined(words[start:end]), headed])


def _names_purpose(verb: Word, rest: Sequence[Word]) -> bool:
    """改造任务 are renovation tasks, but 完成任务 completed ones."""
    return len(rest) == 1 and _FOR.search(rest[0].head) is not None and not _EVENT.match(verb.front)


def _is_nominal(words: Sequence[Word]) -> bool:
    """Whether verbs inside are nouns of action (改造项目, 城中村改造) and make no statement (项目达到进度)."""
    for i, word in enumerate(words):
        if word.kind == "V" and i and (words[i - 1].kind in "VA" or (i + 1 < len(words) and words[i + 1].kind in "VA")):
            return False
        if word.kind == "V" and i and sum(w.kind in "NA" for w in words[i + 1 :]) > 1:
            return False  # 药品减轻群众负担: what does something to something else
    return True


def _leads(word: Word) -> bool:
    return word.kind == "and" or (word.kind == "V" and _PARTICIPLE.search(word.front) is not None)


def _joined(verbs: Sequence[Word]) -> list[str]:
    """Participles in a row: 改造提升 is "renovated and upgraded"."""
    found: list[str] = []
    for verb in verbs:
        if verb.kind == "V" and found and found[-1] != "and":
            found.append("and")
        found.append(verb.front)
    return found


def _headed(words: Sequence[Word]) -> str | None:
    *before, last = words
    if not last.head:
        return None
    if last.kind == "O" and len(before) > 2 and before[-1].kind == "and" and before[-2].kind == "O":
        last, before = Word("O", last.front, f"{before[-2].head} and {last.head}"), before[:-2]
    if last.kind == "O" and before and not all(w.kind == "A" for w in before):
        lead = 0
        while _SCOPES.search(before[lead].front) and lead < len(before) - 1:
            lead += 1
        of = _headed(before[lead:]) if before[lead:] else None
        adjectives = " ".join(w.front for w in before[:lead])
        link = _LINKS.get(last.head.split()[-1], "of")
        return f"{adjectives} {last.head} {link} {of}".strip() if of else None
    pieces = [_before([*before, last], i) for i in range(len(before))]
    if not all(pieces):
        return None
    return " ".join([*(p for p in pieces if p), last.head])


def _before(words: Sequence[Word], i: int) -> str:
    """A word before the head: attributive, but in full before "and" (workshops and factories), verbs as nouns."""
    word = words[i]
    if i + 1 < len(words) and words[i + 1].kind == "and" and word.kind in "NO":
        return word.head
    return word.head if word.kind == "V" else word.front
