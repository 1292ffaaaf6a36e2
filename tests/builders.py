"""Small valid briefs for tests: one sentence a fact, its offsets found in the text itself."""

from __future__ import annotations

from typing import Any

from summarizer.model import (
    Bilingual,
    BriefContent,
    Conflict,
    Coverage,
    EngineInfo,
    Evidence,
    Figure,
    Gap,
    Goal,
    Heading,
    Indicator,
    Mention,
    OverviewSentence,
    Place,
    Project,
    Quantity,
    ReportInfo,
    Risk,
    Skipped,
)

REVIEW, PLAN = "一、2023年工作回顾", "二、2024年工作安排"
TEXT = (
    f"{REVIEW}\n规模以上工业总产值1509亿元。工业增加值增长11%。税收下降3%。产值位居第一。产值1510亿元。"
    "郭家沱大桥加快建设。消除隐患241处。\n"
    f"{PLAN}\n城镇新增就业3.5万人以上。失业率5.5%以内。争创全国双拥模范城。郭家沱大桥建成通车。停车难仍需缓解。"
)


class PlainNumbers:
    """Number texts that name what they were made from, so that a test can tell who wrote a number."""

    def english(self, quantity: Quantity, /) -> str:
        return f"English({quantity.value} {quantity.unit})"

    def chinese(self, quantity: Quantity, /) -> str:
        return quantity.raw


def evidence(quote: str, *path: str) -> Evidence:
    """The first place of a quote in TEXT."""
    start = TEXT.index(quote)
    return Evidence(start=start, end=start + len(quote), quote=quote, path=path)


def quantity(name: str, raw: str, value: str, unit: str, **fields: Any) -> Quantity:
    """A quantity at the first place of `raw` in TEXT."""
    start = TEXT.index(raw)
    fields = {"dimension": unit, "start": start, "end": start + len(raw)} | fields
    return Quantity(id=name, raw=raw, value=value, unit=unit, **fields)


def figure(name: str = "f1", quote: str = "规模以上工业总产值1509亿元", **fields: Any) -> Figure:
    """An actual figure of 2023."""
    defaults: dict[str, Any] = {
        "quantities": ("q1a",),
        "indicator": Indicator(zh="规模以上工业总产值", en="Industrial output"),
        "measure": "level",
        "direction": None,
        "kind": "actual",
        "year": 2023,
        "evidence": (evidence(quote, REVIEW),),
        "by": "chat",
    }
    return Figure(id=name, **(defaults | fields))


def target_figure(**fields: Any) -> Figure:
    """The figure inside the goal of `jobs_goal`."""
    defaults: dict[str, Any] = {
        "quantities": ("q5e",),
        "indicator": Indicator(zh="城镇新增就业", en="New urban jobs"),
        "kind": "target",
        "year": 2024,
        "goal": "g1",
        "evidence": (evidence("3.5万人以上", PLAN),),
    }
    return figure("f5", **(defaults | fields))


def jobs_goal(**fields: Any) -> Goal:
    """A goal with a number in it."""
    defaults: dict[str, Any] = {
        "id": "g1",
        "statement": Bilingual(zh="城镇新增就业3.5万人以上", en="Create at least 35,000 new urban jobs"),
        "theme": "employment",
        "quantities": ("q5e",),
        "evidence": (evidence("城镇新增就业3.5万人以上", PLAN),),
        "by": "chat",
    }
    return Goal(**(defaults | fields))


def untranslated_goal() -> Goal:
    """A goal without numbers and without English."""
    statement = Bilingual(zh="争创全国双拥模范城", en=None)
    quote = (evidence(statement.zh, PLAN),)
    return jobs_goal(id="g2", statement=statement, theme="governance", quantities=(), evidence=quote)


def bridge(**fields: Any) -> Project:
    """A project under construction in the review and promised as finished in the plan."""
    built, promised = evidence("郭家沱大桥加快建设", REVIEW), evidence("郭家沱大桥建成通车", PLAN)
    defaults: dict[str, Any] = {
        "id": "p1",
        "name": Bilingual(zh="郭家沱大桥", en="Guojiatuo Bridge"),
        "mentions": (
            Mention(stage="under_construction", status="reported", evidence=built),
            Mention(stage="completed", status="promised", evidence=promised),
        ),
        "evidence": (built, promised),
        "by": "chat",
    }
    return Project(**(defaults | fields))


def open_risk(**fields: Any) -> Risk:
    """A problem that remains."""
    defaults: dict[str, Any] = {
        "id": "r2",
        "statement": Bilingual(zh="停车难仍需缓解", en="Parking remains difficult"),
        "type": "shortcoming",
        "status": "open",
        "evidence": (evidence("停车难仍需缓解", PLAN),),
        "by": "chat",
    }
    return Risk(**(defaults | fields))


def handled_risk() -> Risk:
    """A danger that is reported as removed, stated earlier in the text than the open one."""
    statement = Bilingual(zh="消除隐患241处", en="Hidden dangers removed")
    quote = (evidence("消除隐患241处", REVIEW),)
    return open_risk(id="r1", statement=statement, type="hazard", status="handled", evidence=quote)


def quantities() -> tuple[Quantity, ...]:
    """The quantities of TEXT that the items below point to."""
    return (
        quantity("q1a", "1509亿元", "150900000000", "CNY"),
        quantity("q2b", "11%", "11", "percent"),
        quantity("q3c", "3%", "3", "percent"),
        quantity("q4d", "第一", "1", "rank"),
        quantity("q5e", "3.5万人以上", "35000", "person", comparator=">="),
        quantity("q6f", "5.5%以内", "5.5", "percent", comparator="<="),
        quantity("q7g", "241处", "241", "count", counter="处"),
        quantity("q8h", "1510亿元", "151000000000", "CNY"),
    )


def figures() -> tuple[Figure, ...]:
    """Level, change up and down, rank, two targets, a value that conflicts, a disputed one."""
    added, tax = Indicator(zh="工业增加值", en="Value added"), Indicator(zh="税收", en="Tax revenue")
    jobless = Indicator(zh="失业率", en="Unemployment rate")
    return (
        figure(),
        figure("f2", "工业增加值增长11%", quantities=("q2b",), indicator=added, measure="change",
               direction="up"),
        figure("f3", "税收下降3%", quantities=("q3c",), indicator=tax, measure="change", direction="down"),
        figure("f4", "产值位居第一", quantities=("q4d",), measure="rank"),
        target_figure(),
        figure("f6", "失业率5.5%以内", quantities=("q6f",), indicator=jobless, measure="share", kind="target",
               year=2024, disputed=("the year is not stated in this sentence",)),
        figure("f7", "产值1510亿元", quantities=("q8h",), by="rules"),
    )  # fmt: skip


def info(**fields: Any) -> ReportInfo:
    """What the brief says of its report."""
    defaults: dict[str, Any] = {
        "source": "report.txt",
        "file_sha256": "f" * 64,
        "text_sha256": "e" * 64,
        "chars": len(TEXT),
        "title": "重庆市江北区人民政府工作报告",
        "place": Place(zh="重庆市江北区", en="Jiangbei District, Chongqing"),
        "level": "district",
        "doc_type": "work_report",
        "published": "2024-01-20",
        "review_year": 2023,
        "target_year": 2024,
        "partial": False,
        "boilerplate": (),
    }
    return ReportInfo(**(defaults | fields))


def engine(name: str = "chat") -> EngineInfo:
    """What made the brief."""
    digests = {"prompts": "aaa", "schema_": "bbb", "terms": "ccc"}
    return EngineInfo(name=name, model="some-model", version="0.1.0", **digests)


def empty_brief(**fields: Any) -> BriefContent:
    """A valid brief with nothing in it but what is given."""
    defaults: dict[str, Any] = {
        "report": info(),
        "outline": (),
        "quantities": (),
        "figures": (),
        "goals": (),
        "projects": (),
        "risks": (),
        "overview": (),
        "conflicts": (),
        "gaps": (),
        "coverage": Coverage(quantities=0, used=0, skipped=(), unaccounted=()),
        "engine": engine(),
    }
    return BriefContent(**(defaults | fields))


def brief(**fields: Any) -> BriefContent:
    """A brief with one of everything; `fields` replace its parts."""
    heads = tuple(
        Heading(level=1, heading=head, start=TEXT.index(head), end=TEXT.index(head) + len(head))
        for head in (REVIEW, PLAN)
    )
    said = OverviewSentence(zh="工业总产值1509亿元。", en="Output was RMB 150.9 billion.", cites=("f1", "g1"))
    defaults: dict[str, Any] = {
        "outline": heads,
        "quantities": quantities(),
        "figures": figures(),
        "goals": (jobs_goal(), untranslated_goal()),
        "projects": (bridge(),),
        "risks": (handled_risk(), open_risk()),
        "overview": (said,),
        "conflicts": (Conflict(items=("f1", "f7"), reason="two values for 2023"),),
        "gaps": (Gap(stage="grounding", reason="the name is not in its sentence", start=3, end=9),),
        "coverage": Coverage(
            quantities=9, used=7, skipped=(Skipped(id="q9k", reason="trivial"),), unaccounted=("q7g",)
        ),
    }
    return empty_brief(**(defaults | fields))


def lost_gap(start: int | None = 10, end: int | None = 30) -> Gap:
    """Text that nobody read."""
    return Gap(stage="reading", reason="the endpoint failed", start=start, end=end, lost=True)
