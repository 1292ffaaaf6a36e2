"""The words of this package, read once (data/tracking.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def vocabulary() -> dict[str, list[str]]:
    """Lists of words by name."""
    text = resources.files("summarizer.tracking").joinpath("data", "tracking.toml").read_text("utf-8")
    return tomllib.loads(text)
