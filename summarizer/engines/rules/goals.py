"""Goals by rules: numeric targets, and named outcomes that a year later can be checked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.engines.rules.english import goal_english
from summarizer.engines.rules.project_names import ends_like_one
from summarizer.engines.rules.projects import statements, undertakings
from summarizer.model import Clause, DraftFigure, DraftGoal, Section, Sentence
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms

_SHORTEST = 2
_JOINED = re.compile("(?:[（(][一-鿿]{1,3}[)）])?(以?及|和)(?=[一-鿿])")


def read_goals(index: ChunkIndex, figures: list[DraftFigure], terms: Terms) -> list[DraftGoal]:
    """The commitments of the chunk's planning sections, in order."""
    by_pointer = {f.q: f for f in figures}
    goals: list[DraftGoal] = []
    for sentence, section in index.sentences:
        if section.tense != "plan":
            continue
        for clause in sentence.clauses:
            goals.extend(_goals_of(index, clause, sentence, section, by_pointer, terms))
    return goals


def _goals_of(
    index: ChunkIndex,
    clause: Clause,
    sentence: Sentence,
    section: Section,
    figures: dict[str, DraftFigure],
    terms: Terms,
) -> Iterator[DraftGoal]:
    headings = [h.heading for h in section.path]
    targets = [
        (pointer, q)
        for pointer, q in index.quantities_in(clause.start, clause.end)
        if pointer in figures and figures[pointer].k == "target"
    ]
    content = flat(index.text[clause.start : clause.end])
    if targets and not _describes(content, [q.raw for _, q in targets]):
        for start, end in _members(index.text, clause, [(q.start, q.end) for _, q in targets]):
            inside = [figures.get(p) for p, _ in index.quantities_in(start, end)]
            yield _goal(index, start, end, headings, goal_english(inside, "年均" in content))
        return
    if targets:
        return
    for start, end in _statements(index.text, clause):
        stated = flat(index.text[start:end])
        if _is_outcome(stated) or _is_brought_about(stated) or _is_direction(index, stated, sentence, headings, terms):
            yield _goal(index, start, end, headings, None)


def _describes(content: str, amounts: list[str]) -> bool:
    """Amounts that only say how large a thing is (占地5000亩, a number alone) are no commitment."""
    rest = content
    for amount in amounts:
        rest = rest.replace(amount, "")
    return len(rest) < _SHORTEST or cues.rules("goal", "described").match(content) is not None


def _statements(text: str, clause: Clause) -> Iterator[tuple[int, int]]:
    """The statements of a clause (力争A竣工、B通车), as spans."""
    own = text[clause.start : clause.end]
    parts = list(statements(own)) if own == flat(own) else [own]
    start = clause.start
    for part in parts:
        yield start, start + len(part)
        start += len(part) + 1


def _is_brought_about(content: str) -> bool:
    """A named undertaking is promised to be begun, finished or opened, or a step towards it completed."""
    if not cues.has_stage(content):
        return False
    stepped = cues.rules("goal", "stepped").match(content) is not None
    stages = [cues.stage_of(content, name) for name in undertakings(content)]
    return any(stage in ("started", "completed", "operating") or (stage and stepped) for stage in stages)


def _goal(index: ChunkIndex, start: int, end: int, headings: list[str], english: str | None) -> DraftGoal:
    c, c2, part = index.pointer(start, end)
    before = flat(index.text[index.sentence_at(start)[0].start : start])
    theme = cues.theme_of(flat(index.text[start:end]), headings, before)
    return DraftGoal(c=c, c2=c2, part=part, en=english, t=theme)


def _members(text: str, clause: Clause, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The members of a list under one verb, each with its own quantity."""
    if "分别" in text[clause.start : clause.end]:
        yield clause.start, clause.end
        return
    start = clause.start
    for (_, end), (following, _) in itertools.pairwise(spans):
        between = text[end:following]
        joined = _JOINED.match(between)
        if joined and len(between) - joined.end() >= 2:  # 道路230条(段)及街巷150条
            yield start, end + joined.start(1)
            start = end + joined.end()
            continue
        cut = text.rfind("、", end, following) if between.startswith("、") else text.find("、", end, following)
        if cut > 0 and between != "、" and not between.startswith("的"):  # 109个、424万平方米小区 is one thing
            yield start, cut
            start = cut + 1
    yield start, clause.end


def _words(key: str) -> list[str]:
    return list(cues.words()["goal"][key])


@cache
def _leads() -> re.Pattern[str]:
    return re.compile(alternation(_words("adverbs") + _words("pledge")))


def _lead(content: str) -> tuple[str, bool]:
    """The clause without its adverbs, and whether one of them pledged."""
    pledged = False
    rest = content
    while match := _leads().match(rest):
        pledged = pledged or match.group() in _words("pledge")
        rest = rest[match.end() :]
    return rest, pledged


def _is_outcome(content: str) -> bool:
    """建成, 开工, 创建, 启动 ... and a named thing; not 打造一批…, 完善…机制."""
    if cues.rules("goal", "unnamed").search(content):
        return False
    if cues.rules("goal", "stated").search(content) or cues.rules("goal", "documents").search(_lead(content)[0]):
        return True
    if content.startswith(("争创", "争当")) and len(content) > 5:
        return True
    if _is_pushed(content):
        return not cues.rules("goal", "no_landing").search(content)
    rest, pledged = _lead(content)
    match = cues.pattern("goal", "outcome").match(rest)
    if not match or len(rest) - match.end() < 3:
        return False
    thing = rest[match.end() :]
    if match.group() in _words("weak"):
        return _is_weak_outcome(content[: len(content) - len(rest)], thing, pledged)
    return not _is_vague(thing) or _is_named(thing)


def _is_pushed(content: str) -> bool:
    """推动X尽快投产: a push, and what the clause ends with."""
    lead = cues.pattern("goal", "adverbs", "(?:{})*?").match(content)
    pushed = cues.pattern("goal", "pushed").match(content, lead.end() if lead else 0)
    landed = cues.pattern("goal", "landed", "(?:{})$").search(content)
    return pushed is not None and landed is not None and len(content) > 7


def _is_weak_outcome(lead: str, thing: str, pledged: bool) -> bool:
    """建设, 打造, 实施 promise an outcome only with a definite thing, and not as progress (加快建设…)."""
    if cues.pattern("goal", "progress").search(lead):
        return False
    if cues.rules("goal", "definite").search(thing):
        return True
    if cues.rules("goal", "programmes").search(thing):
        return False
    if re.search("等(?:重大|重点)?(?:项目|工程)$", thing) and not undertakings(lead + thing):
        return False  # a list of kinds
    return (_is_named(thing) or ends_like_one(thing)) and (pledged or _is_definite(thing))


def _is_vague(thing: str) -> bool:
    return thing.endswith(tuple(_words("vague")))


def _is_named(thing: str) -> bool:
    return any(word in thing[-8:] for word in _words("named")) and not re.search(
        "(?:体系|机制|能力|水平|力度|格局|模式|氛围|作用)$", thing
    )


def _is_definite(thing: str) -> bool:
    """Has a name of its own: quotes, digits, Latin letters, or a longer noun than a mere kind."""
    return bool(re.search('[“”"A-Za-z0-9]|区|镇|街|路|河|山|[一二三四五]期', thing)) or len(thing) >= 8


def _is_direction(index: ChunkIndex, content: str, sentence: Sentence, headings: list[str], terms: Terms) -> bool:
    """确保…全覆盖, and indicators without a number in a list of targets (与上年持平)."""
    if not any(word in content for word in _words("directed")):
        return False
    if any(content.startswith(w) or w in content[:6] for w in _words("pledge")):
        return True
    if not terms.find(content):
        return False
    listed = any("目标" in h for h in headings) or bool(index.quantities_in(sentence.start, sentence.end))
    return listed and len(content) < 40
