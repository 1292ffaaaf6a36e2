"""What other readers' finds are worth in the benchmark; none of them is needed here."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from rival_scoring import Find, Tally, amount, find_of, money, same, tally
from rivals import PAGE, NotMeasuredError, Row, cases, pieces, rival_row, scored, table, written


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("150920000000.00", "元", Fraction(150920000000)),
        ("5.5%", None, Fraction(11, 200)),
        ("5.5", "percent", Fraction(11, 200)),
        ("2.06", "percentage_point", Fraction("0.0206")),
        ("7.5", "permille", Fraction("0.0075")),
        ("7.5", None, Fraction("7.5")),
        ("-0.6", None, Fraction("-0.6")),
        ("1/3", "ratio", Fraction(1, 3)),
        ("6.0:55.0:39.0", "ratio", "6.0:55.0:39.0"),
        (None, "percent", None),
    ],
)
def test_values_of_all_readers_come_to_one_base(value, unit, expected):
    assert amount(value, unit) == expected


def test_a_fraction_in_floats_is_the_fraction_and_a_rounded_one_is_not():
    assert same(amount("0.333333333333333"), amount("1/3"))
    assert not same(amount("0.33"), amount("1/3"))
    assert not same(amount("5.5"), amount("5.5%"))
    assert not same(None, amount("6"))


def test_a_row_of_a_reader_and_one_of_the_annotations_become_the_same_find():
    annotated = {"start": 12, "end": 20, "value": "200000", "value_high": "300000", "unit": "CNY"}
    read = {"start": 2, "end": 10, "value": "200000.00", "high": "300000.00", "unit": "元"}
    assert find_of(annotated, True) == find_of(read, True, 10)


def test_finds_are_scored_by_span_value_and_what_is_no_quantity():
    """Of five annotations one is right, one wrong in its number, one half a range, two missed; two finds are false."""
    gold = [
        Find(0, 5, Fraction(100), money=True),
        Find(10, 14, Fraction(1, 20)),
        Find(20, 25, Fraction(5), Fraction(6)),
        Find(30, 40, Fraction(7)),
        Find(50, 52, Fraction(8)),
    ]
    finds = [
        Find(1, 5, Fraction(100), money=True),
        Find(10, 13, Fraction(5)),
        Find(20, 25, Fraction(5)),
        Find(30, 34, Fraction(7)),  # less than half of the longer span
        Find(60, 64, Fraction(2023), money=True),
        Find(70, 72, Fraction(1)),  # in boilerplate
    ]
    assert tally(finds, gold, [(70, 80)]) == Tally(gold=5, found=3, right=1, false=2)
    assert tally(money(finds), money(gold)) == Tally(gold=1, found=1, right=1, false=1)


def test_one_find_is_one_quantity():
    """Two numbers of a range are one find and a false one."""
    range_of_shares = [Find(0, 4, Fraction(5), Fraction(6))]
    assert tally([Find(0, 2, Fraction(5)), Find(2, 4, Fraction(6))], range_of_shares) == Tally(1, 1, 0, 1)


def test_the_annotations_score_full_against_themselves():
    texts = cases()
    hard, samples, amounts = scored([case.gold for case in texts], texts)
    assert hard == Tally(hard.gold, hard.gold, hard.gold, 0)
    assert samples == Tally(samples.gold, samples.gold, samples.gold, 0)
    assert hard.gold + samples.gold > 300
    assert 0 < amounts.gold == amounts.right < hard.gold


def test_pieces_keep_their_places_and_leave_nothing_out():
    text = "一、回顾\r\n总产值1509亿元。增长5%。\n\n末行"
    found = list(pieces(text))
    assert [piece for _, piece in found] == ["一、回顾\r\n", "总产值1509亿元。", "增长5%。", "末行"]
    assert all(text[at : at + len(piece)] == piece for at, piece in found)


def test_a_reader_that_is_not_installed_is_not_measured():
    with pytest.raises(NotMeasuredError, match="No module named 'jionlp'"):
        rival_row(Path(sys.executable), "jionlp", cases()[:1], [])


def test_the_table_stands_between_its_marks():
    rows = [
        Row("ours", 6.0, Tally(74, 74, 74, 0), Tally(), Tally(), 0.1),
        Row("theirs", 0.06, Tally(74, 50, 40, 9), Tally(), Tally(), 0.1),
    ]
    page = written(PAGE.read_text("utf-8"), table(rows))
    assert "| theirs | 0.06 | 0.01 | 50 | 40 | 9 |" in page
    assert page.startswith("# Quantities")
    assert "What counts" in page
    with pytest.raises(ValueError, match="put these marks"):
        written("# A page without marks", "table")
