"""Whether a section reports or promises: by the last heading or sentence that opens one, else by its wording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from summarizer.headings import vocabulary
from summarizer.model import Heading, Metadata, Sentence, Tense
from summarizer.periods import plans_in

Group = tuple[tuple[Heading, ...], tuple[Sentence, ...]]


def tenses_of(text: str, metadata: Metadata, groups: Sequence[Group]) -> list[Tense]:
    """Whether each section reports or promises: by the last opening cue, else by its wording."""
    if metadata.doc_type == "plan" and metadata.review_year is None:
        return ["review" if _looks_back(path) else "plan" for path, _ in groups]
    cues = [_cue(text, metadata, path, sentences) for path, sentences in groups]
    tense: Tense | None = None
    tenses: list[Tense | None] = []
    opened: set[Heading | None] = set()  # top headings under which a sentence has opened the plan
    for (cue, strong), (path, _) in zip(cues, groups, strict=True):
        top = path[0] if path else None
        if cue == "plan":
            tense = cue
            opened.add(top)
        elif cue == "review" and top not in opened and (strong or not opened):
            tense = cue
        tenses.append(tense)
    default: Tense = "review" if any(tenses) else _by_wording(text, groups)
    return [t or default for t in tenses]


def split_at_plan(text: str, metadata: Metadata, groups: Sequence[Group]) -> list[Group]:
    """The groups, one that turns to the plan in the middle (今年的主要预期目标是…) cut in two there."""
    opening = _tense_patterns(metadata.review_year, metadata.target_year)["opening_sentences"]
    found: list[Group] = []
    for path, sentences in groups:
        period = _period_ahead(path)
        turns = [
            i
            for i, s in enumerate(sentences)
            if (i and opening.search(text[s.start : s.end])) or (period and period in text[s.start : s.end])
        ]
        cut = turns[0] if turns else len(sentences)
        found.extend((path, part) for part in (sentences[:cut], sentences[cut:]) if part)
    return found


def _looks_back(path: tuple[Heading, ...]) -> bool:
    """Whether a plan's section stands under a heading of its review (“九五”回顾)."""
    words = _tense_patterns(None, None)
    top = path[0].heading if path else ""
    return words["review_headings"].search(top) is not None and not words["plan_headings"].search(top)


def _period_ahead(path: tuple[Heading, ...]) -> str | None:
    """The period that a heading looks forward to where it looks back at another (“九五”成就和“十五”目标)."""
    words = _tense_patterns(None, None)
    top = path[0].heading if path else ""
    back, ahead = words["review_headings"].search(top), words["plan_headings"].search(top)
    if len(path) != 1 or back is None or ahead is None or back.end() > ahead.end():
        return None
    periods = plans_in(top)
    return periods[-1] if len(set(periods)) > 1 else None


def _cue(
    text: str, metadata: Metadata, path: tuple[Heading, ...], sentences: tuple[Sentence, ...]
) -> tuple[Tense | None, bool]:
    words = _tense_patterns(metadata.review_year, metadata.target_year)
    if sentences and words["opening_sentences"].search(text[sentences[0].start : sentences[0].end]):
        return "plan", True
    period = _period_ahead(path)
    if period is not None and sentences:
        ahead = any(period in text[s.start : s.end] for s in sentences)
        return ("plan" if ahead else "review"), True
    for heading in reversed(path[:2]):
        if words["plan_headings"].search(heading.heading):
            return "plan", True
        if words["review_headings"].search(heading.heading):
            return "review", True
    for sentence in sentences[:3]:
        content = text[sentence.start : sentence.end]
        if words["plan_sentences"].search(content):
            return "plan", False
        if words["review_sentences"].search(content):
            return "review", False
    return None, False


@cache
def _tense_patterns(review: int | None, target: int | None) -> dict[str, re.Pattern[str]]:
    years = {"review": str(review or "####"), "target": str(target or "####")}
    return {
        name: re.compile(
            "|".join(p.replace("{review}", years["review"]).replace("{target}", years["target"]) for p in patterns)
        )
        for name, patterns in vocabulary()["tense"].items()
        if name.endswith(("headings", "sentences"))
    }


def _by_wording(text: str, groups: Sequence[Group]) -> Tense:
    words = vocabulary()["tense"]
    plan, review = tuple(words["plan_words"]), tuple(words["review_words"])
    score = 0
    for _, sentences in groups:
        for sentence in sentences:
            for clause in sentence.clauses:
                content = text[clause.start : clause.end]
                score += content.startswith(plan) - any(w in content[:8] for w in review)
    return "plan" if score > 0 else "review"
