"""What can be wrong with a brief, one thing at a time: the kinds of misses, and a miss in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["missed", "false", "wrong"]


@dataclass(frozen=True, slots=True)
class MissKind:
    """A kind of miss: its name in `Miss.what`, its heading, and what sort of fault it is.

    `fault` is missed (gold has it, the brief does not), false (the brief has it, gold does not) or
    wrong (both have it, and read it differently). `after` names the misses at the same place after
    which this one is not looked for: who missed a quantity is asked nothing more about it.
    """

    name: str
    title: str
    fault: Fault
    after: tuple[str, ...] = ()


_FOUND = ("quantity missed",)
_READ = ("quantity missed", "figure missed")
KINDS = (
    MissKind("quantity missed", "Quantities missed", "missed"),
    MissKind("quantity false", "False quantities", "false"),
    MissKind("value", "Wrong values", "wrong", _FOUND),
    MissKind("comparator", "Wrong comparators", "wrong", _FOUND),
    MissKind("figure missed", "Quantities found, but in no figure", "missed", _FOUND),
    MissKind("figure repeated", "Figures given more than once", "false"),
    MissKind("indicator", "Wrong indicators", "wrong", _READ),
    MissKind("kind", "Wrong kinds", "wrong", _READ),
    MissKind("year", "Wrong years", "wrong", _READ),
    MissKind("direction", "Wrong directions", "wrong", _READ),
    MissKind("measure", "Wrong measures", "wrong", _READ),
    MissKind("evidence", "Figures that no short evidence holds", "wrong", _READ),
    MissKind("goal missed", "Goals missed", "missed"),
    MissKind("goal false", "False goals", "false"),
    MissKind("theme", "Wrong themes", "wrong", ("goal missed",)),
    MissKind("goal quantities", "Goals without all their quantities", "wrong", ("goal missed",)),
    MissKind("risk missed", "Risks missed", "missed"),
    MissKind("risk false", "False risks", "false"),
    MissKind("risk type", "Wrong risk types", "wrong", ("risk missed",)),
    MissKind("project missed", "Projects missed", "missed"),
    MissKind("project false", "False projects", "false"),
    MissKind("stage", "Wrong stages", "wrong", ("project missed",)),
    MissKind("heading missed", "Headings missed", "missed"),
    MissKind("heading false", "False headings", "false"),
    MissKind("metadata", "Wrong metadata", "wrong"),
    MissKind("boilerplate missed", "Boilerplate missed", "missed"),
    MissKind("boilerplate false", "False boilerplate", "false"),
    MissKind("quote", "Quotes that are not the text", "false"),
)
"""All kinds, in the order in which a page shows them."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Something that was missed, invented or misread, for a reader who wants to know why.

    `start` and `end` bound the place in the report; they are null where there is none (metadata,
    whose `quote` is the field's name). What is said to be nothing is the empty text.
    """

    stem: str
    what: str
    quote: str
    expected: str
    given: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        parts = (self.stem, self.what, self.quote, self.expected, self.given)
        return "\t".join(part.replace("\n", " ") for part in parts)
