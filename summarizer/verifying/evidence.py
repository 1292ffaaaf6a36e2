"""What comes before all else of an item: its quotes are the text's, its pointers resolve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from summarizer.grounding.english import Problem
from summarizer.model import Evidence, Goal, Item, Risk
from summarizer.verifying.source import Source


def _evidence(source: Source, evidence: Iterable[Evidence]) -> Iterator[str]:
    """Span, quote and section path of each evidence."""
    text = source.report.text
    for number, one in enumerate(evidence):
        if not 0 <= one.start < one.end <= len(text):
            yield f"evidence {number} is outside the text, which has {len(text)} characters"
        elif one.quote != text[one.start : one.end]:
            yield f"evidence {number} is not what the text has: “{text[one.start : one.end][:40]}”"
        elif source.index.evidence(one.start, one.end).path != one.path:
            yield f"evidence {number} stands under other headings"


def broken_of(source: Source, item: Item) -> list[str]:
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


def told(problems: Iterable[Problem]) -> Iterator[str]:
    return (f"{problem.reason}: {problem.detail}" for problem in problems)


def fewest(found: Sequence[list[Problem]]) -> list[Problem]:
    """An item with several places holds where it holds at one of them."""
    return min(found, key=lambda problems: len(problems))


def marked_wrongly(expected: Iterable[str], given: Iterable[str]) -> str:
    """The sentence for doubts that are not those of the checks."""
    return f"in doubt is {', '.join(sorted(expected)) or 'nothing'}, marked is {', '.join(given) or 'nothing'}"
