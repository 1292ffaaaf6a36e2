"""Every item of a brief is read back to what an engine pointed at, and made again from there.

What code made of the pointer (statement, quantities, evidence, period, base) must come out the same, what grounding
refuses must not be there, and what it doubts must be marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.model import Item
from summarizer.verifying.figures import figure_problems
from summarizer.verifying.findings import Failure
from summarizer.verifying.source import Source
from summarizer.verifying.statements import goal_problems, project_problems, risk_problems

_LETTERS = {"figures": "f", "goals": "g", "projects": "p", "risks": "r"}


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
    yield from (Failure(f.id, problem) for f in content.figures for problem in figure_problems(source, f))
    yield from (Failure(g.id, problem) for g in content.goals for problem in goal_problems(source, g))
    yield from (Failure(p.id, problem) for p in content.projects for problem in project_problems(source, p))
    yield from (Failure(r.id, problem) for r in content.risks for problem in risk_problems(source, r))


def _user_failures(source: Source) -> Iterator[Failure]:
    """No more items are the user's than corrections were applied."""
    content = source.content
    every: list[Item] = [*content.figures, *content.goals, *content.projects, *content.risks]
    own = [item.id for item in every if item.by == "user"]
    made = content.corrections.relabelled + content.corrections.added if content.corrections else 0
    if len(own) > made:
        yield Failure(
            "corrections", f"{len(own)} items are the user's ({', '.join(own[:5])}), but {made} were corrected"
        )
    if content.engine.name == "rules" and (strange := [item.id for item in every if item.by == "chat"]):
        yield Failure("engine", f"rules made the brief, but a model {', '.join(strange[:5])}")
