"""Several contestants on the same reports: their measures side by side, and the misses that they share."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from summarizer.evaluation.misses import KINDS, Miss, MissKind
from summarizer.evaluation.reporting import Row, Scores
from summarizer.model import Usage
from summarizer.pricing import Cost

UNKNOWN = "–"
"""What stands where nothing was measured: finished briefs do not tell what they took."""


@dataclass(frozen=True, slots=True)
class Run:
    """What making the briefs took: how many were made, what they used and cost, and why others failed, by stem."""

    reports: int
    usage: Usage
    cost: Cost
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A contestant's scores. `engines` describes what made its briefs; finished briefs have no `run`.

    `read_by_rules` counts the parts that a model should have read and did not.
    """

    name: str
    scores: Scores
    engines: tuple[str, ...]
    read_by_rules: int = 0
    run: Run | None = None

    def notes(self) -> list[str]:
        """What a reader of its column must know, one sentence each."""
        failures = self.run.failures if self.run else {}
        notes = [
            f"No brief for {stem}; it counts as an empty one. {failures.get(stem, '')}".rstrip()
            for stem in self.scores.missing
        ]
        if self.run is not None and self.run.cost.usd is None:
            notes.append(f"Cost unknown: {self.run.cost.why}")
        if self.run is not None and self.run.usage.stored:
            notes.append(
                f"{self.run.usage.stored} answers came from the store, and are in no count, time or cost; --no-cache "
                "asks anew."
            )
        if self.read_by_rules:
            notes.append(f"Parts that were read by rules, since the model failed: {self.read_by_rules}.")
        return [f"{self.name}: {note}" for note in notes]

    def as_dict(self) -> dict[str, Any]:
        """The result for JSON; usage and cost are null where they are not known."""
        usage = cost = None
        if self.run is not None:
            counted = self.run.usage
            usage = {
                "reports": self.run.reports,
                "requests": counted.requests,
                "prompt_tokens": counted.prompt_tokens,
                "cached_tokens": counted.cached_tokens,
                "answer_tokens": counted.answer_tokens,
                "stored": counted.stored,
                "seconds": round(counted.seconds, 3),
            }
            cost = None if self.run.cost.usd is None else float(self.run.cost.usd)
        return {
            "name": self.name,
            "engines": list(self.engines),
            "rows": self.scores.as_rows(),
            "missing": list(self.scores.missing),
            "usage": usage,
            "cost_usd": cost,
            "notes": self.notes(),
        }


# --- measures side by side --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A measure across all contestants; `best` holds the columns that are, where they differ."""

    name: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Measures of one sort under a heading, or without one."""

    title: str
    lines: tuple[Line, ...]


def side_by_side(results: Sequence[Result]) -> tuple[LineGroup, ...]:
    """Every measure with one cell a contestant: F1, accuracy, then what counts and what it took."""
    rows = list(zip(*(result.scores.rows for result in results), strict=True))
    return (
        LineGroup("F1", tuple(_rates(each, lambda row: row.f1) for each in rows if each[0].f1 is not None)),
        LineGroup("accuracy", tuple(_rates(each, lambda row: row.accuracy) for each in rows if each[0].of is not None)),
        LineGroup("run", (*(_counts(each) for each in rows if each[0].count is not None), *_run_lines(results))),
    )


def _rates(rows: Sequence[Row], value: Callable[[Row], float | None]) -> Line:
    values = [value(row) for row in rows]
    cells = tuple("-" if each is None else f"{each:.3f}" for each in values)
    return Line(rows[0].name, cells, _best([None if each is None else -each for each in values]))


def _counts(rows: Sequence[Row]) -> Line:
    return Line(rows[0].name, tuple(str(row.count) for row in rows), _best([row.count for row in rows]))


def _run_lines(results: Sequence[Result]) -> list[Line]:
    runs = [result.run if result.run and result.run.reports else None for result in results]
    seconds = [run.usage.seconds / run.reports if run else None for run in runs]
    costs = [run.cost.usd if run else None for run in runs]
    failed = [result.read_by_rules for result in results]
    return [
        Line("parts failed", tuple(map(str, failed)), _best(failed)),
        _usage_line("requests", runs, lambda usage: usage.requests),
        _usage_line("prompt tokens", runs, lambda usage: usage.prompt_tokens),
        _usage_line("cached tokens", runs, lambda usage: usage.cached_tokens),
        _usage_line("answer tokens", runs, lambda usage: usage.answer_tokens),
        Line("seconds a report", tuple(UNKNOWN if each is None else f"{each:.2f}" for each in seconds), _best(seconds)),
        Line("cost in USD", tuple(map(_cost, runs)), _best(costs)),
    ]


def _usage_line(name: str, runs: Iterable[Run | None], count: Callable[[Usage], int]) -> Line:
    return Line(name, tuple(UNKNOWN if run is None else str(count(run.usage)) for run in runs))


def _cost(run: Run | None) -> str:
    if run is None:
        return UNKNOWN
    return "unknown" if run.cost.usd is None else f"{run.cost.usd:.4f}"


def _best(values: Sequence[Any]) -> frozenset[int]:
    """The columns with the least value; none where all that are known are equal."""
    known = {value for value in values if value is not None}
    if len(known) < 2:
        return frozenset()
    return frozenset(index for index, value in enumerate(values) if value == min(known))


def comparison_table(results: Sequence[Result]) -> str:
    """The measures for a terminal, one column a contestant."""
    widths = [max(9, _width(result.name)) for result in results]
    lines: list[str] = []
    for group in side_by_side(results):
        lines.append(_table_line(group.title, [result.name for result in results], widths))
        lines += [_table_line(line.name, line.cells, widths) for line in group.lines] + [""]
    return "\n".join(lines[:-1])


def _table_line(head: str, cells: Iterable[str], widths: Sequence[int]) -> str:
    padded = (" " * (2 + width - _width(cell)) + cell for cell, width in zip(cells, widths, strict=True))
    return f"{head:<16}" + "".join(padded)


def _width(text: str) -> int:
    """Columns of a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


# --- shared misses ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedMiss:
    """One thing that is wrong in one place, with all contestants in which it is.

    `given` maps their names to what each gave instead, once for every time it did; `right` are those
    that did not go wrong there, `unasked` those that had gone wrong before (who missed a goal has no theme).
    """

    kind: MissKind
    miss: Miss
    given: dict[str, tuple[str, ...]]
    right: tuple[str, ...]
    unasked: tuple[str, ...]


_Key = tuple[str, str, str, int | None, int | None, str]
_Place = tuple[str, str, int | None, int | None]


def shared_misses(results: Sequence[Result]) -> tuple[SharedMiss, ...]:
    """The misses of all contestants, each once, by report, kind and place."""
    stems = dict.fromkeys(miss.stem for result in results for miss in result.scores.misses)
    order = {stem: position for position, stem in enumerate(sorted(stems))}
    places: dict[str, set[_Place]] = {result.name: set() for result in results}
    shared: dict[_Key, tuple[Miss, dict[str, list[str]]]] = {}
    for result in results:
        for miss in result.scores.misses:
            places[result.name].add((miss.stem, miss.what, miss.start, miss.end))
            key = (miss.stem, miss.what, miss.quote, miss.start, miss.end, miss.expected)
            shared.setdefault(key, (miss, defaultdict(list)))[1][result.name].append(miss.given)
    kinds = {kind.name: (position, kind) for position, kind in enumerate(KINDS)}
    found = [_with_verdict(kinds[miss.what][1], miss, given, places) for miss, given in shared.values()]
    return tuple(sorted(found, key=lambda s: (order[s.miss.stem], kinds[s.kind.name][0], s.miss.start or 0)))


def _with_verdict(
    kind: MissKind, miss: Miss, given: dict[str, list[str]], places: dict[str, set[_Place]]
) -> SharedMiss:
    others = [name for name in places if name not in given]
    unasked = [
        name
        for name in others
        if any((miss.stem, earlier, miss.start, miss.end) in places[name] for earlier in kind.after)
    ]
    right = tuple(name for name in others if name not in unasked)
    return SharedMiss(kind, miss, {name: tuple(said) for name, said in given.items()}, right, tuple(unasked))
