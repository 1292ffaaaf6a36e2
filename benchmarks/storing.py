"""What the reply store costs: a reply kept and found as it grows, and how late the event loop runs meanwhile.

`python benchmarks/storing.py [REPLIES]`. Direct calls are measured beside calls in threads, while another process
writes to the same file, to see which of them holds up the other requests of a run less.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from summarizer.clients.kept import Kept
from summarizer.clients.store import Bounds, ReplyStore

ANSWER = Kept("m", '{"figures": "' + "x" * 8000 + '"}', "stop", None, 4000, 3000, 1_700_000_000)
SAMPLE = 500


def key(number: int) -> str:
    return f"{number * 2654435761 % 2**64:064x}"  # spread like digests


def spread(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    print(f"{name:34} median {middle * 1e3:7.3f} ms, 99% {late * 1e3:7.3f} ms, most {ordered[-1] * 1e3:7.3f} ms")


def timed(work: Callable[[int], object], numbers: range) -> list[float]:
    seconds = []
    for number in numbers:
        started = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - started)
    return seconds


def growth(path: Path, replies: int, bounds: Bounds) -> None:
    store = ReplyStore(path, bounds)
    for start in (0, replies - SAMPLE):
        for number in range(store.summary().replies if start else 0, start):
            store.keep(key(number), ANSWER)
        numbers = range(start, start + SAMPLE)
        spread(f"keep, from {start:,} replies", timed(lambda n: store.keep(key(n), ANSWER), numbers))
        spread(f"find, among {start + SAMPLE:,}", timed(lambda n: store.find(key(n)), numbers))
    store.close()


async def lateness(name: str, work: Callable[[int], Awaitable[object]]) -> None:
    """How late a task that wants to run every millisecond does, while replies are kept."""
    late: list[float] = []
    done = False

    async def beat() -> None:
        while not done:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append(time.perf_counter() - started - 0.001)

    beating = asyncio.create_task(beat())
    for number in range(SAMPLE):
        await work(number)
        await asyncio.sleep(0.001)
    done = True
    await beating
    spread(name, late)


async def both(path: Path) -> None:
    store = ReplyStore(path)

    async def nothing(number: int) -> object:
        return number

    async def direct(number: int) -> object:
        return store.keep(key(number), ANSWER)

    async def threaded(number: int) -> object:
        return await asyncio.to_thread(store.keep, key(number), ANSWER)

    for name, work in (("nothing", nothing), ("direct calls", direct), ("calls in threads", threaded)):
        await lateness(f"loop late by, {name}", work)
    store.close()


def writing(path: Path) -> None:
    """Keeps replies until it is ended."""
    store, number = ReplyStore(path), 10**9
    while True:
        store.keep(key(number), ANSWER)
        number += 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        writing(Path(sys.argv[2]))
    count = int(sys.argv[1]) if sys.argv[1:] else 20_000
    with tempfile.TemporaryDirectory() as folder:
        growth(Path(folder) / "grown.sqlite3", count, Bounds())
        growth(Path(folder) / "bounded.sqlite3", count, Bounds(kept=count * 4000))
        shared = Path(folder) / "shared.sqlite3"
        with subprocess.Popen([sys.executable, __file__, "--write", str(shared)]) as other:
            try:
                asyncio.run(both(shared))
            finally:
                other.kill()
