"""A user's corrections: found in the text, applied to any engine's items, or refused with a sentence."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
import vcr
from chunks import chunk_of, figure, goal, ids
from endpoint import plain_client
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle, seeds, serving
from recordings import CASSETTES, provenance, scenario, vcr_settings

from summarizer import Fixes, InputError, Summarizer
from summarizer.correcting.applying import correct
from summarizer.correcting.carrying import carry, fixes_text
from summarizer.correcting.fixes import GivenFixes, read_fixes
from summarizer.correcting.placing import Plan, plan
from summarizer.engines.chat.engine import ChatEngine
from summarizer.engines.rules.engine import RulesEngine
from summarizer.grounding.resolve import resolve
from summarizer.loading.text import load, load_text
from summarizer.merging import merge
from summarizer.model import (
    BriefContent,
    Chunk,
    Corrections,
    Draft,
    DraftProject,
    DraftRisk,
    DraftSkip,
    EngineInfo,
    Items,
)
from summarizer.outline import read_outline
from summarizer.pipeline import prepare
from summarizer.quantities import rendering
from summarizer.settings import Settings

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
SEED = seeds()[0]
ENGINE = EngineInfo(name="rules", model=None, version="0", prompts=None, schema_=None, terms="t")
TEXT = (
    "二、2024年工作安排\n今年城镇新增就业3.5万人以上,新建2座污水处理厂。建成云岭大桥。"
    "培训技工几十人。防范化解债务风险。\n（一）就业\n城镇新增就业3.5万人以上。"
)


def at(quote: str, place: int = 0) -> Json:
    """The span of one of the places of a quote in TEXT."""
    start = [m.start() for m in re.finditer(re.escape(quote), TEXT)][place]
    return {"start": start, "end": start + len(quote), "quote": quote}


def fixes_of(*entries: Json, sha: str = "") -> Fixes:
    return Fixes.model_validate_json(json.dumps({"version": "1", "text_sha256": sha, "fixes": entries}))


def plan_of(chunk: Chunk, *entries: Json) -> Plan:
    quantities = tuple(chunk.quantities.values())
    return plan(GivenFixes(fixes_of(*entries), "my.fixes.json", None), chunk.report, quantities, [chunk])


def read(chunk: Chunk, terms: Any) -> Items:
    """Items of every kind, as an engine would have them of TEXT."""
    name = next(n for n, c in chunk.clauses.items() if TEXT[c.start : c.end] == "建成云岭大桥")
    risk = next(n for n, c in chunk.clauses.items() if TEXT[c.start : c.end] == "防范化解债务风险")
    first, second, third = ids(chunk)
    draft = Draft(
        figures=(figure(first, "城镇新增就业"), figure(third, "城镇新增就业")),
        goals=(goal(chunk, "新增就业"), goal(chunk, "污水处理厂")),
        projects=(DraftProject(c=name, zh="云岭大桥", en="Yunling Bridge", stage="completed", status="promised"),),
        risks=(DraftRisk(c=risk, c2=None, part=None, en=None, type="hazard", status="open"),),
        skipped=(DraftSkip(q=second, why="trivial"),),
    )
    return resolve(draft, chunk, terms, "chat")


def corrected(terms: Any, *entries: Json, items: Items | None = None) -> tuple[Items, Corrections]:
    chunk = chunk_of(TEXT)
    return correct([read(chunk, terms) if items is None else items], plan_of(chunk, *entries), terms)


def brief_of(items: Items) -> BriefContent:
    report = chunk_of(TEXT).report
    quantities = tuple(chunk_of(TEXT).quantities.values())
    return merge(report, read_outline(report), quantities, [items], (), ENGINE)


# --- each action for each kind ----------------------------------------------------------------


def test_a_rejected_figure_is_gone_and_its_quantity_says_so(terms):
    items, done = corrected(terms, {"do": "reject", "what": "figure", **at("3.5万人以上")})
    made = brief_of(items)
    assert [q.raw for f in made.figures for q in made.quantities if q.id in f.quantities] == ["3.5万人以上"]
    assert [(s.id, s.reason) for s in made.coverage.skipped][-1] == (made.quantities[0].id, "rejected")
    assert (made.coverage.used, done.rejected, done.unused) == (1, 1, 0)


@pytest.mark.parametrize(
    ("what", "quote", "kind"),
    [
        ("goal", "今年城镇新增就业3.5万人以上", "goals"),
        ("project", "云岭大桥", "projects"),
        ("risk", "防范化解债务风险", "risks"),
    ],
)
def test_a_rejected_item_is_gone_and_the_others_stay(what, quote, kind, terms):
    before, _ = corrected(terms)
    items, done = corrected(terms, {"do": "reject", "what": what, "quote": quote})
    assert len(getattr(items, kind)) == len(getattr(before, kind)) - 1
    assert done.rejected == 1
    for other in {"figures", "goals", "projects", "risks", "skipped"} - {kind}:
        assert getattr(items, other) == getattr(before, other)


def test_a_relabelled_figure_has_the_fields_that_are_set_and_keeps_the_others(terms):
    fix = {"do": "relabel", "what": "figure", **at("3.5万人以上"), "set": {"kind": "actual", "year": 2023}}
    items, done = corrected(terms, fix)
    found = items.figures[0]
    assert (found.kind, found.year, found.indicator.code) == ("actual", 2023, "new_urban_jobs")
    assert (found.by, found.disputed) == ("user", ())
    assert items.figures[1].by == "chat"
    assert done.relabelled == 1


def test_a_new_name_does_not_keep_the_english_of_the_old_one(terms):
    fix = {"do": "relabel", "what": "figure", **at("3.5万人以上"), "set": {"indicator_zh": "某某指标"}}
    assert corrected(terms, fix)[0].figures[0].indicator.model_dump() == {"zh": "某某指标", "en": None, "code": None}
    fix["set"]["indicator_en"] = "some indicator"
    assert corrected(terms, fix)[0].figures[0].indicator.en == "some indicator"


def test_a_relabelled_goal_takes_theme_english_and_the_span_of_the_correction(terms):
    fix = {
        "do": "relabel",
        "what": "goal",
        **at("城镇新增就业3.5万人以上"),
        "set": {"theme": "employment", "en": "Jobs"},
    }
    found = corrected(terms, fix)[0].goals[0]
    assert (found.theme, found.statement.zh, found.statement.en) == ("employment", "城镇新增就业3.5万人以上", "Jobs")
    assert (found.by, len(found.quantities)) == ("user", 1)


def test_a_relabelled_project_and_risk_say_what_is_set(terms):
    items, _ = corrected(
        terms,
        {"do": "relabel", "what": "project", "quote": "云岭大桥", "set": {"stage": "operating"}},
        {"do": "relabel", "what": "risk", "quote": "防范化解债务风险", "set": {"status": "handled", "en": "Debt"}},
    )
    project, risk = items.projects[0], items.risks[0]
    assert (project.mentions[0].stage, project.mentions[0].status) == ("operating", "promised")
    assert (project.name.en, project.by) == ("Yunling Bridge", "user")
    assert (risk.status, risk.type, risk.statement.en, risk.by) == ("handled", "hazard", "Debt", "user")


def test_an_added_figure_takes_its_value_from_the_grammar(terms):
    labels = {"indicator_zh": "新建污水处理厂", "measure": "level", "kind": "target", "year": 2024}
    items, done = corrected(terms, {"do": "add", "what": "figure", "quote": "2座", "set": labels})
    made = brief_of(items)
    added = next(f for f in made.figures if f.by == "user")
    value = next(q for q in made.quantities if q.id == added.quantities[0])
    assert (value.raw, value.value, added.evidence[0].quote) == ("2座", "2", "新建2座污水处理厂")
    assert added.goal == next(g.id for g in made.goals if "污水处理厂" in g.statement.zh)
    assert (made.coverage.skipped, done.added) == ((), 1)


def test_a_number_that_the_grammar_does_not_read_comes_with_its_value(terms):
    labels = {"indicator_zh": "培训技工", "measure": "level", "kind": "target"}
    value = {"value": "20", "unit": "person", "comparator": ">="}
    entry = {"do": "add", "what": "figure", "quote": "几十人", "set": labels | value}
    theme = {"do": "add", "what": "goal", "quote": "培训技工几十人", "set": {"theme": "employment"}}
    made = brief_of(corrected(terms, entry, theme)[0])
    added = next(f for f in made.figures if f.indicator.zh == "培训技工")
    quantity = next(q for q in made.quantities if q.id == added.quantities[0])
    assert (quantity.raw, quantity.value, quantity.dimension) == ("几十人", "20", "people")
    assert TEXT[quantity.start : quantity.end] == quantity.raw
    assert added.goal == next(g.id for g in made.goals if g.theme == "employment")
    assert made.coverage.quantities == 4


@pytest.mark.parametrize(
    ("given_value", "dimension", "english"),
    [
        ({"value": "1/3", "unit": "ratio"}, "share", "one third"),
        ({"value": "2", "unit": "rank"}, "rank", "No. 2"),
        ({"value": "20", "value_high": "30", "unit": "person", "comparator": "~"}, "people", "about 20 to 30 people"),
        ({"value": "4000", "unit": "count", "counter": "斤"}, "mass", "4,000 jin (2 tonnes)"),
        ({"value": "1500000", "unit": "CNY"}, "money", "RMB 1.5 million"),
    ],
)
def test_a_value_that_is_given_is_rendered_like_one_that_was_read(given_value, dimension, english, terms):
    entry = {"do": "add", "what": "figure", "quote": "几十人", "set": LABELS | given_value}
    quantity = corrected(terms, entry)[0].quantities[-1]
    assert quantity.dimension == dimension
    assert rendering.english(quantity) == english


def test_added_goals_projects_and_risks_are_made_as_an_engine_makes_them(terms):
    chunk, nothing = chunk_of(TEXT), Items()
    items, _ = corrected(
        terms,
        {"do": "add", "what": "goal", **at("今年城镇新增就业3.5万人以上"), "set": {"theme": "economy"}},
        {"do": "add", "what": "goal", "quote": "新建2座污水处理厂", "set": {"theme": "economy"}},
        {"do": "add", "what": "project", "quote": "云岭大桥",
         "set": {"name_en": "Yunling Bridge", "stage": "completed", "status": "promised"}},
        {"do": "add", "what": "risk", "quote": "防范化解债务风险", "set": {"type": "hazard", "status": "open"}},
        items=nothing,
    )  # fmt: skip
    by_engine = read(chunk, terms)

    def without_reader(made: Items) -> list[Json]:
        every = [*made.goals, *made.projects, *made.risks]
        return [item.model_dump(exclude={"by"}) for item in every]

    assert without_reader(items) == without_reader(by_engine)
    assert {item.by for item in (*items.goals, *items.projects, *items.risks)} == {"user"}


# --- what survives ----------------------------------------------------------------------------


def test_a_relabel_of_what_the_engine_did_not_find_makes_it_where_all_is_said(terms):
    fields = {"indicator_zh": "城镇新增就业", "measure": "level", "kind": "target", "year": 2024}
    fix = {"do": "relabel", "what": "figure", **at("3.5万人以上"), "set": fields}
    there, _ = corrected(terms, fix)
    absent, done = corrected(terms, fix, items=Items())
    assert absent.figures == there.figures[:1]
    assert (done.relabelled, done.unused, absent.gaps) == (1, 0, ())


def test_a_relabel_that_cannot_be_made_is_a_gap_and_a_reject_of_nothing_is_counted(terms):
    items, done = corrected(
        terms,
        {"do": "relabel", "what": "goal", "quote": "建成云岭大桥", "set": {"en": "Open the bridge"}},
        {"do": "relabel", "what": "figure", "quote": "几十人", "set": {"year": 2024}},
        {"do": "reject", "what": "risk", "quote": "培训技工几十人"},
    )
    assert (done.rejected, done.relabelled, done.unused) == (0, 0, 3)
    assert [(g.stage, g.reason, g.lost) for g in items.gaps] == [("correcting", "fix_unused", False)] * 2
    assert "`set` lacks theme" in (items.gaps[1].detail or "")
    start = TEXT.index("建成云岭大桥")
    assert (items.gaps[1].start, items.gaps[1].end) == (start, start + 6)


def test_a_number_that_an_engine_cited_gives_way_to_the_users(terms):
    chunk = chunk_of(TEXT)
    clause = next(n for n, c in chunk.clauses.items() if "几十人" in TEXT[c.start : c.end])
    cited = resolve(Draft(figures=(figure(f"{clause}:几十人", "培训技工"),)), chunk, terms, "chat")
    fields = {"indicator_zh": "培训技工", "measure": "level", "kind": "target", "value": "30", "unit": "person"}
    fix = {"do": "add", "what": "figure", "quote": "几十人", "set": fields}
    with_cited, _ = correct([cited], plan_of(chunk, fix), terms)
    without, _ = correct([Items()], plan_of(chunk, fix), terms)
    assert with_cited.figures == without.figures
    assert [q.value for q in with_cited.quantities] == ["30"]


def engine_fixes() -> list[Json]:
    """Corrections of the first sample report that say all there is to say of their items."""
    share = {"measure": "share", "kind": "target", "year": 2023, "direction": None, "scope": None}
    return [
        {"do": "relabel", "what": "figure", "quote": "95%以上",
         "set": {"indicator_zh": "养老保险参保率", "indicator_en": "pension coverage", **share}},
        {"do": "reject", "what": "figure", "quote": "11所"},
        {"do": "relabel", "what": "goal", "quote": "全力创建全国义务教育优质均衡发展区",
         "set": {"theme": "culture", "en": "Become a model of balanced education"}},
        {"do": "reject", "what": "goal", "quote": "PM2.5浓度有效降低"},
        {"do": "relabel", "what": "project", "quote": "威立雅项目",
         "set": {"name_en": "Veolia project", "stage": "started", "status": "promised"}},
        {"do": "reject", "what": "project", "quote": "艺才技师学院"},
        {"do": "add", "what": "project", "quote": "三级综合医院",
         "set": {"name_en": "general hospital", "stage": "planned", "status": "promised"}},
        {"do": "relabel", "what": "risk", "quote": "全力以赴“保交楼”",
         "set": {"type": "shortcoming", "status": "open", "en": "Unfinished homes"}},
        {"do": "add", "what": "risk", "quote": "强化水环境风险防范",
         "set": {"type": "hazard", "status": "handled", "en": "Risks to waters"}},
    ]  # fmt: skip


def chat_items(terms: Any) -> Items:
    """The first sample report out of its recorded replies."""
    case, note = scenario("seed-000"), provenance("seed-000")
    settings = Settings("chat", note["model"], f"http://127.0.0.1:9{note['path']}", "none")
    chunk = prepare(load(case.report)).chunks[0]

    async def ask() -> Items:
        client = plain_client(settings)
        try:
            (reading,) = await ChatEngine(client, terms).read(chunk)
        finally:
            await client.close()
        assert reading.by == "chat"
        return resolve(reading.draft, chunk, terms, reading.by)

    with vcr.VCR(record_mode="none", **vcr_settings()).use_cassette(str(CASSETTES / "seed-000.yaml")):
        return asyncio.run(ask())


def test_corrections_hold_for_every_engine(terms, record_mode):
    if record_mode not in (None, "none"):
        pytest.skip("needs the recordings as they are")
    prepared = prepare(load(SEED))
    chunk = prepared.chunks[0]
    rules = resolve(RulesEngine(terms).draft(chunk), chunk, terms, "rules")
    given_fixes = GivenFixes(fixes_of(*engine_fixes(), sha=prepared.report.text_sha256), "x", None)
    planned = plan(given_fixes, prepared.report, prepared.quantities, prepared.chunks)
    one, _ = correct([rules], planned, terms)
    other, _ = correct([chat_items(terms)], planned, terms)

    def decided(items: Items) -> list[Json]:
        every = [*items.figures, *items.goals, *items.projects, *items.risks]
        return sorted((i.model_dump() for i in every if i.by == "user"), key=lambda i: str(i["evidence"]))

    assert decided(one) == decided(other)
    assert len(decided(one)) == 6
    for items in (one, other):
        assert "rejected" in {s.reason for s in items.skipped}
        assert "PM2.5浓度有效降低" not in {g.statement.zh for g in items.goals}
        assert "艺才技师学院" not in {p.name.zh for p in items.projects}


def test_corrections_reach_a_brief_by_a_model_and_its_overview():
    fixes = fixes_of(*engine_fixes(), sha=load(SEED).text_sha256)
    with serving(Oracle()) as url:
        brief = Summarizer("chat", model="oracle", base_url=url, environment={}).summarize(SEED, fixes=fixes)
    assert next(f for f in brief.figures if f.by == "user").indicator.en == "pension coverage"
    assert brief.content.corrections is not None
    assert brief.content.corrections.sha256 is None
    assert {c for s in brief.overview for c in s.cites} <= {i.id for i in (*brief.figures, *brief.goals)}


def test_correcting_twice_is_correcting_once(terms):
    prepared = prepare(load(SEED))
    chunk = prepared.chunks[0]
    items = resolve(RulesEngine(terms).draft(chunk), chunk, terms, "rules")
    renamed = {
        "do": "relabel",
        "what": "project",
        "quote": "蜀都中学旧址",
        "set": {"name_zh": "蜀都中学旧址保护利用工程"},
    }
    labels = {"indicator_zh": "多校划片", "measure": "level", "kind": "target", "value": "1", "unit": "count"}
    own = {"do": "add", "what": "figure", "quote": "污染地块", "set": labels}
    given_fixes = GivenFixes(fixes_of(*engine_fixes(), renamed, own, sha=prepared.report.text_sha256), "x", None)
    planned = plan(given_fixes, prepared.report, prepared.quantities, prepared.chunks)
    once, _ = correct([items], planned, terms)
    twice, _ = correct([once], planned, terms)
    assert twice == once


def test_a_users_labels_win_where_the_same_fact_is_said_twice(terms):
    first = {"do": "add", "what": "goal", **at("城镇新增就业3.5万人以上"), "set": {"theme": "economy"}}
    second = {"do": "add", "what": "goal", **at("城镇新增就业3.5万人以上", 1), "set": {"theme": "employment"}}
    goal_read = corrected(terms, first, items=Items())[0].goals[0]
    by_engine = goal_read.model_copy(update={"by": "chat", "disputed": ("year",)})
    made = brief_of(corrected(terms, second, items=Items(goals=(by_engine,)))[0])
    assert [(g.theme, g.by, g.disputed) for g in made.goals] == [("employment", "user", ())]
    assert [e.start for e in made.goals[0].evidence] == [at("城镇新增就业3.5万人以上", n)["start"] for n in (0, 1)]


SAMPLE = prepare(load(seeds()[4]))


@pytest.fixture(scope="module")
def sample_items(terms) -> Items:
    every = [resolve(RulesEngine(terms).draft(c), c, terms, "rules") for c in SAMPLE.chunks]
    fixes = GivenFixes(fixes_of(sha=SAMPLE.report.text_sha256), "x", None)
    return correct(every, plan(fixes, SAMPLE.report, SAMPLE.quantities, SAMPLE.chunks), terms)[0]


@given(chosen=st.sets(st.sampled_from(range(len(SAMPLE.quantities))), max_size=12))
def test_rejected_figures_become_skipped_quantities_and_nothing_else_changes(chosen, sample_items, terms):
    quantities = [SAMPLE.quantities[i] for i in chosen]
    entries = [{"do": "reject", "what": "figure", "start": q.start, "end": q.end, "quote": q.raw} for q in quantities]
    given_fixes = GivenFixes(fixes_of(*entries, sha=SAMPLE.report.text_sha256), "x", None)
    planned = plan(given_fixes, SAMPLE.report, SAMPLE.quantities, SAMPLE.chunks)
    items, done = correct([sample_items], planned, terms)
    gone = {q.id for q in quantities}
    assert items.figures == tuple(f for f in sample_items.figures if not gone & set(f.quantities))
    assert len(sample_items.figures) - len(items.figures) == len(items.skipped) - len(sample_items.skipped) == len(gone)
    assert done.rejected == len(gone)
    assert (items.projects, items.risks) == (sample_items.projects, sample_items.risks)
    rejected = {q for f in sample_items.figures for q in f.quantities} - {
        q for f in items.figures for q in f.quantities
    }
    for after, before in zip(items.goals, sample_items.goals, strict=True):
        assert after.quantities == tuple(q for q in before.quantities if q not in rejected)
        assert after.model_copy(update={"quantities": before.quantities}) == before


# --- what is refused --------------------------------------------------------------------------

LABELS = {"indicator_zh": "培训技工", "measure": "level", "kind": "target"}
REFUSED: dict[str, tuple[list[Json], str]] = {
    "a quote that is not there": (
        [{"do": "reject", "what": "goal", "start": 0, "end": 3, "quote": "别的话"}],
        "entry 1 (“别的话”) is not what the text has at 0–3: “二、2”",
    ),
    "a span outside the text": (
        [{"do": "reject", "what": "goal", "start": 5, "end": 9999, "quote": "x"}],
        "entry 1 (“x”) is at 5–9999, but the text has",
    ),
    "a quote that is nowhere": ([{"do": "reject", "what": "goal", "quote": "没有的话"}], "is nowhere in the text"),
    "a quote at two places": (
        [{"do": "reject", "what": "goal", "quote": "城镇新增就业3.5万人以上"}],
        f"is at {TEXT.index('城镇新')}–{TEXT.index('城镇新') + 13}, {TEXT.rindex('城镇新')}–",
    ),
    "two of one quantity": (
        [{"do": "reject", "what": "figure", **at("3.5万人以上")},
         {"do": "relabel", "what": "figure", **at("3.5万人"), "set": {"year": 2024}}],
        "entries 1 and 2 both correct the figure",
    ),
    "two of one statement": (
        [{"do": "reject", "what": "goal", "quote": "新建2座污水处理厂"},
         {"do": "add", "what": "goal", "quote": "2座污水处理厂", "set": {"theme": "urban"}}],
        "entries 1 and 2 both correct the goal",
    ),
    "several quantities": (
        [{"do": "reject", "what": "figure", "quote": "3.5万人以上,新建2座"}],
        "touches 3.5万人以上",
    ),
    "a value that the text contradicts": (
        [{"do": "add", "what": "figure", "quote": "2座", "set": LABELS | {"value": "3"}}],
        "sets value, but the text says '2' there",
    ),
    "no value": ([{"do": "add", "what": "figure", "quote": "几十人", "set": LABELS}], "add value and unit to `set`"),
    "an unknown unit": (
        [{"do": "add", "what": "figure", "quote": "几十人", "set": LABELS | {"value": "20", "unit": "heads"}}],
        "has the unknown unit 'heads'; known are AUD, CNY",
    ),
    "a fraction of people": (
        [{"do": "add", "what": "figure", "quote": "几十人", "set": LABELS | {"value": "1/2", "unit": "person"}}],
        "goes with the unit ratio only",
    ),
    "a name across clauses": (
        [{"do": "reject", "what": "project", "quote": "建成云岭大桥。培训"}],
        "is not within one clause",
    ),
    "a heading": ([{"do": "reject", "what": "goal", "quote": "二、2024年工作安排"}], "is not within one sentence"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_correction_that_cannot_be_placed_is_refused_with_a_sentence(name):
    entries, says = REFUSED[name]
    with pytest.raises(InputError) as caught:
        plan_of(chunk_of(TEXT), *entries)
    assert str(caught.value).startswith("my.fixes.json: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_corrections_of_another_text_are_refused_before_anything_is_read():
    with pytest.raises(InputError, match=r"corrections corrects another text than 000_.*--no-fixes"):
        Summarizer("rules").summarize(SEED, fixes=fixes_of(sha="0" * 64))


def entry(**fields: Any) -> str:
    entry = {"do": "relabel", "what": "goal", "quote": "x", "set": {"theme": "urban"}} | fields
    return json.dumps({"version": "1", "text_sha256": "", "fixes": [entry]})


DAMAGED: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "Invalid JSON"),
    "not UTF-8": ("\udcff", "Invalid JSON|utf-8|UTF-8"),
    "a list": ("[]", "Input should be an object"),
    "no digest": ('{"version": "1", "fixes": []}', "text_sha256: Field required"),
    "a later version": ('{"version": "2", "text_sha256": "", "fixes": []}', "version: Input should be '1'"),
    "an unknown kind": (entry(what="table"), "entry 1: .*'figure', 'goal', 'project', 'risk'"),
    "an unknown action": (entry(do="drop"), "entry 1: do: Input should be 'reject', 'relabel' or 'add'"),
    "an unknown field": (entry(set={"themes": "urban"}), "entry 1: set.themes: there is no such field"),
    "another kind's field": (entry(set={"stage": "planned"}), "entry 1: set.stage: there is no such field"),
    "a label that is none": (entry(set={"theme": "money"}), "entry 1: set.theme: Input should be 'economy'"),
    "an empty statement": (entry(set={"en": " "}), "entry 1: set.en"),
    "nothing to set": (entry(set={}), "entry 1: `set` is empty"),
    "a rejection that sets": (entry(do="reject"), "entry 1: a rejection sets nothing"),
    "an added goal without a theme": (entry(do="add", set={"en": "x"}), "`set` lacks theme, which an added goal needs"),
    "half a span": (entry(start=3), "entry 1: give both start and end"),
    "an offset as a text": (entry(start="3", end="4"), "entry 1: start: Input should be a valid integer"),
    "a value for another label": (entry(what="figure", set={"value": "3"}), "value can only be given"),
    "a value that is none": (
        entry(do="add", what="figure", set=LABELS | {"value": "many"}),
        "set.value: String should",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_with_a_sentence_that_says_where(name, tmp_path):
    content, says = DAMAGED[name]
    path = tmp_path / "r.fixes.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=says) as caught:
        read_fixes(path)
    assert str(caught.value).startswith("r.fixes.json: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.json cannot be read"):
        Summarizer("rules").summarize(SEED, fixes=tmp_path / "none.json")


# --- the brief --------------------------------------------------------------------------------


def test_a_brief_without_corrections_says_null_and_one_with_none_to_make_is_else_the_same():
    plain = Summarizer("rules").summarize(SEED)
    empty = Summarizer("rules").summarize(SEED, fixes=fixes_of(sha=plain.report.text_sha256))
    assert plain.content.corrections is None
    assert empty.content.corrections == Corrections(sha256=None, rejected=0, relabelled=0, added=0, unused=0)
    assert empty.content.model_copy(update={"corrections": None}) == plain.content
    assert "corrections" not in plain.to_markdown()


def test_what_a_user_writes_is_text_and_never_markup():
    note = "<script>alert(1)</script>"
    fixes = fixes_of(
        {"do": "relabel", "what": "goal", "quote": "PM2.5浓度有效降低", "set": {"en": note}, "note": note},
        {"do": "relabel", "what": "project", "quote": "威立雅项目", "set": {"name_zh": note, "name_en": note}},
        {"do": "relabel", "what": "figure", "quote": "95%以上", "set": {"indicator_zh": note, "scope": note}},
        {"do": "relabel", "what": "risk", "quote": "加强森林防火体系建设", "set": {"en": f"[x](javascript:1) {note}"}},
        sha=load(SEED).text_sha256,
    )
    brief = Summarizer("rules").summarize(SEED, fixes=fixes)
    html, markdown = brief.to_html(), brief.to_markdown()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4
    assert not re.search(r"(?<!\\)<script", markdown)
    assert not re.search(r"(?<!\\)\]\(javascript", markdown)


def test_the_renderings_say_who_decided_and_what_was_corrected():
    fixes = fixes_of(*engine_fixes(), sha=load(SEED).text_sha256)
    markdown = Summarizer("rules").summarize(SEED, fixes=fixes).to_markdown("en")
    assert "the user's own" in markdown
    assert "corrections by the user: 3 rejected, 4 relabelled, 2 added, 0 unused" in markdown
    assert "1 skipped (rejected by the user 1)" in markdown


# --- another version of the text --------------------------------------------------------------


def test_corrections_are_carried_to_where_the_quote_occurs_once_and_the_others_are_named():
    old = fixes_of(
        {"do": "relabel", "what": "goal", **at("建成云岭大桥"), "set": {"theme": "transport", "en": None}, "note": "n"},
        {"do": "reject", "what": "figure", **at("3.5万人以上")},
        {"do": "reject", "what": "risk", "quote": "没有的话"},
        sha="old",
    )
    report = dataclasses.replace(chunk_of("前言。" + TEXT).report, text_sha256="new")
    made = carry(old, report)
    assert made.left == (
        "entry 2, reject figure “3.5万人以上”: at 2 places in test.txt",
        "entry 3, reject risk “没有的话”: nowhere in test.txt",
    )
    written = json.loads(fixes_text(made.fixes))
    start = TEXT.index("建成云岭大桥") + 3
    moved = {"start": start, "end": start + 6, "quote": "建成云岭大桥", "note": "n"}
    moved |= {"do": "relabel", "what": "goal", "set": {"theme": "transport", "en": None}}
    assert written == {"version": "1", "text_sha256": "new", "fixes": [moved]}
    assert Fixes.model_validate(written) == made.fixes


def test_the_example_of_the_documentation_does_what_it_says(tmp_path):
    page = (ROOT / "docs" / "corrections.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    report = tmp_path / "report.txt"
    report.write_bytes(SEED.read_bytes())
    (tmp_path / "report.fixes.json").write_text(example, "utf-8")
    brief = Summarizer("rules").summarize(report)
    done = brief.content.corrections
    assert done is not None
    assert (done.rejected, done.relabelled, done.added, done.unused) == (2, 2, 1, 0)
    assert f"Corrections: {done.rejected + done.relabelled + done.added} applied from report.fixes.json." in page
    counts = f"{len(brief.figures)} figures, {len(brief.goals)} goals, {len(brief.projects)} projects"
    assert counts in page
    assert next(f for f in brief.figures if f.by == "user").indicator.zh == "新建、改扩建学校"
    assert "“保交楼”" in next(r for r in brief.risks if r.by == "user").statement.zh


def test_a_number_is_not_carried_into_another_number():
    """5.8% is in 15.8%, and 120亿元 in 120亿元以内, without being what was corrected."""
    old = fixes_of(
        {"do": "reject", "what": "figure", "quote": "5.8%"},
        {"do": "reject", "what": "figure", "quote": "120亿元"},
        {"do": "reject", "what": "figure", "quote": "3.5万人"},
    )
    new = load_text("全市投资增长15.8%，支出控制在120亿元以内，新增就业3.5万人。")
    carried = carry(old, new)
    assert [f.quote for f in carried.fixes.fixes] == ["3.5万人"]
    assert all("part of another number" in line for line in carried.left)


def test_a_row_of_a_target_shows_the_users_own_name():
    """The goal's words are the report's; the name that was corrected stands beside the value."""
    own = {"do": "relabel", "what": "figure", "quote": "3.5万人以上", "set": {"indicator_en": "jobs by our own count"}}
    brief = Summarizer("rules").summarize(SEED, fixes=fixes_of(own, sha=load(SEED).text_sha256))
    assert "jobs by our own count: " in brief.to_markdown("en")
