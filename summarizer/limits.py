"""Limits of time, rate and spend, as arguments and the environment give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from summarizer.errors import SettingsError
from summarizer.pricing import Price, parse_price


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take: all its reports together. None is the default, or for rates and budget no limit.

    >>> Limits(budget=Decimal("0.50"), rpm=60)   # doctest: +SKIP
    """

    budget: Decimal | None = None
    """US dollars."""
    price: Price | None = None
    """One's own price, where no list knows the model."""
    rpm: int | None = None
    """Requests a minute."""
    tpm: int | None = None
    """Tokens a minute, prompts and answers."""
    concurrency: int | None = None
    """Requests in flight at once, at most."""
    timeout: float | None = None
    """Seconds for one request."""
    deadline: float | None = None
    """Seconds for one answer, waits and retries included."""

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is not None and not least <= value < _MOST:
                raise SettingsError(f"--{name} {value} is no limit; it begins at {least}.")


_LEAST = {
    "budget": Decimal("0.0001"),
    "rpm": 1,
    "tpm": 1,
    "concurrency": 1,
    "timeout": 0.1,
    "deadline": 0.1,
}
_MOST = 10**12


def parse_budget(text: str) -> Decimal:
    """The US dollars that "0.50" or "$0.50" stands for. Raises SettingsError that names the option."""
    return Decimal(_parsed("budget", text.removeprefix("$"), Decimal))


def limits_of(environment: Mapping[str, str], given: Limits) -> Limits:
    """The limits given, and for others those of SUMMARIZER_BUDGET and its like. Raises SettingsError that names one."""
    values = {}
    for name, read in _READERS.items():
        value = getattr(given, name)
        text = environment.get(f"SUMMARIZER_{name.upper()}", "").strip()
        values[name] = read(text) if value is None and text else value
    return Limits(**values)


def _parsed(name: str, text: str, kind: type[Decimal] | type[int] | type[float]) -> Any:
    try:
        number = kind(text)
        known = math.isfinite(number)
    except (InvalidOperation, ValueError):
        known = False
    if not known:
        raise SettingsError(f"--{name} or SUMMARIZER_{name.upper()}: {text!r} is no number.")
    return number


_READERS: dict[str, Callable[[str], Any]] = {
    "budget": parse_budget,
    "price": parse_price,
    "rpm": lambda text: _parsed("rpm", text, int),
    "tpm": lambda text: _parsed("tpm", text, int),
    "concurrency": lambda text: _parsed("concurrency", text, int),
    "timeout": lambda text: _parsed("timeout", text, float),
    "deadline": lambda text: _parsed("deadline", text, float),
}
