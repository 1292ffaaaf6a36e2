"""Risks by rules: admitted problems, missed targets, and dangers guarded against."""

from __future__ import annotations

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.model import DraftRisk, RiskStatus, RiskType, Section, Sentence


def read_risks(index: ChunkIndex) -> list[DraftRisk]:
    """The risks of the chunk in order. A list of admitted problems runs to where the report turns to remedies."""
    found: list[DraftRisk] = []
    admitting = False
    for sentence, section in index.sentences:
        content = flat(index.text[sentence.start : sentence.end])
        if admitting and _ends(content):
            admitting = False
        opens = _opens(content) if section.tense == "review" else _opens_in_plan(content)
        admitting = admitting or opens
        found.extend(_of_sentence(index, sentence, section, admitting))
        if admitting and not opens and section.tense == "plan":
            admitting = False
    return found


def _opens(content: str) -> bool:
    return cues.rules("risk", "problems").search(content) is not None


def _opens_in_plan(content: str) -> bool:
    return cues.rules("risk", "problems_in_plan").search(content) is not None


def _ends(content: str) -> bool:
    return cues.rules("risk", "end_of_problems").search(content) is not None


def _of_sentence(index: ChunkIndex, sentence: Sentence, section: Section, admitting: bool) -> list[DraftRisk]:
    found = []
    started = not admitting or not _opens(flat(index.text[sentence.start : sentence.end]))
    for clause in sentence.clauses:
        content = flat(index.text[clause.start : clause.end])
        kind = _kind(content, admitting and started)
        if admitting and not started and _has("admits", content):
            started = True
        if kind:
            status: RiskStatus = "open" if section.tense == "plan" or admitting else "handled"
            found.append(DraftRisk(c=index.name_of(clause), c2=None, part=None, en=None, type=kind, status=status))
    return found


def _has(key: str, content: str) -> bool:
    return cues.pattern("risk", key).search(content) is not None


def _kind(content: str, admitted: bool) -> RiskType | None:
    if _has("missed", content):
        return "missed_target" if not admitted or _has("targets", content) else "shortcoming"
    if cues.rules("risk", "general").search(content):
        return None
    if admitted and cues.rules("risk", "remedies").search(content):
        return None
    if admitted:
        return "shortcoming" if _has("problem_words", content) and len(content) > 4 else None
    if _has("not_hazard", content):
        return None
    if _has("shortcoming", content) and _has("shortcoming_verbs", content):
        return "shortcoming"
    if cues.rules("risk", "problems_solved").search(content):
        return "shortcoming"
    return "hazard" if _has("hazard", content) or _has("outlook", content) else None
