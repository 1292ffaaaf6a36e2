"""What reading costs in tokens: the aims hold, the page says what is measured, the outline prices it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from economy import PAGE, STATEMENTS, authored_answers, gold_answers, prompts_of, seeds, tables

from summarizer.clients.base import Message
from summarizer.commands.outline import _pricing
from summarizer.economy import economy_of
from summarizer.loading.text import load
from summarizer.pipeline import prepare
from summarizer.pricing import Cost
from summarizer.prompting import read_messages
from summarizer.rendering.outline_text import outline_text
from summarizer.tokens import count_tokens


@pytest.fixture(scope="module")
def prepared():
    return prepare(load(seeds()[2]))


@pytest.mark.parametrize("path", seeds(), ids=lambda path: path.stem[:3])
def test_the_marked_text_of_every_sample_stays_within_one_and_a_half_times_its_text(path):
    made = prompts_of(path)
    assert made.marked <= 1.5 * made.document


def test_answers_cost_less_than_the_same_items_with_verbatim_quotes(terms):
    """Statements at most half, without English in both formats; figures at most 0.9, with English in both."""
    gold, authored = gold_answers(terms), authored_answers(terms)
    assert min(gold.items.values()) > 50
    assert max(gold.ratio(kind) for kind in STATEMENTS) <= 0.5
    assert gold.ratio("figures") <= authored.ratio("figures") <= 0.9
    assert authored.ratio(*STATEMENTS) <= 0.65


def test_the_page_says_what_is_measured_today():
    """After a change of prompts or marks: `make docs`."""
    shown = re.search(r"<!-- tables -->\n(.*)\n<!-- end -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert shown
    assert shown[1] == tables()


def test_the_economy_counts_the_prompts_that_are_sent(prepared):
    economy = economy_of(prepared)
    sent: list[Message] = [message for chunk in prepared.chunks for message in read_messages(chunk)]
    assert economy.prompts == sum(count_tokens(message.content) for message in sent)
    assert economy.stable == sum(count_tokens(message.content) for message in sent if message.role == "system")
    assert economy.requests == len(prepared.chunks) > 1
    assert economy.usage(cached=False).cached_tokens == 0
    assert economy.usage(cached=True).cached_tokens == economy.stable - economy.prefix


def test_the_outline_says_the_cost_where_a_price_is_known_and_why_where_not(prepared):
    economy = economy_of(prepared)
    usage = economy.usage(cached=False)
    own = (usage.prompt_tokens * Decimal(2) + usage.answer_tokens * Decimal(8)) / 1_000_000
    assert f"cost about {own:.4f} USD;" in outline_text(prepared, price=_pricing({}, "some-model", None, "2/8"))
    listed = outline_text(prepared, price=_pricing({"OPENAI_API_KEY": "k"}, "gpt-4.1-mini", None, None))
    assert re.search(r"cost about 0\.\d{4} USD, 0\.\d{4} where the endpoint caches the prefix", listed)
    unknown = _pricing({}, "some-model", "http://127.0.0.1:9/v1", None)
    assert "cost not known. No price is known for some-model" in outline_text(prepared, price=unknown)
    nameless = _pricing({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, None, None, None)
    assert "cost not known. Which model?" in outline_text(prepared, price=nameless)
    assert "cost" not in outline_text(prepared, price=_pricing({}, None, None, None)).splitlines()[-1]
    assert "cost" in outline_text(prepared, price=lambda usage: Cost(Decimal(1))).splitlines()[-1]
