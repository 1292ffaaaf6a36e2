"""Dates as reports write them, and which answers agree with them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.dates import agrees, find_dates, is_iso


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024年6月30日前申报", [("2024年6月30日", "2024-06-30")]),
        ("6月底前完成", [("6月底", "2024-06")]),
        ("今年年底前", [("今年年底", "2024-12")]),
        ("年底前建成", [("年底", "2024-12")]),
        ("明年上半年", [("明年上半年", "2025-06")]),
        ("去年底", [("去年底", "2023-12")]),
        ("2025年第一季度", [("2025年第一季度", "2025-03")]),
        ("到“十四五”末", [("“十四五”末", "2025")]),
        ("二〇二四年六月三十日", [("二〇二四年六月三十日", "2024-06-30")]),
        ("２０２５年３月", [("２０２５年３月", "2025-03")]),
        ("2025.6.30前", [("2025.6.30", "2025-06-30")]),
        ("2023年1月1日至12月31日", [("2023年1月1日", "2023-01-01"), ("12月31日", "2023-12-31")]),
        ("力争2025年建成", [("2025年", "2025")]),
        ("5年来,一年来,三年内,每年底,20240年", []),
        ("2023年13月,2月30日", []),
    ],
)
def test_dates_are_found_as_they_are_written(text: str, found: list[tuple[str, str]]):
    assert [(text[d.start : d.end], d.iso) for d in find_dates(text, 2024)] == found


def test_a_date_that_needs_a_year_which_nobody_gives_is_none():
    assert find_dates("年底前,6月底前,今年", None) == ()
    assert [d.iso for d in find_dates("2022年12月,6月", None)] == ["2022-12", "2022-06"]


def test_a_bare_month_is_of_the_year_that_is_spoken_of():
    assert [d.iso for d in find_dates("6月完成,今年6月", 2024, 2023)] == ["2023-06", "2024-06"]


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)), st.sampled_from(["", "于", "截至"]))
def test_every_day_month_and_year_is_found_where_it_stands(day: datetime.date, before: str):
    forms = {
        f"{day.year}年{day.month}月{day.day}日": day.isoformat(),
        f"{day.year}年{day.month}月": day.isoformat()[:7],
        f"{day.year}年": str(day.year),
    }
    for written, iso in forms.items():
        (found,) = find_dates(f"{before}{written}完成", None)
        assert (found.start, found.end, found.iso) == (len(before), len(before) + len(written), iso)


@given(st.text(alphabet="0123456789年月日底末上半季度今明去“”十四五-./ 至前", max_size=30))
def test_whatever_is_found_is_a_date_inside_the_text(text: str):
    at = 0
    for found in find_dates(text, 2024):
        assert at <= found.start < found.end <= len(text)
        assert is_iso(found.iso)
        at = found.end


def test_an_answer_agrees_with_a_date_that_it_does_not_go_beyond():
    assert agrees("2024", "2024-06-30")
    assert agrees("2024-06-30", "2024-06")
    assert agrees("2024-12", "2024")
    assert agrees("2024-12-31", "2024")
    assert agrees("2024-02-29", "2024-02")
    assert not agrees("2024-06-15", "2024-06")
    assert not agrees("2024-06", "2024")
    assert not agrees("2025", "2024-06-30")
