"""Goals, risks and projects: each is made again from its places, and must come out the same."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.grounding.english import check_english, numbers_of_names
from summarizer.merging import normal
from summarizer.model import DraftProject, Goal, Project, Quantity, Risk
from summarizer.verifying.evidence import broken_of, fewest, marked_wrongly, told
from summarizer.verifying.numbers import unrendered_english
from summarizer.verifying.source import Source


def goal_problems(source: Source, goal: Goal) -> Iterator[str]:
    broken = broken_of(source, goal)
    yield from broken
    if broken:
        return
    resolver = source.plain
    made = [resolver.goal_at(e.start, e.end, goal.theme, None) for e in goal.evidence]
    if not any((m.statement.zh, m.carried) == (goal.statement.zh, goal.carried) for m in made):
        yield f"the report's words are “{made[0].statement.zh}”"
    if any(normal(m.statement.zh) != normal(goal.statement.zh) for m in made):
        yield "its evidence does not say the same"
    rejected = {s.id for s in source.content.coverage.skipped if s.reason == "rejected"}
    stated = {name for m in made for name in m.quantities}
    inside = {
        q.id for q in source.quantities.values() if any(e.start <= q.start and q.end <= e.end for e in goal.evidence)
    }
    if not stated - rejected <= set(goal.quantities) <= inside:
        yield f"its words hold {', '.join(sorted(stated)) or 'no quantity'}"
    doubts = {doubt for m in made for doubt in m.disputed} if goal.by != "user" else set()
    if set(goal.disputed) != doubts:
        yield marked_wrongly(doubts, goal.disputed)
    yield from _statement_english(source, goal)


def risk_problems(source: Source, risk: Risk) -> Iterator[str]:
    broken = broken_of(source, risk)
    yield from broken
    if broken:
        return
    made = [source.plain.risk_at(e.start, e.end, risk.type, risk.status, None).statement.zh for e in risk.evidence]
    if risk.statement.zh not in made:
        yield f"the report's words are “{made[0]}”"
    if any(normal(zh) != normal(risk.statement.zh) for zh in made):
        yield "its evidence does not say the same"
    if risk.disputed:
        yield "nothing is in doubt about a risk"
    yield from _statement_english(source, risk)


def _statement_english(source: Source, item: Goal | Risk) -> Iterator[str]:
    """Every number of the English is the rendering of a quantity inside its words, or belongs to a name."""
    if item.statement.en is None or item.by == "user":
        return
    skipped = {s.id for s in source.content.coverage.skipped}
    checker = source.plain.checker
    found = []
    for one in item.evidence:
        inside = dict(source.index.quantities_in(one.start, one.end))
        required = [name for name, q in inside.items() if q.id not in skipped]
        names = checker.statement_numbers(one.start, one.end)
        template = unrendered_english(item.statement.en, inside)
        labels = checker.statement_labels(one.start, one.end)
        found.append(list(check_english(template, inside, required, names, checker.years, labels)))
    yield from told(fewest(found))


def project_problems(source: Source, project: Project) -> Iterator[str]:
    broken = broken_of(source, project)
    if [m.evidence for m in project.mentions if m.evidence not in project.evidence] or not project.mentions:
        broken.append("its mentions are not those of its evidence")
    if [e for e in project.evidence if e not in [m.evidence for m in project.mentions]]:
        broken.append("an evidence has no mention")
    clauses = [source.clause(e.start, e.end) for e in project.evidence]
    if not broken and not all(clauses):
        broken.append("its evidence is not a clause")
    yield from broken
    if broken or project.by == "user":
        return
    places = [clause for clause in clauses if clause is not None]
    yield from _project_quantities(source, project)
    draft = DraftProject(c="", zh=project.name.zh, en=None, stage="planned", status="reported")
    names = [source.index.name_of(clause) for clause in places]
    refused = [list(source.plain.checker.project_problems(draft.model_copy(update={"c": c}))) for c in names]
    yield from told(fewest(refused))
    if project.name.en is not None:
        numbers, years = numbers_of_names(project.name.zh), source.plain.checker.years
        yield from told(check_english(project.name.en, {}, (), numbers, years))


def _project_quantities(source: Source, project: Project) -> Iterator[str]:
    """A clause gives all its quantities (ranks apart) to the only project in it, or none."""
    own = set(project.quantities)
    of_clauses: list[set[str]] = []
    for one in project.evidence:
        inside: list[tuple[str, Quantity]] = source.index.quantities_in(one.start, one.end)
        of_clauses.append({q.id for _, q in inside if q.unit != "rank"})
    given = set().union(*(names for names in of_clauses if names <= own))
    if own != given:
        yield "its quantities are not those of its clause"
