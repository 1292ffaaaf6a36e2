"""Published records of own types as objects of the class that the user declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from summarizer.itemtypes.declaring import FieldForm, OwnItem, form_of
from summarizer.model import Name, OwnRecord, OwnValue, Quantity

T = TypeVar("T", bound=OwnItem)


def typed(item_type: type[T], record: OwnRecord, quantities: Mapping[str, Quantity]) -> T:
    """The declared object: quantities instead of their ids, names as names.

    Raises pydantic's ValidationError where the class's own validators decline it.
    """
    values = {each.name: _value(each, record.values[each.name], quantities) for each in form_of(item_type).fields}
    return item_type(id=record.id, evidence=record.evidence, by=record.by, disputed=record.disputed, **values)


def _value(form: FieldForm, value: OwnValue, quantities: Mapping[str, Quantity]) -> Any:
    if isinstance(value, tuple):
        return tuple(_single(form, each, quantities) for each in value)
    return None if value is None else _single(form, value, quantities)


def _single(form: FieldForm, value: Any, quantities: Mapping[str, Quantity]) -> Any:
    if form.kind == "quantity":
        return quantities[value]
    return Name(zh=value.zh, en=value.en) if form.kind == "name" else value
