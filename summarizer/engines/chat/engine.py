"""The chat engine: every chunk is read by a model, in pieces where its answer does not fit, else by rules.

A chunk costs at most twelve requests, whatever comes back; a part that finally fails is read by rules,
and a gap says why.
"""

from __future__ import annotations

from dataclasses import replace

from summarizer.chunking import halves
from summarizer.clients.base import Client
from summarizer.engines.chat.context import ContextWatch
from summarizer.engines.chat.part import Allowance, PartReader
from summarizer.engines.rules.engine import RulesEngine
from summarizer.errors import CutOffError, EngineError
from summarizer.gathering import all_of
from summarizer.itemtypes.rows import OwnTypes
from summarizer.model import Chunk, Gap, Reading
from summarizer.terms.dictionary import Terms

MOST_REQUESTS = 12
_DEEPEST = 2  # a chunk is halved at most twice


class ChatEngine:
    """Reads chunks by asking a model through a client, for a user's own types of items too."""

    name = "chat"

    def __init__(self, client: Client, terms: Terms, own: OwnTypes = ()):
        self.client = client
        self._terms = terms
        self._own = own
        self._rules = RulesEngine(terms)
        self._watch = ContextWatch()

    async def read(self, chunk: Chunk) -> tuple[Reading, ...]:
        """The checked draft of a chunk, or those of its pieces; by rules, with the failure noted, where it must be."""
        return await self._read(chunk, Allowance(MOST_REQUESTS), 0)

    async def _read(self, chunk: Chunk, allowance: Allowance, depth: int) -> tuple[Reading, ...]:
        part = PartReader(self.client, self._terms, chunk, allowance, self._watch, self._own)
        try:
            draft = await part.read()
        except CutOffError as error:
            pieces = halves(chunk) if depth < _DEEPEST else ()
            if not pieces:
                return (self._by_rules(part, chunk, error),)
            every = await all_of(self._read(piece, allowance, depth + 1) for piece in pieces)
            first, *others = (reading for each in every for reading in each)
            return replace(first, usage=first.usage + part.usage), *others
        except EngineError as error:
            return (self._by_rules(part, chunk, error),)
        return (Reading(chunk, draft, by="chat", gaps=tuple(part.gaps), usage=part.usage),)

    def _by_rules(self, part: PartReader, chunk: Chunk, error: EngineError) -> Reading:
        gap = Gap(
            stage="reading",
            reason=error.reason,
            start=chunk.start,
            end=chunk.end,
            detail=f"read by rules, since {error}",
        )
        return Reading(chunk, self._rules.draft(chunk), by="rules", gaps=(gap,), usage=part.usage, failure=error)
