"""How a model answers with items of own types: each declared field as a pointer, a name, a date or a label."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, create_model

from summarizer.itemtypes.declaring import FieldForm, OwnItem, form_of
from summarizer.model import DraftOwn, OwnKind

OwnTypes = tuple[type[OwnItem], ...]
"""The own types that a run reads."""


class Row(DraftOwn):
    """Base of the answers' rows. Keys that it does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    __own_item__: ClassVar[type[OwnItem]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ClauseRow(_Part):
    """A pointer: clause `c`, to `c2` where it spans several, or a `part` of it."""

    c: str
    c2: str | None = None
    part: str | None = None


class StatementRow(ClauseRow):
    """A pointer with the English of what stands there."""

    en: str | None = None


class NameRow(_Part):
    """A name in the text's characters, and its English."""

    zh: str
    en: str | None = None


_ROWS: dict[OwnKind, Any] = {
    "name": NameRow,
    "statement": StatementRow,
    "clause": ClauseRow,
    "quantity": str,
    "date": str,
}


@cache
def row_type(item_type: type[OwnItem]) -> type[Row]:
    """The form of a type's rows in an answer."""
    form = form_of(item_type)
    fields: dict[str, Any] = {each.name: _field(each) for each in form.fields}
    made = create_model(f"{form.name.title().replace('_', '')}Row", __base__=Row, **fields)
    made.__own_item__ = item_type
    return made


def _field(form: FieldForm) -> tuple[Any, Any]:
    single: Any = Literal.__getitem__(form.labels) if form.labels else _ROWS[form.kind]
    if form.many:
        return tuple.__class_getitem__((single, ...)), ()
    return (single | None, None) if form.optional else (single, ...)
