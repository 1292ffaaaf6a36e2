"""Limits as endpoints tell them in headers: how long to wait, how much a minute, how much is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from summarizer.clients.vendors import vocabulary

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
_PARTS = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[dhms])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_EPOCH = 1e9  # seconds: a larger number is a time of the clock, no duration

Now = Callable[[], float]
"""The clock of the wall: seconds since 1970, as time.time gives them."""


@dataclass(frozen=True, slots=True)
class Window:
    """A limit as told: units a window, how many are left, and the seconds until they are renewed."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None

    @property
    def a_minute(self) -> int | None:
        """Units a minute; None where none is told, or where the limit is for a longer time (a day's)."""
        window = vocabulary()["headers"]["window"]
        return self.limit if self.limit and (self.reset or 0) <= window else None

    @property
    def pause(self) -> float:
        """Seconds until anything is left again."""
        return self.reset if self.limit != 0 and self.remaining == 0 and self.reset else 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """The limits of a reply's headers."""

    requests: Window = Window()
    tokens: Window = Window()


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers on limits, lower case; all others may hold what is nobody's business."""
    prefixes = tuple(vocabulary()["headers"]["kept"])
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith(prefixes)}


def limits_told(headers: Mapping[str, str], now: Now) -> Told:
    """The limits that headers (lower case) tell."""
    names = vocabulary()["headers"]
    return Told(_window(headers, names["requests"], now), _window(headers, names["tokens"], now))


def seconds_to_wait(headers: Mapping[str, str], now: Now) -> float | None:
    """How long the endpoint wants to be left alone; None where it does not say.

    Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); retry-after-ms is OpenAI's and Azure's.
    """
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    told = headers.get("retry-after", "").strip()
    seconds = _duration(told, now)
    return seconds if seconds is not None else _until(_http_date(told), now)


def _window(headers: Mapping[str, str], names: Mapping[str, Sequence[str]], now: Now) -> Window:
    limit, remaining = _first(headers, names["limit"]), _first(headers, names["remaining"])
    return Window(_count(limit), _count(remaining), _duration(_first(headers, names["reset"]), now))


def _first(headers: Mapping[str, str], names: Sequence[str]) -> str:
    return next((headers[name].strip() for name in names if name in headers), "")


def _count(text: str) -> int | None:
    return int(float(text)) if _NUMBER.fullmatch(text) else None


def _duration(text: str, now: Now) -> float | None:
    """Seconds of "7", "1.5", "6m0s", "12ms", a time since 1970, or a timestamp of RFC 3339."""
    if _NUMBER.fullmatch(text):
        number = float(text)
        number = number / 1000 if number > _EPOCH * 100 else number
        return max(0.0, number - now()) if number > _EPOCH else number
    if text and _PARTS.sub("", text) == "":
        return sum(float(amount) * _UNITS[unit] for amount, unit in _PARTS.findall(text))
    return _until(_timestamp(text), now)


def _timestamp(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _until(moment: datetime | None, now: Now) -> float | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now())
