"""Every quantity of a text is found with its exact span and value, and nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.loading.text import load
from summarizer.model import Quantity, Span
from summarizer.quantities.grammar import find_quantities
from summarizer.quantities.ids import checked_ids
from summarizer.quantities.units import unit_table

ROOT = Path(__file__).parents[1]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.gold.json"))
ROWS = [json.loads(line) for line in (ROOT / "tests/gold/hard.jsonl").read_text("utf-8").splitlines()]
HARD = ROWS
MEGABYTE = 2**20


def row(quantity: Quantity) -> dict[str, Any]:
    """A quantity in the shape of a row of hard.jsonl."""
    return {
        "start": quantity.start,
        "end": quantity.end,
        "quote": quantity.raw,
        "value": quantity.value,
        "value_high": quantity.value_high,
        "unit": quantity.unit,
        "counter": quantity.counter,
        "per": quantity.per,
        "comparator": quantity.comparator,
    }


def raws(text: str) -> list[str]:
    return [quantity.raw for quantity in find_quantities(text)]


def only(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, [quantity.raw for quantity in found]
    return found[0]


# --- the annotated sets -----------------------------------------------------------------------


@pytest.mark.parametrize("case", HARD, ids=lambda case: case["sentence"])
def test_hard_sentences_are_read_exactly(case: dict[str, Any]) -> None:
    """All and only the annotated quantities: span, value, unit, counter, denominator, comparator."""
    assert [row(quantity) for quantity in find_quantities(case["sentence"])] == case["quantities"]


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_seeds_agree_with_the_annotators(path: Path) -> None:
    """Every annotated figure with its span, value, unit, counter and comparator, and no other quantity."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    report = load(ROOT / "seeds" / gold["file"])
    ranges = gold.get("annotated", [[0, len(report.text)]])
    found = [
        {key: value for key, value in row(quantity).items() if key != "per"}
        for quantity in find_quantities(report.text, report.boilerplate)
        if any(start <= quantity.start < end for start, end in ranges)
    ]
    wanted = [{key: figure.get(key) for key in found[0]} for figure in gold["figures"]]
    assert found == sorted(wanted, key=lambda figure: figure["start"])


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_no_seed_quantity_touches_what_the_annotators_refused(path: Path) -> None:
    """Names, dates, document numbers and damaged numbers are left alone."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    report = load(ROOT / "seeds" / gold["file"])
    found = find_quantities(report.text, report.boilerplate)
    figures = {(figure["start"], figure["end"]) for figure in gold["figures"]}
    touched = [
        (refused["quote"], quantity.raw)
        for refused in gold["non_figures"]
        for quantity in found
        if (quantity.start, quantity.end) not in figures
        and quantity.start < refused["end"]
        and refused["start"] < quantity.end
    ]
    assert touched == []


# --- what is no quantity ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "轨道10号线二期建成通车",
        "推进洋炮局1862项目",
        "国道318线改造完工",
        "沿G318国道布局",
        "C919飞机首飞",
        "推动5G基站建设",
        "创建4A级景区",
        "PM2.5浓度有效降低",
        "构建“33618”现代制造业集群体系",
        "深化“141”基层智治体系",
        "推进“1+5+N”金融服务港湾行动",
        "开展E88-2/01场地调查",
        "110与12345联动",
        "申报N95口罩标准",
        "建设1号桥和37号院",
        "全国百强县",
    ],
)
def test_numbers_in_names_are_no_quantities(sentence: str) -> None:
    """A number that names something counts nothing."""
    assert raws(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "2023年2月8日召开大会",
        "二〇二三年是关键之年",
        "2021—2035年总体规划获批",
        "2022年至2023年",
        "应对11月到12月规模性疫情",
        "会议于上午9:30召开",
        "3.15晚会",
        "7·20暴雨灾害",
        "过去五年成绩喜人",
        "今后三年重点工作",
        "未来5年发展思路",
        "一季度实现开门红",
        "上半年回升向好",
        "近五年来投入不断加大",
        "三年行动计划收官",
        "长江十年禁渔全面落实",
    ],
)
def test_dates_and_periods_are_no_quantities(sentence: str) -> None:
    """Years, days, times and named periods say when, not how much."""
    assert raws(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "坚持两个确立、做到两个维护",
        "树牢四个意识",
        "打好三大攻坚战",
        "落实中央八项规定精神",
        "解决“三农”问题",
        "培育“四上”企业",
        "高举“一带一路”旗帜",
        "深化“百千万”工程",
        "统筹五位一体总体布局",
        "推进一件事一次办",
        "治理两江四岸",
        "百年大计、教育为本",
        "千方百计稳就业",
        "一心一意谋发展",
        "推动一二三产业融合",
    ],
)
def test_slogans_and_idioms_are_no_quantities(sentence: str) -> None:
    """Chinese numerals in slogans and idioms count nothing."""
    assert raws(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "渝北府办发〔2020〕21号",
        "第14届亚运会",
        "第三产业稳步回升",
        "第二十次全国代表大会",
        "十八届三中全会精神",
        "抓住第一时间",
        "三级医院建设",
        "拨打电话02367891234",
        "邮编400020",
        "引进企业数十家",
        "带动上千家企业",
        "惠及几百户",
        "每千人",
        "万元GDP能耗",
        "千亿级产业集群",
    ],
)
def test_ordinals_labels_and_indefinite_numbers_are_no_quantities(sentence: str) -> None:
    """Document numbers, ordinals, denominators and numerals without a value are left alone."""
    assert raws(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("第14届大赛获奖2项", ["2项"]),
        ("轨道10号线新增车站3座", ["3座"]),
        ("12345热线受理诉求15.6万件", ["15.6万件"]),
        ("PM2.5平均浓度降至32微克/立方米", ["32微克/立方米"]),
        ("2023年新增就业3.5万人", ["3.5万人"]),
        ("“33618”集群产值增长6%", ["6%"]),
        ("A股上市公司达到12家", ["12家"]),
    ],
)
def test_a_name_does_not_hide_the_quantity_beside_it(sentence: str, found: list[str]) -> None:
    """Only the number in the name is passed over."""
    assert raws(sentence) == found


# --- forms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "raw", "comparator"),
    [
        ("财政收入约60亿元", "约60亿元", "~"),
        ("投资近60亿元", "近60亿元", "~"),
        ("投资60亿元左右", "60亿元左右", "~"),
        ("投资超过60亿元", "超过60亿元", ">"),
        ("投资突破60亿元", "突破60亿元", ">"),
        ("投资60余亿元", "60余亿元", ">"),
        ("投资60多亿元", "60多亿元", ">"),
        ("投资不低于60亿元", "不低于60亿元", ">="),
        ("投资至少60亿元", "至少60亿元", ">="),
        ("投资60亿元以上", "60亿元以上", ">="),
        ("投资不超过60亿元", "不超过60亿元", "<="),
        ("投资控制在60亿元以内", "60亿元以内", "<="),
        ("投资低于60亿元", "低于60亿元", "<"),
        ("投资不足60亿元", "不足60亿元", "<"),
        ("投资达到60亿元", "60亿元", "="),
        ("节约60亿元", "60亿元", "="),
    ],
)
def test_comparators_that_touch_the_number_are_part_of_it(sentence: str, raw: str, comparator: str) -> None:
    """The span takes 近, 超过, 以上 and the like in, but no verb and no part of another word."""
    quantity = only(sentence)
    assert (quantity.raw, quantity.comparator) == (raw, comparator)
    assert Decimal(quantity.value) == 60 * 10**8


@pytest.mark.parametrize(
    ("sentence", "unit", "value"),
    [
        ("税收增长一倍半", "times_more", "1.5"),
        ("收入提高2倍", "times_more", "2"),
        ("规模是三年前的2.5倍", "multiple", "2.5"),
        ("总量翻一番", "multiple", "2"),
        ("总量翻两番", "multiple", "4"),
        ("税收占三成半", "percent", "35"),
        ("时限压减百分之六十", "percent", "60"),
        ("费率降至千分之三", "permille", "3"),
        ("惠及半数村民", "ratio", "1/2"),
        ("每2辆新能源汽车就有1辆本地造", "ratio", "1/2"),
        ("覆盖四分之三", "ratio", "3/4"),
        ("增速居全省第一", "rank", "1"),
        ("总量位列全市第3位", "rank", "3"),
        ("指数排名全国首位", "rank", "1"),
        ("结构比调整为6.0:55.0:39.0", "ratio", "6.0:55.0:39.0"),
        ("生师比为1:19", "ratio", "1:19"),
        ("工期缩短3个工作日", "working_day", "3"),
        ("连续三年", "year_span", "3"),
        ("用地1200公顷", "hectare", "1200"),
        ("平均票价下调50个基点", "basis_point", "50"),
    ],
)
def test_forms_of_their_own_have_their_own_units(sentence: str, unit: str, value: str) -> None:
    """Multiples, fractions, ranks, ratios of parts and spans of time."""
    quantity = only(sentence)
    assert (quantity.unit, quantity.value) == (unit, value)


def test_a_count_has_its_measure_word_as_counter() -> None:
    """The unit table gives counts no unit of their own."""
    found = find_quantities("新建学校8所、公园12座,招引企业30家,服务60万人次。")
    assert [(q.value, q.unit, q.counter) for q in found] == [
        ("8", "count", "所"),
        ("12", "count", "座"),
        ("30", "count", "家"),
        ("600000", "count", "人次"),
    ]


def test_households_of_firms_are_a_count() -> None:
    """户 of families is a household, 户 of firms a count."""
    found = find_quantities("慰问困难家庭2.1万户,新增市场主体1.8万户。")
    assert [(q.value, q.unit, q.counter) for q in found] == [
        ("21000", "household", None),
        ("18000", "count", "户"),
    ]


def test_a_rate_has_its_denominator() -> None:
    """What stands behind the slash is `per`, except where the unit itself has one."""
    found = find_quantities("产出20万元/亩,处理能力5万吨/日,浓度32微克/立方米。")
    assert [(q.unit, q.per) for q in found] == [("CNY", "亩"), ("tonne", "日"), ("ug_per_m3", None)]


@pytest.mark.parametrize(
    ("sentence", "low", "high", "raw"),
    [
        ("招引企业20至30家", "20", "30", "20至30家"),
        ("增长5%-6%", "5", "6", "5%-6%"),
        ("增长5~6%", "5", "6", "5~6%"),
        ("投资50亿元至60亿元", "5000000000", "6000000000", "50亿元至60亿元"),
        ("投资50到60亿元", "5000000000", "6000000000", "50到60亿元"),
        ("60岁至79岁老年人", "60", "79", "60岁至79岁"),
        ("走访企业二三十家", "20", "30", "二三十家"),
    ],
)
def test_a_range_is_one_quantity(sentence: str, low: str, high: str, raw: str) -> None:
    """Low and high of one figure; a scale behind the second number is that of both."""
    quantity = only(sentence)
    assert (quantity.value, quantity.value_high, quantity.raw) == (low, high, raw)


def test_from_and_to_are_two_quantities() -> None:
    """从…到… tells a change between two values, no range."""
    assert raws("从1200亿元增加到1509亿元") == ["1200亿元", "1509亿元"]


def test_list_members_share_the_unit_of_the_last() -> None:
    """1、3、5分钟 are three spans of minutes, each with its own place."""
    found = find_quantities("落实1、3、5分钟快速处置")
    assert [(q.raw, q.value, q.unit) for q in found] == [
        ("1", "1", "minute"),
        ("3", "3", "minute"),
        ("5分钟", "5", "minute"),
    ]


# --- offsets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\\r\\n", "\f", "\r\n\r\n  \u3000", "\u2028"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_offsets_are_those_of_the_text_as_it_stands(line_end: str, mark: str) -> None:
    """Line ends, escaped line ends and a byte-order mark are counted, never translated."""
    text = f"{mark}产值1509亿元,增长６．５％。{line_end}新增就业3.5万人以上。{line_end}近20%"
    found = find_quantities(text)
    assert [text[q.start : q.end] for q in found] == ["1509亿元", "６．５％", "3.5万人以上", "近20%"]
    assert [q.value for q in found] == ["150900000000", "6.5", "35000", "20"]
    assert found[0].start == len(mark) + 2


def test_full_width_digits_have_their_value_and_their_place() -> None:
    """The raw text stays full-width, the value is plain."""
    quantity = only("新建住房１２００套")
    assert (quantity.raw, quantity.value, quantity.start, quantity.end) == ("１２００套", "1200", 4, 9)


def test_characters_outside_the_basic_plane_count_as_one() -> None:
    """Offsets are code points, not UTF-16 units."""
    quantity = only("𠮷镇新建公园12座")
    assert (quantity.start, quantity.end) == (6, 9)


def test_quantities_in_ignored_spans_are_left_out() -> None:
    """What is marked as boilerplate has no quantities, and ids count only those kept."""
    text = "浏览次数40次。产值1509亿元。共12页,浏览30次。增长6%。"
    spans = (Span(start=0, end=8), Span(start=text.index("共"), end=text.index("增长")))
    found = find_quantities(text, spans)
    assert [q.raw for q in found] == ["1509亿元", "6%"]
    assert [q.id[:2] for q in found] == ["q1", "q2"]


def test_ignoring_elsewhere_changes_nothing_but_the_ids() -> None:
    """An ignored span takes away only what lies in it."""
    text = "产值1509亿元。浏览40次。增长6%,就业3.5万人。"
    start = text.index("浏览")
    everything = [row(q) for q in find_quantities(text)]
    kept = [row(q) for q in find_quantities(text, (Span(start=start, end=start + 5),))]
    assert kept == [found for found in everything if found["quote"] != "40次"]


# --- ids --------------------------------------------------------------------------------------


def test_ids_are_numbered_and_end_in_a_check_letter() -> None:
    """q1x, q2y, … in the order of the text, none twice."""
    text = "新建学校8所、公园12座,招引企业30家。" * 50
    found = find_quantities(text)
    assert [int(q.id[1:-1]) for q in found] == list(range(1, 151))
    assert all(q.id[0] == "q" and q.id[-1].isalpha() for q in found)
    assert len({q.id for q in found}) == 150


@given(st.text("0123456789abcdef", min_size=1, max_size=8), st.sampled_from("cq"))
def test_neighbours_never_share_a_check_letter(seed: str, kind: str) -> None:
    """A slip to the next id does not resolve."""
    letters = [name[-1] for name in checked_ids(seed, kind, 1000)]
    assert all(a != b for a, b in pairwise(letters))


@given(st.text("0123456789abcdef", min_size=1, max_size=8), st.integers(1, 999), st.integers(1, 999))
def test_no_wrong_digit_keeps_its_check_letter(seed: str, first: int, second: int) -> None:
    """One changed digit is always noticed, and below a hundred two swapped ones too."""
    a, b = str(first), str(second)
    changed = len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    if (changed or (len(a) == 2 and a == b[::-1])) and a != b:
        names = checked_ids(seed, "q", 999)
        assert names[first - 1][-1] != names[second - 1][-1]


def test_most_ids_of_another_text_do_not_resolve() -> None:
    """About one in 23 fits by chance, never a whole text's."""
    ours, theirs = checked_ids("one", "q", 230), checked_ids("two", "q", 230)
    assert len(set(ours) & set(theirs)) <= 20


def test_the_same_text_gives_the_same_ids() -> None:
    """Ids depend on nothing but the text."""
    text = "产值1509亿元,增长6%。"
    assert [q.id for q in find_quantities(text)] == [q.id for q in find_quantities(text)]


# --- properties -------------------------------------------------------------------------------

SCALES = {"": 1, "百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8,
          "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}  # fmt: skip
# Of the unit table, those that every number takes, whatever its size.
FREE = ("money", "area", "volume", "people", "households", "energy", "concentration")
UNITS = [word for word, unit in unit_table().items() if unit.dimension in FREE and word not in ("度", "方")] + [
    "个百分点", "个基点", "吨", "公斤", "斤", "米", "公里", "%", "％", "‰", "家", "座", "所", "件", "人次",
]  # fmt: skip


@settings(deadline=None)
@given(
    number=st.decimals(0, 10**9, places=4).map(lambda value: value.normalize()),
    scale=st.sampled_from(list(SCALES)),
    unit=st.sampled_from(UNITS),
    style=st.sampled_from(["plain", "grouped", "full"]),
)
def test_a_generated_amount_has_its_exact_value(number: Decimal, scale: str, unit: str, style: str) -> None:
    """Any number in any scale and unit: the value is exact, and the span is all of it."""
    if scale in ("千", "百万", "千万") and unit[0] in "瓦克米伏":
        scale = "万"
    if unit == "兆瓦":
        scale = ""
    written = format(number, ",f" if style == "grouped" else "f")
    if style == "full":
        written = written.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    quantity = only(f"完成{written}{scale}{unit}。")
    assert quantity.raw == f"{written}{scale}{unit}"
    assert Decimal(quantity.value) == number * SCALES[scale]
    known = unit_table()[unit]
    assert (quantity.unit, quantity.dimension) == (known.code, known.dimension)
    assert quantity.counter == known.counter


ALPHABET = (
    "0123456789０５９〇零一二三四五六七八九十百千万亿两半成余多番翻倍第首位居过数几分之点比每就有"
    "元美家个项座件人户亩米吨年月日天岁度%％‰/.．,，。；、:：-—~至到和近约超以上内下左右"
    "“”（）() \n\r\t\\rn产值增长下降A+"
)


@settings(deadline=None, max_examples=400)
@given(st.text(ALPHABET, max_size=60))
def test_every_quantity_is_a_span_of_its_text(text: str) -> None:
    """raw is what stands at the span; spans are sorted, disjoint and not empty; values are numbers."""
    found = find_quantities(text)
    end = 0
    for quantity in found:
        assert end <= quantity.start < quantity.end <= len(text)
        assert quantity.raw == text[quantity.start : quantity.end]
        end = quantity.end
        for part in quantity.value.replace("/", ":").split(":"):
            assert Decimal(part).is_finite()
        if quantity.value_high is not None:
            assert Decimal(quantity.value) < Decimal(quantity.value_high)


@settings(deadline=None)
@given(st.text(ALPHABET, max_size=40), st.text("产值增长较快。，\n", max_size=10))
def test_a_sentence_before_changes_no_quantity(text: str, lead: str) -> None:
    """Text that ends in a full stop and a line break moves the spans and nothing else."""
    lead += "发展态势良好,人民生活改善。\n"
    alone = [(q.start + len(lead), q.raw, q.value, q.unit) for q in find_quantities(text)]
    behind = [(q.start, q.raw, q.value, q.unit) for q in find_quantities(lead + text)]
    assert behind == alone


@pytest.mark.parametrize(
    "unit",
    ["1", "９", "一", "零", "十", "万亿", "二三", "1-", "1.", "翻", "-", "A1", "余", "一二三四五六七八九"],
)
def test_a_megabyte_of_digits_is_passed_over(unit: str) -> None:
    """No run of digits is too long to be read, or is taken for an amount."""
    text = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    "unit", ["1、", "1至", "1.2.", "1万1万", "(1)", "第1", "每1", "1成1", "百分之九十点", "5万6566"]
)
def test_long_runs_of_half_a_number_end(unit: str) -> None:
    """Repeated beginnings of lists, ranges and fractions end without error."""
    text = unit * (50_000 // len(unit))
    assert all(text[q.start : q.end] == q.raw for q in find_quantities(text))


UNITS_OF_ATTACK = (
    "1 一 百分之 万亿 1, 1,111 1- 1— 1、 1和 1: 1：1比 1/ 1万 3万一 第1、 全国第1、第 指数 指数1至 比例1 每1 "
    "翻 减半 1. 1比 过亿 一点 二三 （每人每 1元/ 突破1 萬億 1项、 一成 ０ \ufffd1 GDP1"
)
ADVERSARIAL = UNITS_OF_ATTACK.split(" ")
ADVERSARIAL += ["1\n", "1 — 1 —\n"]


def calls_of(text: str) -> int:
    """How many functions, ours and built-in, are called to read a text."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        find_quantities(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    """Counted in calls, not in seconds: a form that looks back over what was read would need four times as many."""
    once, twice = (calls_of(unit * times) for times in (1_000, 2_000))
    assert twice <= 2.1 * once + 1_000


def test_a_megabyte_of_anything_ends_within_its_share_of_the_processor() -> None:
    """What the calls do not show, a pattern that tries again and again, ends the child and fails the test."""
    whole = dict.fromkeys(("1", "一", "百分之", "万亿", "1-"), MEGABYTE)
    part = dict.fromkeys(("1,", "1、", "比例1", "第1、", "指数1至"), MEGABYTE // 16)
    code = (
        "import json, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (300, 300))\n"
        "from summarizer.quantities.grammar import find_quantities\n"
        "for unit, size in json.load(sys.stdin).items():\n"
        "    find_quantities((unit * (size // len(unit.encode()) + 1)))\n"
        "for unit in ('1', '一', '万亿'):\n"
        f"    find_quantities('3万' + unit * {MEGABYTE} + '至' + unit * {MEGABYTE})\n"
        "print('read')\n"
    )
    given_texts = json.dumps(whole | part)
    child = subprocess.run([sys.executable, "-c", code], input=given_texts, capture_output=True, text=True, check=False)
    assert child.stdout == "read\n", child.stderr[-500:]


def test_a_long_run_does_not_hide_the_quantity_behind_it() -> None:
    """Reading goes on behind what is no number."""
    assert raws("1" * MEGABYTE + "。产值1509亿元") == ["1509亿元"]


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("粮食产量３３，２１２万吨", "３３，２１２万吨", "332120000"),
        ("粮食产量33，212万吨", "33，212万吨", "332120000"),
        ("新增移动通信用户3.4亿、光缆线路", "3.4亿", "340000000"),
        ("招商引资3个亿,", "3个亿", "300000000"),
        ("利润总额为负3.8亿元", "负3.8亿元", "-380000000"),
    ],
)
def test_separators_and_bare_scales_are_read_whole(text: str, raw: str, value: str) -> None:
    """A full-width comma between groups of three is a separator; a scale at a clause's end needs no unit."""
    found = find_quantities(text)
    assert [(q.raw, q.value) for q in found] == [(raw, value)]


@pytest.mark.parametrize(
    "text", ["十三次党代会以来", "投资5 000万元左右的", "落实“水10条”", "3000吨级码头", "排名后10位"]
)
def test_what_only_looks_like_a_quantity_is_left_alone(text: str) -> None:
    """Sessions, numbers cut by a space, policy packages, sizes of a class."""
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "raw", "value", "unit", "comparator"),
    [
        ("全年用电量305.7度。", "305.7度", "305.7", "kWh", "="),
        ("年发电12.5亿度。", "12.5亿度", "1250000000", "kWh", "="),
        ("算力规模达1.2万P。", "1.2万P", "12000", "PFLOPS", "="),
        ("利率下调10BP。", "10BP", "10", "basis_point", "="),
        ("吞吐量1200TEU。", "1200TEU", "1200", "count", "="),
        ("融资78.5亿人民币。", "78.5亿人民币", "7850000000", "CNY", "="),
        ("装机120吉瓦。", "120吉瓦", "120", "GW", "="),
        ("储能350兆瓦时。", "350兆瓦时", "350", "MWh", "="),
        ("宽带提速至500兆光纤。", "500兆", "500", "Mbps", "="),
        ("投资2兆元。", "2兆元", "2000000000000", "CNY", "="),
        ("占全市2/3。", "2/3", "2/3", "ratio", "="),
        ("超过1/4的预算。", "超过1/4", "1/4", "ratio", ">"),
        ("排名全国前五，", "前五", "5", "rank", "<="),
        ("全市前10位。", "前10位", "10", "rank", "<="),
        ("排位跃升16个位次。", "16个位次", "16", "rank", "="),
        ("时间精确到半小时、", "半小时", "0.5", "hour", "="),
        ("历时两个多月完成。", "两个多月", "2", "month_span", ">"),
        ("用了一个半月。", "一个半月", "1.5", "month_span", "="),
        ("历经五十多年。", "五十多年", "50", "year_span", ">"),
        ("由四档简并。", "四档", "4", "count", "="),
        ("确保每户至少有一人就业。", "至少有一人", "1", "person", ">="),
        ("增速为负3.2%。", "负3.2%", "3.2", "percent", "="),
        ("气温为零下3℃。", "零下3℃", "-3", "celsius", "="),
        ("增长五点二个百分点。", "五点二个百分点", "5.2", "percentage_point", "="),
        ("投资三点五亿元。", "三点五亿元", "350000000", "CNY", "="),
        ("占总数60%以上。", "60%以上", "60", "percent", ">="),
        ("排名前移5位。", "5位", "5", "rank", "="),
        ("城区空间扩容一倍。", "一倍", "1", "times_more", "="),
        ("降低企业税负5700多亿元。", "5700多亿元", "570000000000", "CNY", ">"),
        ("浓度降至26微克。", "26微克", "26", "ug_per_m3", "="),
        ("风光装机突破千万千瓦。", "突破千万千瓦", "10000000", "kW", ">"),
        ("产业规模超千亿，", "超千亿", "100000000000", "count", ">"),
        ("增加到1亿3千多万人。", "1亿3千多万人", "130000000", "person", ">"),
        ("减轻负担3万多亿元。", "3万多亿元", "3000000000000", "CNY", ">"),
        ("产量七亿七千多万吨。", "七亿七千多万吨", "770000000", "tonne", ">"),
        ("共3千多万人。", "3千多万人", "30000000", "person", ">"),
        ("1亿三千余万人。", "1亿三千余万人", "130000000", "person", ">"),
        ("补贴3千5百元。", "3千5百元", "3500", "CNY", "="),
        ("总额1万3千多亿元。", "1万3千多亿元", "1300000000000", "CNY", ">"),
        ("合格率九成五。", "九成五", "95", "percent", "="),
        ("收入翻了两番多。", "翻了两番多", "4", "multiple", ">"),
        ("热值7000大卡。", "7000大卡", "7000", "kcal", "="),
        ("按八五折销售。", "八五折", "85", "percent", "="),
        ("租金20元/平方米·月。", "20元/平方米·月", "20", "CNY", "="),
    ],
)
def test_rarer_forms_have_their_value_and_unit(text: str, raw: str, value: str, unit: str, comparator: str) -> None:
    """Units that only some words make one, fractions in digits, ranks of a group, burdens that are no minus."""
    one = only(text)
    assert (one.raw, one.value, one.unit, one.comparator) == (raw, value, unit, comparator)


def test_a_range_may_be_approximate_at_its_low_end() -> None:
    one = only("增长5%左右至6%。")
    assert (one.raw, one.value, one.value_high, one.comparator) == ("5%左右至6%", "5", "6", "~")


@pytest.mark.parametrize(
    "text",
    [
        "前三季度完成。",
        "气温12度。",
        "5P空调。",
        "3/4月份。",
        "提升8.7升至9。",
        "工业负增长。",
        "由负转正。",
        "水质四类以上。",
        "七台河市加快转型。",
        "提出三点建议。",
        "30万千瓦级机组。",
        "深入推进前10名企业。",
    ],
)
def test_words_that_only_resemble_those_forms_are_left_alone(text: str) -> None:
    assert raws(text) == []


# --- kinds found by reading reports of many places and years -----------------------------------


@pytest.mark.parametrize(
    ("text", "raw", "value", "unit", "comparator"),
    [
        ("城乡收入比缩小到1.98:1。", "1.98:1", "1.98:1", "ratio", "="),
        ("收入比降为2.3：1左右。", "2.3：1左右", "2.3:1", "ratio", "~"),
        ("种养结构的比例由60：40调优。", "60：40", "60:40", "ratio", "="),
        ("师生比保持在1∶15。", "1∶15", "1:15", "ratio", "="),
        ("采掘比例改为1.2比1。", "1.2比1", "1.2:1", "ratio", "="),
        ("居民消费价格指数102.1，", "102.1", "102.1", "count", "="),
        ("零售价格指数为99.8（上年=100）", "99.8", "99.8", "count", "="),
        ("空气质量指数(AQI)平均为75。", "75", "75", "count", "="),
        ("基尼系数降至0.46以下。", "0.46以下", "0.46", "count", "<="),
        ("城乡居民收入倍差收窄至1.7以内，", "1.7以内", "1.7", "ratio", "<="),
        ("房租减半，", "减半", "0.5", "multiple", "="),
        ("占全省的1/12。", "1/12", "1/12", "ratio", "="),
        ("审批事项减少1/4事项", "1/4", "1/4", "ratio", "="),
        ("税收过亿元的企业", "过亿元", "100000000", "CNY", ">"),
        ("产值过五百亿的县", "过五百亿", "50000000000", "count", ">"),
        ("投资突破千亿大关", "突破千亿", "100000000000", "count", ">"),
        ("攻克突破12项关键技术", "12项", "12", "count", "="),
        ("人均GDP9.6万元", "9.6万元", "96000", "CNY", "="),
        ("动员两亿多农村劳动力", "两亿多", "200000000", "count", ">"),
        ("为28万80岁老人", "28万", "280000", "count", "="),
        ("惠及6.5万村民", "6.5万", "65000", "count", "="),
        ("全省5200万 百姓", "5200万", "52000000", "count", "="),
        ("建成三座大桥", "三座", "3", "count", "="),
        ("达到2万 亿元。", "2万 亿元", "2000000000000", "CNY", "="),
        ("示范单位16家。", "16家", "16", "count", "="),
        ("户均用电达420度。", "420度", "420", "kWh", "="),
        ("送出12度绿电", "12度", "12", "kWh", "="),
        ("清淤20万方。", "20万方", "200000", "m3", "="),
        ("规模是上年的1倍", "1倍", "1", "times_more", "="),
        ("引进22名博士", "22名", "22", "person", "="),
        ("排名提升5位以上，", "5位以上", "5", "rank", ">="),
        ("新增两家市属医院", "两家", "2", "count", "="),
        ("在两个街道试点", "两个", "2", "count", "="),
        ("形成五分钟救援圈", "五分钟", "5", "minute", "="),
        ("投资1.5萬億圓。", "1.5萬億圓", "1500000000000", "CNY", "="),
        ("面积３億畝。", "３億畝", "300000000", "mu", "="),
        ("举办讲座45期，", "45期", "45", "count", "="),
        ("考核得分96.5分，", "96.5分", "96.5", "count", "="),
        ("　　1.14大产业集群", "14大", "14", "count", "="),
        ("跨越9万亿三个台阶", "9万亿", "9000000000000", "count", "="),
    ],
)
def test_kinds_that_reports_have_are_read(text: str, raw: str, value: str, unit: str, comparator: str) -> None:
    """Ratios of two parts, values of an index, halves, round sums, old forms of characters, and their like."""
    one = only(text)
    assert (one.raw, one.value, one.unit, one.comparator) == (raw, value, unit, comparator)


@pytest.mark.parametrize(
    "text",
    [
        "主队以3:1取胜，",
        "早上8:15出发，",
        "指数2.0版发布。",
        "完成指数2025发布。",
        "三翻番目标。",
        "用好两个市场、两种资源。",
        "迈开两条腿走路。",
        "突破一批关键技术。",
        "制定十条促进措施。",
        "把民生放在全市工作第一位。",
        "管网（二至四期）完工。",
        "推进2期工程。",
        "还需要几十年时间。",
        "投资33\ufffd5亿元。",
        "5G+3金融服务。",
        "附件2\n家庭名单",
        "水质三类以上。",
        "两大省级战略。",
    ],
)
def test_what_reports_have_that_only_looks_like_these_is_left_alone(text: str) -> None:
    """Scores and times, versions, slogans, phases of projects, damaged numbers."""
    assert raws(text) == []


@pytest.mark.parametrize(
    ("text", "raw", "per"),
    [
        ("低保标准由163元/月提高到", "163元/月", "月"),
        ("补助5200元/年/人，", "5200元/年/人", "年/人"),
        ("补贴300元（月/人），", "300元（月/人）", "月/人"),
        ("补贴300元（每人每月），", "300元（每人每月）", "人/月"),
        ("产能60万吨／年建成", "60万吨／年", "年"),
        ("处理100吨/日设施", "100吨/日", "日"),
    ],
)
def test_a_denominator_is_read_whatever_follows(text: str, raw: str, per: str) -> None:
    """Known denominators need no mark behind them, and may be two."""
    one = only(text)
    assert (one.raw, one.per) == (raw, per)


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("产值达到885\n亿元。", "885\n亿元", "88500000000"),
        ("培训2\r\n次以上。", "2\r\n次以上", "2"),
        ("累计3.9\n — 6 —\n万人次。", "3.9\n — 6 —\n万人次", "39000"),
        ("投资12\u00a0亿元。", "12\u00a0亿元", "1200000000"),
    ],
)
def test_a_number_and_its_unit_may_stand_on_two_lines_or_pages(text: str, raw: str, value: str) -> None:
    """The break is in the span, as it is in the text; a number that begins its line is another thing."""
    one = only(text)
    assert (one.raw, one.value) == (raw, value)
    assert raws("目录\n12\n亿元项目") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("分别居全省第1、2、5位。", [("第1", "1"), ("2", "2"), ("5", "5")]),
        ("增速排全市第二、第三和第1位。", [("第二", "2"), ("第三", "3"), ("第1位", "1")]),
        ("获金牌3项居全省第三、1项在建", [("3项", "3"), ("第三", "3"), ("1项", "1")]),
    ],
)
def test_ranks_in_a_list_are_ranks(text: str, found: list[tuple[str, str]]) -> None:
    """A later 第N or bare N of a list of ranks ranks as well; a count behind it counts."""
    assert [(q.raw, q.value) for q in find_quantities(text)] == found
    assert {q.unit for q in find_quantities(text) if "项" not in q.raw} == {"rank"}
