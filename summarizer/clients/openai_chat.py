"""Chat completions through the openai SDK, with strict `json_schema`.

The SDK's own retries are off (tenacity's are outside), redirects are not followed, so that the key
goes nowhere else, and vendor errors are translated in openai_errors and nowhere else.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from summarizer.clients.base import Reply, Request
from summarizer.clients.headers import kept
from summarizer.clients.openai_errors import completion_of, translated
from summarizer.model import Usage
from summarizer.settings import Settings

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletion


class OpenAIChat:
    """A sender for any OpenAI-compatible endpoint."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._sdk: openai.AsyncOpenAI | None = None

    async def send(self, request: Request) -> Reply:
        """One request, answered in full within its time. Raises EndpointError; `retryable` says whether it may help."""
        client = self._client()
        timeout = self._settings.timeout
        seconds = timeout if request.time_left is None else min(timeout, request.time_left)
        try:
            async with asyncio.timeout(seconds):
                answer = await client.chat.completions.with_raw_response.create(**self._body(request))
            completion = completion_of(answer.parse(), self._settings)
        except Exception as error:
            raise translated(error, self._settings, seconds) from None  # a vendor's error may show what we sent
        return replace(_reply(completion), headers=kept(answer.headers))

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    def _client(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            import openai

            address = urlsplit(self._settings.address)
            self._sdk = openai.AsyncOpenAI(
                api_key=self._settings.api_key,
                base_url=address._replace(query="", fragment="").geturl(),
                default_query=dict(parse_qsl(address.query)),  # Azure's ?api-version=… belongs behind the whole path
                max_retries=0,
                timeout=self._settings.timeout,
                http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
            )
        return self._sdk

    def _body(self, request: Request) -> dict[str, Any]:
        schema = {"name": request.schema.name, "strict": True, "schema": dict(request.schema.schema)}
        return {
            "model": self._settings.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "response_format": {"type": "json_schema", "json_schema": schema},
            **request.parameters,
        }


def _reply(completion: ChatCompletion) -> Reply:
    """The reply of a completion. Endpoints send what they like: nothing of its shape is taken for granted."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    content, refusal = getattr(message, "content", None), getattr(message, "refusal", None)
    return Reply(
        content if isinstance(content, str) else "",
        str(getattr(choice, "finish_reason", None) or "stop"),
        str(refusal) if refusal else None,
        _usage(completion),
    )


def _usage(completion: ChatCompletion) -> Usage:
    """What the endpoint says that it cost; what it does not say counts as nothing."""
    usage = getattr(completion, "usage", None)
    cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None)
    counts = (getattr(usage, "prompt_tokens", None), cached, getattr(usage, "completion_tokens", None))
    return Usage(1, *(count if isinstance(count, int) else 0 for count in counts))
