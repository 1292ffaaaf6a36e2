"""The whole brief: title, warnings, gaps, origin, and which language stands where."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from block_words import blocks, cells, rows, runs, under, words

from summarizer.model import Bilingual, Place
from summarizer.rendering.blocks import Lang, Note, Title
from summarizer.rendering.wording import is_english


def test_title_holds_place_and_years_in_both_languages() -> None:
    title = blocks(builders.brief())[0]
    assert isinstance(title, Title)
    assert words(title.lines) == (
        "重庆市江北区人民政府工作报告（2023年回顾，2024年安排）\n"
        "Jiangbei District, Chongqing: government work report (review of 2023, plan for 2024)"
    )


@pytest.mark.parametrize(
    ("fields", "zh", "en"),
    [
        ({"title": None, "target_year": None}, "重庆市江北区：政府工作报告（2023年回顾）",
         "Jiangbei District, Chongqing: government work report (review of 2023)"),
        ({"title": "工作报告", "place": Place(zh=None, en=None), "review_year": None},
         "工作报告（2024年安排）", "government work report (plan for 2024)"),
        ({"place": Place(zh="江北区", en=None), "review_year": None, "target_year": None},
         "重庆市江北区人民政府工作报告", "江北区 (not translated): government work report"),
    ],
)  # fmt: skip
def test_title_does_with_what_is_known(fields: dict[str, Any], zh: str, en: str) -> None:
    content = builders.empty_brief(report=builders.info(**fields))
    assert [words(cell.lines) for lang in ("zh", "en") for cell in [next(cells(blocks(content, lang)))]] == [
        zh,
        en,
    ]


def test_partial_text_is_said_below_the_title() -> None:
    content = builders.brief(report=builders.info(partial=True))
    assert "⚠ partial text" in words(list(cells(blocks(content, "en")))[1].lines)


def test_lost_text_is_the_first_thing_after_the_title() -> None:
    """Overlapping gaps count once; a gap without a place is still named."""
    gaps = (builders.lost_gap(10, 30), builders.lost_gap(20, 40), builders.lost_gap(None, None))
    note = blocks(builders.brief(gaps=gaps), "en")[2]
    assert isinstance(note, Note)
    assert note.tone == "warning"
    said = words(note.cell.lines)
    assert f"10–30, 20–40, place unknown; 30 of {len(builders.TEXT)} characters" in said


def test_brief_without_lost_text_has_no_warning() -> None:
    found = blocks(builders.brief())
    assert not [block for block in found if isinstance(block, Note) and block.tone == "warning"]


def test_gaps_list_lost_text_first() -> None:
    gaps = (*builders.brief().gaps, builders.lost_gap())
    found = rows(under(blocks(builders.brief(gaps=gaps), "en"), "Gaps and coverage"))
    assert found == [
        ["reading", "the endpoint failed", "10–30", "", "yes"],
        ["grounding", "the name is not in its sentence", "3–9", "", "no"],
    ]


def test_coverage_names_what_was_skipped_and_what_is_unaccounted_for() -> None:
    part = under(blocks(builders.brief(), "en"), "Gaps and coverage")
    said = "\n".join(words(cell.lines) for cell in cells(tuple(part)))
    assert "Quantities: 9 in all; 7 used, 1 skipped (trivial 1), 1 unaccounted for." in said
    start = builders.TEXT.index("241处")
    assert f"q7g 241处 ({start}–{start + 4})" in said


def test_empty_parts_say_that_there_is_nothing() -> None:
    found = blocks(builders.empty_brief(), "en")
    for part in (
        "Targets",
        "Figures reported",
        "Projects",
        "Risks and problems",
        "Conflicts",
        "Disputed items",
    ):
        assert [words(cell.lines) for cell in cells(tuple(under(found, part)))] == ["None"]


def test_origin_names_engine_and_digests() -> None:
    said = "\n".join(run.text for run in runs(tuple(under(blocks(builders.brief(), "en"), "About this brief"))))
    assert "engine chat, model some-model, version 0.1.0" in said
    assert f"prompts aaa, answer schema bbb, terms ccc, file {'f' * 64}, text {'e' * 64}" in said


def test_both_languages_stand_line_above_line() -> None:
    found = rows(under(blocks(builders.brief()), "风险与问题 · Risks and problems"))
    assert found[0][1] == "停车难仍需缓解\nParking remains difficult"


def test_chinese_brief_holds_no_english_label_or_statement() -> None:
    assert "en" not in {run.language for run in runs(blocks(builders.brief(), "zh"))}


@pytest.mark.parametrize("en", [None, "", "  ", "争创全国双拥模范城"])
def test_untranslated_text_is_chinese_marked_as_not_translated(en: str | None) -> None:
    goal = builders.untranslated_goal().model_copy(update={"statement": Bilingual(zh="争创全国双拥模范城", en=en)})
    content = builders.brief(goals=(goal,), figures=())
    english = next(row for row in rows(blocks(content, "en")) if row[0] == "g2")
    both = next(row for row in rows(blocks(content, "both")) if row[0] == "g2")
    assert english[1] == "争创全国双拥模范城 (not translated)"
    assert both[1] == "争创全国双拥模范城\n(not translated)"


@pytest.mark.parametrize("lang", ["en", "both"])
def test_no_chinese_is_passed_off_as_english(lang: Lang) -> None:
    content = builders.brief(goals=(builders.untranslated_goal(),), figures=(builders.figure(scope="港城园"),))
    english = [run.text for run in runs(blocks(content, lang)) if run.language == "en"]
    assert english
    assert all(is_english(text) for text in english)


def test_english_may_name_a_chinese_word() -> None:
    assert is_english("Huangjue (黄桷) Road")
