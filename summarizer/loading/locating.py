"""Finds the place that a report is of: in its title, in its opening, else by what it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

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

_DEPTH = ("nation", "province", "city", "district", "county", "zone", "township")
_LEAST_UNKNOWN = 6.0  # how often a text of unknown level must name its place
_READ = 100_000  # characters, more than any report has: who speaks of what is clear by then
_LEAST = 3  # how often a report says 全市 before that counts


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
    if _pattern("nation").search(title + head):
        return Located(NATION, "nation")
    body = body[:_READ]
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
    for name in ("zone", "town"):
        found += [_outer(found, match[1]) for match in _pattern(name).finditer(title)]
    if not found:
        match = _pattern("stem").search(title)
        known = divisions_by_stem(match[1]) if match else ()
        found = [known[0].name] if known else []
    return found


def _outer(found: list[str], name: str) -> str:
    """A zone or town behind the place it belongs to."""
    known = [place for place in found if name.startswith(place) or place not in name]
    return name if not known or name.startswith(known[0]) else known[0] + name


def _with_role(head: str) -> list[str]:
    """Places in the opening that hold office there: 河北省第十届人民代表大会, 南山区人民政府."""
    role = _pattern("role")
    return [name for start, name in find_places(head) if role.match(head, start + len(name))]


def _fits(name: str, own: Level | None) -> bool:
    """A report of a county does not come from the city that its head also names."""
    level = place_level(name)
    if own is None or level is None or name == NATION:
        return True
    if own == "city" and is_municipality(split_place(name)[-1]):
        return True
    return _DEPTH.index(level) >= _DEPTH.index("district" if own == "zone" else own)


def _deepest(names: list[str]) -> str | None:
    """The most specific place; of equals the one that names more of what it belongs to."""
    ranked = sorted(names, key=lambda name: (-_DEPTH.index(place_level(name) or "nation"), -len(name)))
    return ranked[0] if ranked else None


def _own_level(head: str, body: str) -> Level | None:
    """The level that the report gives itself: 我代表区人民政府, 全县."""
    words = vocabulary()["places"]
    if match := _pattern("self").search(head):
        return cast(Level, words["level"][match[1]])
    if len(_pattern("zone_self").findall(body)) >= _LEAST:
        return "zone"
    counts = {level: len(re.findall(pattern, body)) for level, pattern in words["ours"].items()}
    best, second = sorted(counts, key=lambda level: -counts[level])[:2]
    if best == "district" and body.count("自治区") * 2 > counts[best] > 2 * counts["city"]:
        return "province"  # an autonomous region says 全区 too
    return cast(Level, best) if counts[best] >= max(_LEAST, 2 * counts[second]) else None


def _by_mentions(own: Level | None, body: str) -> str | None:
    """The division that the text names most, of the level that it gives itself."""
    words = vocabulary()["places"]
    if own is None or own == "township":
        national = own is None and len(_pattern("national").findall(body)) >= words["national_least"]
        if national or own:
            return NATION if national else None
    common = frozenset(words["weak"]["words"])
    best, score = None, 2.0 if own else _LEAST_UNKNOWN
    prefecture = body.count("全州") > body.count("全市")
    for one in stems(own) if own else (*stems("city"), *stems("district")):
        if own == "city" and one.name[-1] in "州市" and one.name.endswith("州") != prefecture:
            continue
        weight: float = _mentions(one, body, common)
        if weight <= score:
            continue
        weight *= 1.0 if _parent_named(one, body) else 0.4
        weight *= 1.0 if own in (None, one.level) or is_municipality(one.name) else 0.8
        if weight > score:
            best, score = one.name, weight
    return best


def _mentions(one: Division, body: str, common: frozenset[str]) -> int:
    if one.stem in common or len(one.stem) < 2:
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
    """What goes before a name: the city for a district or zone, the province for a county or a city."""
    if one.level in ("district", "zone") or (one.prefecture and is_municipality(one.prefecture)):
        return one.prefecture or one.province
    if one.level == "city" and not is_municipality(one.name):
        return one.province
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


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(vocabulary()["places"][name])
