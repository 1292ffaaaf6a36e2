"""Numbers in words: English by code from the exact value, Chinese as the report has them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.loading.text import load
from summarizer.model import Quantity
from summarizer.quantities.grammar import find_quantities
from summarizer.quantities.rendering import chinese, comparator_words, english

SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))
SCALES = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def read(sentence: str) -> Quantity:
    (quantity,) = find_quantities(sentence)
    return quantity


def seed_quantities() -> list[Quantity]:
    reports = [load(path) for path in SEEDS]
    return [q for report in reports for q in find_quantities(report.text, report.boilerplate)]


# --- the table of the style -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "words", "bare"),
    [
        # money: the sign stands before the number, and is said even in the bare form
        ("工业总产值1509亿元", "RMB 150.9 billion", "RMB 150.9 billion"),
        ("实际利用外资20亿美元", "US$2 billion", "US$2 billion"),
        ("贷款5000万欧元", "EUR 50 million", "EUR 50 million"),
        ("捐款300万港元", "HK$3 million", "HK$3 million"),
        ("完成投资1.02万亿元", "RMB 1.02 trillion", "RMB 1.02 trillion"),
        ("财政收入1,234.5亿元", "RMB 123.45 billion", "RMB 123.45 billion"),
        ("投入100万元", "RMB 1 million", "RMB 1 million"),
        ("人均可支配收入5万6566元", "RMB 56,566", "RMB 56,566"),
        ("产值首次突破千亿元", "over RMB 100 billion", "over RMB 100 billion"),
        ("规模约3亿元", "about RMB 300 million", "about RMB 300 million"),
        ("劳动生产率152977元/人", "RMB 152,977 per person", "RMB 152,977 per person"),
        ("亩均税收20万元/亩", "RMB 200,000 per mu", "RMB 200,000 per mu"),
        # people and counts
        ("新增就业3.5万人以上", "at least 35,000 people", "at least 35,000"),
        ("选派干部1名", "1 person", "1"),
        ("惠及群众两万户", "20,000 households", "20,000"),
        ("15件民生实事", "15", "15"),
        ("接待游客1.5亿人次", "150 million", "150 million"),
        ("处置问题30余万件", "over 300,000", "over 300,000"),
        ("引进人才近千人", "nearly 1,000 people", "nearly 1,000"),
        ("项目不少于15个", "at least 15", "at least 15"),
        # land, grain, length, energy
        ("谋划五百余亩闲置地块", "over 500 mu (33 ha)", "over 500"),
        ("盘活500余亩土地", "over 500 mu (33 ha)", "over 500"),
        ("流转土地3000亩", "3,000 mu (200 ha)", "3,000"),
        ("占地10亩", "10 mu", "10"),
        ("粮食产量1.3万亿斤以上", "at least 1.3 trillion jin (650 million tonnes)", "at least 1.3 trillion"),
        ("粮食总产量三亿零四百七十五万吨", "304.75 million tonnes", "304.75 million"),
        ("新建绿道15公里", "15 kilometers", "15"),
        ("打通隧道1公里", "1 kilometer", "1"),
        ("建筑面积3.8万平方米", "38,000 square meters", "38,000"),
        ("市域面积3.5万平方公里", "35,000 square kilometers", "35,000"),
        ("用电量16.8亿千瓦时", "1.68 billion kWh", "1.68 billion"),
        ("平均浓度32微克/立方米", "32 μg/m³", "32"),
        ("处理能力5万吨/日", "50,000 tonnes per day", "50,000"),
        # time
        ("压缩至3个工作日", "3 working days", "3"),
        ("工期压缩两年半", "2.5 years", "2.5"),
        ("优良天数达到310天以上", "at least 310 days", "at least 310"),
        # shares, points, factors
        ("支出压减近20%", "nearly 20%", "nearly 20%"),
        ("产值增长6%左右", "about 6%", "about 6%"),
        ("失业率控制在5.5%以内", "no more than 5.5%", "no more than 5.5%"),
        ("缺口不足5%", "less than 5%", "less than 5%"),
        ("人口自然增长率7.5‰", "7.5‰", "7.5‰"),
        ("参保率达百分之九十以上", "at least 90%", "at least 90%"),
        ("占全市三成", "30%", "30%"),
        ("占总量的三分之一", "one third", "one third"),
        ("超过三分之二", "over two thirds", "over two thirds"),
        ("半数以上村居", "at least half", "at least half"),
        ("城镇化率提高2.06个百分点", "2.06 percentage points", "2.06"),
        ("利率下调50个基点", "50 basis points", "50"),
        ("居民收入比2010年翻一番", "double", "double"),
        ("销售额翻番", "double", "double"),
        ("产业规模翻两番", "quadruple", "quadruple"),
        ("产业规模翻三番", "eightfold", "eightfold"),
        ("投入是2012年的2.5倍", "2.5 times", "2.5"),
        ("税收增长一倍", "100%", "100%"),
        ("税收增长2.5倍", "250%", "250%"),
        ("产业结构比为6.01:55.04:38.95", "6.01:55.04:38.95", "6.01:55.04:38.95"),
        # ranges
        ("地区生产总值增长5%-6%", "5% to 6%", "5% to 6%"),
        ("引进企业20至30家", "20 to 30", "20 to 30"),
        ("走访企业二三十家", "about 20 to 30", "about 20 to 30"),
        ("60岁至79岁老年人", "60 to 79 years of age", "60 to 79"),
        ("提高0.5到1个百分点", "0.5 to 1 percentage points", "0.5 to 1"),
        ("投资50亿元至60亿元", "RMB 5 billion to RMB 6 billion", "RMB 5 billion to RMB 6 billion"),
        ("用3至5年时间基本建成", "3 to 5 years", "3 to 5"),
        # ranks
        ("增速居全市第一", "No. 1", "No. 1"),
        ("总量排名全省第3位", "No. 3", "No. 3"),
        ("总量位居全市首位", "No. 1", "No. 1"),
    ],
)
def test_english_form(sentence: str, words: str, bare: str) -> None:
    """The number with unit and comparator, and the bare form of {q1a#} without the unit's noun."""
    quantity = read(sentence)
    assert (english(quantity), english(quantity, bare=True)) == (words, bare)


@pytest.mark.parametrize("sentence", ["占地14亩", "亩产1900斤", "征地10至20亩"])
def test_small_sizes_and_ranges_have_no_metric_gloss(sentence: str) -> None:
    """A conversion helps only where the size is large enough to picture."""
    assert "(" not in english(read(sentence))


def test_a_gloss_is_rounder_where_the_value_is_only_a_bound() -> None:
    """Three figures for 1000 mu, two for over 1000 mu."""
    assert english(read("占地1000亩")) == "1,000 mu (66.7 ha)"
    assert english(read("占地超1000亩")) == "over 1,000 mu (67 ha)"


def test_chinese_is_the_reports_own_wording() -> None:
    """Nothing is added to the raw text, and line breaks of the page are left out."""
    quantity = read("新增就业3.5万人以上")
    assert chinese(quantity) == "3.5万人以上"
    assert chinese(quantity.model_copy(update={"raw": "3.5万\n人以上"})) == "3.5万人以上"


# --- properties -------------------------------------------------------------------------------


@given(st.integers(10, 10**14), st.sampled_from([("元", "RMB "), ("美元", "US$"), ("人", "")]))
def test_no_digit_is_lost_in_english(number: int, unit: tuple[str, str]) -> None:
    """Scale words and group marks are put back together to the exact value."""
    zh, sign = unit
    match = re.fullmatch(
        re.escape(sign) + r"([\d,]+(?:\.\d+)?) ?(million|billion|trillion|)(?: people)?",
        english(read(f"共计{number}{zh}。")),
    )
    assert match is not None
    assert Decimal(match[1].replace(",", "")) * SCALES[match[2]] == number


@given(st.decimals(0, 10**6, places=3), st.sampled_from(["%", "‰", "个百分点", "公里", "平方米"]))
def test_decimals_keep_their_value_in_english(number: Decimal, unit: str) -> None:
    """A decimal is neither rounded nor given an exponent."""
    digits = english(read(f"达到{number}{unit}。"), bare=True).rstrip("%‰").replace(",", "")
    if digits.endswith("million"):
        assert Decimal(digits.removesuffix(" million")) * 10**6 == number
    else:
        assert Decimal(digits) == number


def test_every_seed_quantity_is_english() -> None:
    """No Chinese character and no full-width digit in any form, and a comparator only in front."""
    words = "|".join(sorted(comparator_words(), key=len, reverse=True))
    for quantity in seed_quantities():
        for form in (english(quantity), english(quantity, bare=True)):
            assert re.fullmatch(r"[\x20-\x7e‰μ³°]+", form), (quantity.raw, form)
            compared = re.match(f"(?:{words}) ", form) is not None
            assert compared == (quantity.comparator != "="), (quantity.raw, form)


def test_the_bare_form_begins_the_full_form() -> None:
    """{q1a#} says the same number with the same comparator, only without the noun."""
    for quantity in seed_quantities():
        assert english(quantity).startswith(english(quantity, bare=True))


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("投资60余亿元", "over"),
        ("投资不低于60亿元", "at least"),
        ("投资不超过60亿元", "no more than"),
        ("投资不足60亿元", "less than"),
        ("投资约60亿元", "about"),
        ("投资近60亿元", "nearly"),
    ],
)
def test_every_comparator_has_a_word_that_may_not_stand_beside_it(sentence: str, word: str) -> None:
    """What a placeholder says itself is listed, so that nobody writes it twice."""
    assert english(read(sentence)) == f"{word} RMB 6 billion"
    assert word in comparator_words()
