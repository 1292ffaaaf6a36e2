"""What the words around a quantity or clause say: direction, kind, year, basis, stage, theme.

Both sides use this: the rules engine reads with it, and grounding holds a model's reading against
it. A reading says how sure it is; only sure ones dispute a model.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, cast

from summarizer.model import Basis, Direction, Kind, Measure, Metadata, Period, Quantity, Stage, Tense, Theme
from summarizer.periods import PLAN_NAME, PLAN_PERIODS
from summarizer.quantities.units import alternation

STAGES: tuple[Stage, ...] = ("planned", "started", "under_construction", "completed", "operating")
_REACH = 500  # how much of a long sentence before a quantity may speak for it
_YEAR = re.compile(r"(?<!\d)(20\d\d|19[5-9]\d)年(?!来|以来)")
_MULTIPLE_OF = re.compile(r"是(?:20\d\d年|上年|去年|同期|十?[一二三四五]?年?前|“?十[一二三四]五”?末)的$")
_LOCATED = re.compile("[一-鿿]{2,12}(?:周边|附近)")  # where something is done says nothing of its field
_MINUS = ("-", "－", "−", "负")
_YEARLY = re.compile("(?:今年|去年|上年|当年|全年|(?:20|19)\\d\\d年)[^，。；]{0,20}$")
_COMPARED = re.compile(r"(?:比|较|与|同|自|在|以|面向|瞄准|相对于)\s*$")


@cache
def words() -> dict[str, Any]:
    """The cue vocabulary (data/cues.toml)."""
    return tomllib.loads(resources.files("summarizer").joinpath("data", "cues.toml").read_text("utf-8"))


@cache
def pattern(table: str, key: str, shape: str = "(?:{})") -> re.Pattern[str]:
    """A compiled alternation of one word list."""
    return re.compile(shape.replace("{}", alternation(list(words()[table][key]))))


@cache
def rules(table: str, key: str) -> re.Pattern[str]:
    """A list of regular expressions as one."""
    return re.compile("|".join(f"(?:{rule})" for rule in words()[table][key]))


@dataclass(frozen=True, slots=True)
class Around:
    """A quantity in its clause and sentence: the text before and behind it."""

    quantity: Quantity
    before: str
    after: str
    sentence_before: str
    heading: str = ""
    previous: tuple[Measure, Direction | None] | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class KindReading:
    """Kind and year as the words give them, and whether they leave no doubt."""

    kind: Kind
    year: int | None
    kind_sure: bool
    year_sure: bool


@lru_cache(maxsize=1024)
def surroundings(
    text: str,
    sentence: tuple[int, int],
    clauses: tuple[tuple[int, int], ...],
    quantities: tuple[Quantity, ...],
    heading: str = "",
) -> tuple[Around, ...]:
    """Each quantity of a sentence with what stands around it, list members linked to the one before."""
    found: list[Around] = []
    for i, q in enumerate(quantities):
        at = bisect_right(clauses, q.start, key=lambda c: c[0])
        start, end = clauses[at - 1] if at else sentence
        earlier = quantities[i - 1] if i else None
        joined = earlier is not None and re.fullmatch(r"[、和及]?", text[earlier.end : q.start]) is not None
        before = text[max(start, q.start - _REACH) : q.start].rstrip() if q.start >= start else ""
        after, sentence_before = text[q.end : max(end, q.end)], text[max(sentence[0], q.start - _REACH) : q.start]
        previous = measure_of(found[-1]) if joined and found else None
        found.append(Around(q, before, after, sentence_before, heading, previous, joined))
    return tuple(found)


def measure_of(around: Around) -> tuple[Measure, Direction | None]:
    """Level, change, share or rank, and the direction of a change."""
    unit = around.quantity.unit
    if unit == "rank":
        moved = None if around.quantity.raw.startswith(("第", "前", "首", "榜")) else _direction(around)
        return ("change", moved or "up") if moved else ("rank", None)
    if unit == "multiple" and _MULTIPLE_OF.search(around.before):
        return "change", "up"
    if around.joined and around.previous and around.previous[0] in ("change", "share"):
        return around.previous
    if unit in ("percentage_point", "basis_point", "times_more") or (
        unit == "multiple" and "番" in around.quantity.raw
    ):
        return "change", _direction(around) or "up"
    direction = _change(around)
    if direction and around.quantity.raw.startswith(_MINUS):
        return "change", "down"
    if direction:
        return "change", direction
    return ("share", None) if unit in ("percent", "permille", "ratio") else ("level", None)


def _direction(around: Around) -> Direction | None:
    down, up = pattern("direction", "down"), pattern("direction", "up")
    last_down = max((m.end() for m in down.finditer(around.before)), default=-1)
    last_up = max((m.end() for m in up.finditer(around.before)), default=-1)
    if last_down == last_up == -1:
        return None
    return "down" if last_down > last_up else "up"


def _change(around: Around) -> Direction | None:
    """The direction where a verb of change governs the quantity."""
    share = around.quantity.unit in ("percent", "permille", "ratio", "multiple")
    directions: tuple[Direction, ...] = ("up", "down")
    for direction in directions:
        verb = _verb_of_change(direction, share).search(around.before)
        if verb and not (verb.group(1) in ("增", "高", "快") and around.before[: verb.start()].endswith(("新", "提"))):
            if (
                share
                and verb.group(1) in ("高", "多")
                and not around.before[: verb.start(1)].endswith(("提", "同比", "年"))
            ):
                continue
            return direction
        rate = pattern("direction", f"{direction}_nouns").search(around.before[-8:])
        if share and rate and not pattern("direction", "no_growth").search(around.before[-10:]):
            return direction
        reached = pattern("direction", "reached", "(?:{})$").search(around.before)
        if (
            share
            and not reached
            and pattern("direction", f"fronted_{direction}", "[^，、]{0,4}?(?:{})").match(around.before)
            and len(around.before) > 3
        ) and (direction == "down" or not pattern("share", "nouns").search(around.before)):
            return direction
    return None


@cache
def _verb_of_change(direction: Direction, share: bool) -> re.Pattern[str]:
    """The verbs of a direction right before a quantity; fewer of them go with amounts than with shares."""
    amounts = words()["direction"]["of_amounts"]
    verbs = alternation([w for w in words()["direction"][direction] if share or w in amounts])
    return re.compile(f"({verbs})(?:{alternation(list(words()['direction']['between']))})*$")


# --- kind and year ----------------------------------------------------------------------------


def kind_of(around: Around, tense: Tense, metadata: Metadata) -> KindReading:
    """Actual, target or reference, and the year, from the section, the clause and the report's years."""
    if _is_reference(around):
        return KindReading("reference", None, True, True)
    year = explicit_year(around, tense)
    default = metadata.target_year if tense == "plan" else metadata.review_year
    if default is None and tense == "plan":
        default = metadata.review_year
    if _of_five_years(around, tense):
        default = None
    kind: Kind = "target" if tense == "plan" else "actual"
    sure = False
    if year is not None and metadata.target_year is not None:
        if tense == "review" and year > (metadata.review_year or metadata.target_year):
            kind = "target"
        elif tense == "plan" and year < metadata.target_year:
            kind = "actual"
        sure = True
    clause = around.before
    if _is_starting_value(around):
        return KindReading("actual", year, False, year is not None)
    if tense == "plan" and pattern("kind", "actual", "(?<![比较与同])(?:{})").search(clause):
        return KindReading("actual", year if year is not None else metadata.review_year, True, False)
    if tense == "review" and pattern("kind", "this_year").search(around.sentence_before):
        return KindReading("target", year if year is not None else metadata.target_year, True, year is not None)
    if tense == "plan" and pattern("kind", "target").search(clause):
        sure = True
    if around.quantity.counter == "大" and not pattern("goal", "outcome").search(clause):
        return KindReading("actual", default, False, False)
    stands = pattern("kind", "standing").search(clause[-12:]) and not pattern("kind", "flow").search(clause)
    if stands and year is None:
        return KindReading(kind if "总投资" in clause else "actual", None, False, False)
    return KindReading(kind, year if year is not None else default, sure, year is not None)


def _of_five_years(around: Around, tense: Tense) -> bool:
    """Whether a value is of five years together: promised for the next ones, or summed up over the last ones."""
    if tense == "plan":
        named = [w for w in (around.heading, around.sentence_before) if pattern("basis", "next_five").search(w)]
        return any(not re.search("20\\d\\d年|今年|明年", w) for w in named) and not _is_yearly(around)
    if basis_of(around) not in ("average", "cumulative") or _is_yearly(around):
        return False
    return pattern("basis", "past_five").search(around.sentence_before + around.heading) is not None


def _is_yearly(around: Around) -> bool:
    """Whether the words right before a clause speak of one year."""
    return _YEARLY.search(around.sentence_before[-30:]) is not None


def _is_starting_value(around: Around) -> bool:
    """从3826.5亿元增长到…: the value that growth starts from is of an earlier year, which the text need not name."""
    rises = pattern("direction", "reached", "^[^，。；,;]{0,4}?(?:{})")
    begins = re.search(r"[从由](?:上年|去年|(?:20|19)\d\d年)?的?(?:增长|下降)?$", around.before)
    return begins is not None and rises.match(around.after) is not None


def _is_reference(around: Around) -> bool:
    q = around.quantity
    if q.unit == "years_of_age":
        return not any(noun in around.before for noun in words()["reference"]["age_nouns"])
    standards = pattern("reference", "standards", '[、\\d.分钟小时天]{0,16}[”"]?内?[^，。；,;]{0,3}(?:{})')
    if standards.match(around.after[:28]):
        return q.dimension == "duration"
    bounded = q.comparator in (">=", "<=", ">", "<")
    measured = q.dimension in ("money", "area", "mass", "power", "length", "households")
    if not bounded or not measured:
        return False
    if q.raw.endswith(("以上", "以下", "以内")):
        return pattern("reference", "after").match(around.after) is not None
    if q.comparator == ">" and pattern("reference", "selected").match(around.after):
        return True  # 产值超50亿元企业4家
    listed = pattern("reference", "selected", "[、超过逾\\d.]*[万亿]*元?的(?:重大|重点|大型|优质)[^，。；]{0,6}?(?:{})")
    return listed.match(around.after) is not None


def explicit_year(around: Around, tense: Tense) -> int | None:
    """A year that the clause, or the sentence before it, names for the value; not a base of comparison.

    An earlier clause only gives its year on (到2025年, 截至2023年底) or where it opens the sentence.
    """
    own, sentence = (unicodedata.normalize("NFKC", w) for w in (around.before, around.sentence_before))
    for match in reversed(list(_YEAR.finditer(own))):
        if _names_value(own, match):
            return int(match.group(1))
    for match in reversed(list(_YEAR.finditer(sentence))):
        opens = match.start() <= 2 or re.search("(?:到|至|截至|截止)$", sentence[: match.start()])
        if opens and _names_value(sentence, match):
            return int(match.group(1))
    ended = '[”’"]*(?:期)?末'
    planned = '[”’"]*(?:时期|期间)?[^，。]{0,8}(?:目标|任务)'
    during = '[”’"]*(?:时期|期间)'
    heading = around.heading if tense == "plan" else ""
    shapes = ((own, ended), (sentence[-60:], ended), (sentence[-60:], during), (heading, planned))
    for window, shape in shapes:
        for match in _plans(shape, window):
            name = match.group(1)
            if name in PLAN_PERIODS and not re.search(f"[比较][“‘]*{name}", window):
                return PLAN_PERIODS[name][1]
    return None


def _plans(shape: str, text: str) -> Iterable[re.Match[str]]:
    """Where plans are named with some shape behind the name."""
    return _plan_pattern(shape).finditer(text) if "五" in text else ()  # as all their names have it


@cache
def _plan_pattern(shape: str) -> re.Pattern[str]:
    return re.compile(PLAN_NAME + shape)


def _names_value(window: str, match: re.Match[str]) -> bool:
    """Whether a year is the value's own, not one that it is compared with or starts from."""
    before = window[: match.start()]
    if before.endswith(("是", "为")) and window[match.end() :].startswith("的"):
        return False  # 是2005年的3.5倍
    if before.endswith(("由", "从")) and re.search(r"\d", window[match.end() :]):
        return False
    return not _COMPARED.search(before) or before.endswith("在")


def basis_of(around: Around) -> Basis | None:
    """Whether a value is of a year, summed up, an average, or of a point in time."""
    kinds: tuple[Basis, ...] = ("cumulative", "average", "annual", "point")
    for basis in kinds:
        if pattern("basis", basis).search(around.before):
            return basis
    return None


def base_of(around: Around) -> str | None:
    """What growth is measured against, in the report's words (比上年, 同比)."""
    match = rules("base", "patterns").search(around.before)
    return match.group(0) if match else None


def period_of(around: Around, metadata: Metadata) -> Period | None:
    """The span of years that a value covers: named before it, or for averages and sums that of a five-year section."""
    before = around.sentence_before[-40:]
    if match := re.search(r"(20\d\d)(?:年)?\s*(?:至|到|—|-|～|－)+\s*(20\d\d)年", before):
        return Period(from_=int(match.group(1)), to=int(match.group(2)))
    for match in _plans('[”’"]*(?:时期|期间|规划期)', before):
        if match.group(1) in PLAN_PERIODS:
            first, last = PLAN_PERIODS[match.group(1)]
            return Period(from_=first, to=last)
    spans = before + (around.heading + around.sentence_before if basis_of(around) in ("average", "cumulative") else "")
    if metadata.review_year and pattern("basis", "past_five").search(spans) and not _is_yearly(around):
        return Period(from_=metadata.review_year - 4, to=metadata.review_year)
    ahead = pattern("basis", "next_five").search(spans) and not _is_yearly(around)
    if metadata.target_year and (ahead or _of_five_years(around, "plan")):
        return Period(from_=metadata.target_year, to=metadata.target_year + 4)
    return None


# --- stages and themes ------------------------------------------------------------------------


def has_stage(text: str) -> bool:
    """Whether a text holds any word of a stage."""
    return _any_stage().search(text) is not None


def stage_of(clause: str, name: str) -> Stage | None:
    """The stage that a clause gives an undertaking; the later verb decides, hope lowers it by one."""
    at = clause.find(name)
    behind = clause[at + len(name) :] if at >= 0 else ""
    before = clause[:at] if at >= 0 else clause
    found = _last_stage(behind)
    earlier = _last_stage(before)
    if earlier is not None and (
        found is None or (found[0] == "under_construction" and earlier[0] != "under_construction")
    ):
        found = earlier  # 完成…建设: the bare noun behind the name does not undo the verb before it
    if found is None:
        return None
    stage, word = found
    if stage == "under_construction" and rules("stage", "built_by_amount").search(clause):
        return "completed"
    if stage == "completed" and pattern("stage", "unfinished").search(behind):
        return "under_construction"
    around = before + " " + behind
    if pattern("stage", "thought_of", "(?:{})$").search(before[: max(0, before.rfind(word))]):
        return "planned"
    if word in words()["stage"]["landing"] and pattern("stage", "pushed").search(before):
        return "planned"
    if stage != "planned" and pattern("stage", "hope").search(around):
        return STAGES[STAGES.index(stage) - 1]
    return stage


@cache
def _any_stage() -> re.Pattern[str]:
    return re.compile(alternation([word for stage in STAGES for word in words()["stage"][stage]]))


@lru_cache(maxsize=1024)
def _last_stage(text: str) -> tuple[Stage, str] | None:
    if not has_stage(text):
        return None
    best: tuple[int, int, Stage, str] | None = None
    for stage in STAGES:
        for word in words()["stage"][stage]:
            at = text.rfind(word)
            if at >= 0 and (best is None or (at + len(word), len(word)) > best[:2]):
                best = (at + len(word), len(word), stage, word)
    if best is None:
        return None
    if best[2] == "under_construction":
        strong: tuple[Stage, ...] = ("operating", "completed", "started", "planned")
        for stage in strong:
            if found := [word for word in words()["stage"][stage] if word in text]:
                return stage, max(found, key=text.rfind)
    return best[2], best[3]


@cache
def _themes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((theme, pattern("theme", theme)) for theme in words()["theme"])


def theme_of(clause: str, headings: Sequence[str], before: str = "") -> Theme:
    """The field that a commitment belongs to: by its own words first, then by its headings and what leads to it.

    `before` is the part of the sentence before the clause: it speaks where neither clause nor headings do.
    """
    weight = words()["theme_weight"]
    clause = _LOCATED.sub("", clause)
    end, before = clause[-weight["end_size"] :], before[-60:]
    scores: dict[str, float] = {}
    above = [_heading_scores(heading) for heading in headings[-2:][::-1]]
    for theme, found in _themes():
        said = found.findall(clause)
        score = sum(map(_weight_of, said))
        if said and any(word not in weight["weak"] for word in found.findall(end)):
            score += weight["end"]
        for share, heading in zip((weight["heading"], weight["above"]), above, strict=False):
            score += share * heading[theme]
        if before:
            score += weight["before"] * len(set(found.findall(before)))
        scores[theme] = score
    best = max(scores, key=lambda t: scores[t])
    return cast(Theme, best if scores[best] > 0 else "governance")


@lru_cache(maxsize=256)
def _heading_scores(heading: str) -> dict[str, float]:
    """What a heading says for each theme: two words at most."""
    found = {theme: set(pattern("theme", theme).findall(heading)) for theme in words()["theme"]}
    return {theme: min(2.0, sum(map(_weight_of, each))) for theme, each in found.items()}


@cache
def _weight_of(word: str) -> float:
    weight = words()["theme_weight"]
    tier = "strong" if word in weight["strong"] else "weak" if word in weight["weak"] else "normal"
    return float(weight[f"{tier}_word"]) + 0.1 * min(len(word), 4)
