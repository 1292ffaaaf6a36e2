"""Small chunks and readings for tests."""

from __future__ import annotations

from summarizer.chunking import ChunkIndex, make_chunks
from summarizer.model import Chunk, Draft, DraftFigure, DraftGoal, Metadata, Place, Report
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities

CITY = Metadata(
    "政府工作报告", Place(zh="示例市", en="Example City"), "city", "work_report", "2024-01-20", 2023, 2024, False
)


def report_of(text: str, metadata: Metadata = CITY) -> Report:
    """A report of a text, without boilerplate."""
    return Report("test.txt", text, "", "", (), metadata)


def chunk_of(text: str, metadata: Metadata = CITY) -> Chunk:
    """A text as one chunk."""
    report = report_of(text, metadata)
    return make_chunks(report, read_outline(report), find_quantities(text))[0]


PLAN = "二、2024年工作安排\n今年全市地区生产总值增长6%以上,城镇新增就业3.5万人以上,新建2座污水处理厂。"
REVIEW = "一、2023年工作回顾\n一年来,全市完成工业总产值1509亿元,增长11%,公用经费压减近20%。"


def ids(chunk: Chunk) -> list[str]:
    """The chunk's quantity ids in order."""
    return list(chunk.quantities)


def clause_of(chunk: Chunk, part: str) -> str:
    """The id of the clause that holds a text."""
    text = chunk.report.text
    return next(name for name, c in chunk.clauses.items() if part in text[c.start : c.end])


def figure(q: str, zh: str, **more: object) -> DraftFigure:
    """A figure as a model would answer it."""
    fields: dict[str, object] = {"en": None, "m": "level", "d": None, "k": "target", "y": 2024}
    return DraftFigure.model_validate({"q": q, "zh": zh} | fields | more)


def goal(chunk: Chunk, words: str, en: str | None = None, **more: object) -> DraftGoal:
    """A goal on the clause that holds a text."""
    fields: dict[str, object] = {"c": clause_of(chunk, words), "c2": None, "part": None, "en": en, "t": "economy"}
    return DraftGoal.model_validate(fields | more)


def reasons(draft: Draft, chunk: Chunk, terms: object) -> list[str]:
    """The reasons of a draft's violations."""
    from summarizer.grounding.resolve import check

    return [v.problem.reason for v in check(draft, chunk, terms)]  # type: ignore[arg-type]


def index_of(chunk: Chunk) -> ChunkIndex:
    return ChunkIndex(chunk)
