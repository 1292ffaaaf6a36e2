"""The source read anew, without an engine: what every claim of a brief is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from summarizer.chunking import Budget, ChunkIndex, make_chunks
from summarizer.correcting.placing import with_quantities
from summarizer.engines.rules.figures import read_figures
from summarizer.errors import InputError
from summarizer.grounding.resolve import Resolver, unchecked
from summarizer.merging import goals_by_quantity
from summarizer.model import BriefContent, Chunk, Clause, DraftFigure, Outline, Quantity, Report, Sentence
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities
from summarizer.terms.dictionary import Terms

_WHOLE = Budget(tokens=None, quantities=10**9)


@dataclass(frozen=True)
class Source:
    """A report with its outline and quantities, read as one chunk; `content` is the brief that is held against it."""

    report: Report
    content: BriefContent
    terms: Terms

    @cached_property
    def outline(self) -> Outline:
        return read_outline(self.report)

    @cached_property
    def read(self) -> tuple[Quantity, ...]:
        """What the grammar reads."""
        return find_quantities(self.report.text, self.report.boilerplate)

    @cached_property
    def chunk(self) -> Chunk:
        """The whole report as one chunk: what is checked sentence by sentence does not depend on how it was cut."""
        chunks = make_chunks(self.report, self.outline, self.read, _WHOLE)
        if not chunks:
            raise InputError(f"{self.report.source} has no text to read besides navigation; give the report itself.")
        return chunks[0]

    @cached_property
    def plain(self) -> Resolver:
        """Resolves against the quantities of the grammar alone, as an engine's items were."""
        return unchecked(self.chunk, self.terms, "chat")

    @cached_property
    def full(self) -> Resolver:
        """Resolves against the brief's own quantities too (verbatim citations, a user's), as corrections were."""
        own = [q for q in self.content.quantities if not q.id.startswith("q")]
        return unchecked(with_quantities(self.chunk, own), self.terms, "user")

    @property
    def index(self) -> ChunkIndex:
        return self.plain.index

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """The brief's quantities by id."""
        return {q.id: q for q in self.content.quantities}

    @cached_property
    def goal_of(self) -> dict[str, str]:
        """The first goal that holds a quantity, by the quantity's id."""
        return goals_by_quantity(self.content.goals)

    @cached_property
    def pointers(self) -> dict[str, str]:
        """What a quantity of the brief is called in the chunk."""
        return {q.id: name for name, q in self.full.checker.chunk.quantities.items()}

    @cached_property
    def rules(self) -> dict[int, DraftFigure]:
        """What the rules engine reads of each quantity, by where it starts."""
        figures, _ = read_figures(self.index, self.terms)
        return {self.chunk.quantities[f.q].start: f for f in figures}

    @cached_property
    def is_resolved(self) -> bool:
        """Whether every figure has evidence and quantities that the brief holds; else nothing follows from figures."""
        known = self.quantities.keys()
        return all(f.evidence and f.quantities and known >= set(f.quantities) for f in self.content.figures)

    def sentence(self, start: int, end: int) -> Sentence | None:
        """The sentence that holds a span; None where none does."""
        sentence, _ = self.index.sentence_at(start)
        return sentence if sentence.start <= start and end <= sentence.end else None

    def clause(self, start: int, end: int) -> Clause | None:
        """The clause that has exactly this span."""
        _, clause = self.index.clause_at(start)
        return clause if (clause.start, clause.end) == (start, end) else None
