"""Items of all chunks to one brief: the same fact said twice is one item, different values conflict.

Facts merge only on equal code (else equal normalised name), scope, year, period, basis, kind,
measure, direction, unit, value and comparator; never on similar names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from summarizer.model import (
    BriefContent,
    Conflict,
    Coverage,
    EngineInfo,
    Figure,
    Gap,
    Goal,
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
_NOISE = re.compile(r"[\s“”‘’\"'，。；：、,.;:·（）()《》]")
# Names too general to hold two values against each other.
_GENERAL = re.compile(r".{0,3}|(?:加快|推进|开工|完成|引进|实施|新增|建设|启动)*(?:项目|企业|工程|学校|道路|问题|任务)")


def is_general(name: str) -> bool:
    """Whether a name is too general for two values of it to be of the same thing (项目, 新增企业)."""
    return bool(_GENERAL.fullmatch(_normal(name)))


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
    goals = _merged((g for i in items for g in i.goals), lambda g: (_normal(g.statement.zh),), _join_goals)
    projects = _merged((p for i in items for p in i.projects), lambda p: (_normal(p.name.zh),), _join_projects)
    risks = _merged((r for i in items for r in i.risks), lambda r: (_normal(r.statement.zh), r.status), _join_risks)
    goals = _numbered(goals, "g")
    figures = [_linked(f, goals) for f in _numbered(figures, "f")]
    return BriefContent(
        report=_info(report),
        outline=outline.headings,
        quantities=tuple(every),
        figures=tuple(figures),
        goals=tuple(goals),
        projects=tuple(_numbered(projects, "p")),
        risks=tuple(_numbered(risks, "r")),
        overview=(),
        conflicts=tuple(_conflicts(figures, by_id, report.text)),
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


def _normal(text: str) -> str:
    return _NOISE.sub("", text).lower()


# --- joining ----------------------------------------------------------------------------------


def _merged(
    items: Iterable[_Item], key: Callable[[_Item], Hashable], join: Callable[[_Item, _Item], _Item]
) -> list[_Item]:
    merged: dict[Hashable, _Item] = {}
    for item in items:
        name = key(item)
        merged[name] = _user_first(merged[name], item, join) if name in merged else item
    return sorted(merged.values(), key=lambda item: (item.evidence[0].start, item.evidence[0].end))


def _user_first(a: _Item, b: _Item, join: Callable[[_Item, _Item], _Item]) -> _Item:
    """Two items as one; where a user decided on one of them, its labels stand and the other's doubts are settled."""
    if (a.by == "user") == (b.by == "user"):
        return join(a, b)
    user, other = (a, b) if a.by == "user" else (b, a)
    made = join(user, other)
    evidence = tuple(sorted(made.evidence, key=lambda e: (e.start, e.end)))
    made = made.model_copy(update={"evidence": evidence, "disputed": user.disputed})
    if isinstance(made, Project):
        mentions = tuple(sorted(made.mentions, key=lambda m: m.evidence.start))
        made = made.model_copy(update={"mentions": mentions})
    return made


def _subject(figure: Figure) -> tuple[Hashable, ...]:
    """What a figure is about, without its value."""
    name = figure.indicator.code or _normal(figure.indicator.zh)
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


def _unique(first: Sequence[Hashable], second: Sequence[Hashable]) -> tuple[Hashable, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _joined(a: _Item, b: _Item, **more: object) -> _Item:
    update = {
        "evidence": _unique(a.evidence, b.evidence),
        "disputed": tuple(sorted({*a.disputed, *b.disputed})),
    }
    if not isinstance(a, Risk):
        update["quantities"] = _unique(a.quantities, b.quantities)
    return a.model_copy(update={**update, **more})


def _join_figures(a: Figure, b: Figure) -> Figure:
    return _joined(a, b, indicator=a.indicator.model_copy(update={"en": a.indicator.en or b.indicator.en}))


def _join_goals(a: Goal, b: Goal) -> Goal:
    statement = a.statement if a.statement.en else b.statement.model_copy(update={"zh": a.statement.zh})
    return _joined(a, b, statement=statement)


def _join_projects(a: Project, b: Project) -> Project:
    name = a.name if a.name.en else b.name.model_copy(update={"zh": a.name.zh})
    return _joined(a, b, name=name, mentions=_unique(a.mentions, b.mentions))


def _join_risks(a: Risk, b: Risk) -> Risk:
    return _joined(a, b, statement=a.statement.model_copy(update={"en": a.statement.en or b.statement.en}))


def _numbered(items: Sequence[_Item], letter: str) -> list[_Item]:
    return [item.model_copy(update={"id": f"{letter}{n}"}) for n, item in enumerate(items, 1)]


def _linked(figure: Figure, goals: Sequence[Goal]) -> Figure:
    """A numeric target is one thing seen twice: code attaches the figure to the goal whose clause holds it."""
    if figure.kind == "actual":
        return figure
    mentions = set(figure.quantities)
    goal = next((g for g in goals if mentions & set(g.quantities)), None)
    return figure.model_copy(update={"goal": goal.id}) if goal else figure


# --- conflicts and coverage -------------------------------------------------------------------


def _conflicts(figures: Sequence[Figure], quantities: dict[str, Quantity], text: str) -> Iterable[Conflict]:
    groups: dict[Hashable, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.kind == "reference" or figure.year is None or figure.measure == "rank":
            continue
        if figure.indicator.code is None and is_general(figure.indicator.zh):
            continue
        q = quantities[figure.quantities[0]]
        # A counted thing of one code may be of another part (新增升规企业 of a city, of an industry): its name decides.
        name = _normal(figure.indicator.zh) if q.dimension == "count" else None
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
