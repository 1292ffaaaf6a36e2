"""Chat completions through the openai SDK.

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
from summarizer.clients.wire import body_of, reply_of
from summarizer.clients.wordings import matches
from summarizer.settings import Settings

if TYPE_CHECKING:
    import openai


class Connected:
    """The SDK's client of an endpoint, opened when first needed: it asks once, and follows no redirect with the key."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._sdk: openai.AsyncOpenAI | None = None

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    def _client(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            self._sdk = _opened(self._settings)
        return self._sdk


class OpenAIChat(Connected):
    """A sender for any OpenAI-compatible endpoint."""

    async def send(self, request: Request) -> Reply:
        """One request, answered in full within its time. Raises EndpointError; `retryable` says whether it may help."""
        timeout = self._settings.timeout
        seconds = timeout if request.time_left is None else min(timeout, request.time_left)
        body = body_of(request, self._settings.model)
        client = self._client()
        try:
            async with asyncio.timeout(seconds):
                answer = await client.chat.completions.with_raw_response.create(**body)
            completion = completion_of(answer.parse(), self._settings)
        except Exception as error:
            # a vendor's error may show what we sent: none stays behind ours
            raise translated(error, self._settings, seconds, request.mode) from None
        return replace(reply_of(completion), headers=kept(answer.headers))

    async def models(self) -> list[dict[str, Any]]:
        """What the endpoint lists under /models, each as it describes it. Raises EndpointError."""
        seconds = self._settings.timeout
        try:
            async with asyncio.timeout(seconds):
                body = await self._client().get("/models", cast_to=object)
        except Exception as error:
            raise translated(error, self._settings, seconds) from None
        listed = body.get("data") if isinstance(body, dict) else None
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _opened(settings: Settings) -> openai.AsyncOpenAI:
    import openai

    address, query = split_address(settings.address)
    key = settings.api_key or ""
    azure = matches("hosts", "api_key_header", urlsplit(address).hostname or "")
    return openai.AsyncOpenAI(
        api_key=key,
        base_url=address,
        default_query=query,
        default_headers={"api-key": key} if azure else None,
        max_retries=0,
        timeout=settings.timeout,
        http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
    )


def split_address(address: str) -> tuple[str, dict[str, str]]:
    """A base URL and its query apart (Azure's older paths end in ?api-version=…), for the SDK appends paths to it."""
    parts = urlsplit(address)
    return parts._replace(query="", fragment="").geturl(), dict(parse_qsl(parts.query))
