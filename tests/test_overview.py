"""The overview: every sentence cites items, its numbers are theirs, and what fails is left out with a gap."""

from __future__ import annotations

import asyncio
import json

import pytest
from chunks import PLAN, chunk_of, figure, goal, ids, report_of
from endpoint import Response, endpoint, plain_client, says

from summarizer.engines.chat.overview import chat_overview
from summarizer.engines.rules.overview import rules_overview
from summarizer.grounding.resolve import resolve
from summarizer.merging import merge
from summarizer.model import Draft, EngineInfo
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities
from summarizer.settings import Settings


@pytest.fixture(scope="module")
def brief(terms):
    chunk = chunk_of(PLAN)
    q = ids(chunk)
    draft = Draft(
        figures=(figure(q[0], "地区生产总值", m="change", d="up"), figure(q[1], "城镇新增就业", en="new urban jobs")),
        goals=(goal(chunk, "就业"),),
    )
    report = report_of(PLAN)
    engine = EngineInfo(name="chat", model="m", version="0", prompts=None, schema_=None, terms="t")
    return merge(
        report, read_outline(report), find_quantities(PLAN), [resolve(draft, chunk, terms, "chat")], (), engine
    )


def ask(brief, response: Response):
    async def run(url: str):
        client = plain_client(Settings("chat", "m", url, "none"))
        try:
            return await chat_overview(brief, report_of(PLAN).metadata, client)
        finally:
            await client.close()

    with endpoint(lambda n, r: response) as served:
        return asyncio.run(run(served.url))


def sentence(brief, **changes):
    q = brief.figures[1].quantities[0]
    good = {
        "zh": f"2024年城镇新增就业{{{q}}}。",
        "en": f"For 2024 the report promises {{{q}#}} new urban jobs.",
        "cites": ["f2"],
    }
    return good | changes


def test_a_sentence_that_holds_is_rendered_in_both_languages(brief):
    sentences, gaps, usage = ask(brief, says(json.dumps({"sentences": [sentence(brief)]}, ensure_ascii=False)))
    assert [(s.zh, s.en) for s in sentences] == [
        ("2024年城镇新增就业3.5万人以上。", "For 2024 the report promises at least 35,000 new urban jobs.")
    ]
    assert gaps == ()
    assert usage.requests == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cites": ["f9"]}, "unknown_pointer"),
        ({"cites": []}, "unknown_pointer"),
        ({"cites": ["f1"]}, "placeholder_outside"),
        ({"zh": "城镇新增就业4万人。"}, "languages_differ"),
        ({"zh": "城镇新增就业很多。", "en": "Many new jobs, 40000 of them."}, "digits_in_english"),
        ({"zh": "城镇新增就业三万五千人。", "en": "Many new jobs."}, "number_word"),
        ({"zh": "城镇新增就业35000人。", "en": "Many new jobs."}, "digits_in_chinese"),
    ],
)
def test_a_sentence_that_says_more_than_its_items_is_left_out(brief, changes, reason):
    bad = sentence(brief, **changes)
    sentences, gaps, _ = ask(brief, says(json.dumps({"sentences": [bad, sentence(brief)]}, ensure_ascii=False)))
    assert len(sentences) == 1
    assert [(g.stage, g.reason) for g in gaps] == [("overview", reason)]


def test_a_comparator_beside_a_placeholder_is_refused_in_chinese_too(brief):
    q = brief.figures[1].quantities[0]
    bad = sentence(brief, zh=f"城镇新增就业超过{{{q}}}。")
    _, gaps, _ = ask(brief, says(json.dumps({"sentences": [bad]}, ensure_ascii=False)))
    assert [g.reason for g in gaps] == ["comparator_doubled"]


@pytest.mark.parametrize(("response", "reason"), [(Response(400, {}), "failed"), (says("no json"), "malformed")])
def test_an_overview_that_fails_is_one_gap(brief, response, reason):
    sentences, gaps, _ = ask(brief, response)
    assert sentences == ()
    assert [g.reason for g in gaps] == [reason]


def test_without_a_model_code_writes_it_from_headline_figures(brief):
    overview = rules_overview(brief)
    assert overview[0].cites == ("f1", "f2")
    assert "2024年地区生产总值增长6%以上" in overview[0].zh
    assert "up at least 6%" in (overview[0].en or "")
