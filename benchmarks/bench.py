"""Speed and size, as ratios against a baseline of the same run. SAMPLES=dir adds the text reports of a folder.

Prints what importing and --help cost, characters a second of each stage against reading the bytes,
memory, what a user asks for (quantities a second, milliseconds a brief), what prompts and answers cost
in tokens (economy.py), what the client costs beside the endpoint's time (overhead.py), the quantity grammar
beside other readers (rivals.py), what becomes of fabricated facts (adversary.py), and bulk runs (bulk.py,
bulk_chat.py), which take a quarter of an hour: COUNT and GROWTH make them shorter.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import adversary
import bulk
import bulk_chat
import economy
import overhead
import rivals
from measuring import cpu_of, reports, seconds_of

from summarizer.chunking import make_chunks
from summarizer.model import Report
from summarizer.outline import read_outline
from summarizer.pipeline import Summarizer
from summarizer.quantities.grammar import find_quantities

NEAR = 30_000
"""Bytes of UTF-8 of the report whose whole brief is timed; the nearest is taken (one of the samples has 30.4 kB)."""


def baseline_of(encoded: Sequence[bytes]) -> int:
    """What every time is held against: the text decoded and split at full stops."""
    return sum(sum(map(len, data.decode("utf-8", "replace").split("。"))) for data in encoded)


def print_answers(made: Sequence[Report], summarizer: Summarizer) -> None:
    """The two figures a user asks for: quantities a second, and how long one brief takes."""
    size = sum(len(r.text.encode("utf-8", "replace")) for r in made)
    cost = seconds_of(lambda: [find_quantities(r.text, r.boilerplate) for r in made])
    print(f"\nquantities alone, as finished objects: {size / 1e6 / cost:.2f} MB of UTF-8 text a second on one core")
    encoded = min((r.text.encode("utf-8", "replace") for r in made), key=lambda data: abs(len(data) - NEAR))
    plain = seconds_of(lambda: baseline_of([encoded]), rounds=50)
    works: list[tuple[str, Callable[[], object]]] = [
        ("bytes to brief", lambda: summarizer.summarize_bytes(encoded)),
        ("bytes to brief and its Markdown", lambda: summarizer.summarize_bytes(encoded).to_markdown()),
    ]
    for name, work in works:
        work()
        cost = seconds_of(work)
        kilobytes = len(encoded) / 1000
        print(
            f"rules, a report of {kilobytes:.1f} kB, once warm, {name}: "
            f"{cost * 1000:.0f} ms, {cost / plain:,.0f} times decoding and splitting it"
        )


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
    encoded = [r.text.encode("utf-8", "replace") for r in made]
    summarizer = Summarizer("rules", environment={})
    _ = summarizer.terms
    baseline = seconds_of(lambda: baseline_of(encoded))
    found = [(r, read_outline(r), find_quantities(r.text, r.boilerplate)) for r in made]
    stages: list[tuple[str, Callable[[], object]]] = [
        ("decode and split (baseline)", lambda: baseline_of(encoded)),
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
    print_answers(made, summarizer)
    economy.main()
    overhead.main()
    rivals.main()
    print("\n" + adversary.report())
    bulk.main()
    bulk_chat.main()


if __name__ == "__main__":
    main()
