"""The embedded default: a chunk read by rules, without a model, a key or a network."""

from __future__ import annotations

from summarizer.chunking import ChunkIndex
from summarizer.engines.rules.figures import read_figures
from summarizer.engines.rules.goals import read_goals
from summarizer.engines.rules.projects import read_projects
from summarizer.engines.rules.risks import read_risks
from summarizer.model import Chunk, Draft, Reading
from summarizer.terms.dictionary import Terms


class RulesEngine:
    """Reads a chunk to the same Draft that a model answers with, so that the same checks hold for both."""

    name = "rules"

    def __init__(self, terms: Terms):
        self.terms = terms

    async def read(self, chunk: Chunk) -> tuple[Reading, ...]:
        """The draft of a chunk. Deterministic, and never fails."""
        return (Reading(chunk, self.draft(chunk), by="rules"),)

    def draft(self, chunk: Chunk) -> Draft:
        index = ChunkIndex(chunk)
        figures, skipped = read_figures(index, self.terms)
        return Draft(
            figures=tuple(figures),
            goals=tuple(read_goals(index, figures, self.terms)),
            projects=tuple(read_projects(index, self.terms)),
            risks=tuple(read_risks(index)),
            skipped=tuple(skipped),
        )
