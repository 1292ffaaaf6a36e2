"""What endpoints mean by their statuses, codes and messages, by the vocabulary of data/endpoints.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    """The vocabulary of endpoints (data/endpoints.toml)."""
    return tomllib.loads(resources.files("summarizer").joinpath("data", "endpoints.toml").read_text("utf-8"))


def can_pass(status: int) -> bool:
    """Whether asking again can help after this status."""
    return status in vocabulary()["retry"]["statuses"]


def is_crowded(status: int | None) -> bool:
    """Whether the endpoint says by this status that too much is asked at once."""
    return status in vocabulary()["retry"]["crowded"]


def hint(status: int) -> str:
    """What a status means, and what to do about it."""
    hints = vocabulary()["hints"]
    return str(hints.get(str(status)) or hints["redirect" if 300 <= status < 400 else "other"])


def is_out_of_quota(host: str, status: int, codes: Collection[str], message: str) -> bool:
    """Whether the account has nothing left, so that no further request of the run can succeed.

    `codes` are those that the error names, `message` is its text.
    """
    quota = vocabulary()["quota"]
    name = host.partition(":")[0]
    if any(name.endswith(p["host"]) and p["code"] in codes for p in quota["passing"]):
        return False
    if status in quota["statuses"] or set(codes) & set(quota["codes"]):
        return True
    return 400 <= status < 500 and any(phrase in message.lower() for phrase in quota["phrases"])
