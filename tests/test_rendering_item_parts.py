"""Projects, risks, conflicts and disputes: where each stands and how it is marked."""

from __future__ import annotations

import builders
import pytest
from block_words import blocks, cells, headings, rows, runs, under, words

from summarizer.model import Conflict, Mention
from summarizer.rendering.blocks import BulletList, Lang
from summarizer.rendering.item_parts import standing


def test_project_stands_where_it_is_reported_not_where_it_is_promised() -> None:
    part = under(blocks(builders.brief(), "en"), "Projects")
    assert headings(part) == ["Under construction (reported)"]
    assert rows(part)[0][2] == "under construction (reported); completed (promised)"


def test_promised_project_is_marked_as_promised() -> None:
    promised = Mention(stage="completed", status="promised", evidence=builders.evidence("郭家沱大桥建成通车"))
    assert standing(builders.bridge(mentions=(promised,))) == ("promised", "completed")


def test_reported_projects_come_before_promised_ones_and_the_furthest_first() -> None:
    quote = builders.evidence("郭家沱大桥建成通车")
    kinds = [("p1", "planned", "promised"), ("p2", "started", "reported"), ("p3", "completed", "reported")]
    projects = tuple(
        builders.bridge(
            id=name,
            mentions=(Mention(stage=stage, status=status, evidence=quote),),  # type: ignore[arg-type]
        )
        for name, stage, status in kinds
    )
    part = under(blocks(builders.brief(projects=projects), "en"), "Projects")
    assert headings(part) == ["Completed (reported)", "Started (reported)", "Planned (promised)"]


def test_open_risks_come_first_and_handled_ones_apart() -> None:
    """Even where the report names the handled one earlier."""
    part = under(blocks(builders.brief(), "en"), "Risks and problems")
    assert headings(part) == ["Open", "Reported as handled"]
    assert [row[0] for row in rows(part)] == ["r2", "r1"]


def test_conflict_shows_both_values_and_its_reason() -> None:
    row = rows(under(blocks(builders.brief(), "zh"), "数据冲突"))[0]
    assert row[0] == "f1 规模以上工业总产值：1509亿元\nf7 规模以上工业总产值：1510亿元"
    assert row[1] == "two values for 2023"


def test_conflict_about_an_item_that_is_not_there_shows_its_id() -> None:
    content = builders.brief(conflicts=(Conflict(items=("f1", "f99"), reason="?"),))
    assert rows(under(blocks(content, "zh"), "数据冲突"))[0][0].endswith("f99")


def test_disputed_item_is_marked_in_its_row_and_listed_with_its_reason() -> None:
    found = blocks(builders.brief(), "en")
    row = next(row for row in rows(under(found, "Targets")) if "f6" in row[0])
    assert row[0] == "f6 ⚠"
    listed = next(block for block in under(found, "Disputed items") if isinstance(block, BulletList))
    assert words(listed.items[0].lines) == (
        "f6 Unemployment rate: English(5.5 percent)\n⚠ the year is not stated in this sentence"
    )


def test_item_read_by_rules_is_marked_in_a_chat_brief_only() -> None:
    row = next(row for row in rows(blocks(builders.brief(), "en")) if "f7" in row[0])
    assert row[0] == "f7\nread by rules"
    by_rules = blocks(builders.brief(engine=builders.engine("rules")), "en")
    assert "read by rules" not in [run.text for run in runs(by_rules)]


@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_every_item_shows_its_id_and_its_evidence(lang: Lang) -> None:
    content = builders.brief()
    found = blocks(content, lang)
    items = [*content.figures, *content.goals, *content.projects, *content.risks]
    assert {item.id for item in items} == {run.anchor for run in runs(found) if run.anchor}
    shown = {(source.start, source.end, source.quote) for cell in cells(found) for source in cell.sources}
    inside_goal = content.figures[4].evidence[0]
    expected = {(span.start, span.end, span.quote) for item in items for span in item.evidence}
    assert expected - shown == {(inside_goal.start, inside_goal.end, inside_goal.quote)}
