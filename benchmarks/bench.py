"""Speed and size, as ratios against a baseline of the same run. SAMPLES=dir adds the text reports of a folder.

Prints what importing and --help cost, characters a second of each stage against reading the bytes,
memory, and what prompts cost against the plain text.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import seeds

from summarizer.chunking import count_tokens, make_chunks
from summarizer.errors import SummarizerError
from summarizer.loading.text import load
from summarizer.model import Report
from summarizer.outline import read_outline
from summarizer.pipeline import Summarizer
from summarizer.prompting import instructions
from summarizer.quantities.grammar import find_quantities


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


def main() -> None:
    bare = cpu_of("pass")
    print(f"bare interpreter            {bare:.3f} s CPU   1.0")
    for name, code in (
        ("import summarizer", "import summarizer"),
        (
            "summarizer --help",
            "import sys; sys.argv = ['summarizer', '--help']; from summarizer.cli import main; main()",
        ),
    ):
        cost = cpu_of(code)
        print(f"{name:<27} {cost:.3f} s CPU   {cost / bare:.1f} times the bare interpreter")
    made = reports()
    text = sum(len(r.text) for r in made)
    encoded = [r.text.encode() for r in made]
    summarizer = Summarizer("rules", environment={})
    _ = summarizer.terms
    baseline = seconds_of(lambda: [sum(map(len, e.decode().split("。"))) for e in encoded])
    found = [(r, read_outline(r), find_quantities(r.text, r.boilerplate)) for r in made]
    stages: list[tuple[str, Callable[[], object]]] = [
        ("decode and split (baseline)", lambda: [sum(map(len, e.decode().split("。"))) for e in encoded]),
        ("quantities", lambda: [find_quantities(r.text, r.boilerplate) for r in made]),
        ("outline", lambda: [read_outline(r) for r in made]),
        ("chunks and tokens", lambda: [make_chunks(r, o, q) for r, o, q in found]),
        ("whole brief by rules", lambda: [summarizer.summarize_text(r.text, r.source) for r in made]),
    ]
    print(f"\n{len(made)} reports, {text} characters")
    for name, work in stages:
        cost = seconds_of(work)
        print(f"{name:<27} {text / cost:>12,.0f} characters a second   {cost / baseline:>8.1f} times the baseline")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    prefix = count_tokens(instructions())
    print(f"\nstable prefix {prefix} tokens, once in every request")
    for r, o, q in found[:5]:
        chunks, plain = make_chunks(r, o, q), count_tokens(r.text)
        marked = sum(count_tokens(c.marked) for c in chunks)
        print(f"{r.source:<30} {plain:>6} tokens, marked {marked / plain:.2f} times, {len(chunks)} requests")


if __name__ == "__main__":
    main()
