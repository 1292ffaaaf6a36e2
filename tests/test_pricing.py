"""Costs: list prices by address and model, a price of one's own, and a reason where there is none."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from summarizer.errors import SettingsError
from summarizer.model import Usage
from summarizer.pricing import Price, cost_of, parse_price

OPENAI = "https://api.openai.com/v1"
LOCAL = "http://user:secret@127.0.0.1:8000/v1"
USAGE = Usage(requests=3, prompt_tokens=1_000_000, answer_tokens=100_000)


def test_a_known_model_has_its_list_price():
    cost = cost_of(USAGE, "gpt-4.1-mini", OPENAI)
    assert cost.usd is not None
    assert Decimal("0.01") < cost.usd < Decimal(10)
    twice = cost_of(USAGE + USAGE, "gpt-4.1-mini", OPENAI)
    assert twice.usd == 2 * cost.usd


def test_cached_tokens_have_their_own_price():
    fresh = cost_of(USAGE, "gpt-4.1-mini", OPENAI).usd
    cached = cost_of(Usage(3, 1_000_000, 500_000, 100_000), "gpt-4.1-mini", OPENAI).usd
    assert fresh is not None
    assert cached is not None
    assert cached < fresh


def test_more_cached_tokens_than_prompt_tokens_are_as_many():
    """Endpoints count as they like; a slip of theirs costs nobody a traceback."""
    whole = cost_of(Usage(3, 1000, 1000, 10), "gpt-4.1-mini", OPENAI)
    assert cost_of(Usage(3, 1000, 5000, 10), "gpt-4.1-mini", OPENAI) == whole


@pytest.mark.parametrize(
    ("model", "address", "why"),
    [
        ("my-model", OPENAI, "No price is known for my-model at api.openai.com; give one with --price."),
        ("gpt-4.1-mini", LOCAL, "No price is known for gpt-4.1-mini at 127.0.0.1:8000; give one with --price."),
        (None, OPENAI, "No price is known for  at api.openai.com; give one with --price."),
    ],
)
def test_what_is_not_priced_is_unknown_and_says_why(model, address, why):
    """A server of one's own is not priced like its namesake, and no password is shown."""
    cost = cost_of(USAGE, model, address)
    assert cost.usd is None
    assert cost.why == why


def test_without_the_extra_the_cost_is_unknown_and_says_how_to_install_it():
    code = (
        "import sys; sys.modules['genai_prices'] = None\n"
        "from summarizer.model import Usage\nfrom summarizer.pricing import cost_of\n"
        f"print(cost_of(Usage(1, 10, 0, 1), 'gpt-4.1-mini', {OPENAI!r}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "usd=None" in said
    assert "pip install 'gov-report-summarizer[prices]'" in said


def test_no_request_costs_nothing_and_uncounted_tokens_are_unknown():
    assert cost_of(Usage(seconds=3.0), None, OPENAI).usd == 0
    uncounted = cost_of(Usage(requests=2), "gpt-4.1-mini", OPENAI, Price(Decimal(1), Decimal(1)))
    assert uncounted.usd is None
    assert uncounted.why == "api.openai.com did not say how many tokens it counted."


def test_a_price_of_ones_own_comes_before_the_list():
    assert cost_of(USAGE, "gpt-4.1-mini", LOCAL, parse_price("0.4/1.6")).usd == Decimal("0.56")


@pytest.mark.parametrize("text", ["", "1", "1/", "a/b", "-1/2", "NaN/1", "1/Infinity", "1/2/3"])
def test_what_is_no_price_is_refused_with_the_form(text: str):
    with pytest.raises(
        SettingsError, match=r"is no price; write USD per million prompt/answer tokens, as in 0\.4/1\.6"
    ):
        parse_price(text)
