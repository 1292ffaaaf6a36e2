"""What a run does when its endpoint fails: every fault alone, and many at once. `--write` fills docs/reliability.md.

A real server on loopback knows the answers to the sample reports and misbehaves by a script (faults.py).
Held against a run without a fault, whatever differs must be said by a gap at its place; that is counted here.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from faults import FAULTS, Decide, Fault, Knowing, Misbehaving, a_share, all_of, first_of_each
from loopback import endpoint
from oracle import seeds

from summarizer.brief import Brief
from summarizer.clients import stack as clients
from summarizer.clients.stack import open_client
from summarizer.errors import SummarizerError
from summarizer.loading.text import load, load_text
from summarizer.model import Figure, Goal, Project, Report, Risk
from summarizer.pipeline import Summarizer
from summarizer.resources import folder
from summarizer.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
REPORT = "002_5cb3f669036bf3d3"
TIMEOUT = 2.0  # seconds for one request: what answers later counts as no answer
SHARE = 0.2  # of requests that fail in the mixed run
REPORTS = 200

Known = tuple[Report, dict[str, Any]]


def known(stem: str) -> Known:
    """A sample report with its annotations."""
    gold = json.loads((folder("gold") / f"{stem}.gold.json").read_text("utf-8"))
    return load(folder("seeds") / f"{stem}.txt"), gold


def copies(count: int) -> list[Known]:
    """Sample reports again and again, each with a last line of its own, so that no two are the same text."""
    stems = [path.stem for path in seeds() if path.stem != REPORT]
    made = []
    for number in range(count):
        report, gold = known(stems[number % len(stems)])
        line = "".join(chr(0x4E00 + int(digit) * 7) for digit in f"{number:04d}")
        made.append((load_text(f"{report.text}\n稿本{line}。", f"{report.source}-{number}"), gold))
    return made


# --- one run ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What became of some reports: their briefs, or the errors that ended them; and the requests they cost."""

    ended: tuple[Brief | SummarizerError, ...]
    requests: int
    met: Counter[str]


def run(reports: Sequence[Known], decide: Decide, seed: int = 0, timeout: float = TIMEOUT) -> Run:
    """Makes briefs of reports through the whole chat engine, eight at once, with an endpoint that misbehaves."""
    script = Misbehaving(Knowing(reports=reports), decide, seed)
    with endpoint(script) as served:
        settings = Settings("chat", "oracle", served.url, "none", timeout=timeout, cache=False)
        ended = asyncio.run(_every([report for report, _ in reports], settings))
    return Run(ended, len(served.requests), script.met)


async def _every(reports: Sequence[Report], settings: Settings) -> tuple[Brief | SummarizerError, ...]:
    clock = Passing()
    client = open_client(settings, clients.Run(settings, clock, clock.sleep))
    gate = asyncio.Semaphore(8)

    async def one(report: Report) -> Brief | SummarizerError:
        async with gate:
            try:
                return await Summarizer(client=client, model="oracle").abrief(report)
            except SummarizerError as error:
                return error

    try:
        return tuple(await asyncio.gather(*(one(report) for report in reports)))
    finally:
        await client.close()


@dataclass
class Passing:
    """A clock whose time passes where somebody waits: what is measured is what a run does, not how long it waits."""

    waited: float = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.waited

    async def sleep(self, seconds: float) -> None:
        self.waited += seconds
        await asyncio.sleep(0)


# --- what differs -----------------------------------------------------------------------------


Fact = tuple[str, int, int, str]
"""An item at one of its places: kind, start, end, and all that it says besides ids and who read it."""


def facts(brief: Brief) -> dict[Fact, list[tuple[int, int]]]:
    """The items of a brief at each of their places, with all places of the item."""
    found: dict[Fact, list[tuple[int, int]]] = {}
    for item in (*brief.figures, *brief.goals, *brief.projects, *brief.risks):
        places = [(evidence.start, evidence.end) for evidence in item.evidence]
        for start, end in places:
            found.setdefault((type(item).__name__, start, end, _said(item)), []).extend(places)
    return found


def _said(item: Figure | Goal | Project | Risk) -> str:
    left_out = {"id", "by", "evidence", "goal", "quantities", "disputed", "mentions"}
    return json.dumps(item.model_dump(mode="json", exclude=left_out), ensure_ascii=False)


def unexplained(clean: Brief, other: Brief) -> Iterator[Fact]:
    """Items that only one of the two has, where no gap of the other covers a place of theirs.

    A fact that is said twice is one item with one English: where one of its places was read by rules, the
    gap there speaks for the item at the other place too.
    """
    spans = [(g.start, g.end) for g in other.gaps if g.start is not None and g.end is not None]
    one, two = facts(clean), facts(other)
    for fact in one | two:
        mine, theirs = one.get(fact, []), two.get(fact, [])
        if sorted(mine) == sorted(theirs):
            continue
        places = [*mine, *theirs]
        if not any(start < to and since < end for start, end in spans for since, to in places):
            yield fact


def invented(brief: Brief) -> int:
    """Quotes that are not the text's, and numbers that the grammar did not read where the brief says."""
    text = brief.report.text
    evidence = [e for i in (*brief.figures, *brief.goals, *brief.projects, *brief.risks) for e in i.evidence]
    wrong = sum(text[e.start : e.end] != e.quote for e in evidence)
    return wrong + sum(text[q.start : q.end] != q.raw for q in brief.content.quantities)


# --- the table --------------------------------------------------------------------------------


def ending(ended: Brief | SummarizerError) -> str:
    """How a run ended, and what its brief says."""
    if isinstance(ended, SummarizerError):
        return f"failed: {ended}"
    reasons = Counter(gap.reason for gap in ended.gaps)
    said = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in sorted(reasons.items()))
    if not said:
        return "done"
    return f"done with gaps ({said})" if ended.is_complete else f"done, text lost ({said})"


def row(fault: Fault, clean: Run, reports: Sequence[Known]) -> str:
    """A fault's row: once for every part, and always for one part."""
    once = run(reports, first_of_each(fault))
    always = run(reports, all_of(fault, _second_part(reports)))
    cells = [fault.name, fault.does]
    for each in (once, always):
        brief = each.ended[0]
        differ = len(list(unexplained(clean.ended[0], brief))) if isinstance(brief, Brief) else 0  # type: ignore[arg-type]
        assert not differ, (fault.name, list(unexplained(clean.ended[0], brief)))  # type: ignore[arg-type]
        cells += [f"{each.requests - clean.requests:+d}", ending(brief)]
    return "| " + " | ".join(cells) + " |"


def _second_part(reports: Sequence[Known]) -> int:
    return sorted({whole for _, _, whole in Knowing(reports=reports).parts})[1]


def table(faults: Sequence[Fault] = FAULTS) -> str:
    """A row for each fault, as Markdown."""
    reports = [known(REPORT)]
    clean = run(reports, lambda *_: None)
    head = "| fault | what the run does | once a part: requests | ends | always for one part: requests | ends |"
    return "\n".join([head, "| --- | --- | ---: | --- | ---: | --- |", *(row(f, clean, reports) for f in faults)])


@dataclass(frozen=True)
class Mixed:
    """Many reports, many faults: how they ended, and whether anything was lost in silence or invented."""

    reports: int
    requests: int
    failing: int
    done: int
    with_gaps: int
    failed: int
    unexplained: int
    invented: int

    def lines(self) -> str:
        return (
            f"{self.reports} reports, {self.requests} requests, {self.failing} of them failing: {self.done} done, "
            f"{self.with_gaps} done with gaps, {self.failed} failed with a reason; "
            f"{self.unexplained} items differ from a run without faults where no gap says so; {self.invented} invented."
        )


def mixed(count: int = REPORTS, share: float = SHARE, seed: int = 11) -> Mixed:
    """A share of all requests fails in random ways, over many reports."""
    reports = copies(count)
    clean, other = run(reports, lambda *_: None), run(reports, a_share(share), seed)
    briefs = [(a, b) for a, b in zip(clean.ended, other.ended, strict=True) if isinstance(b, Brief)]
    assert all(isinstance(a, Brief) for a, _ in briefs)
    gaps = [bool(b.gaps) for _, b in briefs]
    return Mixed(
        reports=count,
        requests=other.requests,
        failing=other.met.total(),
        done=gaps.count(False),
        with_gaps=gaps.count(True),
        failed=count - len(briefs),
        unexplained=sum(len(list(unexplained(a, b))) for a, b in briefs if isinstance(a, Brief)),
        invented=sum(invented(b) for _, b in briefs),
    )


if __name__ == "__main__":
    printed = table()
    many = mixed()
    print(printed)
    print(many.lines())
    if "--write" in sys.argv:
        page = PAGE.read_text("utf-8")
        for mark, content in (("table", printed), ("mixed", many.lines())):
            head, _, rest = page.partition(f"<!-- {mark} -->")
            page = f"{head}<!-- {mark} -->\n{content}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
        PAGE.write_text(page, "utf-8")
