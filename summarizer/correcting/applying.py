"""Corrections on the items of a report, between grounding and merging.

An item belongs to the correction that shares most with it, at least half; of the items of one
correction those that share most are meant. What a correction makes is made by the code that makes
an engine's items, so that every engine's brief comes out with the same ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from summarizer.chunking import flat
from summarizer.correcting.placing import SAME_PLACE, Placed, Plan, shown, union_share, with_quantities
from summarizer.grounding.resolve import Resolver, unchecked
from summarizer.model import (
    Bilingual,
    Clause,
    Corrections,
    DraftFigure,
    Figure,
    Gap,
    Goal,
    Items,
    Project,
    Quantity,
    Risk,
    Skipped,
)
from summarizer.terms.dictionary import Terms

_Item = TypeVar("_Item", Figure, Goal, Project, Risk)
Share = Callable[[Placed, _Item], float]
Make = Callable[[Placed, _Item | None], _Item | None]


def correct(items: Sequence[Items], plan: Plan, terms: Terms) -> tuple[Items, Corrections]:
    """The items of all chunks as corrected, and what was done. Applying the same plan twice changes nothing more."""
    return _Corrector(_joined(items), plan, terms).corrected()


def _joined(items: Sequence[Items]) -> Items:
    def every(name: str) -> tuple[Any, ...]:
        return tuple(item for each in items for item in getattr(each, name))

    names = ("figures", "goals", "projects", "risks", "quantities", "skipped", "gaps")
    lists: dict[str, Any] = {name: every(name) for name in names}
    return Items(**lists)


class _Corrector:
    def __init__(self, items: Items, plan: Plan, terms: Terms):
        self.items = items
        self.plan = plan
        self.own = {q.id: q for q in plan.own}
        self.cited = {q.id: q for q in items.quantities if q.id not in self.own}
        self.given_over = {c.id for c in self.cited.values() if any(_touch(c, q) for q in plan.own)}
        chunks = [with_quantities(chunk, self.cited.values()) for chunk in plan.chunks]
        self.resolvers: list[Resolver] = [unchecked(chunk, terms, "user") for chunk in chunks]
        self.done: Counter[str] = Counter()
        self.rejected: list[str] = []
        self.gaps: list[Gap] = []

    def corrected(self) -> tuple[Items, Corrections]:
        left = tuple(f for f in self.items.figures if not self.given_over & set(f.quantities))
        figures = self._apply("figure", left, self._figure_share, self._figure)
        goals = self._apply("goal", self.items.goals, _statement_share, self._goal)
        projects = self._apply("project", self.items.projects, _project_share, self._project)
        risks = self._apply("risk", self.items.risks, _statement_share, self._risk)
        kept = tuple(q for q in self.cited.values() if q.id not in self.given_over)
        corrected = Items(
            figures=figures,
            goals=tuple(map(self._with_own, goals)),
            projects=projects,
            risks=risks,
            quantities=(*kept, *self.own.values()),
            skipped=self._skipped(),
            gaps=(*self.items.gaps, *self.gaps),
        )
        counts = {name: self.done[name] for name in ("rejected", "relabelled", "added", "unused")}
        return corrected, Corrections(sha256=self.plan.sha256, **counts)

    def _apply(self, what: str, items: tuple[_Item, ...], share: Share[_Item], make: Make[_Item]) -> tuple[_Item, ...]:
        """The items of one kind after all corrections of it."""
        placed = [p for p in self.plan.placed if p.fix.what == what]
        left: dict[int, _Item] = dict(enumerate(items))
        added: list[_Item] = []
        for fix, found in zip(placed, _meant(placed, items, share), strict=True):
            if fix.fix.do == "reject":
                self._reject(fix, [left.pop(index) for index in found])
                continue
            made = make(fix, items[found[0]] if found else None)
            if made is None:
                self._unused(fix)
                continue
            self.done["added" if fix.fix.do == "add" else "relabelled"] += 1
            for index in found:
                del left[index]
            if found:
                left[found[0]] = made
            else:
                added.append(made)
        kept = [left[index] for index in sorted(left)]
        return tuple(kept + added)

    def _reject(self, fix: Placed, items: Iterable[Figure | Goal | Project | Risk]) -> None:
        found = list(items)
        self.done["rejected" if found else "unused"] += 1
        if fix.quantity is not None:
            self.rejected.append(fix.quantity.id)
        self.rejected += [q for item in found if isinstance(item, Figure) for q in item.quantities]

    def _unused(self, placed: Placed) -> None:
        fix = placed.fix
        self.done["unused"] += 1
        lacking = fix.lacking(fix.fields)
        why = f"`set` lacks {', '.join(lacking)} to make it" if lacking else "there is no number that the grammar reads"
        detail = f"relabel {fix.what} “{shown(fix.quote)}”: no {fix.what} was found here, and {why}"
        self.gaps.append(
            Gap(stage="correcting", reason="fix_unused", start=placed.start, end=placed.end, detail=detail)
        )

    def _skipped(self) -> tuple[Skipped, ...]:
        rejected = dict.fromkeys(self.rejected)
        kept = (s for s in self.items.skipped if s.id not in rejected)
        return (*kept, *(Skipped(id=name, reason="rejected") for name in rejected))

    def _with_own(self, goal: Goal) -> Goal:
        """A goal with the numbers that the user gave inside it, and without those rejected as figures."""
        spans = goal.evidence
        inside = [q.id for q in self.own.values() if any(e.start <= q.start and q.end <= e.end for e in spans)]
        kept = [name for name in goal.quantities if name not in self.rejected]
        new = [name for name in inside if name not in kept]
        return goal.model_copy(update={"quantities": (*kept, *new)})

    # --- one item each ---------------------------------------------------------------------

    def _figure_share(self, placed: Placed, figure: Figure) -> float:
        if placed.quantity is not None:
            return float(placed.quantity.id in figure.quantities)
        cited = [self.cited[name] for name in figure.quantities if name in self.cited]
        return max((union_share(_span(placed), (q.start, q.end)) for q in cited), default=0.0)

    def _figure(self, placed: Placed, found: Figure | None) -> Figure | None:
        fields = _figure_fields(placed, found) | placed.fix.fields
        name = self._name_of(placed, found)
        if placed.fix.lacking(fields) or name is None:
            return None
        draft = DraftFigure(
            q=name,
            zh=fields["indicator_zh"],
            en=None,
            m=fields["measure"],
            d=fields.get("direction"),
            k=fields["kind"],
            y=fields.get("year"),
            scope=fields.get("scope"),
        )
        made = self.resolvers[placed.chunk].figure(draft)
        indicator = made.indicator.model_copy(update={"en": fields.get("indicator_en") or made.indicator.en})
        return made.model_copy(update={"indicator": indicator, "disputed": ()})

    def _name_of(self, placed: Placed, found: Figure | None) -> str | None:
        """What the figure's quantity is called in its chunk."""
        quantity = placed.quantity or (self.cited.get(found.quantities[0]) if found else None)
        if quantity is None:
            return None
        names = self.resolvers[placed.chunk].checker.chunk.quantities
        return next((name for name, q in names.items() if q.id == quantity.id), None)

    def _goal(self, placed: Placed, found: Goal | None) -> Goal | None:
        fields = ({"theme": found.theme} if found and placed.fix.do == "relabel" else {}) | placed.fix.fields
        if placed.fix.lacking(fields):
            return None
        english = fields["en"] if "en" in fields else _english_there(placed, found)
        goal = self.resolvers[placed.chunk].goal_at(*_span(placed), fields["theme"], english)
        return goal.model_copy(update={"disputed": ()})

    def _risk(self, placed: Placed, found: Risk | None) -> Risk | None:
        relabelled = found if placed.fix.do == "relabel" else None
        fields = ({"type": relabelled.type, "status": relabelled.status} if relabelled else {}) | placed.fix.fields
        if placed.fix.lacking(fields):
            return None
        english = fields["en"] if "en" in fields else _english_there(placed, found)
        return self.resolvers[placed.chunk].risk_at(*_span(placed), fields["type"], fields["status"], english)

    def _project(self, placed: Placed, found: Project | None) -> Project | None:
        mention = found.mentions[0] if found and placed.fix.do == "relabel" else None
        fields = ({"stage": mention.stage, "status": mention.status} if mention else {}) | placed.fix.fields
        if placed.fix.lacking(fields):
            return None
        zh = fields.get("name_zh", flat(placed.fix.quote))
        same = found.name.en if found and found.name.zh == zh else None
        name = Bilingual(zh=zh, en=fields.get("name_en", same))
        resolver = self.resolvers[placed.chunk]
        _, clause = resolver.index.clause_at(placed.start)
        made = resolver.project_at(clause, name, fields["stage"], fields["status"], self._alone(placed, clause))
        return made.model_copy(update={"quantities": found.quantities}) if found else made

    def _alone(self, placed: Placed, clause: Clause) -> bool:
        """Whether no other project is in the clause, by the engine or by a correction."""
        others = [p.evidence[0].start for p in self.items.projects]
        others += [
            p.start for p in self.plan.placed if p is not placed and p.fix.what == "project" and p.fix.do != "reject"
        ]
        return not any(clause.start <= start < clause.end for start in others)


# --- which items are meant --------------------------------------------------------------------


def _meant(placed: Sequence[Placed], items: Sequence[_Item], share: Share[_Item]) -> list[list[int]]:
    """For each correction the indices of its items."""
    owned: list[dict[int, float]] = [{} for _ in placed]
    for index, item in enumerate(items):
        shares = [share(fix, item) for fix in placed]
        best = max(shares, default=0.0)
        if best >= SAME_PLACE:
            owned[shares.index(best)][index] = best
    return [[i for i, rate in found.items() if rate == max(found.values())] for found in owned]


def _span(placed: Placed) -> tuple[int, int]:
    return placed.start, placed.end


def _touch(one: Quantity, other: Quantity) -> bool:
    return one.start < other.end and other.start < one.end


def _statement_share(placed: Placed, item: Goal | Risk) -> float:
    return union_share(_span(placed), (item.evidence[0].start, item.evidence[0].end))


def _project_share(placed: Placed, project: Project) -> float:
    """How much of the longer name the shorter one is, where the one holds the other and the clause holds the span."""
    evidence, name, quote = project.evidence[0], project.name.zh, flat(placed.fix.quote)
    if not (evidence.start <= placed.start and placed.end <= evidence.end):
        return 0.0
    if name == placed.fix.fields.get("name_zh"):
        return 1.0  # it is what the correction would make of it
    if name not in quote and quote not in name:
        return 0.0
    return min(len(name), len(quote)) / max(len(name), len(quote))


def _figure_fields(placed: Placed, found: Figure | None) -> dict[str, Any]:
    """What a correction leaves as it was found: everything for another label, the English for an item given whole."""
    if found is None:
        return {}
    named = placed.fix.fields.get("indicator_zh", found.indicator.zh)
    english = {"indicator_en": found.indicator.en} if named == found.indicator.zh else {}
    if placed.fix.do == "add":
        return english
    return english | {
        "indicator_zh": found.indicator.zh,
        "measure": found.measure,
        "direction": found.direction,
        "kind": found.kind,
        "year": found.year,
        "scope": found.scope,
    }


def _english_there(placed: Placed, found: Goal | Risk | None) -> str | None:
    """The English of an item that stands at the correction's own place; of other words it would say too much."""
    if found is None or (found.evidence[0].start, found.evidence[0].end) != _span(placed):
        return None
    return found.statement.en
