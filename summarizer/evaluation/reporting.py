"""Scores as rows: for a program, as JSON; for a terminal, as a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from summarizer.evaluation.misses import Miss


@dataclass(frozen=True, slots=True)
class Row:
    """One measure over all documents. It has the fields of one of three kinds; the others are None.

    - found: `precision`, `recall` and `f1` with the counts of `predicted` and `gold` items
    - judged: `accuracy` as `right` of `of`; None where there was nothing to judge
    - counted: `count`
    """

    name: str
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    predicted: int | None = None
    gold: int | None = None
    accuracy: float | None = None
    right: int | None = None
    of: int | None = None
    count: int | None = None

    @classmethod
    def found(cls, name: str, predicted: int, gold: int, hit: int) -> Row:
        """Micro-averaged precision, recall and F1; each is 0 where it would divide by nothing."""
        return cls(
            name,
            precision=hit / predicted if predicted else 0.0,
            recall=hit / gold if gold else 0.0,
            f1=2 * hit / (predicted + gold) if predicted + gold else 0.0,
            predicted=predicted,
            gold=gold,
        )

    @classmethod
    def judged(cls, name: str, right: int, of: int) -> Row:
        """How many of the judged labels are right."""
        return cls(name, accuracy=right / of if of else None, right=right, of=of)

    @classmethod
    def counted(cls, name: str, count: int) -> Row:
        """A bare count."""
        return cls(name, count=count)

    def as_dict(self) -> dict[str, Any]:
        """The name and the fields of this row's kind, for JSON."""
        everything = asdict(self)
        return {field: everything[field] for field in ("name", *self._fields())}

    def _fields(self) -> tuple[str, ...]:
        if self.predicted is not None:
            return ("precision", "recall", "f1", "predicted", "gold")
        if self.of is not None:
            return ("accuracy", "right", "of")
        return ("count",)


@dataclass(frozen=True, slots=True)
class Scores:
    """What `score` measured: rows in a fixed order, misses in document order, stems without a brief."""

    rows: tuple[Row, ...]
    misses: tuple[Miss, ...]
    missing: tuple[str, ...]

    def row(self, name: str) -> Row:
        """The row of that name; a KeyError names those that there are."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no measure {name!r}; there are: {', '.join(row.name for row in self.rows)}")

    def as_rows(self) -> list[dict[str, Any]]:
        """The rows as JSON objects, each with the fields of its kind."""
        return [row.as_dict() for row in self.rows]

    def table(self, misses: int = 0) -> str:
        """The rows for a terminal, then the first `misses` misses and the stems without a brief."""
        found = [row for row in self.rows if row.predicted is not None]
        others = [row for row in self.rows if row.predicted is None]
        lines = [f"{'':<16}{'precision':>9}{'recall':>9}{'F1':>9}{'predicted':>11}{'gold':>7}"]
        lines += [
            f"{row.name:<16}{row.precision:>9.3f}{row.recall:>9.3f}{row.f1:>9.3f}{row.predicted:>11}{row.gold:>7}"
            for row in found
        ]
        lines += ["", f"{'':<16}{'accuracy':>9}"]
        lines += [_plain_line(row) for row in others]
        lines += [str(miss) for miss in self.misses[:misses]]
        if self.missing:
            lines.append("no brief for: " + ", ".join(self.missing))
        return "\n".join(lines)


def _plain_line(row: Row) -> str:
    if row.count is not None:
        return f"{row.name:<16}{row.count:>9}"
    rate = "-" if row.accuracy is None else f"{row.accuracy:.3f}"
    return f"{row.name:<16}{rate:>9}   ({row.right} of {row.of})"
