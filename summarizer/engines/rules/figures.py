"""Figures by rules: every quantity with its name, measure, direction, kind and year."""

from __future__ import annotations

from summarizer import cues
from summarizer.chunking import ChunkIndex
from summarizer.engines.rules.english import figure_english
from summarizer.headings import without_number
from summarizer.model import DraftFigure, DraftSkip, Section
from summarizer.naming import name_quantities
from summarizer.terms.dictionary import Terms

_MAX_NAME = 48


def read_figures(index: ChunkIndex, terms: Terms) -> tuple[list[DraftFigure], list[DraftSkip]]:
    """A figure for each quantity of the chunk that its sentence or heading names."""
    figures: list[DraftFigure] = []
    national = index.chunk.report.metadata.level == "nation"
    skipped: list[DraftSkip] = []
    for sentence, section in index.sentences:
        inside = index.quantities_in(sentence.start, sentence.end)
        quantities = tuple(q for _, q in inside)
        names = name_quantities(index.text, sentence, quantities)
        clauses = tuple((c.start, c.end) for c in sentence.clauses)
        heading = " ".join(h.heading for h in section.path)
        around = cues.surroundings(index.text, (sentence.start, sentence.end), clauses, quantities, heading)
        for (pointer, _), name, place in zip(inside, names, around, strict=True):
            own = name[:_MAX_NAME] or _headed(section)
            if not own:
                skipped.append(DraftSkip(q=pointer, why="not_a_quantity"))
                continue
            measure, direction = cues.measure_of(place)
            reading = cues.kind_of(place, section.tense, index.chunk.report.metadata)
            figures.append(
                DraftFigure(
                    q=pointer,
                    zh=own,
                    en=figure_english(own, terms, national),
                    m=measure,
                    d=direction,
                    k=reading.kind,
                    y=reading.year,
                )
            )
    return figures, skipped


def _headed(section: Section) -> str:
    """The heading's words where the sentence names nothing, without its number."""
    return without_number(section.path[-1].heading)[:_MAX_NAME] if section.path else ""
