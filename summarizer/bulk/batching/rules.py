"""The Batch API's bounds, statuses and codes, by the vocabulary of data/bulk.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@cache
def vocabulary() -> Mapping[str, Any]:
    """The table [batches]."""
    text = resources.files("summarizer.bulk").joinpath("data", "bulk.toml").read_text("utf-8")
    found: Mapping[str, Any] = tomllib.loads(text)["batches"]
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may hold: requests (lines), and bytes."""

    requests: int
    bytes: int


def api_bounds() -> Bounds:
    """The bounds of the Batch API."""
    return Bounds(vocabulary()["requests"], vocabulary()["bytes"])


def has_ended(status: str) -> bool:
    """Whether a batch changes no more."""
    return status in vocabulary()["ended"]


def is_unanswered(code: str) -> bool:
    """Whether a line's error says that nobody worked on it."""
    return code in vocabulary()["unanswered"]


def is_crowded(code: str) -> bool:
    """Whether a batch was refused since too much stands in the queue already."""
    return code in vocabulary()["crowded"]


def crowded_limit(message: str) -> int | None:
    """The prompt tokens that may stand in the queue, where the endpoint says how many."""
    found = re.search(vocabulary()["crowded_limit"], message)
    return int(found.group(1).replace(",", "")) or None if found else None
