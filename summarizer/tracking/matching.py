"""What of a later report speaks of a target: by code or by equal names, never by likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from summarizer.merging import is_general
from summarizer.model import BriefContent, Figure, Goal, Project, Quantity, Risk
from summarizer.terms.dictionary import Terms, name_key
from summarizer.tracking.vocabulary import vocabulary

_SHORTEST_NAME = 4  # characters of a name that is looked for inside a sentence, or that stands for an undertaking


@dataclass(slots=True)
class Later:
    """A later report, indexed by what its items are about."""

    content: BriefContent
    terms: Terms
    quantities: Mapping[str, Quantity] = field(init=False)
    _figures: dict[str, list[Figure]] = field(init=False)
    _projects: dict[str, list[Project]] = field(init=False)
    _goals: dict[str, list[Goal]] = field(init=False)

    def __post_init__(self) -> None:
        self.quantities = {quantity.id: quantity for quantity in self.content.quantities}
        self._figures, self._projects, self._goals = defaultdict(list), defaultdict(list), defaultdict(list)
        for figure in self.content.figures:
            if figure.kind == "actual" and figure.quantities and figure.quantities[0] in self.quantities:
                for key in _keys(figure):
                    self._figures[key].append(figure)
        for project in self.content.projects:
            self._projects[name_key(project.name.zh)].append(project)
        for goal in self.content.goals:
            self._goals[name_key(goal.statement.zh)].append(goal)

    def figures(self, target: Figure, year: int) -> list[Figure]:
        """The values that the report gives for a target's indicator, scope and year, in its order."""
        found = {f.id: f for key in _keys(target) for f in self._figures.get(key, ())}
        return [f for f in found.values() if _year(f) == year and _scope(f) == _scope(target)]

    def is_sound(self, target: Figure, outcome: Figure) -> bool:
        """Whether two figures are of the same thing.

        Doubtful are names that a code was only read into, and equal names that may mean anything (项目).
        """
        if name_key(target.indicator.zh) == name_key(outcome.indicator.zh):
            known = target.indicator.code is not None and target.indicator.code == outcome.indicator.code
            return known or not is_general(target.indicator.zh)
        return all(
            term is not None and term.code == target.indicator.code
            for term in map(self.terms.indicator, (target.indicator.zh, outcome.indicator.zh))
        )

    def admissions(self, target: Figure) -> tuple[Risk, ...]:
        """The report's own words that a target was missed."""
        return tuple(
            risk
            for risk in self.content.risks
            if risk.type == "missed_target" and self._admits(risk.statement.zh, target)
        )

    def _admits(self, words: str, target: Figure) -> bool:
        """Whether words name a target's indicator; where they speak of its growth, only a target of growth."""
        code, name = target.indicator.code, target.indicator.zh
        ends = [end for _, end, term in self.terms.find(words) if code is not None and term.code == code]
        if not ends and len(name) >= _SHORTEST_NAME and name in words:
            ends = [words.index(name) + len(name)]
        growth = tuple(vocabulary()["growth"])
        return any(target.measure == "change" or not words[end:].startswith(growth) for end in ends)

    def projects(self, names: Iterable[str]) -> list[Project]:
        """The undertakings of exactly these names that the report says something done of."""
        keys = dict.fromkeys(name_key(name) for name in names if len(name) >= _SHORTEST_NAME)
        found = [project for key in keys for project in self._projects.get(key, ())]
        return [project for project in found if any(mention.status == "reported" for mention in project.mentions)]

    def goals(self, goal: Goal) -> Sequence[Goal]:
        """The same goal, in the same words."""
        return self._goals.get(name_key(goal.statement.zh), ())


def target_year(figure: Figure) -> int | None:
    """The year in which a target is due."""
    return _year(figure)


def _year(figure: Figure) -> int | None:
    return figure.period.to if figure.period and figure.period.to is not None else figure.year


def _keys(figure: Figure) -> list[str]:
    """What a figure is found by; a code cannot be a name, since names are folded."""
    name = f"name {name_key(figure.indicator.zh)}"
    return [f"code {figure.indicator.code}", name] if figure.indicator.code else [name]


def _scope(figure: Figure) -> str | None:
    return name_key(figure.scope) if figure.scope else None
