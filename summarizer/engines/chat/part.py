"""One part of a report, read by a model: ask, send back what does not hold once, ask once for what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from summarizer.clients.base import Client, Forgetting, Message, Reply
from summarizer.courtesy import after_others
from summarizer.engines.chat.answers import ITEM_TYPES, Parsed, parse
from summarizer.engines.chat.context import ContextWatch
from summarizer.engines.chat.offences import Offence, gap_of, is_mended, joined, malformed_of, offences_of, without
from summarizer.engines.chat.translating import translated
from summarizer.errors import BudgetError, ContextError, CutOffError, EngineError, RefusedError, ReplyError
from summarizer.grounding.resolve import check, unaccounted
from summarizer.itemtypes.rows import OwnTypes
from summarizer.model import Chunk, Draft, Gap, Usage
from summarizer.prompting import (
    again_messages,
    answer_schema,
    complete_messages,
    read_messages,
    repair_messages,
    sentences_of,
)
from summarizer.terms.dictionary import Terms

_PLANNED = 6  # quantities of planning sections, from which on an answer without any goal is asked about


@dataclass(slots=True)
class Allowance:
    """The requests that one chunk may still cost, all its pieces together."""

    left: int

    def take(self) -> None:
        """Takes one. Raises ReplyError where none is left."""
        if self.left <= 0:
            raise ReplyError("the requests that this part may cost are used up")
        self.left -= 1


class PartReader:
    """Reads one part in at most four requests: read, again, repair, complete. One object a part.

    A suspicion that the endpoint cuts prompts costs one more (see context.py).

    `usage` and `gaps` hold what it cost and what went wrong, also where `read` raises.
    """

    def __init__(
        self,
        client: Client,
        terms: Terms,
        chunk: Chunk,
        allowance: Allowance,
        watch: ContextWatch,
        own: OwnTypes = (),
    ):
        self._client = client
        self._watch = watch
        self._terms = terms
        self._chunk = chunk
        self._allowance = allowance
        self._own = own
        self._doubtful = False
        self.usage = Usage()
        self.gaps: list[Gap] = []

    async def read(self) -> Draft:
        """The draft that holds. Raises CutOffError where the answer did not fit, else EngineError."""
        parsed = await self._first()
        if parsed.repeated:
            self._note("repeated", f"{parsed.repeated} items were given twice, and taken once")
        draft = await self._completed(await self._repaired(parsed))
        if self._chunk.quantities and not self._holds(draft):
            raise ReplyError("the answer holds no item that is right")
        for name in unaccounted(draft, self._chunk, self._terms):
            q = self._chunk.quantities[name]
            detail = f"{q.raw} is in no figure"
            gap = Gap(stage="reading", reason="left_out", start=q.start, end=q.end, detail=detail, lost=True)
            self.gaps.append(gap)
        return translated(draft, self._chunk, self._terms)

    def _holds(self, draft: Draft) -> bool:
        """Whether anything in a draft is right; where nothing is, rules do better."""
        right = without(draft, check(draft, self._chunk, self._terms)) if self._doubtful else draft
        return any((right.figures, right.goals, right.skipped))

    async def _ask(self, messages: Sequence[Message]) -> Reply:
        reply = await self._send(messages)
        try:
            await self._watch.check(messages, reply, self._measured)
        except ContextError:
            await self._forget(messages)
            raise
        await after_others()
        return reply

    async def _measured(self, messages: Sequence[Message]) -> Reply:
        """A reply of which only the tokens count."""
        reply = await self._send(messages)
        await self._forget(messages)
        return reply

    async def _forget(self, messages: Sequence[Message]) -> None:
        """Lets no later run have the answer to a prompt that was not read whole."""
        if isinstance(self._client, Forgetting):
            await self._client.forget(messages, answer_schema(self._own))

    async def _send(self, messages: Sequence[Message]) -> Reply:
        self._allowance.take()
        try:
            reply = await self._client.complete(messages, answer_schema(self._own))
        except EngineError as error:
            self.usage += Usage(requests=error.requests)
            raise
        self.usage += reply.usage
        return reply

    def _note(self, reason: str, detail: str) -> None:
        start, end = self._chunk.start, self._chunk.end
        self.gaps.append(Gap(stage="reading", reason=reason, start=start, end=end, detail=detail))

    def _note_budget(self, error: EngineError) -> None:
        """A request that the budget did not allow is said as such, whatever it was for."""
        if isinstance(error, BudgetError):
            self._note("not_afforded", str(error))

    # --- the first answer ------------------------------------------------------------------

    async def _first(self) -> Parsed:
        """The answer's items; asked for again, with the reason, where there was none in it."""
        reply = await self._ask(read_messages(self._chunk, self._own))
        try:
            return self._parsed(reply)
        except (CutOffError, RefusedError):
            raise
        except ReplyError as error:
            return self._parsed(await self._ask(again_messages(self._chunk, str(error), self._own)))

    def _parsed(self, reply: Reply) -> Parsed:
        parsed = self._parse(reply)
        draft = parsed.draft
        if self._chunk.quantities and not any(getattr(draft, kind) for kind in ITEM_TYPES) and not parsed.malformed:
            raise ReplyError("all its lists are empty, though the part has quantities")
        return parsed

    def _parse(self, reply: Reply) -> Parsed:
        parsed = parse(reply, 20 + 2 * (len(self._chunk.clauses) + len(self._chunk.quantities)), self._own)
        if parsed.mended:
            self._note("mended", "the answer was broken JSON and was mended; an item may be missing or altered")
        return parsed

    # --- repair ----------------------------------------------------------------------------

    async def _repaired(self, parsed: Parsed) -> Draft:
        """The items that hold, with those of the offending ones that a second answer mended."""
        chunk = self._chunk
        violations = check(parsed.draft, chunk, self._terms)
        offences = [*offences_of(parsed.draft, violations), *malformed_of(parsed.malformed)]
        if self._lacks_goals(parsed.draft):
            offences.append(Offence("goals", None, "there is none, though the part plans; give its goals"))
        offences += [
            Offence(kind, None, "the list is missing; give it, empty if there are none") for kind in parsed.absent
        ]
        if not offences:
            return parsed.draft
        good = without(parsed.draft, violations)
        self._doubtful = not any((good.figures, good.goals, good.skipped))
        ids = {i for offence in offences for i in offence.ids(chunk)}
        lines = sentences_of(chunk, ids) if all(o.item is not None for o in offences) else []
        items = [(o.kind, o.item, o.reason) for o in offences]
        messages = repair_messages(chunk, lines or [chunk.marked], items, self._own)
        try:
            mended = self._parse(await self._ask(messages))
        except EngineError as error:
            self.gaps += [gap_of(chunk, o, f"{o.reason}; not mended, since {error}") for o in offences]
            self._note_budget(error)
            return good
        self._note_unmended(offences, mended)
        return joined(good, mended.draft)

    def _note_unmended(self, offences: Sequence[Offence], mended: Parsed) -> None:
        rows = {kind: [item.model_dump() for item in items] for kind, items in mended.draft.lists.items()}
        skipped = {s.q for s in mended.draft.skipped}
        missing = [o for o in offences if o.item is None and o.kind in mended.absent]
        left = [o for o in offences if o in missing or not is_mended(o, rows, skipped)]
        self.gaps += [gap_of(self._chunk, o, o.reason) for o in left]
        self.gaps += [gap_of(self._chunk, o, o.reason) for o in malformed_of(mended.malformed)]

    def _lacks_goals(self, draft: Draft) -> bool:
        """Whether an answer has no goal for sections that plan with many numbers."""
        if draft.goals:
            return False
        plans = [section.sentences for section in self._chunk.sections if section.tense == "plan"]
        spans = [(sentences[0].start, sentences[-1].end) for sentences in plans]
        planned = sum(any(start <= q.start < end for start, end in spans) for q in self._chunk.quantities.values())
        return planned >= _PLANNED

    # --- completeness ----------------------------------------------------------------------

    async def _completed(self, draft: Draft) -> Draft:
        """The draft with what a last answer made of the quantities that were left out."""
        chunk = self._chunk
        left = unaccounted(draft, chunk, self._terms)
        if not left:
            return draft
        try:
            parsed = self._parse(await self._ask(complete_messages(chunk, sentences_of(chunk, left), left, self._own)))
        except EngineError as error:
            self._note("incomplete", f"{len(left)} quantities were left out; asking for them failed: {error}")
            self._note_budget(error)
            return draft
        wanted = set(left)
        self.gaps += [gap_of(chunk, o, o.reason) for o in malformed_of(parsed.malformed)]
        figures = tuple(f for f in parsed.draft.figures if f.q in wanted)
        skipped = tuple(s for s in parsed.draft.skipped if s.q in wanted)
        return joined(draft, Draft(figures=figures, skipped=skipped))
