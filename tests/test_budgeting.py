"""Money: no request begins that could overrun the budget, and what one cost is what the endpoint said."""

from __future__ import annotations

import asyncio
import random
import threading
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from clock import Clock
from endpoint import Response, endpoint, says
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, seeds, serving

from summarizer import BudgetError, Limits, SettingsError, Summarizer
from summarizer.clients.base import AnswerSchema, Message, Reply, Request
from summarizer.clients.budgeting import Budgeting
from summarizer.clients.estimating import answer_limit, likely_tokens, most_prompt_tokens
from summarizer.clients.purse import Purse
from summarizer.clients.retrying import Retrying
from summarizer.errors import EndpointError
from summarizer.model import Usage
from summarizer.pricing import Price

REQUEST = Request((Message("user", "u" * 984),), AnswerSchema("a", {}))
WORST = Decimal("1.002")  # of REQUEST, with an answer of 1: 984 bytes, 16 for the message, 2 for the schema
PRICE = Price(Decimal(10), Decimal(20))


def price(usage: Usage) -> Decimal:
    """A thousandth of a dollar a prompt token; answers are free."""
    return Decimal(usage.prompt_tokens) / 1000


@dataclass
class Sender:
    """Answers with each of `outcomes` in turn (the last for ever), and notes what is in flight."""

    clock: Clock
    outcomes: list[Usage | Exception]
    sent: int = 0
    flying: int = 0
    most: int = 0
    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Reply:
        self.sent += 1
        outcome = self.outcomes[min(self.sent, len(self.outcomes)) - 1]
        self.flying += 1
        self.most = max(self.most, self.flying)
        await self.clock.sleep(1)
        self.flying -= 1
        if isinstance(outcome, Exception):
            raise outcome
        return Reply("{}", usage=outcome)

    async def close(self) -> None:
        pass


def spend(budget: str, outcomes: list[Usage | Exception], count: int = 1, attempts: int = 1):
    clock = Clock()
    sender, purse = Sender(clock, outcomes), Purse(Decimal(budget))

    async def run() -> list[object]:
        client = Retrying(Budgeting(sender, purse, price, 1, clock), attempts, clock.sleep, clock=clock)
        return await asyncio.gather(*(client.send(REQUEST) for _ in range(count)), return_exceptions=True)

    return clock.run(run()), sender, purse


def failed(status: int | None, sent: bool = True, retryable: bool = True) -> EndpointError:
    error = EndpointError("failed.", status=status, retryable=retryable)
    error.requests = int(sent)
    return error


def test_a_request_that_could_overrun_the_budget_is_not_sent():
    results, sender, purse = spend("1", [Usage(1, 100, 0, 1)])
    assert sender.sent == 0
    assert purse.spent == 0
    assert "$1.0020" in str(results[0])
    assert "--budget" in str(results[0])


def test_what_is_paid_is_what_the_endpoint_says():
    _, _, purse = spend("5", [Usage(1, 300, 0, 1)])
    assert purse.spent == Decimal("0.3")


@pytest.mark.parametrize("usage", [Usage(1), Usage(1, 0, 0, 50), Usage(1, 300, 0, 0)])
def test_a_reply_that_does_not_tell_its_tokens_is_paid_as_the_worst_case(usage):
    _, _, purse = spend("5", [usage])
    assert purse.spent == WORST


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        (failed(400, retryable=False), Decimal(0)),
        (failed(429), Decimal(0)),
        (failed(307, retryable=False), Decimal(0)),
        (failed(None, sent=False), Decimal(0)),
        (failed(500), WORST),
        (failed(None), WORST),
    ],
)
def test_a_failure_costs_the_worst_case_where_somebody_may_have_answered(error, cost):
    results, _, purse = spend("5", [error])
    assert isinstance(results[0], EndpointError)
    assert purse.spent == cost


def test_retries_are_held_against_the_budget_too_and_say_what_failed_before():
    results, sender, purse = spend("2.5", [failed(500)], attempts=9)
    assert sender.sent == 2
    assert purse.spent == 2 * WORST
    assert isinstance(results[0], BudgetError)
    assert results[0].requests == 2
    assert "Before it: failed." in str(results[0])


def test_requests_at_once_cannot_overrun_it_together_and_wait_for_each_other():
    """Three worst cases fit; each comes to a tenth, so that in the end far more than three are asked."""
    results, sender, purse = spend("3.1", [Usage(1, 100, 0, 1)], count=50)
    paid = [r for r in results if isinstance(r, Reply)]
    assert sender.most == 3
    assert len(paid) == sender.sent == 21  # 2.1 are spent, and the worst case of one more is 1.002
    assert purse.spent == Decimal("2.1")
    assert all(isinstance(r, Reply | BudgetError) for r in results)


def test_a_larger_budget_is_asked_for_by_nobody_else():
    results, _, _ = spend("100", [Usage(1, 100, 0, 1)], count=50)
    assert all(isinstance(r, Reply) for r in results)


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=40), st.integers(1, 30), st.integers(0, 2**32))
def test_no_order_of_costs_overruns_the_budget(tokens, dollars, seed):
    """As long as no request costs more than its worst case, whatever is answered, fails or is refused."""
    draw = random.Random(seed)
    outcomes = [draw.choice([Usage(1, min(n, 1002), 0, 1), failed(500), failed(429)]) for n in tokens]
    results, _, purse = spend(str(dollars), outcomes, count=len(tokens), attempts=3)
    assert purse.spent <= dollars
    assert all(isinstance(r, Reply | BudgetError | EndpointError) for r in results)


def test_one_purse_serves_several_event_loops_in_several_threads():
    purse = Purse(Decimal(10))
    paid, lock = [], threading.Lock()

    async def report() -> None:
        for _ in range(20):
            try:
                await purse.set_aside(Decimal(3))
            except BudgetError:
                continue
            await asyncio.sleep(0.0005)
            with lock:
                paid.append(1)
            purse.settle(Decimal(3), Decimal(1))

    async def reports() -> None:
        await asyncio.gather(*(report() for _ in range(3)))

    threads = [threading.Thread(target=lambda: asyncio.run(reports())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(paid) == 8  # after eight dollars three do not fit any more
    assert purse.spent == 8


def test_a_request_that_is_cancelled_while_it_waits_gives_back_what_it_did_not_take():
    async def run() -> None:
        purse = Purse(Decimal(1))
        await purse.set_aside(Decimal(1))
        waiting = [asyncio.create_task(purse.set_aside(Decimal(1))) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        purse.settle(Decimal(1), Decimal(0))
        await waiting[1]

    asyncio.run(asyncio.wait_for(run(), 10))


# --- estimates ----------------------------------------------------------------------------------------


@given(st.text(max_size=200))
@settings(deadline=None)  # the tokenizer's first use loads it
def test_no_prompt_has_more_tokens_than_the_upper_estimate(text):
    from summarizer.tokens import count_tokens

    request = Request((Message("user", text),), AnswerSchema("a", {}))
    assert count_tokens(text) <= most_prompt_tokens(request)


@pytest.mark.parametrize("path", seeds(), ids=lambda p: p.stem)
def test_the_likely_estimate_is_near_a_tokenizers_count(path):
    from summarizer.loading.text import load
    from summarizer.pipeline import prepare
    from summarizer.prompting import read_messages
    from summarizer.tokens import count_tokens

    for chunk in prepare(load(path)).chunks:
        request = Request(read_messages(chunk), AnswerSchema("a", {}))
        counted = sum(count_tokens(message.content) for message in request.messages)
        assert 0.7 < likely_tokens(request) / counted < 1.3


def test_the_answers_limit_is_the_requests_own_where_it_says_one():
    assert answer_limit(REQUEST, 8192) == 8192
    assert answer_limit(Request((), REQUEST.schema, parameters={"max_completion_tokens": 9000}), 8192) == 9000
    assert answer_limit(Request((), REQUEST.schema, parameters={"max_tokens": 10}), 8192) == 10


# --- whole runs ---------------------------------------------------------------------------------------


def summarizer_of(url: str, budget: str, own: Price | None = PRICE) -> Summarizer:
    limits = Limits(budget=Decimal(budget), price=own, concurrency=1)
    return Summarizer("chat", model="oracle", base_url=url, limits=limits, environment={})


def test_a_budget_that_ends_in_the_middle_keeps_what_was_paid_for():
    """Parts that could not be asked are read by rules, each with its gap; the budget holds for all reports together."""
    with serving(Oracle()) as url:
        summarizer = summarizer_of(url, "0.45")
        brief = summarizer.summarize(seeds()[2])
        with pytest.raises(BudgetError):
            _ = [summarizer.summarize(seeds()[0]) for _ in range(12)]
    assert {f.by for f in brief.figures} == {"chat", "rules"}
    gaps = [gap for gap in brief.gaps if gap.reason == "budget_spent"]
    assert gaps
    assert all("read by rules" in gap.detail for gap in gaps)
    assert summarizer.spent is not None
    assert Decimal(0) < summarizer.spent <= Decimal("0.45")
    usage = brief.usage
    assert summarizer.spent >= Decimal(usage.prompt_tokens * 10 + usage.answer_tokens * 20) / 1_000_000


def test_a_budget_without_a_known_price_refuses_to_start():
    with endpoint(lambda n, r: says("{}")) as served, pytest.raises(SettingsError, match="--price"):
        summarizer_of(served.url, "1", own=None)
    assert served.requests == []


def test_a_list_price_is_enough():
    limits = Limits(budget=Decimal(1))
    made = Summarizer("chat", model="gpt-4.1-mini", api_key="k", limits=limits, environment={})
    assert made.spent == 0


def test_an_endpoint_that_charges_and_fails_is_left_before_the_budget_is_overrun():
    with endpoint(lambda n, r: Response(200, b"<html>")) as served:
        summarizer = summarizer_of(served.url, "0.5")
        with pytest.raises((EndpointError, BudgetError)):
            summarizer.summarize(seeds()[0])
    assert summarizer.spent is not None
    assert 0 < summarizer.spent <= Decimal("0.5")
