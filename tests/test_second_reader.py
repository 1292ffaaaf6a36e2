"""The second reader: rules read what a model read, and where they differ the item says both readings."""

from __future__ import annotations

import pytest
from chunks import PLAN, chunk_of, figure, goal, ids
from endpoint import answer, endpoint, says

from summarizer import Summarizer
from summarizer.engines.second_reader import second_reading, with_remarks
from summarizer.grounding.resolve import resolve
from summarizer.model import Draft
from summarizer.verifying.proof import verify


def read(draft: Draft, terms, text: str = PLAN):
    chunk = chunk_of(text)
    return second_reading(resolve(draft, chunk, terms, "chat"), draft, chunk, terms)


def draft_of(**changes: object) -> Draft:
    """A right reading of the jobs target, with some labels changed."""
    jobs = ids(chunk_of(PLAN))[1]
    return Draft(figures=(figure(jobs, "城镇新增就业", **changes),))


def test_a_reading_that_rules_share_is_not_marked(terms):
    assert [f.disputed for f in read(draft_of(), terms).figures] == [()]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"k": "actual"}, "kind: rules read target"),
        ({"y": 2023}, "year: rules read 2024"),
        ({"m": "change", "d": "up"}, "direction: rules read none"),
    ],
)
def test_a_disagreement_is_marked_with_the_rules_reading(terms, changes, remark):
    (made,) = read(draft_of(**changes), terms).figures
    assert remark in made.disputed
    assert remark.partition(":")[0] not in made.disputed, "the plain reason gives way to the one with the reading"


def test_another_indicator_is_marked_with_its_name(terms):
    jobs = ids(chunk_of(PLAN))[1]
    (made,) = read(Draft(figures=(figure(jobs, "全市地区生产总值"),)), terms).figures
    assert "indicator: rules read 城镇新增就业" in made.disputed


def test_a_goal_that_the_model_left_out_is_a_gap_with_its_words_and_not_lost(terms):
    chunk = chunk_of(PLAN)
    found = read(Draft(goals=(goal(chunk, "就业"),)), terms)
    missed = [gap for gap in found.gaps if gap.reason == "second_reader"]
    assert ["新建2座污水处理厂" in (gap.detail or "") for gap in missed] == [False, True]
    assert not any(gap.lost for gap in missed)
    assert all(PLAN[gap.start : gap.end] in (gap.detail or "") for gap in missed)


def test_a_remark_takes_the_place_of_its_plain_reason():
    assert with_remarks(("name", "year"), ("year: rules read 2022",)) == ("name", "year: rules read 2022")


@pytest.mark.parametrize("check", [False, True])
def test_only_a_run_that_asks_for_it_is_checked_and_its_brief_is_proven(check):
    jobs = ids(chunk_of(PLAN))[1]
    row = {
        "q": jobs,
        "zh": "城镇新增就业",
        "en": None,
        "m": "level",
        "d": None,
        "k": "actual",
        "y": None,
        "scope": None,
    }
    with endpoint(lambda n, r: answer(figures=[row]) if n < 3 else says('{"sentences": []}')) as served:
        summarizer = Summarizer("chat", model="m", base_url=served.url, environment={}, check=check)
        made = summarizer.summarize_text(PLAN, "report.txt")
    assert (made.figures[0].disputed == ("kind: rules read target",)) == check
    assert verify(made, made.report).failures == ()
