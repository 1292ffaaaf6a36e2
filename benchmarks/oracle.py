"""A model that knows the gold: a loopback server that answers every chunk of the sample reports.

It speaks the chat completions protocol, so that the whole chat engine is between what it knows and
what comes out. Seeded perturbations make it a bad model in known ways; see degradation.py.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopback import Response, endpoint, says

from summarizer.answerform import written
from summarizer.chunking import ChunkIndex
from summarizer.grounding.english import check_english, numbers_of_names
from summarizer.loading.text import load
from summarizer.model import Chunk
from summarizer.pipeline import prepare
from summarizer.resources import folder

Answer = dict[str, list[dict[str, Any]]]
Perturbation = Callable[[Answer, Chunk, random.Random], Answer]


@dataclass
class Oracle:
    """The answers for all chunks of the sample reports, by the first marked line of each."""

    perturb: Perturbation | None = None
    seed: int = 0
    requests: int = 0
    chunks: dict[str, tuple[Chunk, Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(folder("seeds").glob("*.txt")):
            gold = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
            for chunk in prepare(load(path)).chunks:
                honest = answer_of(chunk, gold)
                rng = random.Random(f"{self.seed}:{path.stem}:{chunk.index}")
                answer = self.perturb(honest, chunk, rng) if self.perturb else honest
                for line in chunk.marked.split("\n"):
                    if re.match(r"c\d+[a-z]>", line):
                        self.chunks[line] = (chunk, answer)

    def reply(self, messages: list[dict[str, str]]) -> str:
        """The answer to a request: reading, repair, completion or overview."""
        user = messages[-1]["content"]
        if "cites" in messages[0]["content"] and "sentences" in messages[0]["content"]:
            return json.dumps(self._overview(user), ensure_ascii=False)
        line = next(line for line in user.split("\n") if line in self.chunks)
        _, answer = self.chunks[line]
        if "left these quantities out" in user:
            wanted = set(re.findall(r"q\d+[a-z]", user.split("left these quantities out")[1]))
            answer = {k: [i for i in rows if quantity_of(i) in wanted] for k, rows in answer.items()}
        elif "do not hold" in user:
            sent = [json.loads(m) for m in re.findall(r"^\w+: ([\[{].*[\]}])$", user, re.MULTILINE)]
            answer = {k: [i for i in rows if written(k, i) in sent] for k, rows in answer.items()}
        return json.dumps({k: [written(k, i) for i in rows] for k, rows in answer.items()}, ensure_ascii=False)

    @staticmethod
    def _overview(user: str) -> dict[str, Any]:
        rows = [json.loads(line) for line in user.split("\n") if line.startswith("{")]
        figures = [r for r in rows if r.get("value") and r.get("en")][:2]
        sentences = [
            {
                "zh": f"{r['zh']}为{r['value']}。",
                "en": f"The report gives {r['value']} for {r['en']}.",
                "cites": [r["id"]],
            }
            for r in figures
        ]
        return {"sentences": sentences}


def quantity_of(item: dict[str, Any] | list[Any]) -> str:
    """The quantity that an item points at, if any; fabricated items may be rows as a model writes them."""
    return str(item[0] if isinstance(item, list) else item.get("q"))


def answer_of(chunk: Chunk, gold: dict[str, Any]) -> Answer:
    """What the gold says of a chunk: items with the keys of the Draft types."""
    index = ChunkIndex(chunk)
    return {
        "figures": list(_figures(index, gold)),
        "goals": [_statement(index, g) | {"t": g["theme"]} for g in _inside(chunk, gold["goals"])],
        "projects": list(_projects(index, gold)),
        "risks": [
            _statement(index, r) | {"type": r["type"], "status": r["status"]} for r in _inside(chunk, gold["risks"])
        ],
        "skipped": list(_skipped(index, gold)),
    }


def _inside(chunk: Chunk, items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (
        i for i in items if any(s.start <= i["start"] < s.end for section in chunk.sections for s in section.sentences)
    )


def _figures(index: ChunkIndex, gold: dict[str, Any]) -> Iterator[dict[str, Any]]:
    by_span = {(f["start"], f["end"]): f for f in gold["figures"]}
    for name, q in index.chunk.quantities.items():
        f = by_span.get((q.start, q.end))
        if f is not None:
            yield {
                "q": name,
                "zh": f["indicator_zh"],
                "en": _english(f),
                "m": f["measure"],
                "d": f["direction"],
                "k": f["kind"],
                "y": f["year"],
                "scope": None,
            }


def _english(figure: dict[str, Any]) -> str | None:
    """The annotated English without digits; none where it spells a number, which the answer format does not allow."""
    english = re.sub(r"\d[\d,.]*", "", figure["indicator_en"] or "") or None
    if english is None or any(check_english(english, {}, (), numbers_of_names(figure["indicator_zh"]))):
        return None
    return english


def _skipped(index: ChunkIndex, gold: dict[str, Any]) -> Iterator[dict[str, Any]]:
    spans = {(f["start"], f["end"]) for f in gold["figures"]}
    for name, q in index.chunk.quantities.items():
        if (q.start, q.end) not in spans:
            yield {"q": name, "why": "not_a_quantity"}


def _statement(index: ChunkIndex, item: dict[str, Any]) -> dict[str, Any]:
    c, c2, part = index.pointer(item["start"], item["end"])
    inside = [f"{{{n}}}" for n, _ in index.quantities_in(item["start"], item["end"])]
    return {
        "c": c,
        "c2": c2,
        "part": part,
        "en": "As the report puts it: " + (", ".join(inside) or "no number"),
    }


def _projects(index: ChunkIndex, gold: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for p in _inside(index.chunk, gold["projects"]):
        name, _ = index.clause_at(p["start"])
        yield {"c": name, "zh": p["quote"], "en": None, "stage": p["stage"], "status": "reported"}


@contextmanager
def serving(oracle: Oracle) -> Iterator[str]:
    """Serves the oracle on a free loopback port; gives its base URL."""

    def script(_: int, request: dict[str, Any]) -> Response:
        oracle.requests += 1
        return says(oracle.reply(request["messages"]), model=request["model"])

    with endpoint(script) as served:
        yield served.url


def seeds() -> list[Path]:
    """The sample reports, in order."""
    return sorted(folder("seeds").glob("*.txt"))
