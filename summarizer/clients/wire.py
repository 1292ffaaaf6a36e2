"""Requests as bodies of chat completions, and completions as replies."""

from __future__ import annotations

import json
from typing import Any

from summarizer.clients.base import Reply, Request
from summarizer.model import Usage


def body_of(request: Request, model: str | None) -> dict[str, Any]:
    """The body of a request. A `strict` or `tool_choice` of None among its parameters leaves that detail out."""
    parameters = dict(request.parameters)
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
    }
    schema = {"name": request.schema.name, "strict": True, "schema": dict(request.schema.schema)}
    if request.mode == "json_schema":
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.mode == "json_object":
        body["response_format"] = {"type": "json_object"}
    elif request.mode == "tools":
        body |= _tools(request, parameters)
    return body | parameters


def _tools(request: Request, parameters: dict[str, Any]) -> dict[str, Any]:
    """One function that takes the answer; the model has no choice, where the endpoint takes that."""
    name = request.schema.name
    function: dict[str, Any] = {
        "name": name,
        "description": "Takes the whole answer.",
        "parameters": dict(request.schema.schema),
    }
    if parameters.pop("strict", True) is not None:
        function["strict"] = True
    made: dict[str, Any] = {"tools": [{"type": "function", "function": function}]}
    if parameters.pop("tool_choice", True) is not None:
        made["tool_choice"] = {"type": "function", "function": {"name": name}}
    return made


def reply_of(completion: Any) -> Reply:
    """The reply of a completion. Endpoints send what they like: nothing of its shape is taken for granted.

    The arguments of a tool call are the content. What a model thought (reasoning_content) is no part of it.
    """
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    content, refusal = getattr(message, "content", None), getattr(message, "refusal", None)
    called = _called(getattr(message, "tool_calls", None))
    return Reply(
        called or (content if isinstance(content, str) else ""),
        str(getattr(choice, "finish_reason", None) or "stop"),
        str(refusal) if refusal else None,
        _usage(completion),
    )


def _called(calls: Any) -> str:
    """The arguments of all calls, one a line; some servers send them as an object, not as text."""
    lines = []
    for call in calls if isinstance(calls, list) else []:
        given = getattr(getattr(call, "function", None), "arguments", None)
        if isinstance(given, dict):
            given = json.dumps(given, ensure_ascii=False)
        if isinstance(given, str) and given.strip():
            lines.append(given)
    return "\n".join(lines)


def _usage(completion: Any) -> Usage:
    """What the endpoint says that it cost; what it does not say counts as nothing."""
    usage = getattr(completion, "usage", None)
    prompt, answer = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    return Usage(
        requests=1,
        prompt_tokens=_count(usage, "prompt_tokens"),
        # DeepSeek and Kimi have names of their own for what came from their caches
        cached_tokens=_count(prompt, "cached_tokens")
        or _count(usage, "prompt_cache_hit_tokens")
        or _count(usage, "cached_tokens"),
        answer_tokens=_count(usage, "completion_tokens"),
        reasoning_tokens=_count(answer, "reasoning_tokens"),
    )


def _count(node: Any, name: str) -> int:
    value = node.get(name) if isinstance(node, dict) else getattr(node, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
