"""The chat engine: ask, check, send back what does not hold once, ask once for what was left out.

At most three requests a chunk. What is still wrong becomes a gap when the draft is resolved; a
chunk that finally fails is read by rules, and a gap says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from summarizer.chunking import flat
from summarizer.clients.base import Client
from summarizer.engines.chat.answers import ITEM_TYPES, Malformed, Parsed, parse
from summarizer.engines.rules.engine import RulesEngine
from summarizer.errors import EndpointError, EngineError, ReplyError
from summarizer.grounding.checks import Violation
from summarizer.grounding.resolve import check, unaccounted
from summarizer.model import Chunk, Draft, Gap, Reading, Usage
from summarizer.prompting import (
    answer_schema,
    complete_messages,
    read_messages,
    repair_messages,
    sentences_of,
)
from summarizer.terms.dictionary import Terms


@dataclass(frozen=True, slots=True)
class _Offence:
    """An item that goes back: where it stands, itself as the model wrote it, and the reason."""

    kind: str
    item: object
    reason: str


class ChatEngine:
    """Reads a chunk by asking a model through a client."""

    name = "chat"

    def __init__(self, client: Client, terms: Terms):
        self._client = client
        self._terms = terms
        self._rules = RulesEngine(terms)

    async def read(self, chunk: Chunk) -> Reading:
        """The checked draft of a chunk; by rules, with the failure noted, where the model could not be asked."""
        try:
            reply = await self._client.complete(read_messages(chunk), answer_schema())
            parsed = parse(reply)
        except EngineError as error:
            return self._by_rules(chunk, error)
        reading = await self._completed(chunk, await self._repaired(chunk, parsed, reply.usage))
        if chunk.quantities and not any((reading.draft.figures, reading.draft.goals, reading.draft.skipped)):
            return replace(
                self._by_rules(chunk, ReplyError("the answer holds no item that is right")), usage=reading.usage
            )
        return replace(reading, gaps=(*reading.gaps, *self._left_out(chunk, reading.draft)))

    def _left_out(self, chunk: Chunk, draft: Draft) -> list[Gap]:
        """A gap for each quantity that the model was asked for twice and neither used nor skipped."""
        left = [chunk.quantities[name] for name in unaccounted(draft, chunk, self._terms)]
        return [
            Gap(
                stage="reading",
                reason="left_out",
                start=q.start,
                end=q.end,
                detail=f"{q.raw} is in no figure",
                lost=True,
            )
            for q in left
        ]

    def _by_rules(self, chunk: Chunk, error: EngineError) -> Reading:
        stage = "endpoint" if isinstance(error, EndpointError) else "reply"
        gap = Gap(
            stage="reading",
            reason=f"{stage}_failed",
            start=chunk.start,
            end=chunk.end,
            detail=f"read by rules, since {error}",
        )
        return Reading(self._rules.draft(chunk), by="rules", gaps=(gap,), failure=error)

    # --- repair ----------------------------------------------------------------------------

    async def _repaired(self, chunk: Chunk, parsed: Parsed, usage: Usage) -> Reading:
        violations = check(parsed.draft, chunk, self._terms)
        offences = [*_offences(parsed.draft, violations), *_malformed(parsed.malformed)]
        if not offences:
            return Reading(parsed.draft, by="chat", usage=usage)
        good = _without(parsed.draft, violations)
        ids = {i for offence in offences for i in _ids(offence.item, chunk)}
        messages = repair_messages(
            chunk, sentences_of(chunk, ids) or [chunk.marked], [(o.kind, o.item, o.reason) for o in offences]
        )
        try:
            reply = await self._client.complete(messages, answer_schema())
            mended = parse(reply)
        except EngineError as error:
            gaps = tuple(_gap(chunk, o, f"{o.reason}; not mended, since {error}") for o in offences)
            return Reading(good, by="chat", gaps=gaps, usage=usage)
        rows = {kind: [item.model_dump() for item in getattr(mended.draft, kind)] for kind in ITEM_TYPES}
        skipped = {s.q for s in mended.draft.skipped}
        gaps = tuple(_gap(chunk, o, o.reason) for o in offences if not _is_mended(o, rows, skipped))
        gaps += tuple(_gap(chunk, _Offence(m.kind, m.item, m.reason), m.reason) for m in mended.malformed)
        return Reading(_joined(good, mended.draft), by="chat", gaps=gaps, usage=usage + reply.usage)

    # --- completeness ----------------------------------------------------------------------

    async def _completed(self, chunk: Chunk, reading: Reading) -> Reading:
        left = unaccounted(reading.draft, chunk, self._terms)
        if not left:
            return reading
        messages = complete_messages(chunk, sentences_of(chunk, left), left)
        try:
            reply = await self._client.complete(messages, answer_schema())
            parsed = parse(reply)
        except EngineError as error:
            gap = Gap(
                stage="reading",
                reason="incomplete",
                start=chunk.start,
                end=chunk.end,
                detail=f"{len(left)} quantities were left out; asking for them failed: {error}",
            )
            return replace(reading, gaps=(*reading.gaps, gap))
        wanted = set(left)
        found = Draft(
            figures=tuple(f for f in parsed.draft.figures if f.q in wanted),
            skipped=tuple(s for s in parsed.draft.skipped if s.q in wanted),
        )
        gaps = tuple(_gap(chunk, _Offence(m.kind, m.item, m.reason), m.reason) for m in parsed.malformed)
        draft, usage = _joined(reading.draft, found), reading.usage + reply.usage
        return replace(reading, draft=draft, usage=usage, gaps=(*reading.gaps, *gaps))


def _offences(draft: Draft, violations: Sequence[Violation]) -> list[_Offence]:
    grouped: dict[tuple[str, int], list[str]] = {}
    for violation in violations:
        grouped.setdefault((violation.kind, violation.index), []).append(violation.problem.detail)
    return [
        _Offence(kind, getattr(draft, kind)[index].model_dump() if index >= 0 else None, "; ".join(details))
        for (kind, index), details in grouped.items()
    ]


def _malformed(malformed: Sequence[Malformed]) -> list[_Offence]:
    return [_Offence(m.kind, m.item, m.reason) for m in malformed]


def _without(draft: Draft, violations: Sequence[Violation]) -> Draft:
    """The draft's good items. Where skipping was overdone, no skip is kept."""
    bad = {(v.kind, v.index) for v in violations}
    kept: dict[str, Any] = {
        kind: tuple(
            item for i, item in enumerate(getattr(draft, kind)) if (kind, i) not in bad and (kind, -1) not in bad
        )
        for kind in ITEM_TYPES
    }
    return Draft(**kept)


def _joined(first: Draft, second: Draft) -> Draft:
    """Both drafts' items; one that the first has already is not taken again."""
    lists: dict[str, Any] = {}
    used = {f.q for f in first.figures}
    for kind in ITEM_TYPES:
        known = getattr(first, kind)
        new = [item for item in getattr(second, kind) if item not in known]
        if kind in ("figures", "skipped"):
            new = [item for item in new if item.q not in used]
        lists[kind] = (*known, *new)
    return Draft(**lists)


def _is_mended(offence: _Offence, rows: dict[str, list[dict[str, Any]]], skipped: set[str]) -> bool:
    """Whether the second answer has an item in this one's place (its pointer may be what was wrong).

    A row that stands for one offence is used up, so that two broken items need two mended ones.
    """
    if offence.item is None:
        return True
    old = offence.item if isinstance(offence.item, dict) else {}
    if offence.kind == "figures" and str(old.get("q")) in skipped:
        return True
    for i, row in enumerate(rows[offence.kind]):
        if any(old.get(k) is not None and old.get(k) == row.get(k) for k in ("q", "zh", "part", "c")):
            del rows[offence.kind][i]
            return True
    return False


def _ids(item: object, chunk: Chunk) -> list[str]:
    """The ids of an item that stand in the chunk; for a broken one those whose text it names."""
    if not isinstance(item, dict):
        return []
    given = [str(item[k]).partition(":")[0] for k in ("q", "c", "c2") if item.get(k)]
    known = [i for i in given if i in chunk.clauses or i in chunk.quantities]
    if known:
        return known
    name = str(item.get("zh") or item.get("part") or "")[:4]
    text = chunk.report.text
    return [n for n, c in chunk.clauses.items() if name and name in flat(text[c.start : c.end])]


def _gap(chunk: Chunk, offence: _Offence, detail: str) -> Gap:
    places = [chunk.clauses.get(i) or chunk.quantities.get(i) for i in _ids(offence.item, chunk)]
    place = next((p for p in places if p is not None), None)
    start, end = (place.start, place.end) if place else (chunk.start, chunk.end)
    return Gap(stage="grounding", reason="not_mended", start=start, end=end, detail=f"{offence.kind}: {detail}")
