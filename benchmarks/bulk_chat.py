"""Bulk runs by a model: a loopback server that answers in 300 ms, and a run that is killed again and again.

Reports are the samples over and over, each time with another title, so that no two requests are the same. COUNT
(default 1,000) says how many; the run that is killed has a quarter of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import seeds
from slow_server import slow_server

from summarizer.loading.text import load

COUNT = int(os.environ.get("COUNT", "1000"))
SECONDS, CONCURRENCY, RPM = 0.3, 50, 3000
KILLS = 10


def fill(place: Path, count: int) -> None:
    """A folder of that many reports, no two of them with the same title."""
    place.mkdir(parents=True)
    for number, report in enumerate(islice(cycle([load(path) for path in seeds()]), count)):
        mark = f"{number:06d}".translate(str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸"))
        title = report.metadata.title
        assert title is not None
        assert title in report.text
        text = report.text.replace(title, f"{title}（{mark}稿）", 1)
        (place / f"report{number:06d}.txt").write_text(text, "utf-8")


def command(place: Path, out: Path, url: str, *more: str) -> list[str]:
    """The command of a run; nothing of the user's own settings counts."""
    code = "from summarizer.cli import main; main()"
    given = ["bulk", str(place), "-o", str(out), "--engine", "chat", "--base-url", url, "--model", "oracle"]
    return [sys.executable, "-c", code, *given, "--concurrency", str(CONCURRENCY), *more]


def surroundings(out: Path) -> dict[str, str]:
    """An environment with a reply store of the run's own."""
    return os.environ | {"OPENAI_API_KEY": "", "XDG_CACHE_HOME": str(out.with_name(out.name + "-cache"))}


def run(place: Path, out: Path, url: str, *more: str) -> tuple[float, float, float]:
    """Wall seconds of a run, CPU seconds of all its processes, and megabytes of the largest of them."""
    started = time.perf_counter()
    process = subprocess.Popen(command(place, out, url, *more), stderr=subprocess.DEVNULL, env=surroundings(out))
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"the run failed: {' '.join(more)}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def served(url: str) -> int:
    """How many requests the server has had."""
    with urlopen(f"{url}/served") as answer:
        return int(json.load(answer)["choices"][0]["message"]["content"])


def killed(place: Path, out: Path, url: str, start: float, seconds: float) -> int:
    """Runs that are killed at random moments in the midst of their requests, then one to the end; gives the kills."""
    rng, kills = random.Random(7), 0
    while kills < KILLS:
        process = subprocess.Popen(command(place, out, url), stderr=subprocess.DEVNULL, env=surroundings(out))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(start + rng.uniform(0.0, 2.0) * seconds / KILLS)
            break  # it came to its end
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    run(place, out, url)
    return kills


def briefs(out: Path) -> dict[str, bytes]:
    """Every file of the briefs."""
    return {path.name: path.read_bytes() for path in sorted((out / "briefs").iterdir())}


def main() -> None:
    work = Path(tempfile.mkdtemp())
    try:
        fill(work / "one", 1)
        fill(work / "few", max(COUNT // 4, 1))
        fill(work / "many", COUNT)
        with slow_server(SECONDS) as url:
            start, _, _ = run(work / "one", work / "start", url)
            before = served(url)
            wall, cpu, memory = run(work / "many", work / "out", url)
            requests = served(url) - before
            ideal = requests * SECONDS / CONCURRENCY
            print(f"\nbulk by a model, {COUNT} reports, {requests} requests of {SECONDS:g} s, {CONCURRENCY} at once")
            print(f"wall {wall:.1f} s, {wall / ideal:.2f} times the ideal (a run of one report: {start:.1f} s)")
            print(f"CPU {cpu / requests * 1000:.1f} ms a request, all processes; the largest has {memory:.0f} MB")
            again, _, _ = run(work / "many", work / "out", url)
            print(f"a second run of the unchanged folder: {again:.1f} s, no request")
            before = served(url)
            paced, _, _ = run(work / "many", work / "paced", url, "--rpm", str(RPM))
            requests = served(url) - before
            ideal = (requests - RPM / 60) * 60 / RPM + SECONDS
            print(f"under {RPM} requests a minute: {paced:.1f} s, {paced / ideal:.2f} times the ideal")
        with slow_server(SECONDS) as url:
            whole, _, _ = run(work / "few", work / "undisturbed", url)
            paid = served(url)
            kills = killed(work / "few", work / "disturbed", url, 0.7 * start, whole - 0.7 * start)
            disturbed = served(url) - paid
            same = briefs(work / "undisturbed") == briefs(work / "disturbed")
            most = paid + kills * CONCURRENCY
            print(f"{kills} kills at random moments: {disturbed} requests paid, {paid} without kills, at most {most}; ")
            print(f"briefs {'byte-identical' if same else 'DIFFERENT'}")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
