"""A model's answer to a Draft: every item is validated alone, never the answer as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from summarizer.answerform import fields_of
from summarizer.clients.base import Reply
from summarizer.errors import CutOffError, RefusedError, ReplyError
from summarizer.itemtypes.declaring import form_of
from summarizer.itemtypes.rows import OwnTypes, row_type
from summarizer.lenientjson import Found, UnclosedError, find_object
from summarizer.model import Draft, DraftFigure, DraftGoal, DraftOwn, DraftProject, DraftRisk, DraftSkip

ITEM_TYPES: dict[str, type[BaseModel]] = {
    "figures": DraftFigure,
    "goals": DraftGoal,
    "projects": DraftProject,
    "risks": DraftRisk,
    "skipped": DraftSkip,
}


@dataclass(frozen=True, slots=True)
class Malformed:
    """An item that is not of its list's form, as the model wrote it, and why."""

    kind: str
    item: object
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The items that have the right form, those that have not, and how many were said twice.

    `mended` says that the JSON was broken, and what was made of it may not be all that was meant.
    """

    draft: Draft
    malformed: tuple[Malformed, ...]
    repeated: int = 0
    mended: bool = False
    absent: tuple[str, ...] = ()  # lists of own types that the answer has not


def text_of(reply: Reply) -> str:
    """A reply's text. Raises ReplyError where it was refused, filtered, cut off before it began, or is empty."""
    if reply.refusal:
        raise RefusedError(f"the model refused: {reply.refusal[:200]}")
    if reply.finish == "content_filter":
        raise RefusedError("the endpoint's content filter stopped the reply")
    if not reply.content.strip():
        raise _cut_off() if reply.finish == "length" else ReplyError("the reply is empty")
    return reply.content


def _cut_off() -> CutOffError:
    return CutOffError("the reply was cut off (length)")


def answer_of(reply: Reply, keys: Collection[str]) -> Found:
    """A reply's JSON with any of these keys. What was cut off is never completed. Raises ReplyError."""
    text = text_of(reply)
    try:
        found = find_object(text, keys)
        value = _clean(found.value)
    except UnclosedError as error:
        raise _cut_off() if reply.finish == "length" else CutOffError("the reply ends inside its JSON") from error
    except (ValueError, RecursionError) as error:
        if reply.finish == "length":
            raise _cut_off() from error
        raise ReplyError(f"the answer is not JSON ({str(error)[:80]})") from error
    if found.mended and reply.finish == "length":
        raise _cut_off()
    return Found(value, found.mended)


def parse(reply: Reply, most: int = 400, own: OwnTypes = ()) -> Parsed:
    """An answer's items, at most so many a list, those of own types too.

    Raises ReplyError where it is no JSON object with any of the lists.
    """
    own_rows = {form_of(each).name: row_type(each) for each in own}
    item_types = ITEM_TYPES | own_rows
    found = answer_of(reply, item_types)
    answer = found.value
    if not isinstance(answer, dict) or not set(answer) & set(item_types):
        raise ReplyError(f"the answer has none of the lists {', '.join(item_types)}")
    malformed: list[Malformed] = []
    lists: dict[str, tuple[Any, ...]] = {}
    repeated = 0
    for kind, item_type in item_types.items():
        rows = answer.get(kind, [])
        if not isinstance(rows, list):
            malformed.append(Malformed(kind, rows, f"{kind} is not a list"))
            rows = []
        items = [item for row in rows[:most] if (item := _item(kind, item_type, row, malformed)) is not None]
        if len(rows) > most:
            malformed.append(Malformed(kind, None, f"{len(rows)} items; only the first {most} were read"))
        lists[kind] = tuple(dict.fromkeys(items))
        repeated += len(items) - len(lists[kind])
    absent = tuple(name for name in own_rows if name not in answer)
    return Parsed(Draft.of(lists), tuple(malformed), repeated, found.mended, absent)


def _clean(node: Any) -> Any:
    """An answer without lone surrogates, which no text may hold."""
    if isinstance(node, str):
        return node.encode("utf-8", "replace").decode("utf-8")
    if isinstance(node, list):
        return [_clean(member) for member in node]
    if isinstance(node, dict):
        return {_clean(key): _clean(value) for key, value in node.items()}
    return node


def _item(kind: str, item_type: type[BaseModel], row: object, malformed: list[Malformed]) -> BaseModel | None:
    """One item; keys that it does not know are passed over, nullable ones may be missing."""
    try:
        row = fields_of(kind, row)
    except ValueError as error:
        malformed.append(Malformed(kind, row, str(error)))
        return None
    fields = item_type.model_fields
    known = {name: row.get(name) for name in fields if name in row or _nullable(item_type, name)}
    try:
        if issubclass(item_type, DraftOwn):  # as JSON, so that a list is a tuple and what it holds an object
            given = {name: value for name, value in row.items() if value is not None}
            return item_type.model_validate_json(json.dumps(given), strict=True)
        return item_type.model_validate(known, strict=True)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
        malformed.append(Malformed(kind, row, reasons))
        return None


def _nullable(item_type: type[BaseModel], name: str) -> bool:
    annotation = item_type.model_fields[name].annotation
    return type(None) in getattr(annotation, "__args__", ())
