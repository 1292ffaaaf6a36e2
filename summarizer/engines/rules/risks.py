"""Risks by rules: admitted problems, missed targets, and dangers guarded against."""

from __future__ import annotations

import re

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
        opens = section.tense == "review" and _opens(content)
        admitting = admitting or opens
        found.extend(_of_sentence(index, sentence, section, admitting))
        if admitting and not opens and section.tense == "plan":
            admitting = False
    return found


def _opens(content: str) -> bool:
    return any(re.search(p, content) for p in cues.words()["risk"]["problems"])


def _ends(content: str) -> bool:
    return any(re.search(p, content) for p in cues.words()["risk"]["end_of_problems"])


def _of_sentence(index: ChunkIndex, sentence: Sentence, section: Section, admitting: bool) -> list[DraftRisk]:
    found = []
    started = not admitting or not _opens(flat(index.text[sentence.start : sentence.end]))
    name_of = {c: n for n, c in index.chunk.clauses.items()}
    for clause in sentence.clauses:
        content = flat(index.text[clause.start : clause.end])
        kind = _kind(content, admitting and started)
        if admitting and not started and re.search("看到|认识到|存在|主要|面临|表现", content):
            started = True
        if kind:
            status: RiskStatus = "open" if section.tense == "plan" or admitting else "handled"
            found.append(DraftRisk(c=name_of[clause], c2=None, part=None, en=None, type=kind, status=status))
    return found


def _kind(content: str, admitted: bool) -> RiskType | None:
    words = cues.words()["risk"]
    if any(w in content for w in words["missed"]):
        return (
            "missed_target"
            if not admitted or "指标" in content or "目标" in content or "预期" in content
            else "shortcoming"
        )
    if any(re.search(p, content) for p in words["general"]):
        return None
    if admitted:
        return "shortcoming" if any(w in content for w in words["problem_words"]) and len(content) > 4 else None
    if any(w in content for w in words["not_hazard"]):
        return None
    solved = any(v in content for v in words["shortcoming_verbs"])
    if any(w in content for w in words["shortcoming"]) and solved:
        return "shortcoming"
    if "问题" in content and re.match(".{0,6}(?:解决|破解|化解|处置)", content):
        return "shortcoming"
    strong = [w for w in words["hazard"] if w not in words["hazard_weak"]]
    return "hazard" if any(w in content for w in (*strong, *words["outlook"])) else None
