"""Labels, languages and cleaned text."""

from __future__ import annotations

from typing import Any, get_args

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import model
from summarizer.errors import ResourceError
from summarizer.rendering.blocks import report_numbers
from summarizer.rendering.labels import label
from summarizer.rendering.wording import plain


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    cleaned = plain(text)
    assert cleaned == plain(cleaned)
    assert not set(cleaned) & set("\n\r\t\x00\x1b\u2028\u202e")


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("themes", model.Theme),
        ("doc_types", model.DocType),
        ("levels", model.Level),
        ("kinds", model.Kind),
        ("measures", model.Measure),
        ("directions", model.Direction),
        ("bases", model.Basis),
        ("stages", model.Stage),
        ("project_statuses", model.ProjectStatus),
        ("risk_types", model.RiskType),
        ("skips", model.SkipReason),
    ],
)
def test_every_code_of_the_model_has_a_label_in_both_languages(group: str, codes: Any) -> None:
    assert all(label(group, code, "zh") and label(group, code, "en") for code in get_args(codes))


def test_missing_label_is_an_error_that_names_it() -> None:
    with pytest.raises(ResourceError, match=r"themes\.weather"):
        label("themes", "weather", "en")


def test_the_packages_own_numbers_write_money_and_comparators() -> None:
    numbers = report_numbers()
    money, jobs = builders.quantities()[0], builders.quantities()[4]
    assert (numbers.english(money), numbers.chinese(money)) == ("RMB 150.9 billion", "1509亿元")
    assert numbers.english(jobs) == "at least 35,000 people"
