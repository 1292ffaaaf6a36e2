"""Chat completions through the openai SDK, with strict `json_schema`.

The SDK's own retries are off (tenacity's are outside), redirects are not followed, so that the key
goes nowhere else, and vendor errors are translated here and nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from summarizer.clients.base import Reply, Request
from summarizer.errors import EndpointError
from summarizer.model import Usage
from summarizer.settings import Settings

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletion

_RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
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
        import openai

        try:
            completion = await self._client().chat.completions.create(**self._body(request))
        except openai.APIStatusError as error:
            raise self._status_error(error) from error
        except openai.APIConnectionError as error:
            raise self._connection_error(error) from error
        except openai.APIError as error:
            shown = self._shown(error.message)
            raise EndpointError(f"{self._settings.host} sent what is no answer: {shown}", retryable=True) from error
        except ValueError as error:  # the SDK parses the body; JSONDecodeError and UnicodeError are ValueErrors
            raise EndpointError(f"{self._settings.host} sent a body that is no JSON.", retryable=True) from error
        return _reply(completion)

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    def _client(self) -> openai.AsyncOpenAI:
        if self._sdk is None:
            import openai

            self._sdk = openai.AsyncOpenAI(
                api_key=self._settings.api_key,
                base_url=self._settings.base_url,
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

    def _status_error(self, error: openai.APIStatusError) -> EndpointError:
        status = error.status_code
        if 300 <= status < 400:
            hint = (
                "it redirects elsewhere, which is not followed with a key; give the final address as OPENAI_BASE_URL."
            )
        else:
            hint = _HINTS.get(status, "see the endpoint's own log.")
        after = error.response.headers.get("retry-after", "")
        quota = "insufficient_quota" in str(getattr(error, "code", "") or "")
        return EndpointError(
            f"{self._settings.host} answered {status}: {hint}",
            retryable=status in _RETRYABLE and not quota,
            retry_after=_seconds(after),
            status=status,
            detail=self._shown(error.message),
        )

    def _shown(self, message: str) -> str:
        """The endpoint's own words, shortened and without the key."""
        return message.replace(self._settings.api_key or "\0", "***")[:200]

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


def _seconds(text: str) -> float | None:
    """The seconds of a Retry-After header; None where it gives none."""
    return float(text) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", text) else None
