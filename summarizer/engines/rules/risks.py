"""Risks by rules: admitted problems, missed targets, and dangers guarded against."""

from __future__ import annotations

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.engines.rules.problems import admitted_problems
from summarizer.model import DraftRisk, RiskStatus, RiskType


def read_risks(index: ChunkIndex) -> list[DraftRisk]:
    """The risks of the chunk in order."""
    admitted = admitted_problems(index)
    found: list[DraftRisk] = []
    for sentence, section in index.sentences:
        for clause in sentence.clauses:
            content = flat(index.text[clause.start : clause.end])
            within = clause.start in admitted
            if kind := _admitted_kind(content) if within else _kind(content):
                status: RiskStatus = "open" if section.tense == "plan" or within else "handled"
                found.append(DraftRisk(c=index.name_of(clause), c2=None, part=None, en=None, type=kind, status=status))
    return found


def _has(key: str, content: str) -> bool:
    return cues.pattern("risk", key).search(content) is not None


def _admitted_kind(content: str) -> RiskType:
    return "missed_target" if cues.rules("risk", "missed_targets").search(content) else "shortcoming"


def _kind(content: str) -> RiskType | None:
    """The kind of a risk outside of lists of admitted problems."""
    if _has("missed", content):
        return "missed_target"
    if _has("not_hazard", content):
        return None
    if _has("shortcoming", content) and _has("shortcoming_verbs", content):
        return "shortcoming"
    if cues.rules("risk", "problems_solved").search(content):
        return "shortcoming"
    return "hazard" if _has("hazard", content) or _has("outlook", content) else None
