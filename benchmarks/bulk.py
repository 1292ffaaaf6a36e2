"""Bulk runs by rules: reports a second, scaling, memory, and what a second run costs.

SAMPLES names a folder of reports (default: the sample reports); its texts are repeated, each time with a changed
last line, until there are COUNT (default 1,000) of them. GROWTH names the sizes of folders whose time, disk and ledger
are held against each other (default 100,1000,10000).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import seeds

from summarizer.bulk.ledger import open_ledger
from summarizer.bulk.states import Outcome
from summarizer.errors import SummarizerError
from summarizer.loading.text import load

COUNT = int(os.environ.get("COUNT", "1000"))
GROWTH = [int(size) for size in os.environ.get("GROWTH", "100,1000,10000").split(",")]
NOTED = 200  # reports that are noted in a ledger to see how long one takes


def texts() -> list[str]:
    """The reports to repeat: those of SAMPLES that are read, or the sample reports."""
    folder = os.environ.get("SAMPLES")
    found = []
    for path in sorted(Path(folder).rglob("*.txt")) if folder else seeds():
        try:
            found.append(load(path).text)
        except SummarizerError as error:
            print(f"  left out: {error}")
    return found


def fill(place: Path, sources: list[str], count: int) -> None:
    """A folder of that many reports, no two of them the same text."""
    place.mkdir(parents=True)
    for number, text in enumerate(islice(cycle(sources), count)):
        mark = "".join(chr(0x4E00 + 7 * int(digit)) for digit in f"{number:06d}")
        (place / f"report{number:06d}.txt").write_text(f"{text}\n稿本{mark}。", "utf-8")


def bulk(place: Path, out: Path, jobs: int) -> tuple[float, float]:
    """Wall seconds of a run, and the largest memory of the process that leads it, in megabytes."""
    code = "from summarizer.cli import main; main()"
    command = [sys.executable, "-c", code, "bulk", str(place), "-o", str(out), "--jobs", str(jobs)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"OPENAI_API_KEY": ""})
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"the run failed: {' '.join(command[3:])}")
    return time.perf_counter() - started, used.ru_maxrss / 1024


def main() -> None:
    work = Path(tempfile.mkdtemp())
    try:
        sources = texts()
        few, many = max(COUNT // 10, 1), COUNT
        fill(work / "few", sources, few)
        fill(work / "many", sources, many)
        one, _ = bulk(work / "few", work / "one", 1)
        _, small = bulk(work / "few", work / "two", 2)
        both, large = bulk(work / "many", work / "all", 2)
        again, _ = bulk(work / "many", work / "all", 2)
        start = one_report(work, sources)
        pair, _ = bulk(work / "few", work / "pair", 2)
        disk = sum(path.stat().st_size for path in (work / "all").rglob("*")) / many / 1e6
        scaling = (one - start) / (pair - start)
        print(f"\nbulk by rules, {many} reports: {many / both:.1f} a second on 2 processes; {disk:.2f} MB a report")
        print(f"scaling from 1 to 2 processes, over {few} reports without the start: {scaling:.2f} times")
        print(f"memory of the leading process: {large:.0f} MB, {large / small:.2f} times that of {few} reports")
        print(f"a second run of the unchanged folder: {again:.1f} s, {both / again:.0f} times as fast")
        growth(work, sources)
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"largest process of all: {children:.0f} MB")
    finally:
        shutil.rmtree(work)


def growth(work: Path, sources: list[str]) -> None:
    """Time, disk and ledger of folders of ever more reports, each against the smallest."""
    short = sorted(sources, key=len)[: max(1, len(sources) // 2)]  # ten thousand of them are to end within minutes
    print("\ngrowth, by rules: reports, seconds, a report (ms), disk a report (kB), one note in the ledger (µs)")
    for size in GROWTH:
        place, out = work / f"growth{size}", work / f"growth{size}-out"
        fill(place, short, size)
        seconds, _ = bulk(place, out, 2)
        disk = sum(path.stat().st_size for path in out.rglob("*")) / size / 1e3
        noted = ledger_microseconds(out)
        print(f"{size:>7} {seconds:>7.1f} {seconds / size * 1e3:>7.1f} {disk:>7.0f} {noted:>7.0f}", flush=True)
        shutil.rmtree(place)
        shutil.rmtree(out)


def ledger_microseconds(out: Path) -> float:
    """What noting the end of one report takes in a ledger that is full."""
    with open_ledger(out) as ledger:
        ledger.resume()
        entries = list(islice(ledger.entries(), NOTED))
        started = time.perf_counter()
        for entry in entries:
            ledger.end(entry.key, entry.stamp or "", Outcome("done", entry.digests, facts=entry.facts))
        return (time.perf_counter() - started) / len(entries) * 1e6


def one_report(work: Path, sources: list[str]) -> float:
    """What a run takes that has one report: its start."""
    fill(work / "single", sources, 1)
    return bulk(work / "single", work / "single-out", 2)[0]


if __name__ == "__main__":
    main()
