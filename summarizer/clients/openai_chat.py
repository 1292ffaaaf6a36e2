"""Chat completions through the openai SDK.

The SDK's own retries are off (tenacity's are outside), redirects are not followed, so that the key
goes nowhere else, and vendor errors are translated here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from summarizer.clients.base import Mode, Reply, Request
from summarizer.clients.refusals import is_refusal
from summarizer.clients.wire import body_of, reply_of
from summarizer.clients.wordings import matches
from summarizer.errors import EndpointError
from summarizer.settings import Settings

if TYPE_CHECKING:
    import openai

_RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_SHOWN = 500  # characters of an endpoint's own words
_HINTS = {
    400: "the endpoint does not accept the request; does this model support structured outputs (json_schema)?",
    401: "the key was refused; check OPENAI_API_KEY.",
    402: "the account has no credit left.",
    403: "the key may not use this model.",
    404: "there is no such model or path; check SUMMARIZER_MODEL and OPENAI_BASE_URL.",
    413: "the request is too large for the endpoint.",
    422: "the endpoint does not accept the request; does this model support structured outputs (json_schema)?",
    429: "the rate limit or the quota is used up; try later.",
}


class OpenAIChat:
    """A sender for any OpenAI-compatible endpoint."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._sdk: openai.AsyncOpenAI | None = None

    async def send(self, request: Request) -> Reply:
        """One request. Raises EndpointError; its `retryable` says whether to ask again."""
        body = body_of(request, self._settings.model)
        with self._translated(request.mode):
            response = await self._client().chat.completions.with_raw_response.create(**body)
            return reply_of(response.parse(), response.headers)

    async def models(self) -> list[dict[str, Any]]:
        """What the endpoint lists under /models, each as it describes it. Raises EndpointError."""
        with self._translated("prompt"):
            body = await self._client().get("/models", cast_to=object)
        listed = body.get("data") if isinstance(body, dict) else None
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    def _client(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            import openai

            address, query = split_address(self._settings.address)
            key = self._settings.api_key or ""
            azure = matches("hosts", "api_key_header", urlsplit(address).hostname or "")
            self._sdk = openai.AsyncOpenAI(
                api_key=key,
                base_url=address,
                default_query=query,
                default_headers={"api-key": key} if azure else None,
                max_retries=0,
                timeout=self._settings.timeout,
                http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
            )
        return self._sdk

    @contextmanager
    def _translated(self, mode: Mode) -> Iterator[None]:
        """Vendor errors as ours."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._status_error(error, mode) from error
        except openai.APIConnectionError as error:
            raise self._connection_error(error) from error
        except openai.APIError as error:
            shown = self._shown(error.message)
            raise EndpointError(f"{self._settings.host} sent what is no answer: {shown}", retryable=True) from error
        except ValueError as error:  # the SDK parses the body; JSONDecodeError and UnicodeError are ValueErrors
            raise EndpointError(f"{self._settings.host} sent a body that is no JSON.", retryable=True) from error

    def _status_error(self, error: openai.APIStatusError, mode: Mode) -> EndpointError:
        status = error.status_code
        if 300 <= status < 400:
            hint = (
                "it redirects elsewhere, which is not followed with a key; give the final address as OPENAI_BASE_URL."
            )
        else:
            hint = _HINTS.get(status, "see the endpoint's own log.")
        after = error.response.headers.get("retry-after", "")
        quota = "insufficient_quota" in str(getattr(error, "code", "") or "")
        parameter, detail = str(getattr(error, "param", "") or ""), self._shown(_words(error))
        # some refuse a mode with a 500 (llama.cpp); that is a JSON error, while a page of a proxy may hold any word
        refused = status == 500 and isinstance(error.body, dict) and is_refusal(mode, f"{parameter} {detail}")
        return EndpointError(
            f"{self._settings.host} answered {status}: {hint}",
            retryable=status in _RETRYABLE and not quota and not refused,
            retry_after=_seconds(after),
            status=status,
            detail=detail,
            parameter=parameter,
        )

    def _shown(self, message: str) -> str:
        """The endpoint's own words, shortened and without the key."""
        return message.replace(self._settings.api_key or "\0", "***")[:_SHOWN]

    def _connection_error(self, error: openai.APIConnectionError) -> Exception:
        """Weather of the network becomes an EndpointError; anything else is a fault, and shows as what it is."""
        import httpx2
        import openai

        cause = error.__cause__
        if isinstance(error, openai.APITimeoutError):
            return EndpointError(
                f"{self._settings.host} did not answer within {self._settings.timeout:g} s.", retryable=True
            )
        if cause is None or isinstance(cause, httpx2.HTTPError | OSError):
            return EndpointError(
                f"{self._settings.host} cannot be reached ({type(cause).__name__}); "
                "check OPENAI_BASE_URL and the network.",
                retryable=True,
            )
        return cause if isinstance(cause, Exception) else error


def _words(error: openai.APIStatusError) -> str:
    """What the endpoint says of its error; the SDK keeps only the `message` of a JSON body in its own."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(body) if body else error.message


def _seconds(text: str) -> float | None:
    """The seconds of a Retry-After header; None where it gives none."""
    return float(text) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", text) else None


def split_address(address: str) -> tuple[str, dict[str, str]]:
    """A base URL and its query apart (Azure's older paths end in ?api-version=…), for the SDK appends paths to it."""
    parts = urlsplit(address)
    return parts._replace(query="", fragment="").geturl(), dict(parse_qsl(parts.query))
