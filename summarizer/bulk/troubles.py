"""What befalls a report and would befall the others as well: it ends the run, and they wait for the next one."""

from __future__ import annotations

from summarizer.errors import BudgetError, EngineError, QuotaError

MOST_FAILURES = 5
"""Reports in a row that an endpoint answers nothing of; then the run stops."""
GO_ON = "What was answered is kept: run the same command again to go on."
OUT_OF_BUDGET = "the budget did not allow all of its requests"
_FINAL = frozenset({401, 402, 403, 404})  # statuses that the next report meets as well


def is_final(error: EngineError) -> bool:
    """Whether all other requests would fail like this one."""
    return isinstance(error, BudgetError | QuotaError) or getattr(error, "status", None) in _FINAL


def killed(times: str) -> str:
    """The reason of a report whose process ended so many times."""
    return f"The process that read it ended {times} (out of memory?); leave it out, or read it by itself."
