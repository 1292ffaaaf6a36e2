"""The reading without a model as text for a terminal: outline, chunks, quantities, what a run would ask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from summarizer.economy import Economy, economy_of
from summarizer.model import Chunk, Outline, Quantity, Report, Usage
from summarizer.pricing import Cost
from summarizer.rendering.visible import visible
from summarizer.tokens import count_tokens

_ONE_LINE = dict.fromkeys((*range(0x0B, 0x0E), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029), " ")


class Readable(Protocol):
    """What `outline` shows (pipeline.Prepared is one)."""

    @property
    def report(self) -> Report: ...
    @property
    def outline(self) -> Outline: ...
    @property
    def quantities(self) -> Sequence[Quantity]: ...
    @property
    def chunks(self) -> Sequence[Chunk]: ...


Pricing = Callable[[Usage], Cost]
"""What a usage costs at the endpoint that would be asked."""


def outline_text(prepared: Readable, verbose: bool = False, price: Pricing | None = None) -> str:
    """Metadata, headings, chunks with their sizes, quantities by unit, and the requests and tokens to expect.

    `verbose` lists every quantity, and every number that was left alone; `price` adds the cost.
    """
    parts = [_about(prepared), _headings(prepared), _chunks(prepared), _quantities(prepared, verbose)]
    if verbose:
        parts.append(_left_alone(prepared))
    return "\n\n".join("\n".join(map(_line, part)) for part in (*parts, _expected(prepared, price)))


def _line(text: str) -> str:
    """A line that a terminal shows as one line, and obeys in nothing."""
    return visible(text).translate(_ONE_LINE)


def _about(prepared: Readable) -> list[str]:
    report, meta = prepared.report, prepared.report.metadata
    plates = sum(span.end - span.start for span in report.boilerplate)
    return [
        f"{report.source}: {len(report.text)} characters, {plates} of them boilerplate",
        f"title: {meta.title or '-'}",
        f"place: {meta.place.zh or '-'} ({meta.place.en or '-'}), {meta.level or '-'}",
        f"{meta.doc_type}, published {meta.published or '-'}, "
        f"reviews {meta.review_year or '-'}, plans {meta.target_year or '-'}" + (", partial" if meta.partial else ""),
    ]


def _headings(prepared: Readable) -> list[str]:
    return ["Outline", *("  " * h.level + h.heading for h in prepared.outline.headings)]


def _chunks(prepared: Readable) -> list[str]:
    rows = [
        f"  {c.index + 1:>3}  {c.start:>6}-{c.end:<6} {len(c.clauses):>4} clauses "
        f"{len(c.quantities):>4} quantities {count_tokens(c.marked):>6} tokens"
        for c in prepared.chunks
    ]
    return ["Chunks", *rows]


def _quantities(prepared: Readable, verbose: bool) -> list[str]:
    units = Counter(q.counter or q.unit for q in prepared.quantities)
    rows = [f"  {n:>4}  {unit}" for unit, n in units.most_common()]
    listed = (
        [f"  {q.id:<7} {q.start:>6}  {q.raw}  = {q.comparator} {q.value} {q.unit}" for q in prepared.quantities]
        if verbose
        else []
    )
    return [f"Quantities: {len(prepared.quantities)}", *rows, *listed]


def _left_alone(prepared: Readable) -> list[str]:
    """Numbers in Arabic digits that are no quantity to the grammar: dates, names, labels. For a reader to check."""
    text = prepared.report.text
    taken = {i for q in prepared.quantities for i in range(q.start, q.end)}
    spans = [(s.start, s.end) for section in prepared.outline.sections for s in section.sentences]
    rows = [
        f"  {start + m.start():>6}  {text[max(start, start + m.start() - 10) : start + m.start()]}"
        f"[{m.group()}]{text[start + m.end() : min(end, start + m.end() + 8)]}"
        for start, end in spans
        for m in re.finditer(r"[0-9０-９]+(?:[.．][0-9０-９]+)?", text[start:end])
        if start + m.start() not in taken
    ]
    return [f"Numbers left alone: {len(rows)}", *(row.replace("\n", " ") for row in rows)]


def _expected(prepared: Readable, price: Pricing | None) -> list[str]:
    cost = economy_of(prepared)
    plain = max(1, cost.document)
    lines = [
        f"With a model: {cost.requests} to {cost.most_requests} requests, each after a stable prefix of "
        f"{cost.prefix:,} tokens",
        f"  text {cost.document:,} tokens, marked {cost.marked:,}: {cost.marked / plain:.2f} times",
        f"  prompts {cost.prompts:,} tokens: {cost.prompts / plain:.2f} times the text, "
        f"{cost.stable / max(1, cost.prompts):.0%} of them the stable prefix",
        f"  answers about {cost.answers:,} tokens",
    ]
    return lines if price is None else [*lines, _priced(cost, price)]


def _priced(cost: Economy, price: Pricing) -> str:
    """What the first requests cost, and what where the endpoint keeps the prefix; or why that is not known."""
    full, cached = (price(cost.usage(kept)) for kept in (False, True))
    if full.usd is None:
        return f"  cost not known. {full.why}"
    less = f", {cached.usd:.4f} where the endpoint caches the prefix" if cached.usd and cached.usd < full.usd else ""
    return f"  cost about {full.usd:.4f} USD{less}; repairs and completions come on top"
