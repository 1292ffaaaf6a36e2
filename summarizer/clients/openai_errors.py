"""The openai SDK's errors, and replies that are none, become EndpointErrors: here and nowhere else.

Each says which host, what happened and what to do. None shows a key, a password of the address, or the
vendor's own error behind it, which may hold the request.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from summarizer.clients.base import Mode
from summarizer.clients.headers import kept, limits_told, seconds_to_wait
from summarizer.clients.refusals import is_refusal
from summarizer.clients.vendors import can_pass, hint, is_out_of_quota
from summarizer.errors import EndpointError, LateError, QuotaError
from summarizer.settings import Settings

if TYPE_CHECKING:
    import openai

_SHOWN = 500  # characters of an endpoint's own words that are looked at
_QUOTED = 200  # of which so many are shown
_PAGE = re.compile(r"\s*(?:<!doctype|<html|<\?xml|<)", re.IGNORECASE)


def translated(error: Exception, settings: Settings, seconds: float, mode: Mode | None = None) -> Exception:
    """The EndpointError of a vendor's error; what is no weather of the network comes back as it is.

    `seconds` is the time that the request had, `mode` how it asked. `requests` of what comes back is 1 where the
    request was sent.
    """
    import openai

    host = settings.host
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, settings, mode)
    if isinstance(error, openai.APITimeoutError) and not _was_sent(error):
        return _sent(LateError(f"{host} cannot be reached within {seconds:.3g} s.", retryable=True), False)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return _sent(LateError(f"{host} did not answer in full within {seconds:.3g} s.", retryable=True))
    if isinstance(error, openai.APIConnectionError):
        return _of_connection(error, settings)
    if isinstance(error, openai.APIError):
        shown = _shown(error.message, settings)
        return _sent(EndpointError(f"{host} sent what is no answer: {shown}", retryable=True))
    if isinstance(error, ValueError):  # the SDK parses the body; JSONDecodeError and UnicodeError are ValueErrors
        return _sent(EndpointError(f"{host} sent a body that is no JSON.", retryable=True))
    return error


def completion_of(parsed: Any, settings: Settings) -> Any:
    """What the SDK made of a body. Raises EndpointError where it is a page, nothing, or an error in disguise."""
    if isinstance(parsed, str):
        what = "an empty body" if not parsed.strip() else "a body that is no JSON"
        what = "a web page instead of an answer (a gateway's, or the path is wrong)" if _PAGE.match(parsed) else what
        raise _sent(EndpointError(f"{settings.host} sent {what}; check OPENAI_BASE_URL.", retryable=True))
    told = getattr(parsed, "error", None)
    if isinstance(told, dict) and not getattr(parsed, "choices", None):
        status = told.get("code") if isinstance(told.get("code"), int) else None
        raise _refusal(settings, status or 500, told, str(told.get("message") or ""), None)
    return parsed


def _of_status(error: openai.APIStatusError, settings: Settings, mode: Mode | None) -> EndpointError:
    headers = kept(error.response.headers)
    wait = seconds_to_wait(headers, time.time)
    if wait is None and error.status_code == 429:
        told = limits_told(headers, time.time)
        wait = max(told.requests.pause, told.tokens.pause) or None
    made = _refusal(settings, error.status_code, error.body, _words(error), wait)
    made.parameter = _shown(str(getattr(error, "param", "") or ""), settings)
    # some refuse a mode with a 500 (llama.cpp); that is a JSON error, while a page of a proxy may hold any word
    if mode is not None and error.status_code == 500 and isinstance(error.body, dict):
        made.retryable = made.retryable and not is_refusal(mode, f"{made.parameter} {made.detail}")
    return made


def _words(error: openai.APIStatusError) -> str:
    """What the endpoint says of its error; the SDK keeps only the `message` of a JSON body in its own."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(body) if body else error.message


def _refusal(settings: Settings, status: int, body: object, message: str, wait: float | None) -> EndpointError:
    """The error of a status with the endpoint's own words."""
    shown, host = _shown(message, settings), settings.host or ""
    spent = is_out_of_quota(host, status, _codes(body), message)
    words = f" ({shown[:_QUOTED]})" if shown and not _PAGE.match(shown) else ""
    advice = "the account has nothing left to pay with; top it up, or use another key." if spent else hint(status)
    kind = QuotaError if spent else EndpointError
    return _sent(
        kind(
            f"{host} answered {status}: {advice}{words}",
            retryable=can_pass(status) and not spent,
            retry_after=None if spent else wait,
            status=status,
            detail=shown,
        )
    )


def refused(settings: Settings, status: int, body: object) -> EndpointError:
    """The error of a request that was answered with a status inside a file, as a batch's are."""
    told = body.get("error", body) if isinstance(body, dict) else body
    message = told.get("message") if isinstance(told, dict) else told
    made = _refusal(settings, status, told, str(message or ""), None)
    made.parameter = _shown(str(told.get("param") or "") if isinstance(told, dict) else "", settings)
    return made


def without_secrets(message: str, settings: Settings) -> str:
    """An endpoint's own words as they may be shown: one line, shortened, without key or password."""
    return _shown(message, settings)[:_QUOTED]


def _codes(body: object) -> list[str]:
    """The codes that an error names itself by; vendors call them code or type, some as numbers."""
    if not isinstance(body, dict):
        return []
    return [str(body[name]) for name in ("code", "type") if body.get(name) is not None]


def _of_connection(error: openai.APIConnectionError, settings: Settings) -> Exception:
    """Weather of the network becomes an EndpointError; anything else is a fault, and shows as what it is."""
    import httpx2

    host, causes = settings.host, list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes) or "CERTIFICATE_VERIFY_FAILED" in str(error.__cause__):
        reason = next((c.reason for c in causes if isinstance(c, ssl.SSLError)), None) or "no trusted certificate"
        return EndpointError(f"{host} cannot be trusted (TLS: {reason}); check OPENAI_BASE_URL and its certificate.")
    unknown = next((c for c in causes if isinstance(c, socket.gaierror)), None)
    if unknown is not None:
        passing = unknown.errno == socket.EAI_AGAIN
        return EndpointError(f"{host} is no known name; check OPENAI_BASE_URL and the network.", retryable=passing)
    cause = error.__cause__
    if cause is None or isinstance(cause, httpx2.HTTPError | OSError):
        sent = _was_sent(error)
        what = "broke off its answer" if sent else "cannot be reached"
        message = f"{host} {what} ({type(cause).__name__}); check OPENAI_BASE_URL and the network."
        return _sent(EndpointError(message, retryable=True), sent)
    return cause if isinstance(cause, Exception) else error


def _was_sent(error: Exception) -> bool:
    """Whether the request may have reached the endpoint: it did not where the connection itself failed."""
    import httpx2

    never = httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout | httpx2.ProxyError
    return not any(isinstance(cause, never | httpx2.UnsupportedProtocol) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(12):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _sent(error: EndpointError, sent: bool = True) -> EndpointError:
    error.requests = int(sent)
    return error


def _shown(message: str, settings: Settings) -> str:
    """The endpoint's own words: on one line, shortened, and without any secret."""
    for secret in settings.secrets:
        message = message.replace(secret, "***")
    return "".join(c if c.isprintable() else " " for c in message)[:_SHOWN].strip()
