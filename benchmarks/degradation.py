"""What the checks catch: the oracle made worse in known ways, counted in a table.

For each perturbation, wrong readings that reach the brief unmarked have slipped, marked ones are
disputed, and the rest was caught: mended on the second request, or a gap. Run it to print the
table of docs/degradation.md; `--write` writes it there, and those of adversary.py beside it.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import itertools

from oracle import Answer, Oracle, Perturbation, seeds, serving

from summarizer.brief import Brief
from summarizer.model import Chunk
from summarizer.pipeline import Summarizer
from summarizer.resources import folder

PAGE = Path(__file__).resolve().parent.parent / "docs" / "degradation.md"
SEED = 7


@dataclass(frozen=True)
class Outcome:
    """How many items were made wrong, and what became of them."""

    name: str
    made: int
    caught: int
    disputed: int
    slipped: int

    @property
    def held(self) -> float:
        """The share that did not slip through."""
        return (self.caught + self.disputed) / self.made if self.made else 1.0


# --- perturbations ----------------------------------------------------------------------------


def shift_number(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Every figure's id one further, with its old letter: q12k becomes q13k."""
    return answer | {"figures": [f | {"q": _slip(f["q"])} for f in answer["figures"]], "skipped": []}


def _slip(pointer: str) -> str:
    return f"q{int(pointer[1:-1]) + 1}{pointer[-1]}"


def shift_id(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Every figure points at the next quantity that exists, letter and all."""
    ids = list(chunk.quantities)
    following = dict(itertools.pairwise(ids))
    return answer | {
        "figures": [f | {"q": following[f["q"]]} for f in answer["figures"] if f["q"] in following],
        "skipped": [],
    }


def drop_items(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """A third of all items is left out."""
    return {kind: [item for item in rows if rng.random() > 1 / 3] for kind, rows in answer.items()}


def swap_kinds(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """What is reported is given as planned, and the other way round."""
    swapped = {"actual": "target", "target": "actual", "reference": "actual"}
    return answer | {"figures": [f | {"k": swapped[f["k"]]} for f in answer["figures"]]}


def turn_directions(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Growth is given as decline, and the other way round."""
    turned = {"up": "down", "down": "up", None: None}
    return answer | {"figures": [f | {"d": turned[f["d"]]} for f in answer["figures"]]}


def move_years(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Every year is one too early."""
    return answer | {"figures": [f | {"y": f["y"] - 1 if f["y"] else None} for f in answer["figures"]]}


def swap_names(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Every figure has the name of the one before it."""
    names = [f["zh"] for f in answer["figures"]]
    return answer | {
        "figures": [f | {"zh": n} for f, n in zip(answer["figures"], names[-1:] + names[:-1], strict=True)]
    }


def type_digits(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Numbers are typed into the English of every goal."""
    return answer | {
        "goals": [g | {"en": f"Reach {rng.randint(2, 999)} of the planned total"} for g in answer["goals"]]
    }


def ignore_schema(answer: Answer, chunk: Chunk, rng: random.Random) -> Answer:
    """Half of the items break the schema: a key is missing, or a value is of no known kind."""
    return {
        kind: [_broken(item, rng) if rng.random() < 0.5 else item for item in rows] for kind, rows in answer.items()
    }


def _broken(item: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    key = rng.choice([k for k in item if k in ("q", "m", "k", "t", "stage", "type", "status", "why", "c")])
    return {k: v for k, v in item.items() if k != key} if rng.random() < 0.5 else item | {key: ["?"]}


# --- counting ---------------------------------------------------------------------------------

_Truth = dict[tuple[int, int], dict[str, Any]]


def _truth(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
    return gold


def _wrong_figures(brief: Brief, gold: dict[str, Any], fields: tuple[str, ...]) -> tuple[int, int]:
    """Wrong figure readings of the model in a brief: those marked as disputed, and those that slipped through."""
    truth: _Truth = {(f["start"], f["end"]): f for f in gold["figures"]}
    places = {q.id: (q.start, q.end) for q in brief.content.quantities}
    disputed = slipped = 0
    for figure in brief.figures:
        for quantity in figure.quantities if figure.by == "chat" else ():
            f = truth.get(places[quantity])
            given = {"zh": figure.indicator.zh, "k": figure.kind, "y": figure.year, "d": figure.direction}
            known = {"zh": f["indicator_zh"], "k": f["kind"], "y": f["year"], "d": f["direction"]} if f else {}
            if any(given[field] != known.get(field) for field in fields):
                disputed += bool(figure.disputed)
                slipped += not figure.disputed
    return disputed, slipped


def _digits(brief: Brief, gold: dict[str, Any]) -> tuple[int, int]:
    """Goals whose English holds the typed sentence."""
    typed = [g for g in brief.goals if g.statement.en and g.statement.en.startswith("Reach ")]
    return sum(bool(g.disputed) for g in typed), sum(not g.disputed for g in typed)


def _nothing(brief: Brief, gold: dict[str, Any]) -> tuple[int, int]:
    """Figures of the gold that are neither in the brief, nor skipped, nor in a gap: lost in silence."""
    kept = {q for f in brief.figures for q in f.quantities} | {s.id for s in brief.content.coverage.skipped}
    truth = {(f["start"], f["end"]) for f in gold["figures"]}
    gaps = [(g.start, g.end) for g in brief.gaps if g.start is not None and g.end is not None]
    missing = [q for q in brief.content.quantities if (q.start, q.end) in truth and q.id not in kept]
    return 0, sum(not any(start <= q.start < end for start, end in gaps) for q in missing)


_Count = Callable[[Brief, dict[str, Any]], tuple[int, int]]
CASES: tuple[tuple[str, Perturbation, tuple[str, ...], _Count | None], ...] = (
    ("ids shifted by one, letter kept", shift_number, ("zh",), None),
    ("ids shifted to the next that exists", shift_id, ("zh",), None),
    ("names swapped with the figure before", swap_names, ("zh",), None),
    ("kinds swapped", swap_kinds, ("k",), None),
    ("directions turned", turn_directions, ("d",), None),
    ("years one too early", move_years, ("y",), None),
    ("digits typed into English", type_digits, (), _digits),
    ("a third of the items dropped (figures)", drop_items, (), _nothing),
    ("half of the items break the schema (figures)", ignore_schema, (), _nothing),
)


def _made(perturb: Perturbation, fields: tuple[str, ...]) -> int:
    """How many items a perturbation makes wrong. A figure is wrong where a field is not the gold's for its quantity."""
    honest, worse = Oracle(), Oracle(perturb=perturb, seed=SEED)
    seen: set[int] = set()
    total = 0
    for line, (chunk, answer) in honest.chunks.items():
        if id(chunk) in seen:
            continue
        seen.add(id(chunk))
        other = worse.chunks[line][1]
        if fields:
            truth = {f["q"]: f for f in answer["figures"]}
            total += sum(any(f[x] != truth.get(f["q"], {}).get(x, "?") for x in fields) for f in other["figures"])
        else:
            kinds = ("goals",) if perturb is type_digits else ("figures",)
            total += sum(item not in other[kind] for kind in kinds for item in answer[kind])
    return total


def measure(cases: tuple[Any, ...] = CASES) -> list[Outcome]:
    """The outcome of each perturbation over all sample reports."""
    outcomes = []
    for name, perturb, fields, count in cases:
        disputed = slipped = 0
        with serving(Oracle(perturb=perturb, seed=SEED)) as url:
            summarizer = Summarizer("chat", model="oracle", base_url=url, environment={})
            for path in seeds():
                brief = summarizer.summarize(path)
                gold = _truth(path)
                d, s = count(brief, gold) if count else _wrong_figures(brief, gold, fields)
                disputed, slipped = disputed + d, slipped + s
        made = _made(perturb, fields)
        outcomes.append(Outcome(name, made, made - disputed - slipped, disputed, slipped))
    return outcomes


def table(outcomes: list[Outcome]) -> str:
    """The table as Markdown."""
    head = "| the model's fault | items made wrong | caught | disputed | slipped through | held |"
    rule = "| --- | ---: | ---: | ---: | ---: | ---: |"
    rows = [f"| {o.name} | {o.made} | {o.caught} | {o.disputed} | {o.slipped} | {o.held:.1%} |" for o in outcomes]
    return "\n".join([head, rule, *rows])


def write(page: Path, mark: str, content: str) -> None:
    """Puts a table between a mark and the next end mark of a page."""
    head, found, rest = page.read_text("utf-8").partition(f"<!-- {mark} -->")
    if not found:
        raise SystemExit(f"{page.name} has no mark {mark!r}; put it where the table belongs.")
    page.write_text(f"{head}{found}\n{content}\n<!-- end -->{rest.partition('<!-- end -->')[2]}", "utf-8")


def main() -> None:
    printed = table(measure())
    print(printed)
    if "--write" in sys.argv:
        import adversary

        write(PAGE, "table", printed)
        write(PAGE, "adversary", adversary.report())
        write(PAGE.with_name("second-reader.md"), "table", adversary.second_reader_table(seeds()))


if __name__ == "__main__":
    main()
