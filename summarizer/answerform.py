"""The form in which a model writes items, short because answers cost the most, and what it stands for.

A figure is an object, whose labels the answer's schema enforces; other items are rows of texts:

    {"q":"q1u","zh":"工业投资","en":null,"m":"up","k":"target","y":2024}    zh may be "name@scope"
    goals     ["c8b","industry","Build {q7f} charging stations"]           without the last: code writes it
    projects  ["c10e","promised completed","云岭大桥","Yunling Bridge"]     without promised: reported
    risks     ["c7n","handled hazard","…"]                                 without handled: open
    skipped   ["q7c","repeat"]

A pointer is a clause c8b, clauses c8b-c9r, or a part of them c8b(first…last). Items with the keys of
the Draft types are understood as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from summarizer.model import Kind

Written = dict[str, Any] | list[str]
"""An item as a model writes it."""

_POINTER = re.compile(r"\s*(\w+)\s*(?:[-–~]\s*(\w+)\s*)?(?:[(（](.*)[)）]\s*)?", re.DOTALL)
_ROWS = {
    "goals": "[pointer, theme, English]",
    "projects": "[clause, stage, Chinese name, English name]",
    "risks": "[pointer, type, English]",
    "skipped": "[quantity, why]",
}


class FigureForm(BaseModel):
    """A figure as a model writes it: `m` tells a change by its direction, `zh` may be "name@scope"."""

    model_config = ConfigDict(extra="forbid")

    q: str
    zh: str
    en: str | None
    m: Literal["level", "up", "down", "share", "rank"]
    k: Kind
    y: int | None


def fields_of(kind: str, written: object) -> dict[str, Any]:
    """The fields of an item's Draft type, as far as what was written has them. Raises ValueError with the form."""
    if isinstance(written, Mapping):
        return _figure_fields(written) if kind == "figures" else _pointed(kind, dict(written))
    if kind not in _ROWS:
        raise ValueError("not an object")
    if not isinstance(written, Sequence) or isinstance(written, str) or not all(_is_cell(c) for c in written):
        raise ValueError(f"not of the form {_ROWS[kind]}")
    cells = [cell.strip() if cell else None for cell in written]
    if len(cells) < 2 or len(cells) > _ROWS[kind].count(",") + 1:
        raise ValueError(f"not of the form {_ROWS[kind]}")
    return _row_fields(kind, [*cells, None, None])


def _pointed(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object; the clause of a goal or risk may be a whole pointer."""
    whole = kind in ("goals", "risks") and isinstance(fields.get("c"), str)
    pointer = _pointer_fields(fields["c"]) if whole else {}
    return fields | {name: value for name, value in pointer.items() if value is not None}


def _is_cell(cell: object) -> bool:
    return cell is None or isinstance(cell, str)


def _figure_fields(written: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(written)
    if fields.get("m") in ("up", "down"):
        fields |= {"m": "change", "d": fields["m"]}
    zh = fields.get("zh")
    if isinstance(zh, str) and "@" in zh:
        name, _, scope = zh.partition("@")
        fields |= {"zh": name.strip(), "scope": scope.strip() or None}
    return fields


def _row_fields(kind: str, cells: Sequence[str | None]) -> dict[str, Any]:
    first, label, third, fourth = cells[:4]
    if kind == "skipped":
        return {"q": first, "why": label}
    if kind == "goals":
        return _pointer_fields(first) | {"t": label, "en": third or None}
    sort, status = _label_fields(
        label or "", *(("promised", "reported") if kind == "projects" else ("handled", "open"))
    )
    if kind == "projects":
        return {"c": first, "stage": sort, "status": status, "zh": third, "en": fourth or None}
    return _pointer_fields(first) | {"type": sort, "status": status, "en": third or None}


def _label_fields(label: str, marked: str, plain: str) -> tuple[str, str]:
    """A label and its status, which is said only where it is the rarer one."""
    words = label.split()
    status = next((word for word in words if word in (marked, plain)), plain)
    return "_".join(word for word in words if word not in (marked, plain)), status


def _pointer_fields(pointer: str | None) -> dict[str, Any]:
    match = _POINTER.fullmatch(pointer or "")
    return {"c": match[1], "c2": match[2], "part": match[3]} if match else {"c": pointer, "c2": None, "part": None}


def written(kind: str, item: object) -> Any:
    """An item's fields in the form that a model writes; what lacks one of them stays as it is."""
    if not isinstance(item, Mapping) or kind not in _WRITERS:
        return item
    try:
        return _WRITERS[kind](item)
    except (KeyError, TypeError):
        return item


def _written_figure(item: Mapping[str, Any]) -> Written:
    name = f"{item['zh']}@{item['scope']}" if item.get("scope") else item["zh"]
    measure = item.get("d") or "change" if item["m"] == "change" else item["m"]
    return {"q": item["q"], "zh": name, "en": item["en"], "m": measure, "k": item["k"], "y": item["y"]}


def _written_pointer(item: Mapping[str, Any]) -> str:
    last = f"-{item['c2']}" if item.get("c2") else ""
    part = f"({item['part']})" if item.get("part") else ""
    return f"{item['c']}{last}{part}"


def _cells(*cells: str | None) -> list[str]:
    """The cells of a row up to its last that says something."""
    said = [cell or "" for cell in cells]
    while said and not said[-1]:
        said.pop()
    if not all(isinstance(cell, str) for cell in said):
        raise TypeError("a cell is a text")
    return said


_WRITERS: Mapping[str, Any] = {
    "figures": _written_figure,
    "goals": lambda item: _cells(_written_pointer(item), item["t"], item["en"]),
    "projects": lambda item: _cells(
        item["c"], ("promised " if item["status"] == "promised" else "") + item["stage"], item["zh"], item["en"]
    ),
    "risks": lambda item: _cells(
        _written_pointer(item), ("handled " if item["status"] == "handled" else "") + item["type"], item["en"]
    ),
    "skipped": lambda item: _cells(item["q"], item["why"]),
}
