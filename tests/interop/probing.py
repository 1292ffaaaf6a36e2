"""What a server does with every form in which JSON can be asked for, and with what is too long: raw requests."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

ASK = "The town built 3 schools. Which number is it, and of what?"
SCHEMA = {
    "type": "object",
    "properties": {"number": {"type": "integer"}, "what": {"type": "string", "enum": ["schools", "roads"]}},
    "required": ["number", "what"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "answer", "strict": True, "parameters": SCHEMA}}
FORMS: dict[str, dict[str, Any]] = {
    "json_schema, strict": {
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    },
    "tools, the tool named": {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "answer"}}},
    "tools, required": {"tools": [TOOL], "tool_choice": "required"},
    "tools, auto": {"tools": [TOOL], "tool_choice": "auto"},
    "json_object": {"response_format": {"type": "json_object"}},
    "json_object with a schema": {"response_format": {"type": "json_object", "schema": SCHEMA}},
    "prompt only": {},
    "an unknown response_format": {"response_format": {"type": "nonsense"}},
    "max_completion_tokens": {"max_completion_tokens": 8},
    "max_tokens": {"max_tokens": 8},
}


def post(url: str, body: dict[str, Any], timeout: float = 300.0) -> tuple[int, Any]:
    """The status and the body of one chat completion."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/chat/completions", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answered:
            return answered.status, json.loads(answered.read())
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def messages(user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": "Answer in JSON: number, what."}, {"role": "user", "content": user}]


def kept(content: str) -> str:
    """Whether a text holds to the schema."""
    try:
        found = json.loads(content)
    except ValueError:
        return "no JSON"
    good = isinstance(found, dict) and set(found) == {"number", "what"} and isinstance(found["number"], int)
    return "as the schema says" if good and found["what"] in ("schools", "roads") else "JSON of another form"


def outcome(status: int, body: Any) -> str:
    """One line on what came back."""
    if status != 200:
        return f"{status}: {body[:200]}"
    choice = body["choices"][0]
    message, usage = choice["message"], body.get("usage") or {}
    calls = message.get("tool_calls") or []
    text = calls[0]["function"]["arguments"] if calls else message.get("content") or ""
    where = "tool_calls" if calls else "content"
    return (
        f"200: {where} {kept(text)} ({text[:60]!r}); finish {choice['finish_reason']}; "
        f"{usage.get('completion_tokens')} tokens; usage {sorted(usage)}"
    )


def main(url: str, context: int) -> None:
    """Prints one line for each form, then for a repeated prompt and for one that is too long."""
    base = {"model": "gemma", "messages": messages(ASK)}
    for name, extra in FORMS.items():
        print(f"{name}: {outcome(*post(url, {'max_tokens': 60} | base | extra))}", flush=True)
    long = messages("学校 " * (context // 4) + ASK)
    for name in ("a prompt", "the same again"):
        _, body = post(url, base | {"messages": long, "max_tokens": 4})
        print(f"{name}: {body['usage'] if isinstance(body, dict) else body[:300]}", flush=True)
    status, body = post(url, base | {"messages": messages("学校 " * context * 2 + ASK), "max_tokens": 4})
    print(f"too long: {status} {body if status != 200 else body['usage']}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
