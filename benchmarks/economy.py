"""What reading costs in tokens: prompts against their documents, answers against the same items with verbatim quotes.

Run it to print the tables of docs/economy.md; `--write` writes them there. Tokens are those of the
tokenizer that chunks are measured with. Items are the gold's, as the oracle answers them; English is
what the gold has for figures, and for statements what careful readers wrote (tests/authored).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import answer_of, seeds

from summarizer.answerform import fields_of, written
from summarizer.chunking import ChunkIndex
from summarizer.engines.chat.answers import ITEM_TYPES
from summarizer.loading.text import load
from summarizer.model import Chunk
from summarizer.pipeline import Summarizer, prepare
from summarizer.prompting import instructions, read_messages
from summarizer.resources import folder
from summarizer.terms.dictionary import Terms
from summarizer.tokens import count_tokens

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "economy.md"
STATEMENTS = ("goals", "projects", "risks")


@dataclass(frozen=True)
class Prompts:
    """A report's prompts: tokens of its text, of the text with its marks, and of all requests."""

    report: str
    document: int
    marked: int
    requests: int
    prompt: int

    @property
    def stable(self) -> int:
        """Tokens of the stable prefix, once in each request."""
        return self.requests * count_tokens(instructions())


@dataclass
class Answers:
    """Tokens of items in the answer format and with verbatim quotes, by list."""

    items: Counter[str] = field(default_factory=Counter)
    pointed: Counter[str] = field(default_factory=Counter)
    quoted: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, pointed: object, quoted: object) -> None:
        """Counts an item in both formats."""
        self.items[kind] += 1
        self.pointed[kind] += _tokens(pointed)
        self.quoted[kind] += _tokens(quoted)

    def ratio(self, *kinds: str) -> float:
        """Tokens of these lists against those of the same items with verbatim quotes."""
        return sum(self.pointed[k] for k in kinds) / sum(self.quoted[k] for k in kinds)


def _tokens(item: object) -> int:
    """Tokens of an item in its list, as compact JSON."""
    return count_tokens(json.dumps(item, ensure_ascii=False, separators=(",", ":")) + ",")


# --- prompts ----------------------------------------------------------------------------------


def prompts_of(path: Path) -> Prompts:
    """What asking for a report's reading costs, repairs and the overview apart."""
    report = load(path)
    chunks = prepare(report).chunks
    sizes = [sum(count_tokens(m.content) for m in read_messages(chunk)) for chunk in chunks]
    marked = sum(count_tokens(chunk.marked) for chunk in chunks)
    return Prompts(path.stem[:3], count_tokens(report.text), marked, len(chunks), sum(sizes))


# --- answers ----------------------------------------------------------------------------------


def gold_answers(terms: Terms) -> Answers:
    """The gold's items, statements without English in both formats; of figures, English that the dictionary lacks."""
    answers = Answers()
    for path in seeds():
        gold = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
        for chunk in prepare(load(path)).chunks:
            answer = answer_of(chunk, gold)
            for kind, item in _items(answer):
                known = kind == "figures" and terms.indicator(item["zh"]) is not None
                pointed = item if kind == "figures" and not known else item | {"en": None}
                answers.add(kind, written(kind, pointed), quoted(kind, item, chunk, english=kind == "figures"))
    return answers


def authored_answers(terms: Terms) -> Answers:
    """The items that careful readers answered, with all the English that they wrote, in both formats."""
    answers = Answers()
    for path in sorted((ROOT / "tests" / "authored").glob("[cs]*-*.json")):  # chunks and whole seeds
        authored = json.loads(path.read_text("utf-8"))
        chunks = prepare(load(folder("seeds") / f"{authored['report']}.txt")).chunks
        chunk = chunks[authored.get("chunk") or 0]
        for kind, row in _items(authored["replies"]["read"]):
            item = {"d": None} | fields_of(kind, row)
            if item.get("en") and (item.get("q") or item["c"]) in chunk.quantities | chunk.clauses:
                answers.add(kind, written(kind, item), quoted(kind, item, chunk, english=True))
    return answers


def _items(answer: dict[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    return ((kind, item) for kind in ITEM_TYPES if kind != "skipped" for item in answer[kind])


def quoted(kind: str, item: dict[str, Any], chunk: Chunk, english: bool) -> dict[str, Any]:
    """The item as a tool writes it that proves by verbatim quotes: clause or statement, values and labels in full."""
    index = ChunkIndex(chunk)
    told = {"en": item["en"]} if english else {}
    if kind == "figures":
        return _quoted_figure(item, index)
    if kind == "projects":
        clause = chunk.clauses[item["c"]]
        labels = {"name": item["zh"], **told, "stage": item["stage"], "status": item["status"]}
        return {"quote": index.text[clause.start : clause.end], **labels}
    start, end = index.span(item["c"], item.get("c2"), item.get("part"))
    labels = {"theme": item["t"]} if kind == "goals" else {"type": item["type"], "status": item["status"]}
    return {"quote": index.text[start:end], **told, **labels}


def _quoted_figure(item: dict[str, Any], index: ChunkIndex) -> dict[str, Any]:
    quantity = index.chunk.quantities[item["q"]]
    _, clause = index.clause_at(quantity.start)
    return {
        "quote": index.text[clause.start : clause.end],
        "value": quantity.value,
        "unit": quantity.unit,
        "indicator_zh": item["zh"],
        "indicator_en": item["en"],
        "measure": item["m"],
        "direction": item["d"],
        "kind": item["k"],
        "year": item["y"],
    }


# --- tables -----------------------------------------------------------------------------------


def prompt_table(made: list[Prompts]) -> str:
    """Prompts against documents, a row a report."""
    total = Prompts(
        "all", *(sum(getattr(p, name) for p in made) for name in ("document", "marked", "requests", "prompt"))
    )
    rows = [
        f"| {p.report} | {p.document:,} | {p.marked / p.document:.2f} | {p.requests} | {p.prompt:,} | "
        f"{p.prompt / p.document:.2f} | {p.stable / p.prompt:.0%} | {(p.prompt - p.stable) / p.document:.2f} |"
        for p in (*made, total)
    ]
    head = (
        "| report | document | marked text | requests | prompts | prompts, times the document | stable prefix | "
        "without it, times the document |"
    )
    return "\n".join([head, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", *rows])


def answer_table(answers: Answers) -> str:
    """Answers against verbatim quotes, a row a list."""
    rows = [
        f"| {kind} | {answers.items[kind]} | {answers.pointed[kind] / answers.items[kind]:.1f} | "
        f"{answers.quoted[kind] / answers.items[kind]:.1f} | {answers.ratio(kind):.2f} |"
        for kind in ("figures", *STATEMENTS)
    ]
    items = sum(answers.items[k] for k in STATEMENTS)
    pointed, plain = (sum(c[k] for k in STATEMENTS) / items for c in (answers.pointed, answers.quoted))
    rows.append(
        f"| goals, projects, risks | {items} | {pointed:.1f} | {plain:.1f} | {answers.ratio(*STATEMENTS):.2f} |"
    )
    head = "| | items | tokens an item | with verbatim quotes | ratio |"
    return "\n".join([head, "| --- | ---: | ---: | ---: | ---: |", *rows])


def tables() -> str:
    """All that docs/economy.md shows between its marks."""
    terms = Summarizer("rules", environment={}).terms
    return "\n\n".join(
        [
            f"The stable prefix (all instructions, the worked example) has {count_tokens(instructions()):,} tokens.",
            prompt_table([prompts_of(path) for path in seeds()]),
            "Answers, statements without English in both formats:",
            answer_table(gold_answers(terms)),
            "Answers that careful readers wrote, with all their English in both formats:",
            answer_table(authored_answers(terms)),
        ]
    )


def main() -> None:
    print("\n" + tables())


if __name__ == "__main__":
    main()
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text("utf-8").partition("<!-- tables -->")
        behind = rest.partition("<!-- end -->")[2]
        PAGE.write_text(f"{head}<!-- tables -->\n{tables()}\n<!-- end -->{behind}", "utf-8")
