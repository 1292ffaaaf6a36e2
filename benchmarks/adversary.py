"""A model that makes things up, against the whole engine: what becomes of ten thousand fabricated facts.

Every answer comes from a loopback server. A fact is an item that is wrong: it is caught where the brief does not have
it so, disputed where it is marked, slipped where it is not, and invented where a number, quote or pointer that the
report does not have is in the brief. Invented ones are counted by their marks and by verifying each brief.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fabrications import INVENTIONS, MISREADINGS, ONES, Fabricate, Forger
from oracle import Answer, Oracle, seeds, serving

from summarizer.brief import Brief
from summarizer.merging import normal
from summarizer.model import Chunk, Figure, Goal, Item, Project
from summarizer.pipeline import Summarizer
from summarizer.verifying.proof import verify

SEED = 11
_HAN = "零一二三四五六七八九"
OVERVIEW = "numbers in the overview, both languages"


@dataclass
class Tally:
    """What became of the facts of one kind."""

    name: str
    made: int = 0
    disputed: int = 0
    slipped: int = 0
    invented: int = 0
    unproven: int = 0  # failures of verifying the briefs

    @property
    def caught(self) -> int:
        return self.made - self.disputed - self.slipped - self.invented

    @property
    def held(self) -> float:
        """The share that was caught or is marked."""
        return (self.caught + self.disputed) / self.made if self.made else 1.0


@dataclass
class Adversary(Oracle):
    """An oracle whose answers are fabricated; it remembers how many facts of each report are, and their marks."""

    fabricate: Fabricate | None = None
    made: dict[str, int] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    overview: bool = False

    def __post_init__(self) -> None:
        self.perturb = self._forged if self.fabricate else None
        super().__post_init__()

    def _forged(self, answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
        assert self.fabricate is not None
        forger = Forger(chunk, rng)
        forged = self.fabricate(answer, forger)
        wrong = sum(row not in answer[kind] for kind in answer if kind != "skipped" for row in forged[kind])
        self.made[chunk.report.source] = self.made.get(chunk.report.source, 0) + wrong
        self.marks.update(forger.marks)
        return forged

    def reply(self, messages: list[dict[str, str]]) -> str:
        honest = super().reply(messages)
        if not self.overview or "sentences" not in json.loads(honest):
            return honest
        return json.dumps(
            {"sentences": self._forged_overview(json.loads(honest)["sentences"], messages[-1]["content"])}
        )

    def _forged_overview(self, sentences: list[dict[str, Any]], user: str) -> list[dict[str, Any]]:
        """Two honest sentences as eight with a number each, half of them in either language."""
        chunk = next(chunk for chunk, _ in self.chunks.values() if (chunk.report.metadata.title or "?") in user)
        forger = Forger(chunk, random.Random(f"{self.seed}:{user}"))
        forged = []
        for sentence in sentences:
            for number in (Forger.digits, Forger.words, Forger.vague, Forger.roman)[:2]:
                forged.append(sentence | {"en": f"{sentence['en']} That is {number(forger)} more."})
            for number in (Forger.han, Forger.wide):
                forged.append(sentence | {"zh": f"{sentence['zh'].removesuffix('。')}，另有{number(forger)}。"})
        self.made[chunk.report.source] = len(forged)
        self.marks.update(forger.marks)
        return forged


# --- what is wrong in a brief ----------------------------------------------------------------


def _keys(item: Item, brief: Brief) -> Iterator[tuple[object, ...]]:
    """What an item says of each of its places."""
    if isinstance(item, Figure):
        name = item.indicator.code or normal(item.indicator.zh)
        labels = (name, item.measure, item.direction, item.kind, item.year, item.scope)
        yield from ((brief.quantities[q].start, *labels) for q in item.quantities)
    elif isinstance(item, Project):
        yield from ((e.start, normal(item.name.zh)) for e in item.evidence)
    else:
        yield from (("goal" if isinstance(item, Goal) else "risk", e.start, e.end) for e in item.evidence)


def _texts(item: Item) -> list[str]:
    if isinstance(item, Figure):
        return [item.indicator.zh, item.indicator.en or "", item.scope or ""]
    words = item.name if isinstance(item, Project) else item.statement
    return [words.en or "", words.zh if isinstance(item, Project) else ""]


def _items(brief: Brief) -> list[Item]:
    return [*brief.figures, *brief.goals, *brief.projects, *brief.risks]


def _is_new(mark: str, text: str, item: Item) -> bool:
    """Whether a mark's number is none that the item's own words have: five for 五宝 stands there, but is no count."""
    if mark not in text:
        return False
    words = "".join(e.quote for e in item.evidence)
    found = [n for n, spelled in enumerate(ONES, 2) if spelled == mark.removesuffix("th")]
    return not any(str(n) in words or _HAN[n] in words or (n == 2 and re.search("[两双]", words)) for n in found)


def _stands(mark: str, text: str) -> bool:
    """Whether a mark stands in a text as itself: 50.9 does not in 150.9."""
    return re.search(rf"(?<![\d.,]){re.escape(mark)}(?!\d|[.,]\d)", text) is not None


def count(tally: Tally, brief: Brief, honest: Brief, marks: set[str]) -> None:
    """Adds what a brief has that an honest model's has not; items that rules read are not the model's."""
    known = {key for item in _items(honest) for key in _keys(item, honest)}
    said = {text for item in _items(honest) for text in _texts(item)}
    for item in _items(brief):
        if item.by != "chat":
            continue
        new = sum(key not in known for key in _keys(item, brief))
        fresh = [text for text in _texts(item) if text not in said]
        if any(_is_new(mark, text, item) for text in fresh for mark in marks):
            tally.invented += max(new, 1)
        elif fresh and any(mark in text for text in fresh for mark in marks):
            tally.slipped += max(new, 1)
        elif item.disputed:
            tally.disputed += new
        else:
            tally.slipped += new
    quotes = {s.zh for s in honest.overview} | {s.en for s in honest.overview}
    tally.invented += sum(
        not {s.zh, s.en} <= quotes and any(_stands(m, f"{s.zh} {s.en}") for m in marks) for s in brief.overview
    )


def _summarizer(url: str, check: bool) -> Summarizer:
    return Summarizer("chat", model="oracle", base_url=url, environment={}, check=check)


def honest_briefs(paths: Sequence[Path], check: bool = False) -> dict[str, Brief]:
    """The briefs of a model that knows the annotations."""
    with serving(Oracle()) as url:
        return {path.name: _summarizer(url, check).summarize(path, fixes=False) for path in paths}


def measure(
    faults: dict[str, Fabricate], paths: Sequence[Path], honest: dict[str, Brief], check: bool = False, seed: int = SEED
) -> list[Tally]:
    """What became of each kind of fact, over some of the sample reports."""
    return [
        _measured(name, Adversary(fabricate=each, seed=seed), paths, honest, check) for name, each in faults.items()
    ]


def measure_overview(paths: Sequence[Path], honest: dict[str, Brief]) -> Tally:
    """The same for sentences of the overview."""
    return _measured(OVERVIEW, Adversary(overview=True, seed=SEED), paths, honest, False)


def _measured(name: str, adversary: Adversary, paths: Sequence[Path], honest: dict[str, Brief], check: bool) -> Tally:
    tally = Tally(name)
    with serving(adversary) as url:
        summarizer = _summarizer(url, check)
        for path in paths:
            brief = summarizer.summarize(path, fixes=False)
            tally.made += adversary.made.get(path.name, 0)
            tally.unproven += len(verify(brief, path).failures)
            count(tally, brief, honest[path.name], adversary.marks)
    return tally


def false_alarms(honest: dict[str, Brief]) -> tuple[int, int]:
    """Items of an honest model that are disputed, and all of them."""
    items = [item for brief in honest.values() for item in _items(brief)]
    return sum(bool(item.disputed) for item in items), len(items)


def table(tallies: Sequence[Tally]) -> str:
    """The tallies as Markdown, with their sum."""
    total = Tally("all")
    for each in tallies:
        for name in ("made", "disputed", "slipped", "invented", "unproven"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
    head = "| fabricated | facts | caught | disputed | slipped | invented in a brief | held |"
    rule = "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    rows = [
        f"| {t.name} | {t.made:,} | {t.caught:,} | {t.disputed:,} | {t.slipped:,} | {t.invented} | {t.held:.1%} |"
        for t in (*tallies, total)
    ]
    return "\n".join([head, rule, *rows])


def report() -> str:
    """Both tables over all sample reports."""
    paths = seeds()
    honest = honest_briefs(paths)
    invented = [*measure(INVENTIONS, paths, honest), measure_overview(paths, honest)]
    misread = measure(MISREADINGS, paths, honest)
    disputed, items = false_alarms(honest)
    failed = sum(t.unproven for t in (*invented, *misread))
    return "\n\n".join(
        [
            "Made up: nothing of the report stands behind it.",
            table(invented),
            "Misread: it points at something that is there.",
            table(misread),
            f"{sum(t.made for t in (*invented, *misread)):,} fabricated facts; "
            f"verifying all {len(paths) * (len(invented) + len(misread))} briefs found {failed} failures. Of the items "
            f"of an honest model {disputed} of {items:,} ({disputed / items:.1%}) are disputed.",
        ]
    )


def second_reader_table(paths: Sequence[Path]) -> str:
    """The misreadings with and without a second reader, and what it costs an honest model."""
    plain, checked = honest_briefs(paths), honest_briefs(paths, check=True)
    rows = ["| misread | facts | held | held with `--check` |", "| --- | ---: | ---: | ---: |"]
    alone = measure(MISREADINGS, paths, plain)
    both = measure(MISREADINGS, paths, plain, check=True)
    rows += [f"| {a.name} | {a.made:,} | {a.held:.1%} | {b.held:.1%} |" for a, b in zip(alone, both, strict=True)]
    before, items = false_alarms(plain)
    after, _ = false_alarms(checked)
    goals = sum(g.reason == "second_reader" for brief in checked.values() for g in brief.gaps)
    rows.append("")
    rows.append(
        f"Over {len(paths)} reports. Of {items:,} items of an honest model {before} ({before / items:.1%}) are "
        f"disputed without and {after} ({after / items:.1%}) with the second reader, which also names {goals} goals "
        "that are not annotated."
    )
    return "\n".join(rows)


if __name__ == "__main__":
    print(report())
