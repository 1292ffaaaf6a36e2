"""Whether an annotation file has the shape that scoring reads: types, fields, and spans inside the text.

What a label may be and whether quotes agree is `gold.validate_gold`'s business: that is told beside the
scores. What is found here would end scoring in a fault, so it is refused with its file and place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from summarizer.errors import InputError

_TEXT: tuple[type, ...] = (str,)
_TEXT_OR_NULL: tuple[type, ...] = (str, type(None))
_WHOLE: tuple[type, ...] = (int,)
_SPAN = {"start": _WHOLE, "end": _WHOLE}
_QUOTED = {**_SPAN, "quote": _TEXT}
_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "sections": _QUOTED,
    "boilerplate": _SPAN,
    "non_figures": _QUOTED,
    "figures": {
        **_QUOTED,
        "indicator_zh": _TEXT,
        "value": _TEXT,
        "unit": _TEXT,
        "comparator": _TEXT,
        "measure": _TEXT,
        "direction": _TEXT_OR_NULL,
        "kind": _TEXT,
        "year": (int, type(None)),
    },
    "goals": {**_QUOTED, "theme": _TEXT_OR_NULL},
    "projects": {**_QUOTED, "stage": _TEXT_OR_NULL},
    "risks": {**_QUOTED, "type": _TEXT_OR_NULL, "status": _TEXT_OR_NULL},
}
_OPTIONAL = {"value_high": _TEXT_OR_NULL, "counter": _TEXT_OR_NULL, "indicator_en": _TEXT_OR_NULL}
_META = ("place_zh", "level", "doc_type", "published", "review_year", "target_year")
_NAMES = {str: "a text", int: "a whole number", type(None): "null", dict: "an object", list: "a list"}
_LONGEST_VALUE = 400


def check_shape(gold: Any, name: str) -> None:
    """Raises InputError for the first field that scoring cannot read; `name` is the file's."""
    for problem in _shape_problems(gold):
        raise InputError(f"{name}: {problem}; correct the annotation.")


def check_spans(gold: dict[str, Any], text: str, name: str) -> None:
    """Raises InputError for the first span that does not lie in the text."""
    for key in _FIELDS:
        for index, item in enumerate(gold.get(key, [])):
            if not 0 <= item["start"] < item["end"] <= len(text):
                raise InputError(
                    f"{name}: {key}[{index}] has the span {item['start']} to {item['end']}, which is not in the text "
                    f"of {len(text)} characters; correct the annotation, or give the text that it is of."
                )
    for start, end in gold.get("annotated") or ():
        if not 0 <= start < end <= len(text):
            raise InputError(
                f"{name}: the annotated range {start} to {end} is not in the text of {len(text)} characters; "
                "correct the annotation, or give the text that it is of."
            )


def _shape_problems(gold: Any) -> Iterator[str]:
    yield from _meta_problems(gold.get("meta"))
    for key, fields in _FIELDS.items():
        items = gold.get(key, [])
        if not isinstance(items, list):
            yield f"{key} is {_said(items)} where a list is needed"
            return
        for index, item in enumerate(items):
            yield from _item_problems(f"{key}[{index}]", item, fields)
    ranges = gold.get("annotated") or []
    if not isinstance(ranges, list) or not all(_is_range(pair) for pair in ranges):
        yield f"annotated is {_said(ranges)} where a list of [start, end] is needed"


def _meta_problems(meta: Any) -> Iterator[str]:
    if not isinstance(meta, dict):
        yield f"meta is {_said(meta)} where an object is needed"
        return
    for field in _META:
        if isinstance(meta.get(field), list | dict):
            yield f"meta.{field} is {_said(meta[field])} where a text, a number or null is needed"
    if "place_zh" not in meta:
        yield "meta has no place_zh; write it, null if it is not known"


def _item_problems(where: str, item: Any, fields: dict[str, tuple[type, ...]]) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{where} is {_said(item)} where an object is needed"
        return
    for field, types in fields.items():
        if field not in item:
            yield f"{where} has no {field}"
        elif not _is(item[field], types):
            yield f"{where}.{field} is {_said(item[field])} where {_needed(types)} is needed"
    for field, types in _OPTIONAL.items():
        if not _is(item.get(field), types):
            yield f"{where}.{field} is {_said(item[field])} where {_needed(types)} is needed"
    for field in ("value", "value_high"):
        if len(str(item.get(field))) > _LONGEST_VALUE:
            yield f"{where}.{field} is longer than any number"


def _is(value: Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _is_range(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(_is(end, _WHOLE) for end in pair)


def _needed(types: tuple[type, ...]) -> str:
    return " or ".join(_NAMES[each] for each in types)


def _said(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else said[:60] + "…"
