"""Every check of the principle: what a model may not do, what is only doubted, what is rendered."""

from __future__ import annotations

import pytest
from chunks import CITY, PLAN, REVIEW, chunk_of, clause_of, figure, goal, ids, reasons

from summarizer.grounding.english import check_english, numbers_of_names, render_english
from summarizer.grounding.resolve import check, resolve, unaccounted
from summarizer.model import Draft, DraftProject, DraftRisk, DraftSkip
from summarizer.quantities.grammar import find_quantities


def draft_of(**lists: object) -> Draft:
    return Draft(**{k: tuple(v) for k, v in lists.items()})


# --- pointers ---------------------------------------------------------------------------------


def test_a_pointer_with_a_neighbours_letter_does_not_resolve(terms):
    chunk = chunk_of(PLAN)
    first, second = ids(chunk)[:2]
    slipped = first[:-1] + second[-1]
    assert reasons(draft_of(figures=[figure(slipped, "生产总值")]), chunk, terms) == ["unknown_pointer"]


def test_an_id_of_another_chunk_does_not_resolve(terms):
    chunk, other = chunk_of(PLAN), chunk_of(PLAN.replace("新建2座", "新建二十座"))
    foreign = next(i for i in other.clauses if i not in chunk.clauses)
    bad = goal(chunk, "地区生产总值").model_copy(update={"c": foreign})
    assert reasons(draft_of(goals=[bad]), chunk, terms) == ["unknown_pointer"]


def test_a_quantity_belongs_to_one_figure(terms):
    chunk = chunk_of(PLAN)
    q = ids(chunk)[0]
    assert reasons(draft_of(figures=[figure(q, "地区生产总值"), figure(q, "生产总值")]), chunk, terms) == ["second_use"]


def test_a_figure_may_not_be_skipped_as_well(terms):
    chunk = chunk_of(PLAN)
    q = ids(chunk)[0]
    found = reasons(
        draft_of(figures=[figure(q, "地区生产总值")], skipped=[DraftSkip(q=q, why="trivial")]), chunk, terms
    )
    assert found == ["second_use"]


def test_a_quantity_the_grammar_missed_is_found_by_its_text(terms):
    """“两条”底线 is no quantity to the grammar; a model may still cite it."""
    chunk = chunk_of("二、2024年工作安排\n今年要守住“两条”底线。")
    assert not chunk.quantities
    cited = figure(f"{clause_of(chunk, '两条')}:两条", "底线")
    items = resolve(draft_of(figures=[cited]), chunk, terms, "chat")
    assert [q.raw for q in items.quantities] == ["两条"]
    assert items.figures[0].quantities == (items.quantities[0].id,)


def test_a_marked_quantity_cited_by_its_text_is_that_quantity(terms):
    """Citing it verbatim is no way round the rule that a quantity belongs to one figure."""
    chunk = chunk_of(PLAN)
    q = ids(chunk)[1]
    cited = figure(f"{clause_of(chunk, '就业')}:3.5万人以上", "城镇新增就业")
    assert reasons(draft_of(figures=[figure(q, "新增就业"), cited]), chunk, terms) == ["second_use"]
    items = resolve(draft_of(figures=[cited]), chunk, terms, "chat")
    assert items.quantities == ()
    assert q not in unaccounted(draft_of(figures=[cited]), chunk, terms)


def test_a_cited_text_that_is_not_there_is_a_gap(terms):
    chunk = chunk_of(PLAN)
    cited = figure(f"{clause_of(chunk, '就业')}:4.5万人", "城镇新增就业")
    items = resolve(draft_of(figures=[cited]), chunk, terms, "chat")
    assert not items.figures
    assert [g.reason for g in items.gaps] == ["unknown_pointer"]
    assert "4.5万人" in (items.gaps[0].detail or "")


def test_clauses_of_two_sentences_are_no_span(terms):
    chunk = chunk_of("二、2024年工作安排\n今年开工云岭大桥。建成青石湾医院。")
    spanning = goal(chunk, "云岭大桥", c2=clause_of(chunk, "青石湾"))
    assert reasons(draft_of(goals=[spanning]), chunk, terms) == ["unknown_pointer"]


def test_an_ambiguous_part_is_refused(terms):
    chunk = chunk_of("二、2024年工作安排\n今年新建公厕5座、新建公园3个、新建书房2个。")
    bad = goal(chunk, "公厕", part="新建")
    assert reasons(draft_of(goals=[bad]), chunk, terms) == ["unknown_pointer"]


# --- names ------------------------------------------------------------------------------------


def test_a_name_uses_only_characters_of_its_sentence_or_headings(terms):
    chunk = chunk_of(PLAN)
    q = ids(chunk)[0]
    assert reasons(draft_of(figures=[figure(q, "固定资产投资")]), chunk, terms) == ["name_not_in_text"]
    assert reasons(draft_of(figures=[figure(q, "工作生产总值")]), chunk, terms) == []  # 工作 is the heading's


def test_a_scope_is_of_the_text_too(terms):
    chunk = chunk_of(PLAN)
    assert reasons(draft_of(figures=[figure(ids(chunk)[0], "地区生产总值", scope="港城")]), chunk, terms) == [
        "name_not_in_text"
    ]


def test_an_invented_project_is_refused_and_a_named_one_kept(terms):
    chunk = chunk_of("二、2024年工作安排\n加快建设云岭大桥。")
    clause = clause_of(chunk, "云岭")
    good = DraftProject(c=clause, zh="云岭大桥", en="Yunling Bridge", stage="under_construction", status="promised")
    bad = good.model_copy(update={"zh": "青石隧道"})
    items = resolve(draft_of(projects=[good, bad]), chunk, terms, "chat")
    assert [p.name.zh for p in items.projects] == ["云岭大桥"]
    assert [g.reason for g in items.gaps] == ["name_not_in_text"]


# --- English ----------------------------------------------------------------------------------


def english_reasons(
    text: str, source: str = "新建2座污水处理厂,投资500余亩,轨道10号线", required: tuple[str, ...] = ()
) -> list[str]:
    quantities = {f"q{n}a": q for n, q in enumerate(find_quantities(source), 1)}
    outside = source
    for q in reversed(find_quantities(source)):
        outside = outside[: q.start] + " " + outside[q.end :]
    return [p.reason for p in check_english(text, quantities, required, numbers_of_names(outside))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Build {q1a} wastewater treatment plants", []),
        ("Build 2 wastewater treatment plants", ["digits_in_english"]),
        ("Build two wastewater treatment plants", ["number_word"]),
        ("Build twenty-five plants", ["number_word", "number_word"]),
        ("Build {q9a} plants", ["placeholder_outside"]),
        ("Build 新 plants", ["chinese_in_english"]),
        ("Invest in over {q2a} of land", ["comparator_doubled"]),
        ("Invest in {q2a} or more", ["comparator_doubled"]),
        ("Invest in {q2a} mu of land", ["unit_doubled"]),
        ("Invest in {q2a#} mu of land", []),
        ("Extend Line 10", []),
        ("Add {q2a} of three-dimensional greening", []),
        ("Extend Line 11", ["digits_in_english"]),
        ("Build {q1a plants", ["placeholder_broken", "digits_in_english"]),
    ],
)
def test_english_holds_no_number_but_placeholders_and_names(text, expected):
    assert english_reasons(text) == expected


def test_a_goals_quantities_must_all_be_in_its_english(terms):
    chunk = chunk_of(PLAN)
    assert reasons(draft_of(goals=[goal(chunk, "就业", "Create new urban jobs")]), chunk, terms) == [
        "placeholder_missing"
    ]


def test_placeholders_become_what_code_says(terms):
    chunk = chunk_of(PLAN)
    q = ids(chunk)[1]
    items = resolve(draft_of(goals=[goal(chunk, "就业", f"Create {{{q}#}} new urban jobs")]), chunk, terms, "chat")
    assert items.goals[0].statement.en == "Create at least 35,000 new urban jobs"
    assert items.goals[0].statement.zh == "城镇新增就业3.5万人以上"


def test_full_placeholders_speak_the_unit():
    quantity = find_quantities("投入1509亿元")[0]
    assert render_english("Invest {qa}", {"qa": quantity}) == "Invest RMB 150.9 billion"


# --- direction, kind, year, unit, name: doubts ------------------------------------------------


def doubts(text: str, n: int, zh: str, terms: object, **more: object) -> tuple[str, ...]:
    chunk = chunk_of(text)
    items = resolve(draft_of(figures=[figure(ids(chunk)[n], zh, **more)]), chunk, terms, "chat")  # type: ignore[arg-type]
    return items.figures[0].disputed


def test_a_right_reading_is_not_disputed(terms):
    assert doubts(PLAN, 0, "地区生产总值", terms, m="change", d="up") == ()
    assert doubts(REVIEW, 1, "工业总产值", terms, m="change", d="up", k="actual", y=2023) == ()


def test_a_turned_direction_is_disputed(terms):
    assert "direction" in doubts(PLAN, 0, "地区生产总值", terms, m="change", d="down")
    assert "direction" in doubts(REVIEW, 2, "公用经费", terms, m="change", d="up", k="actual", y=2023)


def test_a_swapped_kind_is_disputed(terms):
    assert "kind" in doubts(PLAN, 1, "城镇新增就业", terms, k="actual")
    assert "kind" in doubts(REVIEW, 0, "工业总产值", terms, k="target", y=2023)


def test_a_wrong_year_is_disputed_and_an_absent_one_refused(terms):
    assert "year" in doubts(PLAN, 1, "城镇新增就业", terms, y=2023)
    chunk = chunk_of(PLAN)
    assert reasons(draft_of(figures=[figure(ids(chunk)[1], "城镇新增就业", y=2019)]), chunk, terms) == [
        "year_not_in_text"
    ]


@pytest.mark.parametrize(("year", "found"), [(2030, []), (2005, ["year_not_in_text"])])
def test_the_end_of_a_plan_may_be_said_and_not_that_of_one_within_its_name(year, found, terms):
    """“十五五” ends in 2030; the “十五” in it, which ended in 2005, is none."""
    chunk = chunk_of("二、2026年工作安排\n“十五五”期间,城镇新增就业20万人。")
    said = figure(ids(chunk)[0], "城镇新增就业", y=year)
    assert reasons(draft_of(figures=[said]), chunk, terms) == found


def test_a_unit_that_the_indicator_cannot_have_is_disputed(terms):
    assert "unit" in doubts("二、2024年工作安排\n全年城镇新增就业20亿元。", 0, "城镇新增就业", terms)


@pytest.mark.parametrize(
    ("english", "holds"),
    [
        ("Complete land requisition along Line 4", True),
        ("Complete land requisition for phase two", True),
        ("Complete land requisition, with four more", False),
        ("Complete 4 land requisitions", False),
        ("Complete land requisition along Line 5", False),
        ("Complete land requisition along Line 4.5", False),
        ("Complete land requisition along Line 4,000", False),
        ("Complete four lines of land requisition", False),
    ],
)
def test_a_label_of_the_sentence_labels_and_does_not_count(english, holds, terms):
    """4号线 in another clause may be written as Line 4; it licenses no four of anything."""
    chunk = chunk_of(f"二、2024年工作安排\n(一)城市更新二期\n做好轨道4号线要素保障,完成楠溪沟土地征收工作。\n{PLAN}")
    said = goal(chunk, "楠溪沟").model_copy(update={"en": english})
    found = reasons(draft_of(goals=[said]), chunk, terms)
    assert (found == []) is holds, found


def test_a_name_of_the_neighbour_is_disputed(terms):
    text = "二、2024年工作安排\n今年新增智能工厂1个、数字化车间6个。"
    assert "name" in doubts(text, 1, "新增智能工厂", terms)
    assert "name" not in doubts(text, 1, "新增数字化车间", terms)


def test_a_change_needs_a_direction_and_a_level_has_none(terms):
    chunk = chunk_of(PLAN)
    assert reasons(draft_of(figures=[figure(ids(chunk)[0], "地区生产总值", m="change")]), chunk, terms) == [
        "direction_missing"
    ]
    assert reasons(draft_of(figures=[figure(ids(chunk)[1], "城镇新增就业", d="up")]), chunk, terms) == [
        "direction_extra"
    ]


def test_a_goal_in_the_review_is_disputed(terms):
    chunk = chunk_of(REVIEW)
    items = resolve(draft_of(goals=[goal(chunk, "工业总产值")]), chunk, terms, "chat")
    assert items.goals[0].disputed == ("review",)


# --- completeness -----------------------------------------------------------------------------


def test_what_is_neither_used_nor_skipped_is_unaccounted(terms):
    chunk = chunk_of(PLAN)
    first, second, third = ids(chunk)
    draft = draft_of(
        figures=[figure(first, "地区生产总值", m="change", d="up")], skipped=[DraftSkip(q=second, why="trivial")]
    )
    assert unaccounted(draft, chunk, terms) == (third,)


def test_mass_skipping_is_a_violation(terms):
    names = "一二三四五六七八九"
    chunk = chunk_of(
        "二、2024年工作安排\n今年" + ",".join(f"新建{n}类设施{i}座" for i, n in enumerate(names, 11)) + "。"
    )
    skips = [DraftSkip(q=q, why="trivial") for q in ids(chunk)]
    found = check(draft_of(skipped=skips), chunk, terms)
    assert [(v.index, v.problem.reason) for v in found] == [(-1, "mass_skipping")]


# --- items ------------------------------------------------------------------------------------


def test_evidence_is_the_reports_own_text_and_holds_the_quantity(terms):
    chunk = chunk_of(REVIEW)
    items = resolve(
        draft_of(figures=[figure(ids(chunk)[1], "工业总产值", m="change", d="up", k="actual", y=2023)]),
        chunk,
        terms,
        "chat",
    )
    evidence = items.figures[0].evidence[0]
    assert chunk.report.text[evidence.start : evidence.end] == evidence.quote
    assert evidence.quote == "全市完成工业总产值1509亿元,增长11%"
    assert evidence.path == ("一、2023年工作回顾",)


def test_a_known_indicator_gets_its_code_and_english(terms):
    chunk = chunk_of(PLAN)
    items = resolve(
        draft_of(figures=[figure(ids(chunk)[0], "地区生产总值", m="change", d="up")]), chunk, terms, "rules"
    )
    assert items.figures[0].indicator.code == "grp"
    assert items.figures[0].by == "rules"


def test_a_member_of_a_list_carries_the_verb_of_its_head(terms):
    chunk = chunk_of("二、2024年工作安排\n今年新增公办幼儿园3所、公共停车位500个。")
    pointed = goal(chunk, "公办", part="公共停…500个")
    item = resolve(draft_of(goals=[pointed]), chunk, terms, "chat").goals[0]
    assert item.statement.zh == "新增公共停车位500个"
    assert item.carried is not None
    assert item.carried.quote == "新增"
    assert item.evidence[0].quote == "公共停车位500个"


def test_every_broken_item_becomes_a_gap_with_its_place(terms):
    chunk = chunk_of(PLAN)
    clause = clause_of(chunk, "就业")
    bad = DraftRisk(c=clause, c2=None, part="没有…的话", en=None, type="hazard", status="open")
    items = resolve(draft_of(risks=[bad]), chunk, terms, "chat")
    gap = items.gaps[0]
    assert (gap.stage, gap.reason) == ("grounding", "unknown_pointer")
    assert chunk.report.text[gap.start : gap.end] == "城镇新增就业3.5万人以上"


def test_years_of_a_report_without_metadata_are_taken_as_they_are(terms):
    from dataclasses import replace

    undated = replace(CITY, review_year=None, target_year=None)
    chunk = chunk_of(PLAN, undated)
    assert reasons(draft_of(figures=[figure(ids(chunk)[1], "城镇新增就业", y=2024)]), chunk, terms) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Build {q1a}{q1a} plants", "placeholder_joined"),
        ("Build {q1a#}.{q1a#} plants", "placeholder_joined"),
        ("Build {q1a#}K plants", "placeholder_joined"),
        ("Build {q1a#} bn plants", "placeholder_joined"),
        ("Build {q1a#}% more", "placeholder_joined"),
        ("Build 10{q1a} plants", "placeholder_joined"),
        ("Build -{q1a} plants", "placeholder_joined"),
        ("Build tenfold more", "number_word"),
        ("Build hundreds of plants", "number_word"),
        ("Build a couple of plants", "number_word"),
        ("A quarter of plants", "number_word"),
        ("Build _twenty_ plants", "number_word"),
        ("Build twen\u200bty plants", "hidden_characters"),
        ("Build ² plants", "digits_in_english"),
        ("Build XII plants", "digits_in_english"),
        ("Build ジョブ plants", "chinese_in_english"),
        ("Release v1.2.3 on 2024.1.5", "digits_in_english"),
    ],
)
def test_no_other_way_of_writing_a_number_gets_through(text, reason):
    """Joined placeholders, scale words behind them, words, symbols, hidden characters, other scripts."""
    assert reason in english_reasons(text)


def test_idioms_license_no_numbers_in_english():
    """千方百计 and 万众创业 are no reason to write 1,000 jobs; a rate per thousand is."""
    names = numbers_of_names("千方百计促进万众创业,一批群体就业")
    assert not names
    assert numbers_of_names("每千人托位数") == {1000.0}
    assert numbers_of_names("2024.1.20印发“十四五”规划") >= {2024.0, 1.0, 20.0, 14.0}


def test_a_dotted_date_in_a_report_breaks_nothing(terms):
    chunk = chunk_of("二、2024年工作安排\n2024.1.20印发方案,新建2座污水处理厂。")
    q = ids(chunk)[0]
    assert reasons(draft_of(figures=[figure(q, "新建污水处理厂", en="new plants")]), chunk, terms) == []


@pytest.mark.parametrize("name", ["城镇新增就业5.3万人", "城镇新增就业6.5万人以上", "", "\u200b", "城镇\u202e新增就业"])
def test_a_name_brings_no_number_and_nothing_hidden(name, terms):
    chunk = chunk_of(PLAN)
    assert reasons(draft_of(figures=[figure(ids(chunk)[1], name)]), chunk, terms)


def test_an_english_statement_cites_only_its_own_quantities(terms):
    chunk = chunk_of(PLAN)
    first, second, third = ids(chunk)
    bad = goal(chunk, "就业", f"{{{second}}} in jobs and {{{third}}} plants")
    assert reasons(draft_of(goals=[bad]), chunk, terms) == ["placeholder_outside"]
    named = figure(second, "城镇新增就业", en=f"jobs, GRP {{{first}}}")
    assert reasons(draft_of(figures=[named]), chunk, terms) == ["placeholder_outside"]
