"""What the benchmarks measure with: CPU seconds, the best of a few rounds, and the reports to read."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from oracle import seeds

from summarizer.errors import SummarizerError
from summarizer.loading.text import load
from summarizer.model import Report


def cpu_of(code: str) -> float:
    """CPU seconds of a fresh interpreter that runs some code; the best of five."""
    best = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def seconds_of(work: Callable[[], object], rounds: int = 3) -> float:
    """CPU seconds of some work; the best of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def reports() -> list[Report]:
    """The reports to read: the sample reports, or those of SAMPLES that can be read."""
    found = []
    folder = os.environ.get("SAMPLES")
    for path in sorted(Path(folder).rglob("*.txt")) if folder else seeds():
        try:
            found.append(load(path))
        except SummarizerError as error:
            print(f"  left out: {error}")
    return found
