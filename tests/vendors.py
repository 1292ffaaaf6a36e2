# ruff: noqa: E501  # wordings stand as they were sent
"""Endpoints that refuse and ignore as vendors do, for the loopback server.

The wordings are those of the vendors' documentation or of errors that users reported; no live endpoint was asked.
A vendor is a function from a request's body to what it complains of, or None where it answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from loopback import Response, says

Body = dict[str, Any]
Script = Callable[[int, Body], Response]


def mode_of(body: Body) -> str:
    """The answer mode of a request, as a server sees it."""
    if "tools" in body:
        return "tools"
    return str(body.get("response_format", {}).get("type", "prompt"))


def calls(content: str, name: str = "reading") -> Response:
    """A completion that calls a function with this content as its arguments."""
    made = says("", "tool_calls")
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": content}}
    made.body["choices"][0]["message"] |= {"content": None, "tool_calls": [call]}
    return made


def honouring(content: str) -> Script:
    """Answers in whatever mode it is asked."""
    return lambda n, body: calls(content) if "tools" in body else says(content)


def refusal(status: int, message: str, param: str | None = None, code: str | None = None) -> Response:
    return Response(
        status, {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    )


def refusing(complaint: Callable[[Body], Response | None], content: str) -> Script:
    """Complains where the vendor would, else answers in the mode that it was asked in."""
    return lambda n, body: complaint(body) or honouring(content)(n, body)


def openai_reasoning(body: Body) -> Response | None:
    if "max_tokens" in body:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        return refusal(400, message, "max_tokens", "unsupported_parameter")
    if "temperature" in body:
        message = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
        return refusal(400, message, "temperature", "unsupported_value")
    return None


def deepseek(body: Body) -> Response | None:
    if mode_of(body) == "json_schema":
        return refusal(400, "This response_format type is unavailable now", None, "invalid_request_error")
    if body.get("max_tokens", 0) > 8192:
        return refusal(400, "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]")
    if mode_of(body) == "json_object" and "json" not in json.dumps(body["messages"]).lower():
        return refusal(
            400, "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'."
        )
    return None


def deepseek_thinking(body: Body) -> Response | None:
    if "tool_choice" in body:
        return refusal(400, "deepseek-reasoner does not support this tool_choice", None, "invalid_request_error")
    return deepseek(body)


def deepseek_old(body: Body) -> Response | None:
    """Its older server: plain text with 422."""
    if mode_of(body) == "json_schema":
        text = "Failed to deserialize the JSON body into the target type: response_format: response_format.type "
        return Response(422, (text + "`json_schema` is unavailable now at line 1 column 12440").encode())
    return None


def qwen_thinking(body: Body) -> Response | None:
    start = "<400> InternalError.Algo.InvalidParameter: "
    if mode_of(body) == "json_schema":
        return refusal(400, start + "'response_format.type' of 'json_schema' is not supported by this model.")
    if "tool_choice" in body:
        words = "The tool_choice parameter does not support being set to required or object in thinking mode"
        return refusal(400, start + words, None, "invalid_parameter_error")
    return None


def qwen_hybrid(body: Body) -> Response | None:
    if body.get("enable_thinking") is not False:
        words = "parameter.enable_thinking must be set to false for non-streaming calls"
        return refusal(400, words, None, "invalid_parameter_error")
    return None


def kimi(body: Body) -> Response | None:
    if body.get("temperature", 1) != 1:
        return refusal(400, "invalid temperature: only 1 is allowed for this model")
    if "tool_choice" in body:
        return refusal(400, "tool_choice 'specified' is incompatible with thinking enabled")
    return None


def lm_studio(body: Body) -> Response | None:
    """Its error is a text, not an object."""
    if mode_of(body) == "json_object":
        return Response(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"})
    return None


def ollama_without_tools(body: Body) -> Response | None:
    if mode_of(body) == "json_schema":
        return refusal(400, "invalid response_format type: json_schema")
    if "tools" in body:
        return refusal(400, "registry.ollama.ai/library/gemma3:1b does not support tools")
    return None


def llama_cpp(body: Body) -> Response | None:
    """Refuses with a 500, which elsewhere is worth another try."""
    if mode_of(body) == "json_schema":
        words = "Failed to initialize samplers: failed to parse grammar"
        return Response(400, {"error": {"code": 400, "message": words, "type": "invalid_request_error"}})
    if "tools" in body:
        return Response(
            500, {"error": {"code": 500, "message": "tools param requires --jinja flag", "type": "server_error"}}
        )
    return None


def vllm(body: Body) -> Response | None:
    """Its errors stand at the top of the body; extra fields are named by where they are."""
    if "seed" in body:
        words = "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', 'input': 1}]"
        return Response(
            400, {"object": "error", "message": words, "type": "BadRequestError", "param": None, "code": 400}
        )
    return None


def azure_old(body: Body) -> Response | None:
    if mode_of(body) == "json_schema":
        words = "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"
        return Response(400, {"error": {"code": "BadRequest", "message": words}})
    return None


def gateway(body: Body) -> Response | None:
    """OpenRouter answers 404 where no provider of a model takes what is asked for."""
    if mode_of(body) in ("json_schema", "tools"):
        words = "No endpoints found that can handle the requested parameters."
        return Response(404, {"error": {"message": words, "code": 404}})
    return None


def strict_tools(body: Body) -> Response | None:
    if mode_of(body) == "json_schema":
        return refusal(400, "response_format is not supported", "response_format")
    if any("strict" in tool["function"] for tool in body.get("tools", ())):
        return refusal(422, "tools[0].function.strict: unexpected key")
    return None
