"""Chinese and Arabic numerals become exact numbers, and what is no numeral becomes none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.quantities.numerals import adjacent_pair, parse_arabic, parse_chinese, plain

DIGITS = "零一二三四五六七八九"


def below_ten_thousand(number: int) -> str:
    """1204 as 一千二百零四: a unit behind each digit, one 零 for any run of zeros between digits."""
    out, gap = "", False
    for digit, unit in zip(f"{number:04d}", "千百十 ", strict=True):
        if digit == "0":
            gap = bool(out)
            continue
        out += ("零" if gap else "") + DIGITS[int(digit)] + unit.strip()
        gap = False
    return out


def chinese(number: int) -> str:
    """A number up to 10^12 as the rules of writing have it: groups of four digits under 万 and 亿."""
    if number == 0:
        return "零"
    if number >= 10**8:
        head, rest = divmod(number, 10**8)
        scale = "亿"
    elif number >= 10**4:
        head, rest = divmod(number, 10**4)
        scale = "万"
    else:
        return below_ten_thousand(number)
    if rest == 0:
        return chinese(head) + scale
    missing = rest < (10**7 if scale == "亿" else 10**3)
    return chinese(head) + scale + ("零" if missing else "") + chinese(rest)


numbers = st.one_of(
    st.integers(0, 10**12),
    st.integers(0, 20_000),
    st.builds(lambda digit, power: digit * 10**power, st.integers(1, 9), st.integers(0, 11)),
    st.builds(lambda high, low: high * 10**8 + low, st.integers(1, 10**4), st.integers(0, 10**5)),
)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (10, "一十"),
        (204, "二百零四"),
        (1_050, "一千零五十"),
        (20_003, "二万零三"),
        (304_750_000, "三亿零四百七十五万"),
        (10**12, "一万亿"),
    ],
)
def test_the_formatter_of_these_tests_writes_what_reports_write(number: int, written: str) -> None:
    """The round trip below proves nothing unless the formatter is right."""
    assert chinese(number) == written


@given(numbers)
def test_a_written_number_parses_to_itself(number: int) -> None:
    """Every number up to 10^12."""
    assert parse_chinese(chinese(number)) == number


@given(numbers)
def test_the_colloquial_two_and_the_dropped_one_mean_the_same(number: int) -> None:
    """两 stands for 二 before 百, 千, 万 and 亿, and 十二 is 一十二."""
    written = chinese(number)
    for unit in "百千万亿":
        written = written.replace(f"二{unit}", f"两{unit}")
    if written.startswith("一十"):
        written = written[1:]
    assert parse_chinese(written) == number


@given(st.integers(0, 10**12))
def test_positional_digits_are_read_in_place(number: int) -> None:
    """二〇二三 is 2023, with either zero."""
    written = "".join(DIGITS[int(digit)] for digit in str(number))
    assert parse_chinese(written) == parse_chinese(written.replace("零", "〇")) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("九十九", 99),
        ("一百零八", 108),
        ("三百二", 320),
        ("三万五", 35_000),
        ("一亿两千万", 120_000_000),
        ("一万五千", 15_000),
        ("一万零五", 10_005),
        ("两千零三", 2_003),
        ("二十三亿四千五百六十七万", 2_345_670_000),
        ("十二万亿", 12 * 10**12),
        ("一万二千亿", 12_000 * 10**8),
        ("三兆", 3 * 10**12),
        ("百", 100),
        ("千亿", 10**11),
        ("万亿", 10**12),
        ("二〇三五", 2035),
        ("两", 2),
    ],
)
def test_short_and_bare_forms(written: str, number: int) -> None:
    """The last unit may be left out, and a scale may stand alone."""
    assert parse_chinese(written) == number


@pytest.mark.parametrize("written", ["", "二三十", "一二百", "三十五六万"])
def test_what_is_no_single_number_is_none(written: str) -> None:
    """Two digits before one unit are a range, not a number."""
    assert parse_chinese(written) is None


@pytest.mark.parametrize(
    ("written", "pair"),
    [
        ("二三十", (20, 30)),
        ("五六百", (500, 600)),
        ("七八", (7, 8)),
        ("两三", (2, 3)),
        ("三四千", (3000, 4000)),
        ("十二三", (12, 13)),
        ("二三十万", (200_000, 300_000)),
    ],
)
def test_two_neighbouring_digits_are_a_range(written: str, pair: tuple[int, int]) -> None:
    """The range keeps the unit that both digits share."""
    assert adjacent_pair(written) == pair


@pytest.mark.parametrize("written", ["二十三", "三五", "四三十", "三百四五", "一二三", "十", "千亿", ""])
def test_other_numerals_are_no_range(written: str) -> None:
    """Digits apart, in falling order or without a clear unit give no range."""
    assert adjacent_pair(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1509", "1509"),
        ("1,234.5", "1234.5"),
        ("12,345,678", "12345678"),
        ("１５．６", "15.6"),
        ("5 . 5", "5.5"),
        ("0.05", "0.05"),
        ("007", "7"),
    ],
)
def test_arabic_digits_with_separators_and_full_width(written: str, number: str) -> None:
    """Group marks, spaces and full-width digits do not change the value."""
    assert parse_arabic(written) == Decimal(number)


@given(st.decimals(0, 10**20, places=6))
def test_arabic_digits_are_exact_in_both_widths(number: Decimal) -> None:
    """No digit is rounded away, grouped or full-width."""
    ascii_form = f"{number:,f}"
    full_width = format(number, "f").translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert parse_arabic(ascii_form) == parse_arabic(full_width) == number


@pytest.mark.parametrize(
    ("value", "written"),
    [("1E+8", "100000000"), ("1.509E+11", "150900000000"), ("0.1", "0.1"), ("120", "120"), ("-0.5", "-0.5")],
)
def test_plain_form_has_no_exponent(value: str, written: str) -> None:
    """A brief shows 100000000, never 1E+8."""
    assert plain(Decimal(value)) == written


@given(st.decimals(-(10**24), 10**24, allow_nan=False, places=4))
def test_plain_form_keeps_the_value(value: Decimal) -> None:
    """Whatever is cut off, the number stays the same."""
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)
