"""What a verification found: proven or not, each failure with its place and what to do, and what it can only say."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

MAKE_AGAIN = "make the brief again with `summarizer brief`"
OTHER_REPORT = "give the report that the brief is of"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not hold: its place in the brief (figures.f12.evidence.0), what is wrong, what to do."""

    place: str
    problem: str
    advice: str = MAKE_AGAIN

    def __str__(self) -> str:
        return " ".join(f"{self.place}: {self.problem}; {self.advice}.".split())


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of holding a brief against its source.

    `counts` says how much was proven (quantities, quotes, items …); `notes` what is not a failure and should be known:
    another version, other digests, a user's own numbers.
    """

    source: str
    counts: dict[str, int]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]

    @property
    def proven(self) -> bool:
        """Whether everything holds that can be proven without a model."""
        return not self.failures

    def to_json(self) -> str:
        """The result as JSON text; ends with a newline."""
        value: dict[str, Any] = {
            "proven": self.proven,
            "source": self.source,
            "counts": self.counts,
            "failures": [asdict(failure) for failure in self.failures],
            "notes": list(self.notes),
        }
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

    def to_text(self) -> str:
        """A short summary, and one line a failure; ends with a newline."""
        counted = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        head = "Proven" if self.proven else f"Not proven, {len(self.failures)} failures,"
        lines = [f"{head} against {self.source}. Checked: {counted}." if counted else f"{head} against {self.source}."]
        lines += [str(failure) for failure in self.failures]
        lines += [f"Note: {note}." for note in self.notes]
        return "\n".join(lines) + "\n"
