"""What the client costs beside the endpoint's time: wall time, CPU and memory, as ratios.

A loopback server in a process of its own answers every request in 300 ms. Reports are the short ones of the
samples, over and over: one part each, so that a report is two requests, the reading and the overview.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import seeds
from slow_server import slow_server

from summarizer.clients.base import Message
from summarizer.clients.stack import Run
from summarizer.limits import Limits
from summarizer.loading.text import load, load_text
from summarizer.pipeline import Summarizer, prepare
from summarizer.pricing import Price
from summarizer.prompting import answer_schema, read_messages
from summarizer.settings import resolve_settings
from summarizer.tokens import count_tokens

SECONDS = 0.3
CONCURRENCY = 10
AT_ONCE = 20
"""Reports that are read at once: more than requests may be, so that one is being read while others wait."""
REPORTS, PACED_REPORTS, RPM = 100, 60, 600
MEMORY = (25, 100, 200)
AIMS = "aims: wall 1.05, rate 1.05, CPU 3 ms, memory 1.0"


@dataclass(frozen=True)
class Cost:
    """What a number of requests took."""

    requests: int
    wall: float
    cpu: float

    @property
    def milliseconds(self) -> float:
        """CPU of a request."""
        return self.cpu / self.requests * 1000


def short_texts() -> list[str]:
    """The sample reports that are one part."""
    return [report.text for report in map(load, seeds()) if len(prepare(report).chunks) == 1]


async def _read(summarizer: Summarizer, texts: list[str], count: int) -> int:
    """Reads so many reports, some at once, and keeps none; gives the requests."""
    queue = iter(range(count))
    requests = 0

    async def worker() -> None:
        nonlocal requests
        for number in queue:
            count_tokens.cache_clear()  # the same few texts come again and again, as real ones do not
            brief = await summarizer.asummarize_text(texts[number % len(texts)])
            assert {f.by for f in brief.figures} == {"chat"}, brief.gaps
            requests += brief.usage.requests

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return requests


def read(url: str, count: int, limits: Limits) -> Cost:
    """What so many reports cost, once warm."""
    summarizer = Summarizer("chat", model="oracle", base_url=url, limits=limits, environment={})
    texts = short_texts()

    async def run() -> Cost:
        await _read(Summarizer("chat", model="oracle", base_url=url, environment={}), texts, len(texts))
        wall, cpu = time.perf_counter(), time.process_time()
        requests = await _read(summarizer, texts, count)
        return Cost(requests, time.perf_counter() - wall, time.process_time() - cpu)

    return asyncio.run(run())


def stack(url: str, count: int) -> Cost:
    """What as many requests of the same size cost through the client alone: modes, retries, budget, limits, SDK."""
    limits = Limits(concurrency=CONCURRENCY, rpm=10**6, budget=Decimal(10**6), price=Price(Decimal(1), Decimal(1)))
    settings = resolve_settings({}, engine="chat", model="oracle", base_url=url, limits=limits)

    async def run() -> Cost:
        async with Run(settings).client() as client:
            return await _timed(lambda n: client.complete(_messages()[n % len(_messages())], answer_schema()), count)

    return asyncio.run(run())


def bare(url: str, count: int) -> Cost:
    """What they cost with the SDK alone."""
    import openai

    schema = answer_schema()
    shape = {"name": schema.name, "strict": True, "schema": dict(schema.schema)}
    bodies: list[Any] = [[{"role": m.role, "content": m.content} for m in messages] for messages in _messages()]

    async def run() -> Cost:
        places = asyncio.Semaphore(CONCURRENCY)
        async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:

            async def ask(number: int) -> None:
                async with places:
                    await client.chat.completions.create(
                        model="oracle",
                        messages=bodies[number % len(bodies)],
                        response_format={"type": "json_schema", "json_schema": shape},  # type: ignore[arg-type]
                    )

            return await _timed(ask, count)

    return asyncio.run(run())


@cache
def _messages() -> list[tuple[Message, ...]]:
    """The reading requests of the short reports."""
    return [read_messages(prepare(load_text(text, "text")).chunks[0]) for text in short_texts()]


async def _timed(ask: Callable[[int], Awaitable[object]], count: int) -> Cost:
    await asyncio.gather(*(ask(n) for n in range(CONCURRENCY)))
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(ask(n) for n in range(count)))
    return Cost(count, time.perf_counter() - wall, time.process_time() - cpu)


def peak_of(url: str, count: int) -> float:
    """Megabytes of a fresh process that reads so many reports."""
    command = [sys.executable, str(Path(__file__).resolve()), url, str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    with slow_server(SECONDS) as url:
        made = read(url, REPORTS, Limits(concurrency=CONCURRENCY))
        alone, stacked = bare(url, made.requests), stack(url, made.requests)
        ideal = made.requests * SECONDS / CONCURRENCY
        print(f"\n{REPORTS} reports, {made.requests} requests of {SECONDS:g} s, {CONCURRENCY} at once ({AIMS})")
        print(f"wall                        {made.wall:.2f} s, {made.wall / ideal:.3f} times the ideal")
        print(f"the SDK alone               {alone.wall:.2f} s, {alone.wall / ideal:.3f} times the ideal")
        print(f"the client stack alone      {stacked.wall:.2f} s, {stacked.wall / ideal:.3f} times the ideal")
        print(f"CPU a request, SDK alone    {alone.milliseconds:.1f} ms")
        beside = stacked.milliseconds - alone.milliseconds
        print(f"  with the client stack     {beside:+.1f} ms, {stacked.cpu / alone.cpu:.2f} times")
        rest = made.milliseconds - stacked.milliseconds
        print(f"  with reading and checking {rest:+.1f} ms, {made.cpu / alone.cpu:.2f} times")
        print(f"a report by rules           {reading_milliseconds():.1f} ms of CPU, without any request")
        paced = read(url, PACED_REPORTS, Limits(concurrency=CONCURRENCY, rpm=RPM))
        ideal = (paced.requests - RPM / 60) * 60 / RPM + SECONDS
        print(f"under {RPM} requests a minute {paced.wall:.2f} s, {paced.wall / ideal:.3f} times the ideal")
    with slow_server(SECONDS / 10) as url:
        peaks = [peak_of(url, count) for count in MEMORY]
    shown = ", ".join(f"{n} reports {p:.0f} MB ({p / peaks[0]:.2f})" for n, p in zip(MEMORY, peaks, strict=True))
    print(f"peak memory                 {shown}")


def reading_milliseconds() -> float:
    """CPU of a report by rules: what outline, quantities and merging cost in any case."""
    texts, summarizer = short_texts(), Summarizer("rules", environment={})
    _ = [summarizer.summarize_text(text) for text in texts]
    started = time.process_time()
    _ = [summarizer.summarize_text(text) for text in texts * 5]
    return (time.process_time() - started) / len(texts) / 5 * 1000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        read(sys.argv[1], int(sys.argv[2]), Limits(concurrency=CONCURRENCY))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main()
