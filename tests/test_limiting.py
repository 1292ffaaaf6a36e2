"""Rate and concurrency: how many requests pass when, by a clock of the test's own."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import pytest
from clock import Clock

from summarizer.clients.base import AnswerSchema, Message, Reply, Request
from summarizer.clients.concurrency import Concurrency
from summarizer.clients.gate import Gate
from summarizer.clients.limiting import Limiting
from summarizer.clients.retrying import Retrying
from summarizer.errors import EndpointError, LateError, QuotaError
from summarizer.model import Usage
from summarizer.settings import Settings

REQUEST = Request((Message("user", "u"),), AnswerSchema("a", {}))


@dataclass
class Server:
    """A sender that answers after `seconds` of the clock, and notes when it was asked; `fails` may raise instead."""

    clock: Clock
    seconds: float = 0.3
    usage: Usage = field(default_factory=lambda: Usage(1, 1000, 0, 500))
    headers: dict[str, str] = field(default_factory=dict)
    fails: dict[int, Exception] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def send(self, request: Request) -> Reply:
        self.times.append(self.clock.now - 1000)
        number = len(self.times)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.clock.sleep(self.seconds)
        finally:
            self.running -= 1
        if number in self.fails:
            raise self.fails[number]
        return Reply("{}", usage=self.usage, headers=self.headers)

    async def close(self) -> None:
        pass


def gate_of(clock: Clock, **limits) -> Gate:
    return Gate(Settings("chat", "m", "http://host/v1", "k", **limits), clock, clock.sleep)


def send_all(clock: Clock, server: Server, gate: Gate, count: int) -> list[object]:
    async def run() -> list[object]:
        client = Limiting(server, gate, clock)
        return await asyncio.gather(*(client.send(REQUEST) for _ in range(count)), return_exceptions=True)

    return clock.run(run())


# --- requests and tokens a minute ------------------------------------------------------------------


@pytest.mark.parametrize("rpm", [20, 60, 600, 1000])
def test_requests_pass_at_the_rate_and_no_minute_has_more(rpm):
    clock = Clock()
    server = Server(clock)
    count = 150
    send_all(clock, server, gate_of(clock, rpm=rpm, concurrency=50), count)
    burst = max(1, round(rpm / 60))
    ideal = (count - burst) * 60 / rpm
    assert ideal <= server.times[-1] + 0.01 <= ideal * 1.01 + 0.02
    for start in server.times:
        assert sum(start <= t < start + 60 for t in server.times) <= rpm + burst


def test_tokens_pass_at_the_rate_even_where_one_request_is_more_than_a_burst():
    clock = Clock()
    server = Server(clock, usage=Usage(1, 10_000, 0, 5_000))
    send_all(clock, server, gate_of(clock, tpm=60_000, concurrency=10), 40)
    steady = [t for t in server.times if t > 60]
    a_minute = 60 * (len(steady) - 1) / (steady[-1] - steady[0])
    assert a_minute * 15_000 == pytest.approx(60_000, rel=0.05)


def test_estimates_are_corrected_by_what_replies_say():
    """Requests that prove small let more pass; a mean of the answers is learnt on the way."""
    clock = Clock()
    small, large = (Server(clock, usage=Usage(1, 100, 0, tokens)) for tokens in (100, 3000))
    send_all(clock, small, gate_of(clock, tpm=6000), 60)
    started = clock.now
    send_all(clock, large, gate_of(clock, tpm=6000), 60)
    assert small.times[-1] * 8 < clock.now - started


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": "1s"},
        {"anthropic-ratelimit-requests-limit": "60", "anthropic-ratelimit-requests-remaining": "59"},
        {"x-ratelimit-limit-requests": "60"},
    ],
)  # fmt: skip
def test_a_limit_that_the_endpoint_tells_is_kept(headers):
    clock = Clock()
    server = Server(clock, headers=headers)
    send_all(clock, server, gate_of(clock, concurrency=4), 64)
    later = [t for t in server.times if t > 5]
    assert 50 < len(later) <= 60
    assert later[-1] - later[0] == pytest.approx(len(later) - 1, abs=1.5)


def test_the_users_own_limit_counts_more_than_the_endpoints():
    clock = Clock()
    server = Server(clock, headers={"x-ratelimit-limit-requests": "60"})
    send_all(clock, server, gate_of(clock, rpm=600), 100)
    assert server.times[-1] < 10


def test_a_days_limit_is_no_minutes_limit():
    """Groq's limit-requests is of a day, which its reset tells."""
    clock = Clock()
    headers = {"x-ratelimit-limit-requests": "14400", "x-ratelimit-reset-requests": "2m59.56s"}
    server = Server(clock, headers=headers)
    gate = gate_of(clock, concurrency=500)
    send_all(clock, server, gate, 1)
    send_all(clock, server, gate, 500)
    assert server.times[-1] < 1


def test_nothing_passes_until_what_is_used_up_is_renewed():
    clock = Clock()
    headers = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20s"}
    server = Server(clock, headers=headers)
    send_all(clock, server, gate_of(clock, concurrency=1), 3)
    assert [round(t) for t in server.times] == [0, 20, 41]


# --- pauses and the end ---------------------------------------------------------------------------------


def limited(seconds: float) -> EndpointError:
    error = EndpointError("429", retryable=True, retry_after=seconds, status=429)
    error.requests = 1
    return error


def test_a_retry_after_pauses_every_request_of_the_endpoint():
    clock = Clock()
    server = Server(clock, fails={1: limited(30)})
    gate = gate_of(clock, concurrency=2)
    send_all(clock, server, gate, 8)
    send_all(clock, server, gate, 1)  # another report
    assert [t for t in server.times if 0.3 < t < 30] == []
    assert len(server.times) == 9


def test_a_pause_beyond_the_deadline_fails_at_once_for_all():
    clock = Clock()
    server = Server(clock, fails={1: limited(3600)})

    async def run() -> list[object]:
        client = Retrying(Limiting(server, gate_of(clock, concurrency=1), clock), 4, clock.sleep, clock=clock)
        return await asyncio.gather(*(client.send(REQUEST) for _ in range(5)), return_exceptions=True)

    results = clock.run(run())
    assert len(server.times) == 1
    assert clock.now < 1002
    assert [error.requests for error in results] == [1, 0, 0, 0, 0]
    assert "beyond the deadline" in str(results[1])


def test_time_in_our_own_queue_does_not_count_against_the_deadline():
    clock = Clock()
    server = Server(clock, fails={n: EndpointError("500", retryable=True, status=500) for n in range(1, 30, 2)})

    async def run() -> list[object]:
        client = Retrying(Limiting(server, gate_of(clock, rpm=6), clock), 9, clock.sleep, deadline=60, clock=clock)
        return await asyncio.gather(*(client.send(REQUEST) for _ in range(15)), return_exceptions=True)

    assert all(isinstance(reply, Reply) for reply in clock.run(run()))
    assert clock.now > 1200


def test_after_the_end_nothing_is_sent_any_more():
    clock = Clock()
    server = Server(clock, fails={1: QuotaError("no credit.", status=402)})
    results = send_all(clock, server, gate_of(clock, concurrency=1), 10)
    assert len(server.times) == 1
    assert all(isinstance(error, QuotaError) for error in results)


def test_a_request_that_is_cancelled_gives_its_place_back():
    clock = Clock()
    server = Server(clock)
    gate = gate_of(clock, concurrency=1)

    async def run() -> Reply:
        client = Limiting(server, gate, clock)
        first, second = (asyncio.create_task(client.send(REQUEST)) for _ in range(2))
        await asyncio.sleep(0)
        second.cancel()
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        return await client.send(REQUEST)

    assert clock.run(run()).content == "{}"


def test_one_gate_serves_several_event_loops_in_several_threads():
    gate = Gate(Settings("chat", "m", "http://host/v1", "k", concurrency=2))
    running, most, done, lock = 0, 0, 0, threading.Lock()

    class Quick:
        async def send(self, request: Request) -> Reply:
            nonlocal running, most, done
            with lock:
                running += 1
                most = max(most, running)
            await asyncio.sleep(0.001)
            with lock:
                running -= 1
                done += 1
            return Reply("{}")

        async def close(self) -> None:
            pass

    async def reports() -> None:
        await asyncio.gather(*(Limiting(Quick(), gate).send(REQUEST) for _ in range(20)))

    threads = [threading.Thread(target=lambda: asyncio.run(reports())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (done, most) == (80, 2)


# --- concurrency ------------------------------------------------------------------------------------------


def test_concurrency_begins_where_the_user_allows_it():
    clock = Clock()
    server = Server(clock)
    send_all(clock, server, gate_of(clock, concurrency=10), 50)
    assert server.most == 10
    assert clock.now - 1000 == pytest.approx(5 * 0.3)


def test_a_crowded_endpoint_halves_it_once_a_round_and_good_replies_bring_it_back():
    clock = Clock()
    concurrency = Concurrency(16, clock)
    concurrency.answered(2.0)
    for _ in range(5):
        concurrency.crowded()
    assert concurrency.limit() == 8
    clock.now += 2.1
    concurrency.crowded()
    assert concurrency.limit() == 4
    for _ in range(5):
        concurrency.answered(2.0)
    assert concurrency.limit() == 5
    for _ in range(300):
        concurrency.answered(2.0)
    assert concurrency.limit() == 16


def test_it_never_ends_below_one():
    clock = Clock()
    concurrency = Concurrency(3, clock)
    for _ in range(9):
        clock.now += 100
        concurrency.crowded()
    assert concurrency.limit() == 1


def test_slow_replies_lower_it_and_those_that_vary_do_not():
    clock = Clock()
    varied, queued = Concurrency(8, clock), Concurrency(8, clock)
    for n in range(100):
        clock.now += 1
        varied.answered(1.0 if n % 4 else 3.0)
        queued.answered(1.0 if n < 40 else 9.0)
    assert varied.limit() == 8
    assert queued.limit() < 8


def test_an_endpoint_that_serves_two_at_once_is_asked_by_about_as_many():
    """Whoever is more than two gets a 429; the run settles near two, and all are answered in the end."""
    clock = Clock()

    class Two(Server):
        async def send(self, request: Request) -> Reply:
            if self.running >= 2:
                self.times.append(clock.now)
                raise EndpointError("429", retryable=True, status=429)
            return await super().send(request)

    server = Two(clock)

    async def run() -> list[object]:
        client = Retrying(Limiting(server, gate_of(clock, concurrency=16), clock), 30, clock.sleep, clock=clock)
        return await asyncio.gather(*(client.send(REQUEST) for _ in range(200)), return_exceptions=True)

    assert all(isinstance(reply, Reply) for reply in clock.run(run()))
    assert len(server.times) < 300


def test_replies_that_come_late_lower_it_too():
    clock = Clock()
    gate = gate_of(clock, concurrency=8)
    send_all(clock, Server(clock, fails={1: LateError("late", retryable=True)}), gate, 1)
    assert gate.concurrency.limit() == 4
