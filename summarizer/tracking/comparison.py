"""Every target of an earlier report held against what a later one of the same place says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from summarizer.comparing import Statement, is_distance, statement, year_on_year
from summarizer.model import BriefContent, Figure, Goal, Project, Quantity, Risk, Stage
from summarizer.rendering.figure_parts import attached_figures
from summarizer.rendering.phrases import position
from summarizer.terms.dictionary import Terms
from summarizer.tracking.judging import Better, Judgement, difference, judge
from summarizer.tracking.matching import Later, target_year
from summarizer.tracking.model import Caution, Outcome, Pair, Tracked, Verdict

_STAGES: tuple[Stage, ...] = get_args(Stage)
_DECIDED: tuple[Verdict, ...] = ("missed", "met", "exceeded")
_OWN_BASES = ("average", "cumulative")


def track(earlier: BriefContent, later: BriefContent, terms: Terms) -> Pair:
    """Holds the targets of one report against the outcomes in another; `terms` match and say what is better."""
    tracker = _Tracker(earlier, Later(later, terms), terms)
    return Pair(
        earlier=earlier.report,
        later=later.report,
        earlier_engine=earlier.engine,
        later_engine=later.engine,
        targets=tuple(tracker.all()),
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """A numeric target: its figure, the number it is stated in, the goal that it belongs to."""

    figure: Figure
    quantity: Quantity
    goal: Goal | None


class _Tracker:
    def __init__(self, earlier: BriefContent, later: Later, terms: Terms):
        self.earlier, self.later, self.terms = earlier, later, terms
        self.better = {term.code: term.better for term in terms.indicators}
        self.quantities = {quantity.id: quantity for quantity in earlier.quantities}

    def all(self) -> list[Tracked]:
        """Every target once, in the earlier report's order."""
        goals = {goal.id: goal for goal in self.earlier.goals}
        attached = attached_figures(self.earlier)
        found: list[Tracked] = []
        with_figure: set[str | None] = set()
        for figure in self.earlier.figures:
            quantity = self.quantities.get(figure.quantities[0]) if figure.quantities else None
            if figure.kind == "target" and quantity is not None:
                with_figure.add(figure.goal)
                found.append(self._figure(_Target(figure, quantity, goals.get(figure.goal or ""))))
        others = [goal for goal in goals.values() if goal.id not in with_figure and not attached[goal.id]]
        found += [self._goal(goal) for goal in others]
        found.sort(key=lambda row: position(row.figure or row.goal))  # type: ignore[arg-type]
        return [row.model_copy(update={"id": f"t{number}"}) for number, row in enumerate(found, 1)]

    # --- numeric targets -------------------------------------------------------------------

    def _figure(self, target: _Target) -> Tracked:
        year = target_year(target.figure)
        outcomes = tuple(self._outcome(target, f) for f in self.later.figures(target.figure, year)) if year else ()
        admissions = self.later.admissions(target.figure) if year == self._reviewed else ()
        judgement = self._verdict(outcomes, admissions, year)
        return Tracked(
            id="",
            figure=target.figure,
            goal=target.goal,
            quantity=target.quantity,
            year=year,
            verdict=judgement.verdict,
            reason=judgement.reason,
            outcomes=outcomes,
            admissions=admissions,
            cautions=self._cautions(target.figure, judgement.verdict, outcomes, admissions),
        )

    @property
    def _reviewed(self) -> int | None:
        return self.later.content.report.review_year

    def _outcome(self, target: _Target, figure: Figure) -> Outcome:
        quantity = self.later.quantities[figure.quantities[0]]
        wanted, found = statement(target.figure, target.quantity), statement(figure, quantity)
        judgement = self._judged(target.figure, figure, wanted, found)
        known = isinstance(wanted, Statement) and isinstance(found, Statement) and judgement.verdict in _DECIDED
        return Outcome(
            figure=figure,
            quantity=quantity,
            verdict=judgement.verdict,
            reason=judgement.reason,
            difference=difference(wanted, found) if known else None,  # type: ignore[arg-type]
        )

    def _judged(self, target: Figure, figure: Figure, wanted: Statement | str, found: Statement | str) -> Judgement:
        if not self.later.is_sound(target, figure):
            return Judgement("not_comparable", "doubtful_name")
        if other := _otherwise(target, figure):
            return other
        for each in (wanted, found):
            if not isinstance(each, Statement):
                return Judgement("not_comparable", each)  # type: ignore[arg-type]
        return judge(wanted, found, self._better(target, figure))  # type: ignore[arg-type]

    def _better(self, target: Figure, figure: Figure) -> Better:
        """The direction that is good: first place is better than second, else what the dictionary says."""
        if target.measure == "rank":
            return "lower"
        return self.better.get(target.indicator.code or figure.indicator.code or "")

    def _verdict(self, outcomes: Sequence[Outcome], admissions: Sequence[Risk], year: int | None) -> Judgement:
        if year is None:
            return Judgement("not_comparable", "no_year")
        decided = {outcome.verdict for outcome in outcomes if outcome.verdict in _DECIDED}
        if len(decided) > 1:
            return Judgement("not_comparable", "outcomes_disagree")
        if decided:
            return Judgement(decided.pop())
        if admissions:
            return Judgement("missed", "admitted")
        if outcomes:
            first = min(outcomes, key=lambda outcome: outcome.verdict != "not_comparable")
            return Judgement(first.verdict, first.reason)
        if year != self._reviewed:
            return Judgement("not_comparable", "other_year" if self._reviewed else "later_year_unknown")
        return Judgement("not_mentioned")

    def _cautions(
        self, target: Figure | Goal, verdict: Verdict, outcomes: Sequence[Outcome], admissions: Sequence[Risk]
    ) -> tuple[Caution, ...]:
        report, found = self.later.content.report, list[Caution]()
        if verdict == "not_mentioned" and report.partial:
            found.append("later_partial")
        if verdict == "not_mentioned" and any(gap.lost for gap in self.later.content.gaps):
            found.append("later_lost")
        if verdict in ("met", "exceeded") and admissions:
            found.append("admitted_but_reached")
        if target.disputed:
            found.append("target_disputed")
        if any(item.disputed for outcome in outcomes for item in (outcome.figure, outcome.project) if item):
            found.append("outcome_disputed")
        return tuple(found)

    # --- goals without a number ------------------------------------------------------------

    def _goal(self, goal: Goal) -> Tracked:
        year = self.earlier.report.target_year
        outcomes = tuple(self._stages(goal)) if year is not None and year == self._reviewed else ()
        decided = {outcome.verdict for outcome in outcomes}
        if len(decided) > 1:
            judgement = Judgement("not_comparable", "outcomes_disagree")
        elif outcomes:
            judgement = Judgement(outcomes[0].verdict, outcomes[0].reason)
        elif again := self.later.goals(goal):
            judgement = Judgement("not_comparable", "promised_again")
            outcomes = tuple(Outcome(goal=g, verdict="not_comparable", reason="promised_again") for g in again)
        else:
            judgement = Judgement("not_comparable", "no_number")
        return Tracked(
            id="",
            figure=None,
            goal=goal,
            quantity=None,
            year=year,
            verdict=judgement.verdict,
            reason=judgement.reason,
            outcomes=outcomes,
            admissions=(),
            cautions=self._cautions(goal, judgement.verdict, outcomes, ()),
        )

    def _stages(self, goal: Goal) -> list[Outcome]:
        """How far the undertakings that a goal names have come, against the stage that it promises."""
        found = []
        for project in self.earlier.projects:
            wanted = _promised(project, goal)
            for other in self.later.projects([project.name.zh]) if wanted else ():
                reached = max((m.stage for m in other.mentions if m.status == "reported"), key=_STAGES.index)
                behind = _STAGES.index(reached) < _STAGES.index(wanted or reached)
                verdict: Verdict = "missed" if behind else "met"
                reason: Judgement = Judgement(verdict, "stage_behind" if behind else "stage_reached")
                found.append(Outcome(project=other, verdict=verdict, reason=reason.reason))
        return found


def _promised(project: Project, goal: Goal) -> Stage | None:
    """The furthest stage of a project that a goal promises in its own words."""
    spans = [(evidence.start, evidence.end) for evidence in goal.evidence]
    stages = [
        mention.stage
        for mention in project.mentions
        if mention.status == "promised"
        and any(mention.evidence.start < end and start < mention.evidence.end for start, end in spans)
    ]
    return max(stages, key=_STAGES.index, default=None)


def _otherwise(target: Figure, figure: Figure) -> Judgement | None:
    """Whether the later report puts it in other terms."""
    if target.measure != figure.measure:
        return Judgement("changed_wording", "other_measure")
    if target.measure == "change" and _base(target.base) != _base(figure.base):
        return Judgement("changed_wording", "other_base")
    if _basis(target) != _basis(figure):
        return Judgement("changed_wording", "other_basis")
    return None


def _base(base: str | None) -> str | None:
    return None if year_on_year(base) and not is_distance(base) else base


def _basis(figure: Figure) -> tuple[object, ...]:
    """What tells one year's value from one of several years; annual and point in time are both a year's value."""
    return figure.basis if figure.basis in _OWN_BASES else None, figure.period.from_ if figure.period else None
