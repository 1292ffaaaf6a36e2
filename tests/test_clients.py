"""The endpoint seam: vendor errors become ours, retries wait as told, keys stay where they belong."""

from __future__ import annotations

import asyncio

import pytest
from endpoint import Response, endpoint, says

from summarizer.clients.base import AnswerSchema, Message, Reply, Request
from summarizer.clients.gate import Gate
from summarizer.clients.limiting import Limiting
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.retrying import Retrying
from summarizer.engines.chat.answers import text_of
from summarizer.errors import EndpointError, ReplyError
from summarizer.settings import Settings

SCHEMA = AnswerSchema("a", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
MESSAGES = (Message("system", "s"), Message("user", "u"))
KEY = "sk-secret-0123456789"


def ask(url: str, *, attempts: int = 1, waits: list[float] | None = None, timeout: float = 5.0) -> Reply:
    """One request through the real SDK and the retry wrapper; sleeping is only noted."""

    async def sleep(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    async def run() -> Reply:
        client = Retrying(OpenAIChat(Settings("chat", "m", url, KEY, timeout=timeout)), attempts, sleep)
        try:
            return await client.send(Request(MESSAGES, SCHEMA))
        finally:
            await client.close()

    return asyncio.run(run())


def test_the_request_is_a_chat_completion_with_a_strict_schema():
    with endpoint(lambda n, r: says("{}", prompt_tokens=4000)) as served:
        reply = ask(served.url)
    request = served.requests[0]
    assert reply.content == "{}"
    assert (reply.usage.requests, reply.usage.prompt_tokens, reply.usage.answer_tokens) == (1, 4000, 10)
    assert request["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    assert request["response_format"]["json_schema"]["strict"] is True
    assert request["response_format"]["json_schema"]["schema"] == dict(SCHEMA.schema)


@pytest.mark.parametrize(
    ("status", "retryable", "says_what_to_do"),
    [
        (400, False, "structured outputs"),
        (401, False, "OPENAI_API_KEY"),
        (403, False, "may not use"),
        (404, False, "SUMMARIZER_MODEL"),
        (413, False, "too large"),
        (422, False, "structured outputs"),
        (429, True, "later"),
        (500, True, "log"),
        (503, True, "log"),
    ],
)
def test_every_status_becomes_one_sentence_with_what_to_do(status, retryable, says_what_to_do):
    with (
        endpoint(lambda n, r: Response(status, {"error": {"message": f"no {KEY}"}})) as served,
        pytest.raises(EndpointError) as caught,
    ):
        ask(served.url)
    assert caught.value.retryable is retryable
    assert says_what_to_do in str(caught.value)
    assert str(status) in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(served.requests) == 1  # the SDK's own retries are off


def test_every_vendor_error_is_translated():
    """A new class of the SDK's tree that nobody translated would show here."""
    import openai

    for error in (getattr(openai, name) for name in dir(openai) if name.endswith("Error")):
        if isinstance(error, type) and issubclass(error, openai.APIError):
            assert (
                issubclass(error, openai.APIStatusError | openai.APIConnectionError | openai.APIResponseValidationError)
                or error is openai.APIError
            )


def test_retries_wait_as_long_as_the_endpoint_says_and_then_succeed():
    waits: list[float] = []
    with endpoint(lambda n, r: Response(429, {}, {"Retry-After": "7"}) if n < 3 else says("{}")) as served:
        assert ask(served.url, attempts=4, waits=waits).content == "{}"
    assert waits == [7.0, 7.0]
    assert len(served.requests) == 3


def test_the_last_error_names_the_number_of_attempts():
    with endpoint(lambda n, r: Response(503, {})) as served, pytest.raises(EndpointError, match="Asked 3 times"):
        ask(served.url, attempts=3, waits=[])
    assert len(served.requests) == 3


def test_a_used_up_quota_is_not_asked_again():
    body = {"error": {"message": "quota", "code": "insufficient_quota"}}
    with endpoint(lambda n, r: Response(429, body)) as served, pytest.raises(EndpointError):
        ask(served.url, attempts=4, waits=[])
    assert len(served.requests) == 1


def test_a_dropped_connection_is_asked_again():
    with endpoint(lambda n, r: Response(drop=True) if n == 1 else says("{}")) as served:
        assert ask(served.url, attempts=2, waits=[]).content == "{}"


def test_a_refused_connection_says_what_to_check():
    with endpoint(lambda n, r: says("{}")) as served:
        url = served.url
    with pytest.raises(EndpointError, match=r"cannot be reached.*OPENAI_BASE_URL"):
        ask(url)


def test_a_redirect_is_not_followed_with_the_key():
    with endpoint(lambda n, r: says("{}")) as other:
        elsewhere = Response(307, {}, {"Location": other.url + "/chat/completions"})
        with endpoint(lambda n, r: elsewhere) as served, pytest.raises(EndpointError, match="redirects elsewhere"):
            ask(served.url)
        assert other.requests == []


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (says("", "stop"), "empty"),
        (says("", "length"), "cut off"),
        (says("x", "content_filter"), "content filter"),
        (says("", "stop", refusal="I cannot"), "refused"),
    ],
)
def test_a_reply_without_an_answer_says_why(response, reason):
    with endpoint(lambda n, r: response) as served:
        reply = ask(served.url, attempts=3, waits=[])
    with pytest.raises(ReplyError, match=reason):
        text_of(reply)
    assert len(served.requests) == 1


def test_the_key_is_in_no_repr():
    assert KEY not in repr(Settings("chat", "m", "http://x/v1", KEY))


def test_no_more_requests_are_in_flight_than_allowed():
    running = most = 0

    class Slow:
        async def send(self, request):
            nonlocal running, most
            running += 1
            most = max(most, running)
            for _ in range(5):
                await asyncio.sleep(0)
            running -= 1
            return Reply("{}")

        async def close(self):
            pass

    async def run() -> None:
        client = Limiting(Slow(), Gate(Settings("chat", "m", "http://x/v1", concurrency=3)))
        await asyncio.gather(*(client.send(Request(MESSAGES, SCHEMA)) for _ in range(20)))

    asyncio.run(run())
    assert most == 3
