"""What goes wrong between the SDK's call and a whole answer: asked again where it helps, said where it does not."""

from __future__ import annotations

import asyncio
import socket
import time
from email.utils import formatdate

import pytest
from endpoint import Response, endpoint, says
from rawserver import OK, drips, http, raw_server, resets, sends

from summarizer.clients.base import AnswerSchema, Message, Reply, Request
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.openai_errors import translated
from summarizer.clients.retrying import Retrying
from summarizer.clients.stack import Run, open_client
from summarizer.errors import EndpointError, LateError, QuotaError
from summarizer.settings import Settings

SCHEMA = AnswerSchema("a", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
MESSAGES = (Message("system", "s"), Message("user", "u"))
KEY = "sk-secret-0123456789"
PAGE = b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"


def settings(url: str, **more) -> Settings:
    return Settings("chat", "m", url, KEY, **{"timeout": 5.0, **more})


def ask(url: str, attempts: int = 1, waits: list[float] | None = None, **more) -> Reply:
    """One answer through the real SDK and the retries; sleeping is only noted."""

    async def sleep(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    async def run() -> Reply:
        deadline = more.pop("deadline", 600.0)
        client = Retrying(OpenAIChat(settings(url, **more)), attempts, sleep, deadline=deadline)
        try:
            return await client.send(Request(MESSAGES, SCHEMA))
        finally:
            await client.close()

    return asyncio.run(run())


def failure(url: str, **more) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        ask(url, **more)
    return caught.value


GZIP = "Content-Encoding: gzip\r\n"
HTML = "Content-Type: text/html\r\n"
FAULTS = {
    "no HTTP at all": (sends(b"NONSENSE\r\n\r\n"), "broke off its answer (RemoteProtocolError)"),
    "hangs up at once": (sends(b""), "broke off its answer"),
    "hangs up in the headers": (sends(b"HTTP/1.1 200 OK\r\nContent-Ty"), "broke off its answer"),
    "resets the connection": (resets, "broke off its answer"),
    "body cut short": (sends(http(OK[:40], length=len(OK))), "broke off its answer"),
    "content-length too small": (sends(http(OK, length=20)), "a body that is no JSON"),
    "content-length no number": (sends(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"), "broke off its answer"),
    "broken chunks": (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), "broke off its answer"),
    "not the encoding it says": (sends(http(OK, GZIP)), "broke off its answer (DecodingError)"),
    "empty body": (sends(http(b"")), "a body that is no JSON"),
    "empty text": (sends(http(b"", "Content-Type: text/plain\r\n")), "an empty body"),
    "not UTF-8": (sends(http(b'{"choices": "\xff\xfe"}')), "a body that is no JSON"),
    "a gateway's page": (sends(http(PAGE, HTML)), "a web page instead of an answer"),
    "a gateway's page as 502": (sends(http(PAGE, HTML, "502 Bad Gateway")), "answered 502"),
    "an error that calls itself 200": (sends(http(b'{"error": {"code": 503, "message": "busy"}}')), "503: see"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_is_asked_again(fault):
    answer, _ = FAULTS[fault]
    with raw_server(answer, sends(http(OK))) as raw:
        reply = ask(raw.url, attempts=2)
    assert reply.content == "{}"
    assert reply.usage.requests == raw.count == 2  # the one that failed was sent too


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_names_the_host_the_attempts_and_the_last_cause(fault):
    answer, says_so = FAULTS[fault]
    with raw_server(answer) as raw:
        error = failure(raw.url, attempts=3)
    assert says_so in str(error)
    assert f"127.0.0.1:{raw.port} " in str(error)
    assert "Asked 3 times." in str(error)
    assert error.requests == raw.count == 3
    assert "<html" not in str(error)


def test_a_reply_that_drips_forever_ends_with_the_timeout():
    """Each read is short, so that only a bound of the whole helps."""
    with raw_server(drips) as raw:
        error = failure(raw.url, timeout=0.2)
    assert isinstance(error, LateError)
    assert "did not answer in full within 0.2 s" in str(error)
    assert error.requests == 1


def test_the_last_try_has_only_the_time_that_the_deadline_leaves():
    with raw_server(drips) as raw:
        error = failure(raw.url, timeout=60.0, deadline=0.2, attempts=4)
    assert "within 0.2 s" in str(error)
    assert "deadline of 0.2 s" in str(error)
    assert raw.count == 1


def test_a_refused_connection_is_asked_again_but_counts_as_no_request():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = failure(f"http://127.0.0.1:{port}/v1", attempts=3)
    assert "cannot be reached (ConnectError)" in str(error)
    assert "Asked 3 times." in str(error)
    assert error.requests == 0


def test_a_certificate_that_cannot_be_trusted_is_not_asked_again():
    with raw_server(sends(http(OK))) as raw:
        error = failure(raw.url.replace("http:", "https:"), attempts=3)
    assert "TLS" in str(error)
    assert not error.retryable
    assert error.requests == 0


def test_a_name_that_nobody_knows_is_said_and_a_resolver_that_fails_is_asked_again():
    import httpx2
    import openai

    for errno, retryable in ((socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)):
        error = openai.APIConnectionError(request=httpx2.Request("POST", "http://nowhere.invalid"))
        error.__cause__ = httpx2.ConnectError("")
        error.__cause__.__cause__ = socket.gaierror(errno, "")
        mine = translated(error, settings("http://nowhere.invalid/v1"), 5.0)
        assert isinstance(mine, EndpointError)
        assert mine.retryable is retryable
        assert "nowhere.invalid is no known name" in str(mine)


# --- waits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
def test_statuses_that_pass_are_asked_again(status):
    with endpoint(lambda n, r: Response(status, {}) if n == 1 else says("{}")) as served:
        assert ask(served.url, attempts=2).content == "{}"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (503, {"Retry-After": "2.5"}, 2.5),
        (429, {"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        (429, {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m1s"}, 361.0),
        (429, {"Retry-After": "90"}, 90.0),
    ],
)  # fmt: skip
def test_the_wait_is_the_one_that_the_endpoint_wants(status, headers, wait):
    waits: list[float] = []
    with endpoint(lambda n, r: Response(status, {}, headers) if n == 1 else says("{}")) as served:
        ask(served.url, attempts=2, waits=waits)
    assert waits == [wait]


def test_a_date_is_waited_for():
    waits: list[float] = []
    date = formatdate(time.time() + 100, usegmt=True)
    with endpoint(lambda n, r: Response(503, {}, {"Retry-After": date}) if n == 1 else says("{}")) as served:
        ask(served.url, attempts=2, waits=waits)
    assert 90 < waits[0] <= 100


def test_a_wait_beyond_the_deadline_is_not_begun():
    waits: list[float] = []
    with endpoint(lambda n, r: Response(429, {}, {"Retry-After": "3600"})) as served:
        error = failure(served.url, attempts=4, waits=waits)
    assert waits == []
    assert len(served.requests) == 1
    assert "The next try would have come after the deadline of 600 s." in str(error)
    assert error.retry_after == 3600


def test_waits_of_our_own_grow_and_are_drawn_by_lot():
    waits: list[float] = []
    with endpoint(lambda n, r: Response(500, {})) as served:
        failure(served.url, attempts=7, waits=waits)
    assert len(set(waits)) == 6
    assert all(0 <= wait <= 2**n for n, wait in enumerate(waits))


# --- what is never shown --------------------------------------------------------------------------


def test_no_secret_of_the_address_or_the_key_is_in_an_error_or_behind_it():
    def echo(number, request):
        return Response(500, {"error": {"message": f"{KEY} hunter2-word abcdef123456"}})

    with endpoint(echo) as served:
        url = served.url.replace("http://", "http://me:hunter2-word@") + "?api-key=abcdef123456"
        error = failure(url, attempts=2)
    shown = [str(error), error.detail, repr(error), repr(settings(url))]
    behind = error.__cause__
    while behind is not None:
        shown.append(repr(behind))
        behind = behind.__cause__
    for secret in (KEY, "hunter2-word", "abcdef123456"):
        assert not any(secret in text for text in shown)
    assert "***" in error.detail


def test_the_query_of_an_address_reaches_the_endpoint():
    """Azure wants ?api-version=…; it belongs behind the path that the SDK adds."""
    with raw_server(sends(http(OK))) as raw:
        ask(raw.url + "?api-version=2024-10-21&x=a%20b")
    assert raw.lines == ["POST /v1/chat/completions?api-version=2024-10-21&x=a+b HTTP/1.1"]


# --- quotas ---------------------------------------------------------------------------------------

QUOTAS = {
    "OpenAI": (429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
    "OpenAI, by type": (429, {"error": {"message": "no", "type": "insufficient_quota", "code": None}}),
    "OpenAI billing": (429, {"error": {"message": "no", "code": "billing_not_active"}}),
    "DeepSeek": (402, {"error": {"message": "Insufficient Balance", "code": "invalid_request_error"}}),
    "Qwen": (400, {"error": {"message": "Access denied", "code": "Arrearage"}}),
    "Qwen's own form": (403, {"code": "AllocationQuota.FreeTierOnly", "message": "used up", "request_id": "1"}),
    "Kimi": (429, {"error": {"message": "no", "type": "exceeded_current_quota_error"}}),
    "GLM": (429, {"error": {"code": "1113", "message": "您的账户已欠费"}}),
    "SiliconFlow": (403, {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}),
    "Anthropic": (400, {"error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}}),
}


@pytest.mark.parametrize("vendor", QUOTAS)
def test_a_used_up_quota_stops_the_whole_run(vendor):
    """Other parts and reports of the run fail at once, with the reason, and without a request."""
    status, body = QUOTAS[vendor]

    async def run(url: str) -> list[EndpointError]:
        errors = []
        shared = Run(settings(url))
        for _ in range(3):
            client = open_client(settings(url), shared)
            with pytest.raises(QuotaError) as caught:
                await client.complete(MESSAGES, SCHEMA)
            errors.append(caught.value)
            await client.close()
        return errors

    with endpoint(lambda n, r: Response(status, body)) as served:
        first, *others = asyncio.run(run(served.url))
    assert len(served.requests) == 1
    assert first.requests == 1
    assert "top it up" in str(first)
    assert all(error.requests == 0 and "Nothing more is sent in this run." in str(error) for error in others)


def test_a_throttle_that_calls_itself_a_quota_passes():
    """DashScope says insufficient_quota where tokens a minute are used up."""
    from summarizer.clients.vendors import is_out_of_quota

    assert not is_out_of_quota("dashscope.aliyuncs.com", 429, ["insufficient_quota"], "quota")
    assert is_out_of_quota("dashscope.aliyuncs.com", 400, ["Arrearage"], "")
    assert is_out_of_quota("api.openai.com", 429, ["insufficient_quota"], "quota")


def test_reports_of_one_loop_share_one_connection_pool_and_the_last_closes_it():
    async def run(url: str) -> bool:
        shared = Run(settings(url))
        async with shared.client() as first, shared.client() as second:
            await asyncio.gather(first.complete(MESSAGES, SCHEMA), second.complete(MESSAGES, SCHEMA))
            same = first is second
        async with shared.client() as third:
            await third.complete(MESSAGES, SCHEMA)
        return same and third is not first

    with endpoint(lambda n, r: says("{}")) as served:
        assert asyncio.run(run(served.url))
        assert len(served.requests) == 3


def test_a_run_goes_on_in_another_event_loop():
    """The sync face runs each report in a loop of its own; what the run knows stays."""
    with endpoint(lambda n, r: says("{}") if n < 3 else Response(402, {})) as served:
        shared = Run(settings(served.url))

        async def once() -> Reply:
            async with shared.client() as client:
                return await client.complete(MESSAGES, SCHEMA)

        assert [asyncio.run(once()).content for _ in range(2)] == ["{}", "{}"]
        for _ in range(2):
            with pytest.raises(QuotaError):
                asyncio.run(once())
    assert len(served.requests) == 3
