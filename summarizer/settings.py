"""Settings, resolved once from arguments and the environment; arguments win.

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, SUMMARIZER_MODEL, SUMMARIZER_ENGINE, and for limits
SUMMARIZER_BUDGET, _PRICE, _RPM, _TPM, _CONCURRENCY, _TIMEOUT, _DEADLINE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from summarizer.errors import SettingsError
from summarizer.limits import Limits, limits_of
from summarizer.pricing import Price

ENGINES = ("auto", "rules", "chat")
DEFAULT_MODEL = "gpt-4.1-mini"
_OPENAI = "https://api.openai.com/v1"
_NO_KEY = "none"
_SECRET = 5  # characters: what is shorter is no secret, and would tear words of messages apart


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: `engine` is "rules" or "chat"; the rest is for chat. The key is in no repr."""

    engine: str
    model: str | None = None
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 120.0  # seconds for one request
    deadline: float = 600.0  # seconds for one answer, waits and retries included
    attempts: int = 4
    concurrency: int = 8
    rpm: int | None = None  # requests a minute
    tpm: int | None = None  # tokens a minute, prompt and answer
    answer_limit: int = 8192  # tokens of one answer
    budget: Decimal | None = None  # US dollars of one run
    price: Price | None = None  # one's own price, where no list knows the model
    cache: bool = True  # whether answers are kept and used again
    cache_file: Path | None = None  # the reply store; None is the user's cache directory
    retry_failed: bool = False  # whether kept replies that hold no answer are asked for again
    check: bool = False  # whether rules read every part too, as a second reader

    @property
    def address(self) -> str:
        """The endpoint's base URL, as configured or the default."""
        return self.base_url or _OPENAI

    @property
    def host(self) -> str | None:
        """The endpoint's host, to be shown before anything is sent; None for rules."""
        return urlsplit(self.address).netloc.rpartition("@")[2] if self.engine == "chat" else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may show: the key, and what the address holds of passwords and query values."""
        parts = urlsplit(self.address)
        user = parts.netloc.rpartition("@")[0]
        held = [self.api_key or "", user, user.partition(":")[2], parts.query]
        held += [value for _, value in parse_qsl(parts.query)]
        known = {text for secret in held for text in (secret, unquote(secret)) if len(text) >= _SECRET}
        return tuple(sorted(known, key=len, reverse=True))


def resolve_settings(
    environment: Mapping[str, str],
    *,
    engine: str | None = None,
    model: str | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    limits: Limits | None = None,
) -> Settings:
    """Settings from arguments, then the environment. Raises SettingsError that names what to change.

    `auto` is chat where a key or a base URL is configured, else rules, which no limits concern.
    """
    chosen = engine or environment.get("SUMMARIZER_ENGINE") or "auto"
    if chosen not in ENGINES:
        raise SettingsError(f"There is no engine {chosen!r}; choose one of {', '.join(ENGINES)}.")
    key = (api_key or environment.get("OPENAI_API_KEY") or "").strip() or None
    url = (base_url or environment.get("OPENAI_BASE_URL") or "").strip() or None
    if chosen == "rules" and (model or base_url):
        raise SettingsError("--model and --base-url go with the chat engine; leave them out, or give --engine chat.")
    if chosen == "rules" and limits not in (None, Limits()):
        raise SettingsError("Limits of time, rate and spend go with the chat engine; leave them out.")
    if chosen == "auto" and model and not key and not url:
        raise SettingsError(
            f"The model {model} needs a key or an endpoint: set OPENAI_API_KEY, give --base-url, or leave --model out."
        )
    if chosen == "rules" or (chosen == "auto" and not key and not url):
        return Settings(engine="rules")
    _checked(url)
    return Settings(
        engine="chat",
        model=_model(model or environment.get("SUMMARIZER_MODEL"), url),
        base_url=_checked(url),
        api_key=_key(key, url),
        **_given(limits_of(environment, limits or Limits())),
    )


def _given(limits: Limits) -> dict[str, Any]:
    """The limits that are set; the others keep their defaults."""
    values = {each.name: getattr(limits, each.name) for each in fields(limits)}
    return {name: value for name, value in values.items() if value is not None}


def _key(key: str | None, url: str | None) -> str:
    if key:
        if not key.isascii() or not key.isprintable():
            raise SettingsError("OPENAI_API_KEY holds characters that no key has; copy it again.")
        return key
    if url:
        return _NO_KEY  # local servers ask for none, and the SDK wants one
    raise SettingsError(
        "The chat engine needs a key or an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL (--base-url) for a server "
        "of your own; --engine rules works without either."
    )


def _model(model: str | None, url: str | None) -> str:
    if model:
        return model
    if url and urlsplit(url).netloc != urlsplit(_OPENAI).netloc:
        raise SettingsError("Which model? Set SUMMARIZER_MODEL or give --model: the endpoint's default is not known.")
    return DEFAULT_MODEL


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _checked(url: str | None) -> str | None:
    if url and not _is_http(url):
        shown = url.rpartition("@")[2].partition("?")[0]
        raise SettingsError(f"The base URL {shown!r} is not one; it looks like https://host/v1.")
    return url
