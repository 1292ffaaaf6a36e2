"""Items that go back to the model, and what their second form is held against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from summarizer.chunking import flat
from summarizer.engines.chat.answers import ITEM_TYPES, Malformed
from summarizer.grounding.checks import Violation
from summarizer.model import Chunk, Draft, Gap


@dataclass(frozen=True, slots=True)
class Offence:
    """An item that goes back: its list, itself as the model wrote it (None: the list as a whole), and the reason."""

    kind: str
    item: object
    reason: str

    @property
    def fields(self) -> dict[str, Any]:
        """The item's fields; of a row that is none, its pointer."""
        if isinstance(self.item, dict):
            return self.item
        first = self.item[0] if isinstance(self.item, list) and self.item else None
        pointer = re.match(r"\w+", first.strip()) if isinstance(first, str) else None
        return {"q" if self.kind == "skipped" else "c": pointer[0]} if pointer else {}

    def ids(self, chunk: Chunk) -> list[str]:
        """The ids of the item that stand in the chunk; for a broken one those whose text it names."""
        item = self.fields
        names = ("q", "c", "c2") if self.kind in ITEM_TYPES else tuple(item)
        given = [text.partition(":")[0] for k in names for text in _texts(item.get(k))]
        known = [i for i in given if i in chunk.clauses or i in chunk.quantities]
        if known:
            return known
        own = (text for text in _texts(item) if not text.isascii())
        words = item.get("zh") or item.get("part") if self.kind in ITEM_TYPES else next(own, None)
        name = str(words or "")[:4]
        text = chunk.report.text
        return [n for n, c in chunk.clauses.items() if name and name in flat(text[c.start : c.end])]


def _texts(value: object) -> Iterator[str]:
    """The texts of a value, and of what it holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def offences_of(draft: Draft, violations: Sequence[Violation]) -> list[Offence]:
    grouped: dict[tuple[str, int], list[str]] = {}
    for violation in violations:
        grouped.setdefault((violation.kind, violation.index), []).append(violation.problem.detail)
    return [
        Offence(kind, draft.lists[kind][index].model_dump() if index >= 0 else None, "; ".join(details))
        for (kind, index), details in grouped.items()
    ]


def malformed_of(malformed: Sequence[Malformed]) -> list[Offence]:
    return [Offence(m.kind, m.item, m.reason) for m in malformed]


def without(draft: Draft, violations: Sequence[Violation]) -> Draft:
    """The draft's good items. Where skipping was overdone, no skip is kept."""
    bad = {(v.kind, v.index) for v in violations}
    kept: dict[str, Any] = {
        kind: tuple(item for i, item in enumerate(items) if (kind, i) not in bad and (kind, -1) not in bad)
        for kind, items in draft.lists.items()
    }
    return Draft.of(kept)


def joined(first: Draft, second: Draft) -> Draft:
    """Both drafts' items; one that the first has already is not taken again."""
    lists: dict[str, Any] = {}
    used = {f.q for f in first.figures}
    for kind in first.lists | second.lists:
        known, more = first.lists.get(kind, ()), second.lists.get(kind, ())
        new = [item for item in more if item not in known]
        if kind in ("figures", "skipped"):
            new = [item for item in new if item.q not in used]
        lists[kind] = (*known, *new)
    return Draft.of(lists)


def is_mended(offence: Offence, rows: dict[str, list[dict[str, Any]]], skipped: set[str]) -> bool:
    """Whether the second answer has an item in this one's place (its pointer may be what was wrong).

    A row that stands for one offence is used up, so that two broken items need two mended ones.
    """
    if offence.item is None:
        return offence.kind != "goals" or bool(rows["goals"])
    old = offence.fields
    if offence.kind == "figures" and str(old.get("q")) in skipped:
        return True
    told = tuple(name for name, value in old.items() if value and (name == "c" or not isinstance(value, str)))
    same = ("q", "zh", "part", "c") if offence.kind in ITEM_TYPES else told
    for i, row in enumerate(rows[offence.kind]):
        if any(old.get(k) is not None and old.get(k) == row.get(k) for k in same):
            del rows[offence.kind][i]
            return True
    return False


def gap_of(chunk: Chunk, offence: Offence, detail: str) -> Gap:
    """The gap for an item that was not mended, at the place that it points at, else at its chunk."""
    places = [chunk.clauses.get(i) or chunk.quantities.get(i) for i in offence.ids(chunk)]
    place = next((p for p in places if p is not None), None)
    start, end = (place.start, place.end) if place else (chunk.start, chunk.end)
    return Gap(stage="grounding", reason="not_mended", start=start, end=end, detail=f"{offence.kind}: {detail}")
