"""How an endpoint has to be asked is found out once, remembered, and tried anew after some weeks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import vendors
from endpoint import Endpoint, Response, endpoint, says
from vendors import honouring, mode_of, refusal, refusing

from summarizer.clients.adapting import KEPT, MOST_TRIES, Adapting, memory_name
from summarizer.clients.base import AnswerSchema, Forgetful, Message, Reply
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.clients.retrying import Retrying
from summarizer.clients.ways import Ways, first_ways, request_of
from summarizer.errors import EndpointError
from summarizer.settings import Settings

SCHEMA = AnswerSchema(
    "reading",
    {
        "type": "object",
        "properties": {"figures": {"type": "array", "items": {"type": "string"}}},
        "required": ["figures"],
        "additionalProperties": False,
    },
)
MESSAGES = (Message("system", "Read the report."), Message("user", "u"))
GOOD = '{"figures": ["q1a"]}'
TODAY = date(2026, 11, 28)


def ask(
    url: str,
    times: int = 1,
    memory: Forgetful | None = None,
    today: date = TODAY,
    together: bool = False,
    limit: int = 8192,
) -> list[Reply]:
    """Replies to the same question, one after the other or all at once, through the real SDK."""
    settings = Settings("chat", "m", url, "none", timeout=5.0, answer_limit=limit)

    async def run() -> list[Reply]:
        client = Adapting(OpenAIChat(settings), settings, Forgetful() if memory is None else memory, lambda: today)
        try:
            if together:
                return list(await asyncio.gather(*(client.complete(MESSAGES, SCHEMA) for _ in range(times))))
            return [await client.complete(MESSAGES, SCHEMA) for _ in range(times)]
        finally:
            await client.close()

    return asyncio.run(run())


def modes(served: Endpoint) -> list[str]:
    return [mode_of(body) for body in served.requests]


# --- what is sent ---------------------------------------------------------------------------


def test_the_first_request_asks_for_a_strict_schema_steadily_and_within_a_limit():
    with endpoint(honouring(GOOD)) as served:
        assert ask(served.url)[0].content == GOOD
    (body,) = served.requests
    assert (body["temperature"], body["seed"], body["max_tokens"]) == (0, 1, 8192)
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["messages"][0]["content"] == "Read the report."


def test_tools_are_one_forced_function_with_the_schema():
    with endpoint(refusing(vendors.deepseek, GOOD)) as served:
        reply = ask(served.url)[0]
    body = served.requests[-1]
    (tool,) = body["tools"]
    assert tool["function"]["parameters"] == dict(SCHEMA.schema)
    assert tool["function"]["strict"] is True
    assert body["tool_choice"] == {"type": "function", "function": {"name": "reading"}}
    assert (reply.content, reply.finish) == (GOOD, "tool_calls")


def test_without_a_schema_it_is_told_in_words_at_the_end_of_the_same_system_message():
    with endpoint(refusing(vendors.ollama_without_tools, GOOD)) as served:
        ask(served.url, times=2)
    first, second = served.requests[-2:]
    assert mode_of(first) == "json_object"
    assert first["messages"] == second["messages"]
    system = first["messages"][0]["content"]
    assert system.startswith("Read the report.\n\n")
    assert system.endswith(json.dumps(SCHEMA.schema, separators=(",", ":")))
    assert "JSON" in system


# --- refusals, vendor by vendor ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "asked", "left_out"),
    [
        (vendors.openai_reasoning, ["json_schema"] * 3, {"max_tokens", "temperature"}),
        (vendors.deepseek, ["json_schema", "tools"], set()),
        (vendors.deepseek_thinking, ["json_schema", "tools", "tools"], {"tool_choice"}),
        (vendors.deepseek_old, ["json_schema", "tools"], set()),
        (vendors.qwen_thinking, ["json_schema", "tools", "tools"], {"tool_choice"}),
        (vendors.qwen_hybrid, ["json_schema"] * 2, set()),
        (vendors.kimi, ["json_schema"] * 2, {"temperature"}),
        (vendors.lm_studio, ["json_schema"], set()),
        (vendors.ollama_without_tools, ["json_schema", "tools", "json_object"], set()),
        (vendors.llama_cpp, ["json_schema", "tools", "json_object"], set()),
        (vendors.vllm, ["json_schema"] * 2, {"seed"}),
        (vendors.azure_old, ["json_schema", "tools"], set()),
        (vendors.gateway, ["json_schema", "tools", "json_object"], set()),
        (vendors.strict_tools, ["json_schema", "tools", "tools"], set()),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_a_vendor_refuses_is_left_out_and_nothing_else(vendor, asked, left_out):
    """Found out with the first question; the second costs one request."""
    with endpoint(refusing(vendor, GOOD)) as served:
        first, second = ask(served.url, times=2)
    assert modes(served) == [*asked, asked[-1]]
    assert (first.content, second.content) == (GOOD, GOOD)
    assert (first.usage.requests, second.usage.requests) == (len(asked), 1)
    sent = set(served.requests[-1])
    usual = {"temperature", "seed", "max_tokens"} | ({"tool_choice"} if "tools" in sent else set())
    assert usual - sent == left_out


@pytest.mark.parametrize("body", [{"error": "seed: no"}, {"detail": [{"loc": ["body", "seed"]}]}, b"no seed"])
def test_words_are_read_in_whatever_shape_an_error_has(body):
    with endpoint(lambda n, r: Response(400, body) if "seed" in r else says(GOOD)) as served:
        ask(served.url)
    assert len(served.requests) == 2
    assert "temperature" in served.requests[1]


def test_the_newer_name_of_the_limit_is_sent_where_the_older_is_refused():
    with endpoint(refusing(vendors.openai_reasoning, GOOD)) as served:
        ask(served.url)
    assert served.requests[-1]["max_completion_tokens"] == 8192


def test_a_limit_that_is_too_large_becomes_the_one_that_the_endpoint_names():
    def complaint(body: dict[str, Any]) -> Response | None:
        if body["max_tokens"] > 4096:
            return refusal(400, "max_tokens is too large. This model supports at most 4096 completion tokens.")
        return None

    with endpoint(refusing(complaint, GOOD)) as served:
        ask(served.url)
    assert [body["max_tokens"] for body in served.requests] == [8192, 4096]


def test_a_limit_that_does_not_fit_beside_the_prompt_is_left_to_the_endpoint():
    words = "'max_tokens' is too large: 8192. This model's maximum context length is 8192 tokens."

    with endpoint(refusing(lambda b: refusal(400, words) if "max_tokens" in b else None, GOOD)) as served:
        ask(served.url)
    assert not {"max_tokens", "max_completion_tokens"} & set(served.requests[-1])
    assert len(served.requests) == 2


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_refusal_without_words_leaves_parameters_out_first_and_then_goes_mode_by_mode(status):
    with endpoint(lambda n, r: Response(status, {}) if mode_of(r) != "prompt" else says(GOOD)) as served:
        assert ask(served.url)[0].content == GOOD
    assert modes(served) == ["json_schema", "json_schema", "tools", "json_object", "prompt"]
    assert "temperature" in served.requests[0]
    assert "temperature" not in served.requests[1]


def test_a_refusal_with_a_500_that_names_the_mode_is_not_asked_again_by_retries():
    settings_of = lambda url: Settings("chat", "m", url, "none", timeout=5.0)  # noqa: E731

    async def run(url: str) -> Reply:
        async def sleep(seconds: float) -> None:
            raise AssertionError("nothing is waited for")

        client = Adapting(Retrying(OpenAIChat(settings_of(url)), 4, sleep), settings_of(url), Forgetful())
        try:
            return await client.complete(MESSAGES, SCHEMA)
        finally:
            await client.close()

    with endpoint(refusing(vendors.llama_cpp, GOOD)) as served:
        assert asyncio.run(run(served.url)).content == GOOD
    assert modes(served) == ["json_schema", "tools", "json_object"]


def test_a_page_of_a_proxy_that_holds_some_word_is_no_refusal():
    """It is asked again by retries, as any 500."""
    page = b"<html><script>function f() { schema; }</script>Internal Server Error</html>"
    settings_of = lambda url: Settings("chat", "m", url, "none", timeout=5.0)  # noqa: E731

    async def run(url: str) -> Reply:
        async def sleep(seconds: float) -> None:
            pass

        client = Adapting(Retrying(OpenAIChat(settings_of(url)), 4, sleep), settings_of(url), Forgetful())
        try:
            return await client.complete(MESSAGES, SCHEMA)
        finally:
            await client.close()

    with endpoint(lambda n, r: Response(500, page) if n < 3 else says(GOOD)) as served:
        assert asyncio.run(run(served.url)).content == GOOD
    assert modes(served) == ["json_schema"] * 3


# --- what is no refusal of a mode ---------------------------------------------------------------


@pytest.mark.parametrize(
    "response",
    [
        refusal(404, "The model `m` does not exist or you do not have access to it.", None, "model_not_found"),
        refusal(400, "Model Not Exist"),
        refusal(404, 'model "m" not found, try pulling it first'),
        refusal(400, "This model's maximum context length is 8192 tokens. Your messages resulted in 9000 tokens.",
                "messages", "context_length_exceeded"),
        refusal(400, "the request exceeds the available context size, try increasing it"),
        refusal(400, "Input data may contain inappropriate content.", None, "data_inspection_failed"),
        refusal(400, "The response was filtered due to the prompt triggering Azure's content management policy.",
                "prompt", "content_filter"),
        refusal(401, "Incorrect API key provided"),
        refusal(400, "Invalid API key for response_format"),
        refusal(403, "no"),
        refusal(404, "404 page not found"),
        refusal(429, "slow down"),
        Response(503, {}),
    ],
    ids=lambda r: str(r.body)[:60],
)  # fmt: skip
def test_other_errors_cost_one_request_and_are_raised(response):
    with endpoint(lambda n, r: response) as served, pytest.raises(EndpointError) as caught:
        ask(served.url)
    assert len(served.requests) == 1
    assert caught.value.requests == 1


def test_an_endpoint_that_refuses_everything_is_an_error_within_its_tries():
    """Having tried all, the next question costs one request."""
    settings_of = lambda url: Settings("chat", "m", url, "none", timeout=5.0)  # noqa: E731

    async def run(url: str) -> list[int]:
        client = Adapting(OpenAIChat(settings_of(url)), settings_of(url), Forgetful())
        spent = []
        for _ in range(2):
            with pytest.raises(EndpointError) as caught:
                await client.complete(MESSAGES, SCHEMA)
            spent.append(caught.value.requests)
        await client.close()
        return spent

    with endpoint(lambda n, r: Response(400, {})) as served:
        assert asyncio.run(run(served.url)) == [5, 1]
    assert len(served.requests) == 6


def test_a_refusal_that_names_everything_ends():
    words = "temperature seed max_tokens max_completion_tokens response_format tools tool_choice strict"
    with endpoint(lambda n, r: refusal(400, words)) as served, pytest.raises(EndpointError):
        ask(served.url)
    assert len(served.requests) <= MOST_TRIES


def test_a_vague_refusal_by_an_endpoint_that_has_answered_changes_nothing():
    def script(n: int, body: dict[str, Any]) -> Response:
        return Response(400, {}) if n == 2 else says(GOOD)

    with endpoint(script) as served:
        memory = Forgetful()
        ask(served.url, memory=memory)
        with pytest.raises(EndpointError):
            ask(served.url, memory=memory)
        ask(served.url, memory=memory)
    assert modes(served) == ["json_schema"] * 3
    assert all("seed" in body for body in served.requests)


# --- accepted and ignored ---------------------------------------------------------------------


def ignoring(*honoured: str, instead: str = "The report has one figure.") -> Callable[[int, dict[str, Any]], Response]:
    """Takes every mode, and answers in prose in all but these."""
    return lambda n, body: honouring(GOOD)(n, body) if mode_of(body) in honoured else says(instead)


@pytest.mark.parametrize(
    ("honoured", "asked"),
    [
        ("tools", ["json_schema", "tools"]),
        ("json_object", ["json_schema", "tools", "json_object"]),
        ("prompt", ["json_schema", "tools", "json_object", "prompt"]),
    ],
)
def test_a_mode_that_is_ignored_is_left_for_the_next_and_that_is_remembered(honoured, asked):
    memory = Forgetful()
    with endpoint(ignoring(honoured)) as served:
        assert ask(served.url, memory=memory)[0].content == GOOD
        assert ask(served.url, memory=memory)[0].content == GOOD
    assert modes(served) == [*asked, asked[-1]]


@pytest.mark.parametrize("instead", ['{"answer": 42}', "[1, 2]", "", "```\nnothing\n```"])
def test_json_of_another_shape_counts_as_ignoring(instead):
    with endpoint(ignoring("tools", instead=instead)) as served:
        assert ask(served.url)[0].content == GOOD


@pytest.mark.parametrize("content", [f"```json\n{GOOD}\n```", f"<think>hm</think>{GOOD}", f'{{"answer": {GOOD}}}'])
def test_an_answer_that_can_be_read_all_the_same_is_taken_as_it_is(content):
    """Tool calling without a call too: what counts is the answer."""
    with endpoint(lambda n, r: says(content)) as served:
        assert ask(served.url, times=3)[2].content == content
    assert modes(served) == ["json_schema"] * 3


def test_a_weak_model_is_not_asked_in_every_mode_again_and_again():
    """Where no mode gave an answer, none is better: the strictest stays."""
    with endpoint(lambda n, r: says("no")) as served:
        replies = ask(served.url, times=4)
    assert modes(served) == ["json_schema", "tools", "json_object", "prompt", *["json_schema"] * 3]
    assert sum(reply.usage.requests for reply in replies) == len(served.requests)


def test_one_weak_answer_does_not_condemn_a_mode_that_has_worked():
    with endpoint(lambda n, r: says("no" if n in (2, 4, 5) else GOOD)) as served:
        replies = ask(served.url, times=6)
    assert [reply.content for reply in replies] == [GOOD, "no", GOOD, "no", "no", GOOD]
    assert modes(served) == ["json_schema"] * 6


def test_a_mode_that_stops_working_is_left_after_two_useless_answers_in_a_row():
    def script(n: int, body: dict[str, Any]) -> Response:
        return says(GOOD) if n == 1 else ignoring("tools")(n, body)

    with endpoint(script) as served:
        replies = ask(served.url, times=5)
    assert modes(served) == ["json_schema"] * 4 + ["tools"] * 2
    assert [reply.content == GOOD for reply in replies] == [True, False, False, True, True]


@pytest.mark.parametrize(
    "reply", [says("", refusal="I cannot"), says("x", "content_filter"), says('{"figures": [', "length")]
)
def test_a_refusing_model_or_a_cut_off_answer_says_nothing_of_the_mode(reply):
    with endpoint(lambda n, r: reply) as served:
        ask(served.url)
    assert modes(served) == ["json_schema"]


def test_two_calls_of_the_function_are_one_answer():
    response = vendors.calls('{"figures": ["q1a"]}')
    call = response.body["choices"][0]["message"]["tool_calls"][0]
    response.body["choices"][0]["message"]["tool_calls"].append(
        {**call, "function": {"name": "reading", "arguments": {"goals": []}}}
    )
    with endpoint(lambda n, r: response) as served:
        assert ask(served.url)[0].content == '{"figures": ["q1a"]}\n{"goals": []}'


# --- remembered -------------------------------------------------------------------------------


def test_what_was_found_out_holds_for_four_weeks_and_is_then_tried_anew():
    memory = Forgetful()
    with endpoint(refusing(vendors.deepseek, GOOD)) as served:
        ask(served.url, memory=memory)
        ask(served.url, memory=memory, today=TODAY + KEPT)
        assert modes(served) == ["json_schema", "tools", "tools"]
    with endpoint(honouring(GOOD)) as mended:
        name = memory_name(Settings("chat", "m", mended.url))
        memory.remember(name, memory.recall(memory_name(Settings("chat", "m", served.url))) or "")
        ask(mended.url, memory=memory, today=TODAY + KEPT + timedelta(days=1))
        ask(mended.url, memory=memory, today=TODAY + KEPT + timedelta(days=2))
    assert modes(mended) == ["json_schema"] * 2


def test_models_of_an_endpoint_are_known_apart_and_no_key_is_in_the_name():
    names = {memory_name(Settings("chat", model, "http://u:secret@h/v1?key=secret")) for model in ("a", "b")}
    assert len(names) == 2
    assert "secret" not in "".join(names)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"mode":"telepathy"}', '{"mode":"tools","dropped":[1]}'])
def test_a_damaged_memory_is_as_none(text):
    with endpoint(honouring(GOOD)) as served:
        memory = Forgetful()
        memory.remember(memory_name(Settings("chat", "m", served.url)), text)
        assert ask(served.url, memory=memory)[0].content == GOOD


@pytest.mark.parametrize(("usual", "sent"), [(2048, 2048), (8192, 8192), (16384, 16384)])
def test_the_limit_of_the_settings_holds_for_an_endpoint_that_is_known(usual, sent):
    memory = Forgetful()
    with endpoint(honouring(GOOD)) as served:
        ask(served.url, memory=memory)
        ask(served.url, memory=memory, limit=usual)
    assert served.requests[1]["max_tokens"] == sent


def test_of_many_requests_at_once_only_the_first_finds_out():
    with endpoint(refusing(vendors.ollama_without_tools, GOOD)) as served:
        replies = ask(served.url, times=8, together=True)
    assert [reply.content for reply in replies] == [GOOD] * 8
    assert sorted(modes(served)) == sorted(["json_schema", "tools", *["json_object"] * 8])
    assert sum(reply.usage.requests for reply in replies) == len(served.requests) == 10


def test_requests_that_met_a_new_refusal_together_each_pay_for_it_once():
    """An endpoint that is known, and takes its mode no longer."""
    memory = Forgetful()
    with endpoint(lambda n, r: honouring(GOOD)(n, r) if n == 1 else refusing(vendors.deepseek, GOOD)(n, r)) as served:
        ask(served.url, memory=memory)
        replies = ask(served.url, times=4, memory=memory, together=True)
        assert [reply.content for reply in replies] == [GOOD] * 4
        assert len(served.requests) <= 1 + 2 * 4
        ask(served.url, memory=memory)
    assert modes(served)[-1] == "tools"


# --- reasoning models ---------------------------------------------------------------------------


def thinking(needed: int, name: str = "max_tokens") -> Callable[[int, dict[str, Any]], Response]:
    """Answers once its limit leaves room for so much thinking; before that there is nothing but the thinking."""

    def script(n: int, body: dict[str, Any]) -> Response:
        answered = body.get(name, 0) >= needed
        made = says(GOOD if answered else "", "stop" if answered else "length", prompt_tokens=4000)
        made.body["choices"][0]["message"]["reasoning_content"] = "I think " * 10
        made.body["usage"]["completion_tokens_details"] = {"reasoning_tokens": 7}
        return made

    return script


def test_an_empty_answer_at_the_limit_raises_it_once_and_that_is_remembered():
    memory = Forgetful()
    with endpoint(thinking(20_000)) as served:
        reply = ask(served.url, memory=memory)[0]
        ask(served.url, memory=memory)
    assert [body["max_tokens"] for body in served.requests] == [8192, 32768, 32768]
    assert reply.content == GOOD
    assert (reply.usage.requests, reply.usage.reasoning_tokens, reply.usage.answer_tokens) == (2, 14, 20)
    assert (reply.usage.prompt_tokens, reply.read_tokens) == (8000, 4000)


def test_a_limit_is_raised_once_and_then_the_reply_is_given_back():
    with endpoint(thinking(100_000)) as served:
        replies = ask(served.url, times=2)
    assert [body["max_tokens"] for body in served.requests] == [8192, 32768, 32768]
    assert [(reply.content, reply.finish) for reply in replies] == [("", "length")] * 2


def test_thinking_in_the_content_that_never_ended_is_an_empty_answer():
    def script(n: int, body: dict[str, Any]) -> Response:
        return says(GOOD) if body["max_tokens"] > 8192 else says("<think>Let me see", "length")

    with endpoint(script) as served:
        assert ask(served.url)[0].content == GOOD
    assert len(served.requests) == 2


def test_a_raised_limit_stays_within_what_the_endpoint_takes():
    def complaint(body: dict[str, Any]) -> Response | None:
        if body["max_tokens"] > 16384:
            return refusal(400, "max_tokens is too large: 32768. This model supports at most 16384 completion tokens.")
        return None if body["max_tokens"] > 8192 else says("", "length")

    with endpoint(refusing(complaint, GOOD)) as served:
        assert ask(served.url)[0].content == GOOD
    assert [body["max_tokens"] for body in served.requests] == [8192, 32768, 16384]


def test_what_was_thought_is_no_part_of_the_answer():
    with endpoint(thinking(0)) as served:
        assert ask(served.url)[0].content == GOOD


# --- what is reported -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens_details": {"cached_tokens": 3000}},
        {"prompt_cache_hit_tokens": 3000, "prompt_cache_miss_tokens": 1000},
        {"cached_tokens": 3000},
    ],
    ids=["OpenAI", "DeepSeek", "Kimi"],
)
def test_cached_tokens_are_counted_under_every_name(usage):
    response = says(GOOD)
    response.body["usage"] |= usage
    with endpoint(lambda n, r: response) as served:
        assert ask(served.url)[0].usage.cached_tokens == 3000


def test_headers_on_limits_come_with_the_reply_and_no_others():
    headers = {"X-RateLimit-Remaining-Requests": "59", "Set-Cookie": "secret=1"}
    with endpoint(lambda n, r: Response(200, says(GOOD).body, headers)) as served:
        assert ask(served.url)[0].headers == {"x-ratelimit-remaining-requests": "59"}


def test_the_query_of_a_base_url_stays_a_query():
    """Azure's older addresses end in ?api-version=…"""
    with endpoint(honouring(GOOD)) as served:
        assert ask(f"{served.url}?api-version=2024-10-21")[0].content == GOOD
    assert served.paths == ["/v1/chat/completions?api-version=2024-10-21"]


def test_the_newer_name_of_the_limit_is_tried_first_where_it_is_the_usual():
    def name(url: str | None) -> str:
        return first_ways(Settings("chat", "m", url)).limit_name

    assert name(None) == name("https://r.openai.azure.com/openai/v1/") == "max_completion_tokens"
    assert name("https://api.deepseek.com") == name("http://api.openai.com.example.org:80/v1") == "max_tokens"


def test_sequences_of_messages_without_a_system_message_get_one():
    user: Sequence[Message] = (Message("user", "u"),)
    request = request_of(Ways(mode="prompt"), user, SCHEMA)
    assert [m.role for m in request.messages] == ["system", "user"]
