"""Settings, resolved once from arguments and the environment; arguments win.

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, SUMMARIZER_MODEL, SUMMARIZER_ENGINE, for limits SUMMARIZER_BUDGET,
_PRICE, _RPM, _TPM, _CONCURRENCY, _TIMEOUT, _DEADLINE, and SUMMARIZER_CACHE (the file of the reply store) with those
that name the user's cache directory.
"""

from __future__ import annotations

import sys
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
class CacheOptions:
    """How the reply store is used: at all, in which file (None: the user's), and what is asked anew.

    `retry_failed` asks again for kept replies that hold no answer; `offline` sends nothing: kept replies answer alone.
    """

    use: bool = True
    file: Path | None = None
    retry_failed: bool = False
    offline: bool = False


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
    cache_file: Path | None = None  # the reply store; None: there is none, as where no home directory is known
    retry_failed: bool = False  # whether kept replies that hold no answer are asked for again
    offline: bool = False  # whether kept replies alone answer, and nothing is sent
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
    cache: CacheOptions | None = None,
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
    cache = cache or CacheOptions()
    if chosen == "rules" or (chosen == "auto" and not key and not url):
        return Settings(engine="rules")
    cache_file = _cache_file(cache, environment)
    _checked(url)
    return Settings(
        engine="chat",
        model=_model(model or environment.get("SUMMARIZER_MODEL"), url),
        base_url=_checked(url),
        api_key=_NO_KEY if cache.offline and not key else _key(key, url),
        cache=cache.use,
        cache_file=cache_file,
        retry_failed=cache.retry_failed,
        offline=cache.offline,
        **_given(limits_of(environment, limits or Limits())),
    )


def _given(limits: Limits) -> dict[str, Any]:
    """The limits that are set; the others keep their defaults."""
    values = {each.name: getattr(limits, each.name) for each in fields(limits)}
    return {name: value for name, value in values.items() if value is not None}


def user_cache_file(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The file of the user's reply store; None where the environment names no place for it.

    SUMMARIZER_CACHE names the file itself. Else it is in the cache directory: XDG_CACHE_HOME where it is set (an
    absolute path, by the XDG Base Directory Specification), LOCALAPPDATA on Windows, Library/Caches on macOS, ~/.cache.
    """
    if own := environment.get("SUMMARIZER_CACHE", "").strip():
        return Path(own)
    home = environment.get("HOME") or environment.get("USERPROFILE")
    usual = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(platform, ".cache")
    places = [environment.get("XDG_CACHE_HOME"), environment.get("LOCALAPPDATA") if platform == "win32" else None]
    named = [Path(place) for place in places if place and Path(place).is_absolute()]
    folder = named[0] if named else Path(home) / usual if home else None
    return folder / "gov-report-summarizer" / "replies.sqlite3" if folder else None


def _cache_file(cache: CacheOptions, environment: Mapping[str, str]) -> Path | None:
    """The file of the reply store as chosen. Raises SettingsError where what was chosen contradicts itself."""
    file = (cache.file or user_cache_file(environment)) if cache.use else None
    if cache.offline and file is None:
        raise SettingsError(
            "--offline answers from the reply store alone, and there is none: leave --no-cache out, or set "
            "SUMMARIZER_CACHE to its file."
        )
    if cache.offline and cache.retry_failed:
        raise SettingsError("--retry-failed asks again and --offline asks nobody; give one of them.")
    return file


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
