"""Headings, sections, sentences and clauses of a report.

A page break inside a sentence does not end it; texts may have no line break at all, or literal
backslash-r-backslash-n in their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarizer.headings import Head, find_heads, rank_of, styles
from summarizer.model import Heading, Outline, Report, Section, Sentence, Span
from summarizer.paragraphs import paragraphs_of
from summarizer.quantities.grammar import scan
from summarizer.sentences import sentences_of
from summarizer.tense import Group, split_at_plan, tenses_of


def read_outline(report: Report) -> Outline:
    """The outline of a report; sections cover every sentence outside of boilerplate once, in order."""
    text = report.text
    paragraphs = paragraphs_of(text, report.boilerplate)
    heads = list(find_heads(text, paragraphs, report.metadata.title))
    ranks = sorted({head.rank for head in heads})
    headings = tuple(
        Heading(level=ranks.index(h.rank) + 1, heading=_flat(text[h.start : h.end]), start=h.start, end=h.end)
        for h in heads
    )
    groups = split_at_plan(text, report.metadata, _group(text, paragraphs, heads, headings))
    tenses = tenses_of(text, report.metadata, groups)
    return Outline(headings, tuple(Section(p, s, t) for (p, s), t in zip(groups, tenses, strict=True)))


def _flat(text: str) -> str:
    return re.sub(r"\s*(?:\\r\\n|\\n|[\r\n\f])\s*", "", text)


def _group(text: str, paragraphs: Sequence[Span], heads: Sequence[Head], headings: Sequence[Heading]) -> list[Group]:
    """Sentences under their heading paths. Run-in and inline heads stay sentences themselves."""
    groups: list[Group] = []
    path: tuple[Heading, ...] = ()
    cuts = iter([*zip(heads, headings, strict=True)])
    pending = next(cuts, None)
    for paragraph in paragraphs:
        start = paragraph.start
        while pending and pending[0].start < paragraph.end:
            head, heading = pending
            if head.start > start:
                _add(groups, path, sentences_of(text, start, head.start))
            path = (*[h for h in path if h.level < heading.level], heading)
            start = head.body if _stays_sentence(text, head, paragraph) else head.end
            groups.append((path, ()))
            pending = next(cuts, None)
        if start < paragraph.end:
            _add(groups, path, sentences_of(text, start, paragraph.end))
    return [group for group in groups if group[1]]


def _stays_sentence(text: str, head: Head, paragraph: Span) -> bool:
    """Whether a heading is read as a sentence too: run-in and inline ones, and numbered ones that state something."""
    if head.rank >= rank_of("run_in"):
        return True
    name = styles()[head.rank].name
    listed = name in ("digit", "bracket_digit") and text[paragraph.end - 1] in "。；;"
    return listed or next(scan(text[head.body : head.end]), None) is not None


def _add(groups: list[Group], path: tuple[Heading, ...], sentences: tuple[Sentence, ...]) -> None:
    if groups and groups[-1][0] == path:
        groups[-1] = (path, groups[-1][1] + sentences)
    elif sentences:
        groups.append((path, sentences))
