"""Targets, figures reported and reference values: one row a fact, with its measure words."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from block_words import blocks, headings, rows, runs, under
from hypothesis import given
from hypothesis import strategies as st

from summarizer import model
from summarizer.model import Figure, Indicator, Period
from summarizer.rendering.blocks import to_blocks
from summarizer.rendering.figure_parts import LONGEST_GROUP, grouped_by_section


def test_goal_and_its_figure_are_one_row() -> None:
    """A numeric target is one thing seen twice."""
    found = rows(under(blocks(builders.brief(), "en"), "Targets"))
    with_goal = [row for row in found if "g1" in row[0]]
    assert with_goal == [
        ["g1\nf5", "Create at least 35,000 new urban jobs", "English(35000 person)", "2024", "employment", ""]
    ]
    assert not [row for row in found if row[0] == "f5"]


def test_target_figure_without_goal_has_a_row_of_its_own() -> None:
    found = rows(under(blocks(builders.brief(), "en"), "Targets"))
    assert [row[1] for row in found if row[0].startswith("f6")] == ["Unemployment rate"]


def test_figure_of_a_goal_that_is_not_there_is_not_lost() -> None:
    content = builders.brief(goals=())
    assert "f5" in [row[0] for row in rows(under(blocks(content), "目标 · Targets"))]


def test_actual_value_inside_a_goal_stays_with_the_figures_reported() -> None:
    content = builders.brief(figures=(builders.figure(goal="g1"),))
    assert "f1" not in rows(under(blocks(content, "en"), "Targets"))[0][0]
    assert rows(under(blocks(content, "en"), "Figures reported"))[0][4] == "goal: g1"


def test_several_figures_of_a_goal_are_told_apart_by_their_indicators() -> None:
    second = builders.target_figure(quantities=("q6f",), indicator=Indicator(zh="失业率", en="Jobless"))
    second = second.model_copy(update={"id": "f8"})
    content = builders.brief(figures=(builders.target_figure(), second))
    value = rows(under(blocks(content, "en"), "Targets"))[0][2]
    assert value == "New urban jobs: English(35000 person)\nJobless: English(5.5 percent)"


def test_goal_whose_quantities_are_no_figures_still_shows_them() -> None:
    content = builders.brief(figures=())
    assert rows(under(blocks(content, "zh"), "目标"))[0][2] == "3.5万人以上"


def test_goal_without_numbers_stands_among_the_other_commitments() -> None:
    part = under(blocks(builders.brief(), "en"), "Targets")
    assert headings(part) == ["Targets with numbers", "Other checkable commitments"]
    assert rows(part)[-1][0] == "g2"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("f1", "1509亿元", "English(150900000000 CNY)"),
        ("f2", "增长11%", "up English(11 percent)"),
        ("f3", "下降3%", "down English(3 percent)"),
        ("f4", "第一", "English(1 rank)"),
    ],
)
def test_value_says_its_measure_in_both_languages(name: str, zh: str, en: str) -> None:
    found = rows(under(blocks(builders.brief()), "已报告的数据 · Figures reported"))
    assert [row[2] for row in found if row[0] == name] == [f"{zh}\n{en}"]


class BareNumbers(builders.PlainNumbers):
    """Number texts that are digits only."""

    def english(self, quantity: model.Quantity, /) -> str:
        return quantity.value


def test_bare_rank_reads_as_a_place() -> None:
    found = to_blocks(builders.brief(), "en", BareNumbers())
    assert "No. 1" in [run.text for run in runs(found)]


def test_direction_of_a_multiple_stands_behind_it() -> None:
    """ "up 2 times" would say more than a doubling does."""
    doubled = builders.quantity("q2b", "11%", "2", "multiple")
    grown = builders.figure(quantities=("q2b",), measure="change", direction="up")
    content = builders.empty_brief(figures=(grown,), quantities=(doubled,))
    assert rows(blocks(content, "en"))[0][2] == "English(2 multiple) (up)"


def test_change_without_direction_says_so() -> None:
    content = builders.brief(figures=(builders.figure(quantities=("q2b",), measure="change"),))
    row = rows(under(blocks(content, "en"), "Figures reported"))[0]
    assert (row[2], row[4]) == ("English(11 percent)", "direction not stated")


def test_mentions_of_the_same_value_are_shown_once() -> None:
    content = builders.brief(figures=(builders.figure(quantities=("q1a", "q1a")),))
    assert rows(under(blocks(content, "zh"), "已报告的数据"))[0][2] == "1509亿元"


def test_quantity_that_the_brief_does_not_hold_is_shown_as_missing() -> None:
    content = builders.brief(figures=(builders.figure(quantities=("q0z",)),))
    assert rows(under(blocks(content, "en"), "Figures reported"))[0][2] == "q0z (missing)"


def test_period_basis_scope_and_base_qualify_a_value() -> None:
    fields: dict[str, Any] = {"period": Period(from_=2021, to=None), "basis": "cumulative", "scope": "港城园"}
    content = builders.brief(figures=(builders.figure(base="上年", **fields),))
    row = rows(under(blocks(content, "en"), "Figures reported"))[0]
    assert row[3] == "2021–"
    assert row[4] == "cumulative; scope: 港城园 (not translated); against: 上年 (not translated)"


def test_reference_values_have_a_part_only_where_there_are_any() -> None:
    assert "Reference values" not in headings(blocks(builders.brief(), "en"))
    content = builders.brief(figures=(builders.figure(kind="reference", year=None),))
    assert rows(under(blocks(content, "en"), "Reference values"))[0][0] == "f1"


def test_figures_stand_under_the_headings_of_the_report() -> None:
    part = under(blocks(builders.brief(), "en"), "Figures reported")
    assert headings(part) == [f"Section: {builders.REVIEW}"]


def test_long_section_is_cut_at_its_subsections_and_a_short_one_is_not() -> None:
    def placed(count: int, *path: str) -> list[Figure]:
        quote = builders.evidence("产值1510亿元", *path)
        return [builders.figure(evidence=(quote,)) for _ in range(count)]

    figures = placed(LONGEST_GROUP, "一", "甲") + placed(1, "一", "乙") + placed(1, "二", "丙")
    assert {path: len(group) for path, group in grouped_by_section(figures).items()} == {
        ("一", "甲"): LONGEST_GROUP,
        ("一", "乙"): 1,
        ("二",): 1,
    }


@given(st.lists(st.lists(st.sampled_from("甲乙"), max_size=3), max_size=80))
def test_grouping_loses_and_doubles_no_figure(paths: list[list[str]]) -> None:
    figures = [
        builders.figure(f"f{index}", evidence=(builders.evidence("产值", *path),)) for index, path in enumerate(paths)
    ]
    groups = grouped_by_section(figures).values()
    assert sorted(item.id for group in groups for item in group) == sorted(item.id for item in figures)
