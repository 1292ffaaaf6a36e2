"""What a quantity measures: the noun phrase it belongs to, in the report's own characters.

A quantity's name stands before it (新增智能工厂1个) or behind it (5个城市花境), is shared by a list
(新能源公交车、网约车占比分别达66%、69%) or inherited from the quantity before it (…1624亿元,增长25%).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from summarizer.chunking import flat
from summarizer.model import Quantity, Sentence
from summarizer.quantities.units import alternation

# What is compared with, or a mere span of time: no name of its own, the subject stands before it.
_COMPARISON = re.compile("(?:同比|比|较|高于|低于|快于|[一二三四五六七八九十两]{1,2}年(?:来|间)?$|其中$|转$)")
_EDGES = " 　，。；：、,;:“”\"'‘’（(）)—-"


_DATED = re.compile(
    "^(?:到|至)?(?:20\\d\\d年|[“‘]?十[一二三四五]五[”’]?)(?:末|底|期间|时期)?[，,]?(?=[一-鿿]{2})|^全年(?=实现|完成|预计)"
)
_AHEAD = re.compile("(?<=.{4})(?:保持|处于|位居|居|列|稳居)?(?:在)?全[国省市区县]前列?$")
_REACHED = re.compile("^(.{3,})实现((?:营业|销售|主营业务)?收入|营收|总?产值|利润|税收|增加值|交易额)$")
_SHORT_NOTE = re.compile("^[（(][一-鿿]{1,3}[)）]")  # 11条（段）市政路
_NOTED = re.compile(
    "[\\[［〔【(（]\\d{1,2}[\\]］〕】)）]|(?<=.{2})[（(](?:含|不含|剔除|扣除|按|可比|同口径)[^（）()]*[)）]"
)
_AFTER_NOTE = re.compile("^[（(][^（）()]{1,16}[)）][、，]?")  # 园区1个（鲸湖）、鹿园2个
_ONLY_DATED = re.compile("(?:由|从|为)?(?:(?:20|19)\\d\\d年|去年|上年|全年|今年|当年|年初|累计)(?:底|末|共)?")
_GROWING = re.compile(
    "([^，。；,;]{2,20}?)(?:稳定|平稳|持续|快速|较快|大幅|稳步|不断)*(?:增长|提高|提升|增加|扩大|下降|回落|攀升|回升)$"
)
_REACH = 500  # how far back of a long sentence a name is looked for
_FAR = 24
_LINKS = ("过", "超", "破")
_RANKED = re.compile("(?:位居|位列|居|列|排名|排)[^，]{0,8}$")


@cache
def names() -> dict[str, Any]:
    """The naming vocabulary (data/names.toml)."""
    return tomllib.loads(resources.files("summarizer").joinpath("data", "names.toml").read_text("utf-8"))


@cache
def _words(key: str, shape: str) -> re.Pattern[str]:
    return re.compile(shape.replace("{}", alternation(list(names()["figure"][key]))))


@dataclass(frozen=True, slots=True)
class _Place:
    """A quantity with the text that may name it: `before` up to it, `after` up to the next or the clause's end."""

    quantity: Quantity
    before: str
    after: str
    clause_before: str
    same_clause: bool
    follows_directly: bool
    next_directly: bool
    sentence_before: str
    since: str


@lru_cache(maxsize=1024)
def name_quantities(text: str, sentence: Sentence, quantities: tuple[Quantity, ...]) -> tuple[str, ...]:
    """The name of each of a sentence's quantities; empty where the sentence does not give one.

    Remembered, since the engine that reads a sentence and the checks on what it read ask for the same.
    """
    places = [_place(text, sentence, quantities, i) for i in range(len(quantities))]
    found: list[str] = []
    i = 0
    while i < len(places):
        group = _group(places, i)
        respectively = _respectively(places[i], len(group), found)
        if respectively:
            found.extend(respectively)
            i += len(group)
            continue
        found.append(_name(places, i, found))
        i += 1
    return tuple(_tidy(name) for name in _fill_lists(places, found))


def _tidy(name: str) -> str:
    """A name without marks whose partner was cut off, and a rank that is no number (保持全市前列)."""
    name = name if name.isprintable() else "".join(c for c in name if c.isprintable() or c == " ")
    while len(name) > 3 and (cut := _words("dangling", "(?:{})$").search(name)):
        name = name[: cut.start()]
    name = _REACHED.sub(r"\1\2", _AHEAD.sub("", name) or name)
    for pair in ("“”", "（）", "()", "《》"):
        opened = name.rfind(pair[0])
        if (
            name.count(pair[0]) == name.count(pair[1]) + 1
            and len(name) - 4 < opened < len(name) - 1
            and pair[0] in "（("
        ):
            name += pair[1]
        if name.count(pair[0]) != name.count(pair[1]):
            name = name.replace(pair[0], "").replace(pair[1], "")
    return name


def plain_names(name: str) -> Iterator[str]:
    """A name with fewer and fewer of the verbs at its edges that say how a thing came about (建设续建道路)."""
    own = re.split("[、，]", name)[-1]
    yield own
    ends, fronts = _words("predicates", "(?:{})+$"), _words("brought_about", "^(?:{})")
    while True:
        yield ends.sub("", own)
        match = fronts.match(own)
        if not match or match.end() > len(own) - 2:
            return
        own = own[match.end() :]
        yield own


def likeness(first: str, second: str) -> float:
    """How alike two names are: twice their longest common subsequence over both lengths, 0 to 1."""
    if first == second:
        return 1.0 if any(c.isalnum() for c in first) else 0.0
    a, b = ("".join(c for c in name.lower() if c.isalnum()) for name in (first, second))
    if not a or not b:
        return 0.0
    row = [0] * (len(b) + 1)
    for c in a:
        corner = 0
        for j, d in enumerate(b, 1):
            corner, row[j] = row[j], corner + 1 if c == d else max(row[j], row[j - 1])
    return 2 * row[-1] / (len(a) + len(b))


def _place(text: str, sentence: Sentence, quantities: tuple[Quantity, ...], i: int) -> _Place:
    q = quantities[i]
    at = bisect_right(sentence.clauses, q.start, key=lambda c: c.start)
    clause = sentence.clauses[max(0, at - 1)]
    previous = quantities[i - 1] if i else None
    following = quantities[i + 1] if i + 1 < len(quantities) else None
    same = previous is not None and previous.start >= clause.start
    left = previous.end if previous is not None and same else min(clause.start, q.start)
    end = max(clause.end, q.end)
    right = min(end, following.start) if following else end
    between = text[previous.end : q.start] if previous else "x"
    ahead = text[q.end : following.start] if following else "x"
    return _Place(
        q,
        _unnoted(text[left : q.start]),
        flat(text[q.end : right]),
        _unnoted(text[min(clause.start, q.start) : q.start]),
        same,
        re.fullmatch("[、和及]", between) is not None,
        re.fullmatch("[、和及]", ahead) is not None,
        flat(text[max(sentence.start, q.start - _REACH) : min(clause.start, q.start)]),
        flat(text[max(previous.end, q.start - _REACH) : clause.start])
        if previous and previous.end < clause.start
        else "",
    )


def _unnoted(text: str) -> str:
    """A text without the marks of footnotes and notes on how a value is counted."""
    return _NOTED.sub("", flat(text))


def _group(places: list[_Place], i: int) -> list[_Place]:
    """A quantity and those that follow it directly (66%、69%)."""
    group = [places[i]]
    while i + len(group) < len(places) and places[i + len(group)].follows_directly:
        group.append(places[i + len(group)])
    return group


def _respectively(place: _Place, size: int, found: list[str]) -> list[str]:
    """Names for values that 分别 spreads over a list of subjects."""
    if size > 1 and place.quantity.unit == "rank" and _only_ranks(place) and len(set(found[-size:])) == size:
        return found[-size:]  # 分别达16.5%、13.4%，排全区第1位、第2位
    if size < 2 or "分别" not in place.clause_before:
        return []
    first, _, behind = place.clause_before.partition("分别")
    subject = _strip_lead(first.strip(_EDGES))
    parts = [p for p in re.split("[、和及与]", subject) if p]
    if len(parts) == size:
        return _completed(parts, _strip_lead(_strip_tail(behind)))
    if len(parts) == 1 and len(found) >= size and re.fullmatch(".{0,6}(?:率|占比|比重|比例)", parts[0]):
        return [name + parts[0] for name in found[-size:]]
    if (subject == "" or _COMPARISON.match(subject)) and len(found) >= size:
        return found[-size:]
    if size == 2 and subject.startswith("城乡"):
        return ["城" + subject[2:], "乡" + subject[2:]]  # in the text's own characters
    return [subject] * size if subject else []


def _only_ranks(place: _Place) -> bool:
    return re.sub(names()["figure"]["rank_tail"], "", place.before.strip(_EDGES)) == ""


def _completed(parts: list[str], behind: str) -> list[str]:
    """Members with what they share: the measure that the last one ends with, or that stands behind 分别."""
    if all(re.fullmatch("第?[一二三]", p) for p in parts[:-1]) and (noun := re.sub("^第?[一二三]", "", parts[-1])):
        return [p + noun for p in parts[:-1]] + [parts[-1]]  # 一、二、三产业
    if behind in names()["figure"]["bare_heads"]:
        return [p + behind for p in parts]  # 鲸湖、鹿角分别实现税收
    tail = re.search(names()["figure"]["shared_tail"], parts[-1])
    return [p if not tail or re.search(names()["figure"]["shared_tail"], p) else p + tail.group() for p in parts]


def _name(places: list[_Place], i: int, found: list[str]) -> str:
    place = places[i]
    previous = found[-1] if found else ""
    if place.quantity.dimension == "age" and (noun := _noun_behind(place, places, i)):
        return _strip_tail(noun)
    before = _strip_tail(place.before if not place.follows_directly else "")
    if _after_threshold(places, i):
        return _strip_lead(_strip_tail(place.clause_before))
    if _is_threshold(place):
        noun = re.split(_words("tail", "(?:{})").pattern, place.after.strip(_EDGES))[0] or place.after.strip(_EDGES)
        own = "" if "等" in before else _strip_lead(_after_comma(before))
        return noun + (own or (previous if place.quantity.dimension == "money" else ""))
    if place.after == "的" and i + 1 < len(places) and places[i + 1].after:
        return _strip_tail(re.split("[、，落等]", places[i + 1].after)[0]) + _strip_lead(_last_member(before))
    if place.after.startswith("的") and len(place.after) > 2:
        owner = re.split("[、，落等]", place.after[1:])[0]
        return owner + _strip_lead(_last_member(before))
    noun = _noun_behind(place, places, i)
    if noun:
        return _named_behind(place, noun, before, previous)
    return _named_before(place, before, previous)


def _is_threshold(place: _Place, bare: bool = False) -> bool:
    """Whether a quantity selects what another counts (亿元以上项目); `bare`: also without 以上."""
    q = place.quantity
    selects = (bare or q.raw.endswith(("以上", "以下", "以内"))) and q.dimension in ("money", "area", "mass", "power")
    return (
        selects
        and re.match('[“"]?(?:的)?[一-鿿]', place.after) is not None
        and not place.after.startswith(tuple(names()["figure"]["not_nouns"]))
    )


def _after_threshold(places: list[_Place], i: int) -> bool:
    return i > 0 and places[i].same_clause and _is_threshold(places[i - 1])


def _noun_behind(place: _Place, places: list[_Place], i: int) -> str:
    """The counted noun behind the quantity, where one stands there."""
    after = place.after.lstrip('”’"）)') if place.quantity.unit == "minute" else place.after
    if after == "的" or (place.before.endswith("连续") and place.quantity.dimension == "duration"):
        return ""
    after = _SHORT_NOTE.sub("", after)
    listed = i + 1 < len(places) and places[i + 1].same_clause
    if after.startswith("口") and place.quantity.unit == "person":
        return "人口"
    if after == "" and listed and places[i + 1].quantity.start == place.quantity.end:
        return _noun_behind(places[i + 1], places, i + 1)  # 5344户21681人返贫风险
    if after[:1] in "、和及与" and place.quantity.unit != "minute":
        return ""
    if listed and (after in ("", *_LINKS) and _is_threshold(places[i + 1], bare=True)):
        after = places[i + 1].after  # 3个过三千亿元城市, 1.2万个亿元以上项目
    elif listed:
        after = after.split("、")[0]
    after = after.strip(_EDGES.replace("“", "").replace("（", "").replace("(", "")) if after[:1] not in "（(" else ""
    if not re.match('[“‘"]?[一-鿿A-Za-z]', after) or after.startswith(tuple(names()["figure"]["not_nouns"])):
        return ""
    if listed and (cut := _words("stops_behind", "(?:{})").search(after, 2)):
        after = after[: cut.start()]
    if place.quantity.dimension == "money" and _words("done_with", "^(?:{})").match(after):
        return ""  # 50亿元全力支持工业发展: the name stands before
    if cut := _words("stops_noun", "(?:{})").search(after, 2):
        after = after[: cut.start()]
    if after.endswith("级") and listed:
        shared = re.sub("^[一-鿿]{1,3}级", "", places[i + 1].after.split("、")[0].strip(_EDGES))
        after += shared
    return after


def _named_behind(place: _Place, noun: str, before: str, previous: str) -> str:
    q = place.quantity
    own = before.strip(_EDGES)
    if q.unit in ("percent", "ratio"):
        return _strip_lead(own) + noun
    if own.endswith("等") or place.before.rstrip("、").endswith("等"):
        return _verb_of_list(own) + noun
    verb = _words("carried", "^(?:{})").match(_strip_adverbs(_last_member(own)))
    if verb:
        return verb.group() + noun
    if place.same_clause and not _last_member(own):
        return _carried_verb(previous) + noun
    return noun


def _verb_of_list(before: str) -> str:
    """引进湖联募投等8个项目 counts 引进项目: the list itself is no part of the name."""
    verbs = _words("carried", "(?:{})|加快推进|加快建设|启动|推进")
    found = list(verbs.finditer(before))
    if not found:
        return ""
    head = before[: found[0].end()]
    return _strip_lead(head) if len(head) <= 12 else found[0].group()


def _named_before(place: _Place, before: str, previous: str) -> str:
    q = place.quantity
    own = _after_predicate(_strip_lead(_after_comma(_AFTER_NOTE.sub("", before))).strip(_EDGES))
    if _ONLY_DATED.fullmatch(own) or not own:
        grown = _GROWING.search((place.since or place.sentence_before).rstrip(_EDGES).rpartition("，")[2])
        if grown and q.dimension != "rank" and (subject := _strip_lead(grown.group(1).strip(_EDGES))):
            return subject  # 零售总额稳定增长，2017年完成94.8亿元
        own = ""
    if q.unit == "rank":
        own = _strip_tail(_RANKED.sub("", place.before).strip(_EDGES))
        own = _strip_lead(_strip_tail(re.sub(names()["figure"]["rank_tail"], "", own)).strip(_EDGES))
        own = "" if _COMPARISON.match(own) else own
        if own in names()["figure"]["bare_heads"]:
            return _headed(own, place, previous)
        return own if len(own) > 1 else previous
    if re.search("连续$", place.before) and q.dimension == "duration":
        return (_strip_lead(re.sub("连续$", "", own)) or previous) + "连续" + place.after
    if not own or len(own) < 2 or _COMPARISON.match(own):
        total = re.search("达到?$|累计", place.before) and re.match("新增|净增", previous)
        return previous[2:] if total else previous
    if own.endswith("级") and previous:
        own += re.sub("^[一-鿿]{1,3}级", "", previous[len(_carried_verb(previous)) :])
    listed = re.fullmatch("(.+?)等([一-鿿]{2,8})", own)
    if listed and (verb := _verb_of_list(listed.group(1))):
        return verb + listed.group(2)
    if own.startswith(("惠及", "占", "均占")) and previous:
        return previous + own.removeprefix("均")
    if own in names()["figure"]["bare_heads"]:
        return _headed(own, place, previous)
    if own in names()["figure"]["bare_verbs"] and previous:
        return _of_same_subject(own, previous)
    if place.same_clause and not _words("carried", "^(?:{})").match(own):
        return _carried_verb(previous) + own
    nominal = not re.search("率|总|余额|占|比|人员|存量|规模|累计", own) and q.unit == "count" and len(own) <= 16
    if (
        nominal
        and place.before == place.clause_before
        and _words("carried", "^新").match(previous)
        and not _verbal(own)
    ):
        return _carried_verb(previous) + own
    return own


def _after_predicate(name: str) -> str:
    """社会保险全覆盖、养老保险参保率: what stands before 、 is a statement of its own; so it is before a verb."""
    head, mark, last = name.rpartition("、")
    if (
        mark
        and len(last) >= 3
        and (_words("states", "(?:{})$").search(head) or _words("carried", "^(?:{})").match(last))
    ):
        return last
    return name


def _headed(head: str, place: _Place, previous: str) -> str:
    """A bare head with what it is of: the subject of the figure before, else the last noun of its kind before it."""
    if len(place.since) > _FAR:
        return head  # too many clauses since the last figure to be of its subject
    carried = _carried_verb(previous)
    if carried and head in names()["figure"]["extents"]:
        return carried + head
    if noun := _last_subject(place.since):
        return noun + head
    if subject := previous[len(carried) :]:
        kept = subject if head in names()["figure"]["of_measures"] else _words("bare_heads", "(?:{})$").sub("", subject)
        return (kept or subject) + head
    return _last_subject(place.sentence_before) + head


def _last_subject(text: str) -> str:
    """The last noun of a text that figures are of, without verbs."""
    nouns = re.findall(names()["figure"]["subjects"], text)
    return _words("subject_verbs", "^(?:{})+").sub("", _strip_lead(nouns[-1])) if nouns else ""


def _of_same_subject(verb: str, previous: str) -> str:
    """保障性住房开工 and 竣工 make 保障性住房竣工; 开工建设保障性住房 and 竣工 make 竣工保障性住房."""
    for other in sorted(names()["figure"]["bare_verbs"], key=len, reverse=True):
        if previous.endswith(other) and previous != other:
            return previous[: -len(other)] + verb
    return verb + previous[len(_carried_verb(previous)) :]


def _verbal(name: str) -> bool:
    return (
        _words("carried", "^(?:{})").match(name) is not None
        or re.match("(?:撬动|建立|评选|发布|位居|获|成立|推出|处置|举办)", name) is not None
    )


def _carried_verb(name: str) -> str:
    match = _words("carried", "^(?:{})").match(name)
    return match.group() if match else ""


def _last_member(text: str) -> str:
    return re.split("[、，,]", text)[-1].strip(_EDGES)


def _after_comma(text: str) -> str:
    """Long subjects are cut behind their last 的: 以长安为龙头的汽车产业产值 is 汽车产业产值."""
    own = text.strip(_EDGES)
    _head, of, rest = own.rpartition("的")
    return rest if of and len(rest) >= 4 and len(own) > 12 else own


def _strip_tail(text: str) -> str:
    pattern = _words("tail", "(?:{})$|[从由比较]20\\d\\d年(?:末|底)?$")
    own = re.sub("[从由比较]?20\\d\\d年(?:末|底)?的?$", "", text.strip(" 　，。；、,;"))
    while own and (match := pattern.search(own)) and match.start() >= 0:
        own = own[: match.start()].rstrip(" 　、")
    return own


def _strip_lead(text: str) -> str:
    pattern = _words("lead", "^(?:{})(?!区|性)")
    own = _DATED.sub("", text.strip(_EDGES))
    while (match := pattern.match(own)) and len(own) - match.end() >= 2:
        own = _DATED.sub("", own[match.end() :].lstrip(_EDGES))  # 力争到2025年引进
    return own if not pattern.fullmatch(own) else ""


def _strip_adverbs(text: str) -> str:
    own = text
    while match := re.match("力争|确保|争取|全年|今年|继续|再|计划|将|已|共|全区|全市|全县|全省", own):
        own = own[match.end() :]
    return own


def _fill_lists(places: list[_Place], found: list[str]) -> list[str]:
    """Members of a list that have no name of their own take that of the next (“1、3、5分钟”)."""
    for i in range(len(found) - 2, -1, -1):
        bare = places[i].quantity.raw.isdecimal()  # it has the unit, and so the name, of a later member
        if places[i].next_directly and (bare or not found[i]):
            found[i] = found[i + 1]
    return found
