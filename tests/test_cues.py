"""What the words around a quantity or a clause say: direction, kind, year, basis, stage and theme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from summarizer import Summarizer
from summarizer.cues import (
    Around,
    base_of,
    basis_of,
    kind_of,
    measure_of,
    period_of,
    stage_of,
    surroundings,
    theme_of,
)
from summarizer.loading.text import load, load_text
from summarizer.model import Metadata, Period, Place, Report, Section
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
YEARS = Metadata(
    title=None, place=Place(zh=None, en=None), level=None, doc_type="work_report",
    published=None, review_year=2023, target_year=2024, partial=False,
)  # fmt: skip


def arounds(report: Report) -> list[tuple[Section, Around]]:
    """Every quantity of a report with what stands around it."""
    quantities = find_quantities(report.text, report.boilerplate)
    found = []
    for section in read_outline(report).sections:
        for s in section.sentences:
            inside = tuple(q for q in quantities if s.start <= q.start < s.end)
            clauses = tuple((c.start, c.end) for c in s.clauses)
            for around in surroundings(report.text, (s.start, s.end), clauses, inside):
                found.append((section, around))
    return found


def around(sentence: str, which: int = -1) -> Around:
    return arounds(load_text(sentence))[which][1]


def gold_pairs(path: Path) -> list[tuple[Section, Around, dict[str, Any], Metadata]]:
    """Every annotated figure with the reading of its quantity."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    report = load(ROOT / "seeds" / gold["file"])
    figures = {figure["start"]: figure for figure in gold["figures"]}
    return [
        (section, found, figures[found.quantity.start], report.metadata)
        for section, found in arounds(report)
        if found.quantity.start in figures
    ]


# --- surroundings -----------------------------------------------------------------------------


def test_a_quantity_is_seen_in_its_clause_and_its_sentence() -> None:
    """Before and behind it to the clause's ends, and the sentence up to it."""
    found = around("全年完成投资80亿元,其中工业投资30亿元左右的部分已到位。")
    assert (found.quantity.raw, found.before, found.after) == ("30亿元左右", "其中工业投资", "的部分已到位")
    assert found.sentence_before == "全年完成投资80亿元,其中工业投资"


def test_only_quantities_that_touch_are_joined() -> None:
    """66%、69% are a list, two clauses are not."""
    joined = [a.joined for _, a in arounds(load_text("公交、出租占比分别达66%、69%,消费增长8%。"))]
    assert joined == [False, True, False]


# --- measure and direction --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "measure", "direction"),
    [
        ("财政收入86.4亿元。", "level", None),
        ("新增就业3.5万人。", "level", None),
        ("产值增加到1509亿元。", "level", None),
        ("时限压缩至3个工作日。", "level", None),
        ("浓度下降到32微克/立方米。", "level", None),
        ("减税降费2.3亿元。", "level", None),
        ("提高人均收入到5万元。", "level", None),
        ("财政收入增长5.2%。", "change", "up"),
        ("同比增长约6%左右。", "change", "up"),
        ("增速达8%。", "change", "up"),
        ("产值增加30亿元。", "change", "up"),
        ("普惠率提高2.06个百分点。", "change", "up"),
        ("营业收入翻一番。", "change", "up"),
        ("产值增长1.5倍。", "change", "up"),
        ("高于全省0.3个百分点。", "change", "up"),
        ("能耗下降3%以上。", "change", "down"),
        ("支出压减近20%。", "change", "down"),
        ("办理时间缩短3天。", "change", "down"),
        ("刑事案件降幅达11%。", "change", "down"),
        ("压减公用经费近20%。", "change", "down"),
        ("低于目标5.8个百分点。", "change", "down"),
        ("利率下调50个基点。", "change", "down"),
        ("森林覆盖率达43%。", "share", None),
        ("占全市三分之一。", "share", None),
        ("人口出生率7.5‰。", "share", None),
        ("参保率提高到96%。", "share", None),
        ("增速居全市第一。", "rank", None),
        ("规模位列全省第3位。", "rank", None),
    ],
)
def test_measure_and_direction(sentence: str, measure: str, direction: str | None) -> None:
    """A verb of change governs the amount unless 到, 至 or 为 makes it a level."""
    assert measure_of(around(sentence)) == (measure, direction)


def test_members_of_a_list_change_alike() -> None:
    """分别下降13.9%、11%: the verb counts for both."""
    found = arounds(load_text("暴力案件、涉恶案件分别下降13.9%、11%。"))
    assert [measure_of(a) for _, a in found] == [("change", "down")] * 2


@pytest.mark.parametrize("path", GOLD[:4], ids=lambda path: path.stem[:3])
def test_measures_of_the_seeds_are_those_of_the_annotators(path: Path) -> None:
    """Measure and direction of every figure of the work reports."""
    differing = [
        (a.quantity.raw, measure_of(a))
        for _, a, figure, _ in gold_pairs(path)
        if measure_of(a) != (figure["measure"], figure["direction"])
    ]
    assert differing == []


# --- kind and year ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "kind", "year"),
    [
        ("财政收入86.4亿元。", "actual", 2023),
        ("2022年财政收入80亿元。", "actual", 2022),
        ("截至2023年底,企业达到300家。", "actual", 2023),
        ("比2020年增长20%。", "actual", 2023),
        ("今年将新建学校8所。", "target", 2024),
        ("明年计划新建学校8所。", "target", 2024),
        ("到2025年,研发投入强度达到3.5%。", "target", 2025),
        ("到“十四五”末达到75%。", "target", 2025),
        ("项目总投资50亿元。", "actual", None),
        ("每年安排资金2亿元。", "actual", None),
        ("60岁以上老年人完成接种。", "reference", None),
        ("落实5分钟快速处置要求。", "reference", None),
    ],
)
def test_kind_and_year_in_the_review(sentence: str, kind: str, year: int | None) -> None:
    """What was achieved in the year under review, unless the words say another time."""
    found = kind_of(around(sentence), "review", YEARS)
    assert (found.kind, found.year) == (kind, year)


@pytest.mark.parametrize(
    ("sentence", "kind", "year"),
    [
        ("财政收入增长5%。", "target", 2024),
        ("力争培育企业30家。", "target", 2024),
        ("今年将新建学校8所。", "target", 2024),
        ("到2025年,研发投入强度达到3.5%。", "target", 2025),
        ("2030年前达峰,减排20%。", "target", 2030),
        ("2022年财政收入80亿元。", "actual", 2022),
        ("去年引进企业30家。", "actual", 2023),
        ("目前已有企业300家。", "actual", 2023),
        ("比2020年增长20%。", "target", 2024),
        ("较上年提高2个百分点。", "target", 2024),
        ("项目总投资50亿元。", "target", None),
        ("每年安排资金2亿元。", "actual", None),
        ("60岁以上老年人完成接种。", "reference", None),
    ],
)
def test_kind_and_year_in_the_plan(sentence: str, kind: str, year: int | None) -> None:
    """What is promised for the target year, unless the words say another time."""
    found = kind_of(around(sentence), "plan", YEARS)
    assert (found.kind, found.year) == (kind, year)


def test_a_threshold_selects_and_its_count_counts() -> None:
    """产值10亿元以上企业15家: the limit is a reference, the count is a target."""
    found = [a for _, a in arounds(load_text("培育产值10亿元以上企业15家。"))]
    assert [kind_of(a, "plan", YEARS).kind for a in found] == ["reference", "target"]


def test_only_an_explicit_year_is_sure() -> None:
    """The section's year is a default that disputes nobody."""
    assert kind_of(around("到2025年,收入达到90亿元。"), "plan", YEARS).year_sure
    assert not kind_of(around("收入达到90亿元。"), "plan", YEARS).year_sure
    assert not kind_of(around("比2020年增长20%。"), "plan", YEARS).year_sure


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_no_sure_reading_of_the_seeds_is_wrong(path: Path) -> None:
    """Only what leaves no doubt may dispute a model, so it must agree with the annotators."""
    for section, found, figure, metadata in gold_pairs(path):
        reading = kind_of(found, section.tense, metadata)
        if reading.kind_sure:
            assert reading.kind == figure["kind"], figure["quote"]
        if reading.year_sure:
            assert reading.year == figure["year"], figure["quote"]


@pytest.mark.parametrize("stem", ["000", "003"])
def test_kinds_and_years_of_a_whole_seed(stem: str) -> None:
    """Every figure of a plan and of a review."""
    (path,) = [path for path in GOLD if path.stem.startswith(stem)]
    for section, found, figure, metadata in gold_pairs(path):
        reading = kind_of(found, section.tense, metadata)
        assert (reading.kind, reading.year) == (figure["kind"], figure["year"]), figure["quote"]


# --- basis, base and period -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "basis"),
    [
        ("累计完成投资30亿元。", "cumulative"),
        ("收入年均增长6%。", "average"),
        ("日均客流3.5万人次。", "average"),
        ("全年接待游客500万人次。", "annual"),
        ("贷款余额120亿元。", "point"),
        ("机动车保有量50万辆。", "point"),
        ("财政收入86.4亿元。", None),
    ],
)
def test_basis(sentence: str, basis: str | None) -> None:
    """Of a year, summed up, an average, or of a point in time."""
    assert basis_of(around(sentence)) == basis


@pytest.mark.parametrize(
    ("sentence", "base"),
    [
        ("收入同比增长6%。", "同比"),
        ("收入比上年增长6%。", "比上年"),
        ("收入较上年同期增长6%。", "较上年"),
        ("收入比2020年增长20%。", "比2020年"),
        ("增速高于全市0.3个百分点。", "高于全市"),
        ("投资低于预期目标5.8个百分点。", "低于预期目标"),
        ("收入增长6%。", None),
    ],
)
def test_base_of_comparison(sentence: str, base: str | None) -> None:
    """What growth is measured against begins with the report's own words."""
    found = base_of(around(sentence))
    assert found == base if base is None else (found or "").startswith(base)


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("2021年至2023年完成投资30亿元。", Period(from_=2021, to=2023)),
        ("2021-2023年累计完成投资30亿元。", Period(from_=2021, to=2023)),
        ("“十四五”期间新建公园12座。", Period(from_=2021, to=2025)),
        ("“十三五”时期累计投资300亿元。", Period(from_=2016, to=2020)),
        ("2023年完成投资30亿元。", None),
    ],
)
def test_period(sentence: str, period: Period | None) -> None:
    """A span of years that the clause names."""
    assert period_of(around(sentence), YEARS) == period


# --- stages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "name", "stage"),
    [
        ("谋划江州科技园", "江州科技园", "planned"),
        ("引进江州科技园", "江州科技园", "planned"),
        ("盘活江州大厦", "江州大厦", "planned"),
        ("推动江州科技园落地", "江州科技园", "planned"),
        ("力促江州大桥开工", "江州大桥", "planned"),
        ("江州科技园开工建设", "江州科技园", "started"),
        ("推动江州片区一期开工", "江州片区一期", "started"),
        ("江州科技园落地", "江州科技园", "started"),
        ("新建江州科技园", "江州科技园", "under_construction"),
        ("加快建设江州大桥", "江州大桥", "under_construction"),
        ("有序推进江州大桥", "江州大桥", "under_construction"),
        ("江州大桥建成通车", "江州大桥", "completed"),
        ("江州医院投入使用", "江州医院", "completed"),
        ("江州隧道全线贯通", "江州隧道", "completed"),
        ("力促江州天街早日开业", "江州天街", "completed"),
        ("推进江州科技园尽快投产", "江州科技园", "completed"),
        ("江州科技园即将开园", "江州科技园", "completed"),
        ("建成投产江州科技园", "江州科技园", "operating"),
        ("推动江州公园开园", "江州公园", "operating"),
        ("推动江州科技园落地运营", "江州科技园", "operating"),
        ("江州科技园景色宜人", "江州科技园", None),
    ],
)
def test_stage_of_an_undertaking(clause: str, name: str, stage: str | None) -> None:
    """The later verb decides, words of hope lower it by one, and 推动…落地 is still planned."""
    assert stage_of(clause, name) == stage


def test_a_name_that_the_clause_does_not_hold_is_read_by_all_its_verbs() -> None:
    """As where an inherited name stands in an earlier clause."""
    assert stage_of("年内开工", "江州大桥") == "started"


# --- themes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "headings", "theme"),
    [
        ("地区生产总值增长6%", ["总体要求"], "economy"),
        ("规模以上工业增加值增长6%", [], "industry"),
        ("一般公共预算收入增长5%", [], "finance"),
        ("引进高新技术企业30家", [], "innovation"),
        ("开通5G基站2000个", [], "digital"),
        ("进出口总额增长5%", [], "opening_up"),
        ("完成老旧小区改造20个", [], "urban"),
        ("江州大道通车", [], "transport"),
        ("粮食产量稳定在30万吨", [], "rural"),
        ("PM2.5浓度有效降低", ["发展经济"], "environment"),
        ("新建小学3所", ["城市建设"], "education"),
        ("三甲医院达到3家", [], "health"),
        ("城镇新增就业3.5万人", ["改善民生"], "employment"),
        ("基本养老保险参保率达96%", [], "social_security"),
        ("建成保障性住房2000套", [], "housing"),
        ("重大事故隐患全部整改", [], "safety"),
        ("新增生态林500亩", ["乡村振兴"], "environment"),
    ],
)
def test_a_theme_follows_the_content_first(clause: str, headings: list[str], theme: str) -> None:
    """Clear content wins over the heading."""
    assert theme_of(clause, headings) == theme


@pytest.mark.parametrize(
    ("headings", "theme"),
    [
        (["平安建设", "公共安全"], "safety"),
        (["乡村振兴", "建设和美乡村"], "rural"),
        (["文化繁荣"], "culture"),
        ([], "governance"),
    ],
)
def test_without_words_of_its_own_the_heading_decides(headings: list[str], theme: str) -> None:
    """And without a heading that says anything, it is governance."""
    assert theme_of("完成全部任务", headings) == theme


@pytest.mark.parametrize(
    ("sentence", "which", "year"),
    [
        ("预算收入从382亿元增长到439亿元。", 0, None),
        ("绿地率由2011年的70%提高到83%。", 0, 2011),
        ("绿地率由2011年的70%提高到83%。", 1, YEARS.review_year),
        ("利润由上年下降2.3%转为增长8.5%。", 0, None),
        ("面向2030年部署重大项目,新设6个示范区。", 0, YEARS.review_year),
        ("１９９９年农业总产值增长８．６％。", 0, 1999),
    ],
)
def test_a_starting_value_and_a_horizon_give_no_year(sentence: str, which: int, year: int | None) -> None:
    """由A提高到B: A is of an earlier time; 面向2030年 is nobody's year; full-width digits are years too."""
    assert kind_of(around(sentence, which), "review", YEARS).year == year


def test_a_space_between_verb_and_number_changes_nothing() -> None:
    """增长 8.5% is growth."""
    assert measure_of(around("全县生产总值增长 8.5%。")) == ("change", "up")


def test_a_number_behind_a_comma_inherits_no_direction() -> None:
    """下降4%，74个城市: the count is no decline."""
    assert measure_of(around("排放量分别下降5.6%和4%，74个重点城市浓度改善。")) == ("level", None)


@pytest.mark.parametrize(
    ("text", "kind", "year"),
    [
        ("二、“十五五”时期主要目标任务\n全市生产总值年均增长5%左右。", "target", 2030),
        ("二、未来五年工作目标\n地区生产总值达到1000亿元以上。", "target", None),
        ("二、2024年工作安排\n地区生产总值增长6%。", "target", 2024),
        ("一、过去五年工作回顾\n五年来,累计新增就业50万人。", "actual", None),
    ],
)
def test_what_is_of_several_years_has_no_year_of_the_report(text, kind, year):
    brief = Summarizer("rules", environment={}).summarize_text(f"鲸湖市2024年政府工作报告\n{text}\n", "r")
    assert [(figure.kind, figure.year) for figure in brief.figures] == [(kind, year)]
