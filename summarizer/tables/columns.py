"""The columns of each table, read once from data/columns.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

ColumnType = Literal["text", "number", "whole", "link"]
What = Literal["figures", "goals", "projects", "risks"]
WHATS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True, slots=True)
class Stated:
    """A value in a cell of a matrix, with the comparator that it was stated with."""

    value: Decimal
    comparator: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in a cell that stands out: values that contradict each other."""

    text: str


Value = str | int | Decimal | Stated | Marked | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in every format, what it holds, its width in characters, its meaning."""

    name: str
    type: ColumnType
    width: int = 16
    zh: str = ""
    en: str = ""


@cache
def columns_of(what: What) -> tuple[Column, ...]:
    """The columns of a table, in order."""
    data = _data()
    return tuple(Column(name, **entry) for part in ("head", what, "tail") for name, entry in data[part].items())


@cache
def _data() -> dict[str, dict[str, Any]]:
    text = resources.files("summarizer.tables").joinpath("data", "columns.toml").read_text("utf-8")
    return tomllib.loads(text)
