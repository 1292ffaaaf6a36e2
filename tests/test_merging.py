"""The same fact said twice is one item; different values are a conflict; nothing merges on likeness."""

from __future__ import annotations

import cProfile

from chunks import CITY, chunk_of, figure, goal, ids, report_of

from summarizer.grounding.resolve import resolve
from summarizer.merging import merge
from summarizer.model import BriefContent, Draft, DraftProject, EngineInfo, Items
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities

ENGINE = EngineInfo(name="rules", model=None, version="0", prompts=None, schema_=None, terms="t")


def brief_of(text: str, terms: object, **lists: object) -> BriefContent:
    chunk = chunk_of(text)
    draft = Draft(**{k: tuple(v(chunk)) for k, v in lists.items()})  # type: ignore[operator]
    items = resolve(draft, chunk, terms, "chat")  # type: ignore[arg-type]
    report = report_of(text, CITY)
    return merge(report, read_outline(report), find_quantities(text), [items], (), ENGINE)


TWICE = "二、2024年工作安排\n城镇新增就业3.5万人以上。\n（一）促进就业\n今年新增就业3.5万人以上。"


def test_the_same_fact_said_twice_is_one_figure_with_both_mentions(terms):
    made = brief_of(TWICE, terms, figures=lambda c: [figure(ids(c)[0], "城镇新增就业"), figure(ids(c)[1], "新增就业")])
    assert len(made.figures) == 1
    assert [q.raw for q in made.quantities] == ["3.5万人以上", "3.5万人以上"]
    assert made.figures[0].quantities == tuple(q.id for q in made.quantities)
    assert [e.quote for e in made.figures[0].evidence] == ["城镇新增就业3.5万人以上", "今年新增就业3.5万人以上"]


def test_names_that_are_only_alike_do_not_merge(terms):
    text = "二、2024年工作安排\n引进甲类会员5家、乙类会员5家。"
    made = brief_of(text, terms, figures=lambda c: [figure(ids(c)[0], "甲类会员"), figure(ids(c)[1], "乙类会员")])
    assert len(made.figures) == 2
    assert made.conflicts == ()


def test_different_values_of_one_key_are_a_conflict_and_stay(terms):
    text = TWICE.replace("今年新增就业3.5万", "今年新增就业4万")
    made = brief_of(text, terms, figures=lambda c: [figure(ids(c)[0], "城镇新增就业"), figure(ids(c)[1], "新增就业")])
    assert len(made.figures) == 2
    assert [c.items for c in made.conflicts] == [("f1", "f2")]
    assert "3.5万人以上 / 4万人以上" in made.conflicts[0].reason


def test_reference_figures_have_no_conflicts(terms):
    text = "二、2024年工作安排\n产值10亿元以上企业和产值20亿元以上企业。"
    made = brief_of(text, terms, figures=lambda c: [figure(q, "企业产值", k="reference", y=None) for q in ids(c)])
    assert made.conflicts == ()


def test_a_figure_belongs_to_the_goal_whose_clause_holds_it(terms):
    made = brief_of(
        TWICE, terms, figures=lambda c: [figure(ids(c)[0], "城镇新增就业")], goals=lambda c: [goal(c, "城镇新增就业")]
    )
    assert made.figures[0].goal == made.goals[0].id == "g1"
    assert made.goals[0].quantities == made.figures[0].quantities


def test_a_project_named_twice_has_two_mentions(terms):
    text = "二、2024年工作安排\n开工云岭大桥。\n（一）交通\n推进云岭大桥建设。"

    def projects(chunk):
        clauses = [n for n, c in chunk.clauses.items() if "云岭" in chunk.report.text[c.start : c.end]]
        stages = ("started", "under_construction")
        return [
            DraftProject(c=c, zh="云岭大桥", en=None, stage=s, status="promised")
            for c, s in zip(clauses, stages, strict=True)
        ]

    made = brief_of(text, terms, projects=projects)
    assert [p.name.zh for p in made.projects] == ["云岭大桥"]
    assert [m.stage for m in made.projects[0].mentions] == ["started", "under_construction"]
    assert len(made.projects[0].evidence) == 2


def test_coverage_says_what_became_of_every_quantity(terms):
    made = brief_of(TWICE, terms, figures=lambda c: [figure(ids(c)[0], "城镇新增就业")])
    first, second = made.quantities
    assert (made.coverage.quantities, made.coverage.used) == (2, 1)
    assert made.coverage.unaccounted == (second.id,)
    assert first.id not in made.coverage.unaccounted


def test_items_are_in_document_order_and_numbered(terms):
    made = brief_of(TWICE, terms, goals=lambda c: [goal(c, "今年新增就业"), goal(c, "城镇新增就业")])
    assert [(g.id, g.statement.zh) for g in made.goals] == [
        ("g1", "城镇新增就业3.5万人以上"),
        ("g2", "今年新增就业3.5万人以上"),
    ]


def test_thousands_of_the_same_fact_are_joined_in_one_pass(terms):
    """Counted in calls: twice the mentions are twice the work."""
    made = brief_of(TWICE, terms, figures=lambda c: [figure(ids(c)[0], "城镇新增就业")])
    fact, quantity = made.figures[0], made.quantities[0]

    def calls_of(mentions: int) -> int:
        quantities = [quantity.model_copy(update={"id": f"q{n}"}) for n in range(mentions)]
        facts = tuple(fact.model_copy(update={"quantities": (q.id,)}) for q in quantities)
        report = report_of(TWICE, CITY)
        items = Items(figures=facts, goals=(), projects=(), risks=(), quantities=(), gaps=(), skipped=())
        profile = cProfile.Profile()
        merged = profile.runcall(merge, report, read_outline(report), quantities, [items], (), ENGINE)
        assert len(merged.figures) == 1
        assert len(merged.figures[0].quantities) == mentions
        return sum(row.callcount for row in profile.getstats())

    assert calls_of(2_000) < 2.2 * calls_of(1_000)


def test_goals_said_often_keep_the_first_english_and_link_their_figures(terms):
    """The first English of a group stands; a figure belongs to the first goal that holds one of its mentions."""
    made = brief_of(
        TWICE,
        terms,
        figures=lambda c: [figure(ids(c)[0], "城镇新增就业"), figure(ids(c)[1], "新增就业")],
        goals=lambda c: [goal(c, "城镇新增就业"), goal(c, "今年新增就业")],
    )
    assert made.figures[0].goal == "g1"
