"""How endpoints word things: the patterns of data/wordings.toml, looked up by group and name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_DATA = Path(__file__).resolve().parent / "data" / "wordings.toml"


@cache
def patterns(group: str, name: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one name."""
    return tuple(re.compile(each, re.IGNORECASE | re.DOTALL) for each in _all()[group][name])


def matches(group: str, name: str, words: str) -> bool:
    """Whether any pattern of a name is in some words."""
    return any(pattern.search(words) for pattern in patterns(group, name))


def matches_any(group: str, words: str) -> bool:
    """Whether any pattern of a group is in some words."""
    return any(matches(group, name, words) for name in _all()[group])


@cache
def _all() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_DATA.read_text("utf-8"))
