"""What a run has come to: `report.json`, the lines at its end, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from summarizer import outputs
from summarizer.bulk.ledger import Ledger
from summarizer.bulk.states import State
from summarizer.model import Usage

NAME = "report.json"


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers. `usage` and `seconds` are of this run alone, all else of the output folder's reports.

    `stopped` says why a run ended before all was read; None where it did not.
    """

    reports: int
    unchanged: int
    states: Mapping[State, int]
    gaps: Mapping[str, int]
    failures: tuple[tuple[str, str], ...]
    passed_over: Mapping[str, int]
    usage: Usage
    seconds: float
    stopped: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every report has a brief of which no text was lost."""
        return not any(self.states[state] for state in ("waiting", "lost", "failed"))

    def to_json(self) -> str:
        """The summary as JSON; failures as objects of report and reason."""
        content: dict[str, Any] = asdict(self)
        content["failures"] = [{"report": key, "reason": reason} for key, reason in self.failures]
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def lines(self, with_unchanged: bool = True) -> list[str]:
        """The summary for people."""
        words = {"done": "done", "gaps": "done with gaps", "lost": "with text that nobody read", "failed": "failed",
                 "linked": "the same text as another", "waiting": "not read yet"}  # fmt: skip
        states = ", ".join(f"{count:,} {words[state]}" for state, count in self.states.items() if count)
        unchanged = f"; {self.unchanged:,} of them were unchanged" if with_unchanged and self.unchanged else ""
        found = [f"{self.reports:,} reports: {states}{unchanged}."]
        if self.passed_over:
            others = ", ".join(f"{count} {suffix}" for suffix, count in self.passed_over.items())
            found.append(f"Not taken for reports: {others}.")
        if self.gaps:
            found.append("Gaps: " + ", ".join(f"{count:,} {reason}" for reason, count in self.gaps.items()) + ".")
        for reason, count in _grouped(self.failures):
            found.append(f"Failed ({count}): {reason}")
        if self.stopped:
            found.append(f"Stopped early: {self.stopped}")
        return found


def _grouped(failures: tuple[tuple[str, str], ...], most: int = 5) -> list[tuple[str, int]]:
    """The most frequent reasons, each with an example's name in it, and how often."""
    counts: dict[str, int] = {}
    shown: dict[str, str] = {}
    for key, reason in failures:
        name = key.rpartition("/")[2]
        general = reason.replace(name, "…")
        counts[general] = counts.get(general, 0) + 1
        shown.setdefault(general, reason)
    frequent = sorted(counts, key=lambda general: -counts[general])[:most]
    return [(shown[general], counts[general]) for general in frequent]


def summarize_run(ledger: Ledger, passed_over: Mapping[str, int], unchanged: int, usage: Usage, seconds: float,
                  stopped: str | None) -> Summary:  # fmt: skip
    """The summary of a run that has ended."""
    return Summary(
        reports=ledger.count(),
        unchanged=unchanged,
        states=ledger.states(),
        gaps=ledger.gaps(),
        failures=tuple((entry.key, entry.reason or "") for entry in ledger.entries(("failed",))),
        passed_over=dict(sorted(passed_over.items())),
        usage=usage,
        seconds=round(seconds, 3),
        stopped=stopped,
    )


def write_summary(out: Path, summary: Summary) -> None:
    """Writes `report.json`."""
    outputs.write(str(out / NAME), summary.to_json())
