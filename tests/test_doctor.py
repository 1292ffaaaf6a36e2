"""What an endpoint can do is found out with a few cheap requests, and every trouble has its sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import vendors
from endpoint import Response, endpoint, says
from typer.testing import CliRunner
from vendors import honouring, mode_of, refusal, refusing

from summarizer.cli import app
from summarizer.clients.openai_chat import OpenAIChat
from summarizer.doctor import Diagnosis, as_text, examine
from summarizer.settings import Settings

GOOD = '{"count": 7, "unit_code": "d-7"}'
KEY = "sk-secret-0123456789"


def models(*names: str, **more: Any) -> Response:
    rows = [{"id": name, "object": "model", "created": 0, "owned_by": "x", **more} for name in names]
    return Response(200, {"object": "list", "data": rows})


def diagnosed(url: str) -> Diagnosis:
    settings = Settings("chat", "m", url, KEY, timeout=5.0)

    async def run() -> Diagnosis:
        client = OpenAIChat(settings)
        try:
            return await examine(settings, client)
        finally:
            await client.close()

    return asyncio.run(run())


def verdicts(found: Diagnosis) -> list[str]:
    return [check.verdict for check in found.modes]


def test_an_endpoint_that_takes_everything_costs_a_request_a_mode_and_one_for_the_limit():
    with endpoint(honouring(GOOD), models("m", max_model_len=32768)) as served:
        found = diagnosed(served.url)
    assert verdicts(found) == ["honoured"] * 4
    assert len(served.requests) == found.requests == 5
    assert found.parameters == dict.fromkeys(("temperature", "seed", "max_tokens", "max_completion_tokens"), "taken")
    assert (found.context, found.usable, found.troubles) == (32768, True, [])
    assert all(body.get("max_tokens", 1024) == 1024 for body in served.requests)


@pytest.mark.parametrize(
    ("vendor", "expected", "best", "refused"),
    [
        (vendors.openai_reasoning, ["honoured"] * 4, "json_schema", {"temperature", "max_tokens"}),
        (vendors.deepseek, ["refused", "honoured", "honoured", "honoured"], "tools", set()),
        (vendors.kimi, ["honoured"] * 4, "json_schema", {"temperature"}),
        (vendors.lm_studio, ["honoured", "honoured", "refused", "honoured"], "json_schema", set()),
        (vendors.ollama_without_tools, ["refused", "refused", "honoured", "honoured"], "json_object", set()),
        (vendors.llama_cpp, ["refused", "refused", "honoured", "honoured"], "json_object", set()),
        (vendors.vllm, ["honoured"] * 4, "json_schema", {"seed"}),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_a_vendor_refuses_shows_and_the_strictest_mode_left_is_named(vendor, expected, best, refused):
    with endpoint(refusing(vendor, GOOD)) as served:
        found = diagnosed(served.url)
    assert verdicts(found) == expected
    assert found.ways is not None
    assert found.ways.mode == best
    assert {name for name, verdict in found.parameters.items() if verdict == "refused"} == refused
    assert f"To use: {best}" in as_text(found)


def only(honoured: str, instead: str) -> Callable[[int, dict[str, Any]], Response]:
    return lambda n, body: honouring(GOOD)(n, body) if mode_of(body) == honoured else says(instead)


@pytest.mark.parametrize(
    ("instead", "verdict"),
    [
        ("A week has seven days.", "ignored"),
        ('{"days": 7}', "ignored"),
        ('```json\n{"count": 7}\n```', "ignored, readable"),
    ],
)
def test_a_mode_that_is_accepted_and_ignored_shows_with_what_came_instead(instead, verdict):
    with endpoint(only("json_object", instead)) as served:
        found = diagnosed(served.url)
    assert verdicts(found)[:3] == [verdict, verdict, "honoured"]
    assert found.ways is not None
    assert found.ways.mode == "json_object"
    assert found.modes[0].detail == instead


def test_a_model_that_answers_in_no_mode_is_not_usable():
    with endpoint(lambda n, r: says("seven")) as served:
        found = diagnosed(served.url)
    assert not found.usable
    assert verdicts(found) == ["ignored"] * 4
    assert "try a larger model" in found.troubles[0]


def test_what_an_endpoint_reports_is_shown():
    def script(n: int, body: dict[str, Any]) -> Response:
        made = honouring(GOOD)(n, body).body
        made["usage"] |= {"prompt_tokens": 4000, "completion_tokens_details": {"reasoning_tokens": 64}}
        return Response(200, made, {"x-ratelimit-limit-requests": "500"})

    with endpoint(script) as served:
        text = as_text(diagnosed(served.url))
    rows = {line[:34].strip(): line[34:].strip() for line in text.splitlines()}
    assert text.startswith("127.0.0.1:")
    assert rows["prompt tokens"] == "4000"
    assert rows["reasoning tokens"] == "64"
    assert rows["x-ratelimit-limit-requests"] == "500"
    assert rows["context length"] == "not told"


def test_a_model_that_thinks_gets_a_larger_limit():
    def script(n: int, body: dict[str, Any]) -> Response:
        enough = "max_completion_tokens" in body or (body.get("max_tokens") or 0) > 1024
        return honouring(GOOD)(n, body) if enough else says("", "length")

    with endpoint(script) as served:
        assert verdicts(diagnosed(served.url)) == ["honoured"] * 4
    assert len(served.requests) == 6


@pytest.mark.parametrize("body", [b"<html>", [], {"data": None}, {"data": ["m", 1]}, {"data": [{}]}], ids=str)
def test_a_list_of_models_of_any_shape_does_no_harm(body):
    with endpoint(honouring(GOOD), Response(200, body)) as served:
        assert diagnosed(served.url).usable


def test_a_context_that_is_too_small_is_named_with_the_setting():
    with endpoint(honouring(GOOD), models("m", meta={"n_ctx_train": 4096})) as served:
        found = diagnosed(served.url)
    assert "OLLAMA_CONTEXT_LENGTH" in found.troubles[0]


@pytest.mark.parametrize(
    ("response", "listed", "sentence"),
    [
        (refusal(404, "model 'm' not found"), models("qwen3", "gemma3"), "'m'; the endpoint offers gemma3, qwen3."),
        (refusal(400, "Model Not Exist"), models(*(f"m{n}" for n in range(40))), "offers 40 models, the nearest m"),
        (Response(404, {}), models("qwen3"), "offers qwen3"),
        (refusal(404, "model 'm' not found"), None, "look in its console"),
        (refusal(401, f"Incorrect API key provided: {KEY}"), models("m"), "check OPENAI_API_KEY"),
        (refusal(402, "Insufficient Balance"), models("m"), "nothing left to pay with"),
        (refusal(429, "quota", None, "insufficient_quota"), models("m"), "quota"),
        (Response(404, {"detail": "Not Found"}), None, "check SUMMARIZER_MODEL and OPENAI_BASE_URL"),
        (Response(503, {}), None, "503"),
        (Response(drop=True), None, "broke off its answer"),
    ],
)  # fmt: skip
def test_every_trouble_is_a_sentence_and_ends_the_examination(response, listed, sentence):
    with endpoint(lambda n, r: response, listed) as served:
        found = diagnosed(served.url)
    assert sentence in " ".join(found.troubles)
    assert verdicts(found) == ["not asked"] * 4
    assert not found.usable
    assert len(served.requests) == 1
    assert KEY not in as_text(found) + found.as_json()


# --- the command ------------------------------------------------------------------------------


def test_the_command_says_the_host_first_and_ends_with_zero_where_it_is_usable():
    with endpoint(refusing(vendors.deepseek, GOOD)) as served:
        done = CliRunner().invoke(app, ["doctor", "--model", "m", "--base-url", served.url])
    host = served.url.split("/")[2]
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{host}, model m: usable")
    assert done.stderr.startswith(f"Asking {host}")


def test_the_command_prints_json_for_programs():
    with endpoint(refusing(vendors.vllm, GOOD)) as served:
        done = CliRunner().invoke(app, ["doctor", "--json", "--model", "m", "--base-url", served.url])
    found = json.loads(done.stdout)
    assert next(iter(found)) == "host"
    assert found["usable"] is True
    assert found["ways"]["mode"] == "json_schema"
    assert set(found["ways"]["parameters"]) == {"temperature", "max_tokens"}


def test_the_command_ends_with_one_where_nothing_answers():
    with endpoint(honouring(GOOD)) as served:
        url = served.url
    done = CliRunner().invoke(app, ["doctor", "--model", "m", "--base-url", url])
    assert done.exit_code == 1
    assert "cannot be reached" in done.stdout


def test_without_an_endpoint_there_is_nothing_to_examine():
    from summarizer.errors import SettingsError

    done = CliRunner().invoke(app, ["doctor"])
    assert isinstance(done.exception, SettingsError)  # main() makes it exit code 2
