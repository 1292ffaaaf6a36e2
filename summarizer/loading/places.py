"""Chinese place names: their parts, their level, what they belong to, and their English.

The divisions are facts in `data/places.tsv`; English that pinyin does not give is in
`data/places_english.tsv`. Everything else is spelt by pypinyin, loaded at the first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from summarizer.model import Level

NATION = "中华人民共和国"
_MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
_UNIT = re.compile(
    r".{1,12}?(?:自治州|自治县|自治旗|自治区|(?<!自治)地区|街道办事处|街道|新区|[省市盟县旗镇乡]|(?<!地)区)"
)
_ZONE = re.compile(r"(?:新区|开发区|高新区|经开区|园区|示范区|合作区|管理区|度假区|保税区|试验区|工业区|新城|功能区)$")
_SUFFIX = re.compile(r"[省市盟县旗区州城]")
_LONGEST = 16  # characters of the longest name in the table


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division: `stem` without its type, `prefecture` and `province` above it."""

    name: str
    stem: str
    level: Level
    province: str | None = None
    prefecture: str | None = None


def split_place(zh: str) -> list[str]:
    """Cut a place into its parts, outermost first: 重庆市江北区 to 重庆市, 江北区."""
    rest = zh.strip()
    parts: list[str] = []
    while rest:
        part = _head(rest)
        if part is None:
            break
        parts.append(part)
        rest = rest[len(part) :]
    return [*parts, rest] if rest else parts


def place_level(zh: str) -> Level | None:
    """The level of a place's innermost part; a municipality counts as a province."""
    parts = split_place(zh)
    if not parts:
        return None
    name = parts[-1]
    if name in {NATION, "全国", "中国"}:
        return "nation"
    known = divisions_named(name)
    return known[0].level if known else _level_by_type(name, nested=len(parts) > 1)


def english_place(zh: str) -> str | None:
    """The English of a place, innermost part first: "Jiangbei District, Chongqing"."""
    parts = split_place(zh)
    if not parts:
        return None
    return ", ".join(_english(part) for part in reversed(parts))


def divisions_named(name: str) -> tuple[Division, ...]:
    """The divisions with this name; where none has, those whose stem it has with another type.

    清苑县 is found although it is a district today. A stem of one character needs its own type.
    """
    exact = _by_name().get(name)
    if exact or not _SUFFIX.fullmatch(name[-1:]) or len(name) < 3 or name.endswith(("新区", "开发区")):
        return exact or ()
    level = _level_by_type(name)
    found = [one for one in _by_stem().get(name[:-1], ()) if one.level in ("district", "county")]
    return tuple(replace(one, name=name, level=level or one.level) for one in found if one.prefecture)


def divisions_by_stem(stem: str) -> tuple[Division, ...]:
    """The divisions whose name without type is this, the higher ones first."""
    return _by_stem().get(stem, ())


def find_places(text: str) -> Iterator[tuple[int, str]]:
    """All places in a text, adjacent parts joined (成都市锦江区), each with its offset."""
    start, end = 0, -1
    for match in _SUFFIX.finditer(text):
        name = _longest_before(text, match.end(), max(end, 0))
        if name is None:
            continue
        first = match.end() - len(name)
        if first != end:
            if end > 0:
                yield start, text[start:end]
            start = first
        end = match.end()
    if end > 0:
        yield start, text[start:end]


def stems(level: Level) -> tuple[Division, ...]:
    """All divisions that call themselves so: a city (全市) may be a municipality or a county-level one."""
    both = {"district", "county"}
    wanted = both if level in both else {level}
    return tuple(
        one
        for group in _by_name().values()
        for one in group
        if one.level in wanted or (level == "city" and one.name.endswith("市"))
    )


def is_municipality(name: str) -> bool:
    return name in _MUNICIPALITIES


def _longest_before(text: str, end: int, floor: int) -> str | None:
    for length in range(min(_LONGEST, end - floor), 1, -1):
        name = text[end - length : end]
        if divisions_named(name) and not (end < len(text) and _by_name().get(name + text[end])):
            return name
    return None


def _head(rest: str) -> str | None:
    """The first part of a place: a name of the table, else what ends with a type."""
    if rest.startswith(NATION):
        return NATION
    for length in range(min(_LONGEST, len(rest)), 1, -1):
        if rest[:length] in _by_name():
            return rest[:length]
    match = _UNIT.match(rest)
    if match and _ZONE.search(rest) and not divisions_named(match[0]):
        return rest  # a zone outside the table: 武汉经济技术开发区
    return match[0] if match else None


def _level_by_type(name: str, nested: bool = False) -> Level | None:
    if _ZONE.search(name):
        return "zone"
    if name.endswith(("省", "自治区", "特别行政区")):
        return "province"
    if name.endswith(("自治州", "地区", "盟")):
        return "city"
    if name.endswith(("镇", "乡", "街道", "街道办事处", "苏木")):
        return "township"
    if name.endswith("市"):
        return "county" if nested else "city"
    if name.endswith("区"):
        return "district"
    return "county" if name.endswith(("县", "旗")) else None


# --- English ----------------------------------------------------------------------------------


def _english(part: str) -> str:
    special = _words()
    known = _by_name().get(part, ())
    official = next((_official()[one.name] for one in known if one.name in _official()), None)
    if official or part in special["whole"]:
        return official or special["whole"][part]
    kind = next((end for end in special["type"] if part.endswith(end) and len(part) > len(end)), "")
    stem, peoples = _peoples(part.removesuffix(kind))
    words = [_spelt(stem, part), " and ".join(peoples), *_banner(part), special["type"].get(kind, "")]
    return " ".join(word for word in words if word)


def _peoples(stem: str) -> tuple[str, list[str]]:
    """Take the names of peoples off the end: 彭水苗族土家族 to 彭水, [Miao, Tujia]."""
    table = _words()["people"]
    found: list[str] = []
    while name := next((end for end in table if stem.endswith(end) and len(stem) > len(end)), None):
        found.insert(0, table[name])
        stem = stem.removesuffix(name)
    return stem, found


def _banner(part: str) -> list[str]:
    """Left, Right, Front, Middle and Rear in the names of banners, outermost word last."""
    if not part.endswith("旗"):
        return []
    table = _words()["banner"]
    rest = part[:-1]
    found: list[str] = []
    while name := next((end for end in table if rest.endswith(end) and len(rest) > 2), None):
        found.insert(0, table[name])
        rest = rest.removesuffix(name)
    return found


def _spelt(stem: str, part: str) -> str:
    """A stem in pinyin, one word with a capital; a one-character stem keeps its type (Zhaoxian)."""
    from pypinyin import lazy_pinyin  # loaded late: its tables take longer than a whole report

    names = _words()["name"]
    if part.endswith("旗"):
        stem = re.sub(r"[左右]?翼?[左右前后中]$", "", stem) or stem
    if stem in names:
        return names[stem]
    whole = part[: len(stem) + 1] if len(stem) == 1 else part
    syllables = lazy_pinyin(whole, v_to_u=True)[: max(len(stem), 2)]
    word = syllables[0] + "".join(f"'{second}" if second[0] in "aoe" else second for _, second in pairwise(syllables))
    return word.capitalize()


# --- data -------------------------------------------------------------------------------------


def _rows(name: str) -> list[list[str]]:
    text = (files("summarizer.loading") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _table() -> tuple[Division, ...]:
    found: list[Division] = []
    for row in _rows("places.tsv"):
        name, parent, _, districts, counties, cities, others = (*row, *[""] * 7)[:7]
        if not parent:
            found.append(Division(name, province_stem(name), "province"))
        elif not name.endswith("直辖"):
            stem = _peoples(re.sub(r"(?:自治州|地区|市|盟)$", "", name))[0]
            found.append(Division(name, stem, "city", province=parent))
        above = (parent or name, None if name.endswith("直辖") else name)
        found += _below(above, districts, "区", "district")
        found += _below(above, counties, "县", "county")
        found += _below(above, cities, "市", "county")
        found += [_other(above, full) for full in others.split()]
    return tuple(found)


def _below(above: tuple[str, str | None], names: str, kind: str, level: Level) -> list[Division]:
    return [Division(stem + kind, stem, level, *above) for stem in names.split()]


def _other(above: tuple[str, str | None], name: str) -> Division:
    stem = _peoples(re.sub(r"(?:自治县|自治旗|新区|新城|旗)$", "", name))[0]
    return Division(name, stem, "zone" if _ZONE.search(name) else "county", *above)


def province_stem(name: str) -> str:
    """内蒙古自治区 to 内蒙古, 广西壮族自治区 to 广西, 河北省 to 河北."""
    return re.sub(r"(?:壮族|回族|维吾尔)?(?:自治区|特别行政区|省|市)$", "", name)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[Division, ...]]:
    found: dict[str, tuple[Division, ...]] = {}
    for one in _table():
        found[one.name] = (*found.get(one.name, ()), one)
    return found


@lru_cache(maxsize=1)
def _by_stem() -> dict[str, tuple[Division, ...]]:
    found: dict[str, tuple[Division, ...]] = {}
    for one in sorted(_table(), key=lambda one: {"province": 0, "city": 1}.get(one.level, 2)):
        if len(one.stem) > 1:
            found[one.stem] = (*found.get(one.stem, ()), one)
    return found


@lru_cache(maxsize=1)
def _official() -> dict[str, str]:
    return {row[0]: row[2] for row in _rows("places.tsv") if len(row) > 2 and row[2]}


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    """Tables of `places_english.tsv` by kind; within a kind the longest Chinese comes first."""
    tables: dict[str, dict[str, str]] = {kind: {} for kind in ("whole", "name", "type", "people", "banner")}
    rows = [(*row, "")[:3] for row in _rows("places_english.tsv")]
    for kind, zh, english in sorted(rows, key=lambda row: -len(row[1])):
        tables[kind][zh] = english
    return tables
