"""Every item of a brief is read back to what an engine pointed at, and made again from there.

What code made of the pointer (statement, quantities, evidence, period, base) must come out the same, what grounding
refuses must not be there, and what it doubts must be marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from summarizer import cues
from summarizer.engines.second_reader import remarks, with_remarks
from summarizer.grounding.english import Problem, check_english, numbers_of_names
from summarizer.merging import linked, normal
from summarizer.model import DraftFigure, DraftProject, Evidence, Figure, Goal, Item, Project, Quantity, Risk
from summarizer.naming import plain_names
from summarizer.verifying.findings import Failure
from summarizer.verifying.numbers import unrendered_english
from summarizer.verifying.source import Source

_LETTERS = {"figures": "f", "goals": "g", "projects": "p", "risks": "r"}
_OF_A_NAME = frozenset({"name", "unit"})  # doubts that depend on the name, of which merging keeps one


def item_failures(source: Source) -> Iterator[Failure]:
    """All that does not hold of figures, goals, projects and risks."""
    content = source.content
    for kind, letter in _LETTERS.items():
        items: tuple[Item, ...] = getattr(content, kind)
        for number, item in enumerate(items, 1):
            if item.id != f"{letter}{number}":
                yield Failure(f"{kind}.{item.id}", f"item {number} of its list is {letter}{number}")
        starts = [item.evidence[0].start for item in items if item.evidence]
        if starts != sorted(starts):
            yield Failure(kind, "they are not in the order of the text")
    yield from _user_failures(source)
    for checker, items in ((_figure, content.figures), (_goal, content.goals)):
        yield from (Failure(f"{i.id}", p) for i in items for p in checker(source, i))  # type: ignore[operator]
    yield from (Failure(p.id, problem) for p in content.projects for problem in _project(source, p))
    yield from (Failure(r.id, problem) for r in content.risks for problem in _risk(source, r))


def _user_failures(source: Source) -> Iterator[Failure]:
    """No more items are the user's than corrections were applied."""
    content = source.content
    every: list[Item] = [*content.figures, *content.goals, *content.projects, *content.risks]
    own = [item.id for item in every if item.by == "user"]
    made = content.corrections.relabelled + content.corrections.added if content.corrections else 0
    if len(own) > made:
        yield Failure("corrections", f"{len(own)} items are the user's ({', '.join(own[:5])}), but {made} were corrected")
    if content.engine.name == "rules" and (strange := [item.id for item in every if item.by == "chat"]):
        yield Failure("engine", f"rules made the brief, but a model {', '.join(strange[:5])}")


# --- evidence ---------------------------------------------------------------------------------


def _evidence(source: Source, evidence: Iterable[Evidence]) -> Iterator[str]:
    """Span, quote and section path of each evidence."""
    text = source.report.text
    for number, one in enumerate(evidence):
        if not 0 <= one.start < one.end <= len(text):
            yield f"evidence {number} is outside the text, which has {len(text)} characters"
        elif one.quote != text[one.start : one.end]:
            yield f"evidence {number} is not what the text has at {one.start}–{one.end}: “{text[one.start : one.end][:40]}”"
        elif source.index.evidence(one.start, one.end).path != one.path:
            yield f"evidence {number} stands under other headings"


def _broken(source: Source, item: Item) -> list[str]:
    """What is wrong with an item's evidence and pointers; nothing else can be checked before."""
    found = list(_evidence(source, item.evidence))
    if not item.evidence:
        found.append("it has no evidence")
    if isinstance(item, Goal) and item.carried:
        found += _evidence(source, [item.carried])
    if not isinstance(item, Risk):
        unknown = [name for name in item.quantities if name not in source.quantities]
        found += [f"there is no quantity {name}" for name in unknown]
        if len(set(item.quantities)) != len(item.quantities):
            found.append("it names a quantity twice")
    return found


def _told(problems: Iterable[Problem]) -> Iterator[str]:
    return (f"{problem.reason}: {problem.detail}" for problem in problems)


# --- figures ----------------------------------------------------------------------------------


def _figure(source: Source, figure: Figure) -> Iterator[str]:
    broken = _broken(source, figure)
    if not figure.quantities:
        broken.append("it has no quantity")
    yield from broken
    if broken:
        return
    others = [f.id for f in source.content.figures if f is not figure and set(f.quantities) & set(figure.quantities)]
    if others:
        yield f"its quantity is also in {', '.join(others)}; a quantity belongs to one figure"
    bare = figure.model_copy(update={"goal": None})
    if linked(bare, source.content.goals).goal != figure.goal:
        yield f"its goal is {linked(bare, source.content.goals).goal or 'none'}"
    yield from _figure_places(source, figure)
    yield from _figure_words(source, figure)
    if figure.by != "user":
        yield from _figure_reading(source, figure)
    elif figure.disputed:
        yield "a user decided on it, so that nothing is disputed"


def _figure_places(source: Source, figure: Figure) -> Iterator[str]:
    """Each quantity has its evidence, and each evidence a quantity."""
    own = [source.quantities[name] for name in figure.quantities]
    made = [source.plain.figure_evidence(figure.indicator.zh, q) for q in own]
    if len(own) == 1 and figure.evidence != (made[0],):
        yield f"its evidence is the clause at {made[0].start}–{made[0].end}"
        return
    for quantity, expected in zip(own, made, strict=True):
        if not any(e.end == expected.end and e.start <= quantity.start for e in figure.evidence):
            yield f"no evidence states {quantity.id}"
    for number, one in enumerate(figure.evidence):
        if not any(one.start <= q.start and e.end == one.end for q, e in zip(own, made, strict=True)):
            yield f"evidence {number} states none of its quantities"


def _figure_words(source: Source, figure: Figure) -> Iterator[str]:
    """Period, basis and base are those that the words around its quantities give."""
    resolver = source.full if figure.by == "user" else source.plain
    given = (figure.period, figure.basis, figure.base)
    for name in figure.quantities:
        quantity = source.quantities[name]
        around = resolver.checker.around(resolver.index.sentence_at(quantity.start)[0], quantity)
        period = cues.period_of(around, source.report.metadata) if around else None
        base = cues.base_of(around) if around and figure.measure == "change" else None
        if given != (period, cues.basis_of(around) if around else None, base):
            yield f"the words around {name} give another period, basis or base"


def _figure_reading(source: Source, figure: Figure) -> Iterator[str]:
    """The checks of grounding, made again: nothing that they refuse, and a mark on what they doubt."""
    drafts = {name: _draft(source, figure, name) for name in figure.quantities}
    several = len(drafts) > 1
    refused = [list(source.full.checker.figure_problems(draft, set())) for draft in drafts.values()]
    yield from _told(min(refused, key=len))
    if figure.indicator.en is not None:
        yield from _told(_figure_english(source, figure))
    expected: set[str] = set()
    opinions: set[str] = set()
    for name, draft in drafts.items():
        quantity = source.quantities[name]
        doubts = source.plain.checker.figure_doubts(draft, quantity)
        expected.update(doubts)
        reading = source.rules.get(quantity.start)
        opinions.update(with_remarks(doubts, remarks(draft, reading, source.terms) if reading else ()))
        if figure.by == "rules" and reading and _labels(reading) != _labels(draft):
            yield f"rules read {_shown(reading)} of {name}"
        if figure.by == "rules" and reading and not several and reading.zh != figure.indicator.zh:
            yield f"rules read “{reading.zh}” of {name}"
    ignored = _OF_A_NAME if several else frozenset()
    given = _keys(figure.disputed) - ignored
    if given != expected - ignored and (figure.by != "chat" or given != _keys(opinions) - ignored):
        yield f"in doubt is {', '.join(sorted(expected)) or 'nothing'}, marked is {', '.join(figure.disputed) or 'nothing'}"
    elif strange := [d for d in figure.disputed if ":" in d and d not in opinions and not several]:
        yield f"the second reader does not say “{strange[0]}”"


def _keys(disputed: Iterable[str]) -> set[str]:
    return {reason.partition(":")[0] for reason in disputed}


def _draft(source: Source, figure: Figure, name: str) -> DraftFigure:
    """What an engine pointed at to make this figure of one of its quantities."""
    return DraftFigure(
        q=source.pointers[name],
        zh=figure.indicator.zh,
        en=None,
        m=figure.measure,
        d=figure.direction,
        k=figure.kind,
        y=figure.year,
        scope=figure.scope,
    )


def _labels(draft: DraftFigure) -> tuple[object, ...]:
    return draft.m, draft.d, draft.k, draft.y


def _shown(draft: DraftFigure) -> str:
    return " ".join(str(label) for label in _labels(draft) if label is not None)


def _figure_english(source: Source, figure: Figure) -> Iterator[Problem]:
    """The English name holds no number but those of the Chinese name; the dictionary's own is known."""
    english = figure.indicator.en or ""
    name = figure.indicator.zh
    terms = filter(None, map(source.terms.indicator, (name, *plain_names(name))))
    if english not in [term.en for term in terms]:
        yield from check_english(english, {}, (), numbers_of_names(name), source.plain.checker.years)


# --- goals and risks --------------------------------------------------------------------------


def _goal(source: Source, goal: Goal) -> Iterator[str]:
    broken = _broken(source, goal)
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
    inside = {q.id for q in source.quantities.values() if any(e.start <= q.start and q.end <= e.end for e in goal.evidence)}
    if not stated - rejected <= set(goal.quantities) <= inside:
        yield f"its words hold {', '.join(sorted(stated)) or 'no quantity'}"
    doubts = {doubt for m in made for doubt in m.disputed} if goal.by != "user" else set()
    if set(goal.disputed) != doubts:
        yield f"in doubt is {', '.join(doubts) or 'nothing'}, marked is {', '.join(goal.disputed) or 'nothing'}"
    yield from _statement_english(source, goal)


def _risk(source: Source, risk: Risk) -> Iterator[str]:
    broken = _broken(source, risk)
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
        _, _, names = checker.english_context(one.start, ())
        template = unrendered_english(item.statement.en, inside)
        found.append(list(check_english(template, inside, required, names, checker.years)))
    yield from _told(min(found, key=len))


# --- projects ---------------------------------------------------------------------------------


def _project(source: Source, project: Project) -> Iterator[str]:
    broken = _broken(source, project)
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
    yield from _told(min(refused, key=len))
    if project.name.en is not None:
        numbers, years = numbers_of_names(project.name.zh), source.plain.checker.years
        yield from _told(check_english(project.name.en, {}, (), numbers, years))


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
