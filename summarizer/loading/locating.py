"""Finds the place that a report is of: in its title, in its opening, else by what it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from summarizer.loading.places import (
    NATION,
    Division,
    divisions_by_stem,
    divisions_named,
    find_places,
    is_municipality,
    place_level,
    split_place,
    stems,
)
from summarizer.loading.years import vocabulary
from summarizer.model import Level

_NATION = re.compile(r"我代表国务院|国务院总理|第[一二三四五六七八九十]+届全国人民代表大会第|中华人民共和国\d{4}年国民经济")
_ROLE = re.compile(
    r"\s*(?:人民)?(?:政府|管委会|管理委员会|办公室|委员会|第[一二三四五六七八九十\d]+届|[一二三四五六七八九十]+届|人大|"
    r"代?(?:省长|市长|县长|区长|州长|旗长|盟长|主席|主任)|\d{4}年|国民经济|经济社会|统计局|发展和改革|财政局|街道|镇|乡)"
)
_ZONE_TITLE = re.compile(r"([\u4e00-\u9fff]{2,8}(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|高新区|经开区|新区|开发区))(?=管委会|管理委员会|党工委|\d{4}年|工作)")
_TOWN_TITLE = re.compile(r"([\u4e00-\u9fff]{2,6}(?:街道办事处|街道|民族乡|镇|乡))(?=人民政府|办事处|政府|\d{4}年|工作|党)")
_STEM_TITLE = re.compile(r"(?:^|年|[)）《])([\u4e00-\u9fff]{2,8}?)(?=(?:19|20)\d\d|(?:省|市)?政府工作|人民政府)")
_SELF = re.compile(r"代表(?:全体)?(省|自治区|州|市|县|区|旗|盟|新区)(?:人民)?(?:政府|管委会|管理委员会|筹备组)")
_OURS = {
    "province": re.compile("全省|我省"), "city": re.compile("全市|我市|全州|我州|全盟"),
    "county": re.compile("全县|我县|全旗"), "district": re.compile("全区|我区|新区"),
}  # fmt: skip
_BY_WORD: dict[str, Level] = {
    "省": "province", "自治区": "province", "市": "city", "州": "city", "盟": "city",
    "县": "county", "旗": "county", "区": "district", "新区": "zone",
}  # fmt: skip
_DEPTH = ("nation", "province", "city", "district", "county", "zone", "township")


@dataclass(frozen=True, slots=True)
class Located:
    """A place in Chinese, completed with what it belongs to, and its level."""

    zh: str | None
    level: Level | None


def locate(title: str, head: str, body: str, source: str) -> Located:
    """The place of a report, from the surest sign to the weakest.

    `head` is what stands before the first paragraph with its opening sentence, collector's lines
    included; `source` is the file's name.
    """
    if _NATION.search(title + head):
        return Located(NATION, "nation")
    own = _own_level(head, body)
    for candidates in (_in_title(title), _with_role(head), _in_title(source)):
        name = _deepest([name for name in candidates if _fits(name, own)])
        if name:
            return _completed(name, own, body)
    name = _by_mentions(own, body)
    return _completed(name, own, body) if name else Located(None, own)


def _in_title(title: str) -> list[str]:
    """Places that a title names: with their type, as a zone or town, or as a bare stem."""
    found = [name for _, name in find_places(title)]
    for pattern in (_ZONE_TITLE, _TOWN_TITLE):
        found += [_outer(found, match[1]) for match in pattern.finditer(title)]
    if not found:
        match = _STEM_TITLE.search(title)
        known = divisions_by_stem(match[1]) if match else ()
        found = [known[0].name] if known else []
    return found


def _outer(found: list[str], name: str) -> str:
    """A zone or town behind the place it belongs to."""
    known = [place for place in found if name.startswith(place) or place not in name]
    return name if not known or name.startswith(known[0]) else known[0] + name


def _with_role(head: str) -> list[str]:
    """Places in the opening that hold office there: 河北省第十届人民代表大会, 南山区人民政府."""
    return [name for start, name in find_places(head) if _ROLE.match(head, start + len(name))]


def _fits(name: str, own: Level | None) -> bool:
    """A report of a county does not come from the city that its head also names."""
    level = place_level(name)
    if own is None or level is None or name == NATION:
        return True
    return _DEPTH.index(level) >= _DEPTH.index(own) or is_municipality(split_place(name)[-1]) and own == "city"


def _deepest(names: list[str]) -> str | None:
    """The most specific place; of equals the one that names more of what it belongs to."""
    ranked = sorted(names, key=lambda name: (-_DEPTH.index(place_level(name) or "nation"), -len(name)))
    return ranked[0] if ranked else None


def _own_level(head: str, body: str) -> Level | None:
    """The level that the report gives itself: 我代表区人民政府, 全县."""
    if match := _SELF.search(head):
        return _BY_WORD[match[1]]
    counts = {level: len(pattern.findall(body)) for level, pattern in _OURS.items()}
    best = max(counts, key=lambda level: counts[level])
    if best == "district" and body.count("自治区") > counts[best] / 2 and not counts["city"] > counts[best] / 2:
        return None
    return best if counts[best] >= 3 and counts[best] >= 2 * sorted(counts.values())[-2] else None  # type: ignore[return-value]


def _by_mentions(own: Level | None, body: str) -> str | None:
    """The division that the text names most, of the level that it gives itself."""
    if own is None or own in ("nation", "township", "zone"):
        return None
    words = frozenset(vocabulary()["places"]["words"])
    best, score = None, 2.0
    for one in stems(own):
        weight = _mentions(one, body, words) * (1.0 if _parent_named(one, body) else 0.4)
        weight *= 1.0 if own not in ("district", "county") or one.level == own else 0.8
        if weight > score:
            best, score = one.name, weight
    return best


def _mentions(one: Division, body: str, words: frozenset[str]) -> int:
    if one.stem in words or len(one.stem) < 2:
        return body.count(one.name)
    count = body.count(one.stem)
    return count + body[-400:].count(one.stem) if count else 0


def _parent_named(one: Division, body: str) -> bool:
    parent = one.prefecture or one.province
    return parent is None or parent[:2] in body or (one.province or parent)[:2] in body


def _completed(name: str, own: Level | None, body: str) -> Located:
    """Put in front what a place belongs to, where the text names it alone."""
    parts = split_place(name)
    level = place_level(name)
    if len(parts) == 1:
        known = _likeliest(divisions_named(parts[0]), body)
        if known and (above := _above(known)):
            name = above + name
        elif not known and level in ("district", "zone", "township"):
            name = (_parent_by_mentions(body) or "") + name
    return Located(name, level or own)


def _above(one: Division) -> str | None:
    """What goes before a name: the city for a district or zone, the province for a county."""
    if one.level in ("district", "zone") or (one.prefecture and is_municipality(one.prefecture)):
        return one.prefecture or one.province
    if one.level == "county":
        return one.prefecture if one.province is None else one.province
    return None


def _likeliest(known: tuple[Division, ...], body: str) -> Division | None:
    """Of divisions with the same name the one whose city and province the text names most."""
    def named(one: Division) -> int:
        return 2 * body.count((one.prefecture or "\0")[:-1]) + body.count((one.province or "\0")[:2])

    return max(known, key=named) if known else None


def _parent_by_mentions(body: str) -> str | None:
    counts = {one.name: body.count(one.stem) for one in stems("city") if len(one.stem) > 1}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= 3 else None
