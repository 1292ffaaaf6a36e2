"""Items of all chunks to one brief: the same fact said twice is one item, different values conflict.

Facts merge only on equal code (else equal normalised name), scope, year, period, basis, kind,
measure, direction, unit, value and comparator; never on similar names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from summarizer.model import (
    Bilingual,
    BriefContent,
    Conflict,
    Coverage,
    EngineInfo,
    Figure,
    Gap,
    Goal,
    Indicator,
    Items,
    Outline,
    OverviewSentence,
    Project,
    Quantity,
    Report,
    ReportInfo,
    Risk,
)

_Item = TypeVar("_Item", Figure, Goal, Project, Risk)
_Text = TypeVar("_Text", Bilingual, Indicator)
_NOISE = re.compile(r"[\s“”‘’\"'，。；：、,.;:·（）()《》]")
# Names too general to hold two values against each other.
_GENERAL = re.compile(r".{0,3}|(?:加快|推进|开工|完成|引进|实施|新增|建设|启动)*(?:项目|企业|工程|学校|道路|问题|任务)")


def is_general(name: str) -> bool:
    """Whether a name is too general for two values of it to be of the same thing (项目, 新增企业)."""
    return bool(_GENERAL.fullmatch(normal(name)))


def merge(
    report: Report,
    outline: Outline,
    quantities: Sequence[Quantity],
    items: Sequence[Items],
    gaps: Sequence[Gap],
    engine: EngineInfo,
) -> BriefContent:
    """One brief of all that was read, in document order, with coverage and conflicts."""
    every = _with_cited(quantities, items)
    by_id = {q.id: q for q in every}
    figures = _merged((f for i in items for f in i.figures), lambda f: _figure_key(f, by_id), _join_figures)
    goals = _merged((g for i in items for g in i.goals), lambda g: (normal(g.statement.zh),), _join_goals)
    projects = _merged((p for i in items for p in i.projects), lambda p: (normal(p.name.zh),), _join_projects)
    risks = _merged((r for i in items for r in i.risks), lambda r: (normal(r.statement.zh), r.status), _join_risks)
    goals = _numbered(goals, "g")
    goal_of = goals_by_quantity(goals)
    figures = [linked(f, goal_of) for f in _numbered(figures, "f")]
    return BriefContent(
        report=_info(report),
        outline=outline.headings,
        quantities=tuple(every),
        figures=tuple(figures),
        goals=tuple(goals),
        projects=tuple(_numbered(projects, "p")),
        risks=tuple(_numbered(risks, "r")),
        overview=(),
        conflicts=tuple(conflicts_of(figures, by_id, report.text)),
        gaps=(*gaps, *(g for i in items for g in i.gaps)),
        coverage=_coverage(every, items),
        engine=engine,
    )


def with_overview(brief: BriefContent, overview: Sequence[OverviewSentence], gaps: Sequence[Gap]) -> BriefContent:
    """The brief with its overview, and what went wrong in writing it."""
    return brief.model_copy(update={"overview": tuple(overview), "gaps": (*brief.gaps, *gaps)})


def _with_cited(quantities: Sequence[Quantity], items: Sequence[Items]) -> list[Quantity]:
    cited = {q.id: q for i in items for q in i.quantities}
    return sorted([*quantities, *cited.values()], key=lambda q: (q.start, q.end))


def _info(report: Report) -> ReportInfo:
    meta = report.metadata
    return ReportInfo(
        source=report.source,
        file_sha256=report.file_sha256,
        text_sha256=report.text_sha256,
        chars=len(report.text),
        title=meta.title,
        place=meta.place,
        level=meta.level,
        doc_type=meta.doc_type,
        published=meta.published,
        review_year=meta.review_year,
        target_year=meta.target_year,
        partial=meta.partial,
        boilerplate=report.boilerplate,
    )


def normal(text: str) -> str:
    """A text without spaces, quotes and marks: what makes two statements the same."""
    return _NOISE.sub("", text).lower()


# --- joining ----------------------------------------------------------------------------------


def _merged(
    items: Iterable[_Item], key: Callable[[_Item], Hashable], join: Callable[[Sequence[_Item]], _Item]
) -> list[_Item]:
    groups: dict[Hashable, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    merged = [group[0] if len(group) == 1 else _user_first(group, join) for group in groups.values()]
    return sorted(merged, key=lambda item: (item.evidence[0].start, item.evidence[0].end))


def _user_first(group: Sequence[_Item], join: Callable[[Sequence[_Item]], _Item]) -> _Item:
    """Many items as one; where a user decided on some, their labels stand and the others' doubts are settled."""
    by_user = [item.by == "user" for item in group]
    if all(by_user) or not any(by_user):
        return join(group)
    made = join(sorted(group, key=lambda item: item.by != "user"))
    evidence = tuple(sorted(made.evidence, key=lambda e: (e.start, e.end)))
    disputed = tuple(sorted({doubt for item in group if item.by == "user" for doubt in item.disputed}))
    made = made.model_copy(update={"evidence": evidence, "disputed": disputed})
    if isinstance(made, Project):
        mentions = tuple(sorted(made.mentions, key=lambda m: m.evidence.start))
        made = made.model_copy(update={"mentions": mentions})
    return made


def _subject(figure: Figure) -> tuple[Hashable, ...]:
    """What a figure is about, without its value."""
    name = figure.indicator.code or normal(figure.indicator.zh)
    period = (figure.period.from_, figure.period.to) if figure.period else None
    return (name, figure.scope, figure.year, period, figure.basis, figure.kind, figure.measure, figure.base)


def _figure_key(figure: Figure, quantities: dict[str, Quantity]) -> Hashable:
    q = quantities[figure.quantities[0]]
    return (
        *_subject(figure),
        figure.direction,
        q.unit,
        q.counter,
        q.per,
        q.value,
        q.value_high,
        q.comparator,
    )


def _unique(parts: Iterable[Iterable[Hashable]]) -> tuple[Hashable, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))


def _joined(group: Sequence[_Item], **more: object) -> _Item:
    """The first item with the evidence, doubts and quantities of all; one pass over the group."""
    update: dict[str, object] = {
        "evidence": _unique(item.evidence for item in group),
        "disputed": tuple(sorted({doubt for item in group for doubt in item.disputed})),
    }
    if not isinstance(group[0], Risk):
        update["quantities"] = _unique(item.quantities for item in group if not isinstance(item, Risk))
    return group[0].model_copy(update={**update, **more})


def _first_english(texts: Iterable[_Text], own: _Text) -> _Text:
    """The first's Chinese with the first English that there is."""
    return own.model_copy(update={"en": next((text.en for text in texts if text.en), own.en)})


def _join_figures(group: Sequence[Figure]) -> Figure:
    return _joined(group, indicator=_first_english((f.indicator for f in group), group[0].indicator))


def _join_goals(group: Sequence[Goal]) -> Goal:
    return _joined(group, statement=_first_english((g.statement for g in group), group[0].statement))


def _join_projects(group: Sequence[Project]) -> Project:
    name = _first_english((p.name for p in group), group[0].name)
    return _joined(group, name=name, mentions=_unique(p.mentions for p in group))


def _join_risks(group: Sequence[Risk]) -> Risk:
    return _joined(group, statement=_first_english((r.statement for r in group), group[0].statement))


def _numbered(items: Sequence[_Item], letter: str) -> list[_Item]:
    return [item.model_copy(update={"id": f"{letter}{n}"}) for n, item in enumerate(items, 1)]


def goals_by_quantity(goals: Sequence[Goal]) -> dict[str, str]:
    """The id of the first goal whose clause holds a quantity, by the quantity's id."""
    found: dict[str, str] = {}
    for goal in goals:
        for quantity in goal.quantities:
            found.setdefault(quantity, goal.id)
    return found


def linked(figure: Figure, goal_of: Mapping[str, str]) -> Figure:
    """A numeric target is one thing seen twice: code attaches the figure to the first goal whose clause holds it."""
    if figure.kind == "actual":
        return figure
    goals = [goal_of[quantity] for quantity in figure.quantities if quantity in goal_of]
    return figure.model_copy(update={"goal": min(goals, key=lambda goal: int(goal[1:]))}) if goals else figure


# --- conflicts and coverage -------------------------------------------------------------------


def conflicts_of(figures: Sequence[Figure], quantities: dict[str, Quantity], text: str) -> Iterable[Conflict]:
    """The figures that give different values for the same subject."""
    groups: dict[Hashable, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.kind == "reference" or figure.year is None or figure.measure == "rank":
            continue
        if figure.indicator.code is None and is_general(figure.indicator.zh):
            continue
        q = quantities[figure.quantities[0]]
        # A counted thing of one code may be of another part (新增升规企业 of a city, of an industry): its name decides.
        name = normal(figure.indicator.zh) if q.dimension == "count" else None
        groups[(*_subject(figure), name, q.unit, q.counter, q.per)].append(figure)
    for group in groups.values():
        if len(group) > 1 and not _in_one_sentence(group, quantities, text):
            yield Conflict(items=tuple(f.id for f in group), reason=_reason(group, quantities))


def _in_one_sentence(group: Sequence[Figure], quantities: dict[str, Quantity], text: str) -> bool:
    """Values of one sentence (由A提高到B, parts and sums) do not contradict each other; they were read too alike."""
    first, last = (f(quantities[g.quantities[0]].start for g in group) for f in (min, max))
    return not re.search("[。！？\n]", text[first:last])


def _reason(group: Sequence[Figure], quantities: dict[str, Quantity]) -> str:
    values = " / ".join(quantities[f.quantities[0]].raw for f in group)
    return f"{group[0].indicator.zh}: {values}"


def _coverage(quantities: Sequence[Quantity], items: Sequence[Items]) -> Coverage:
    used = {q for i in items for f in i.figures for q in f.quantities}
    skipped = {s.id: s for i in items for s in i.skipped if s.id not in used}
    left = tuple(q.id for q in quantities if q.id not in used and q.id not in skipped)
    return Coverage(quantities=len(quantities), used=len(used), skipped=tuple(skipped.values()), unaccounted=left)
