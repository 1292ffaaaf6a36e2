"""Published records of own types as objects of the class that the user declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from summarizer.itemtypes.declaring import FieldForm, OwnItem, form_of
from summarizer.model import Name, OwnRecord, OwnValue, Quantity

T = TypeVar("T", bound=OwnItem)


def typed(item_type: type[T], record: OwnRecord, quantities: Mapping[str, Quantity]) -> T:
    """The declared object: quantities instead of their ids, names as names.

    Raises pydantic's ValidationError where the class's own validators decline it.
    """
    values = {each.name: _value(each, record.values[each.name], quantities) for each in form_of(item_type).fields}
    return item_type(id=record.id, evidence=record.evidence, by=record.by, disputed=record.disputed, **values)


def declined(item_type: type[OwnItem], record: OwnRecord, quantities: Mapping[str, Quantity]) -> str | None:
    """What the class's own validators say against a record; None where they take it. One that fails declines too."""
    try:
        typed(item_type, record, quantities)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)[:3]
        return "; ".join(": ".join(filter(None, (".".join(map(str, p["loc"])), p["msg"]))) for p in problems)
    except Exception as error:  # a fault of the user's code costs its item, not the run that was paid for
        return f"{type(error).__name__}: {str(error)[:200]}"
    return None


def _value(form: FieldForm, value: OwnValue, quantities: Mapping[str, Quantity]) -> Any:
    if isinstance(value, tuple):
        return tuple(_single(form, each, quantities) for each in value)
    return None if value is None else _single(form, value, quantities)


def _single(form: FieldForm, value: Any, quantities: Mapping[str, Quantity]) -> Any:
    if form.kind == "quantity":
        return quantities[value]
    return Name(zh=value.zh, en=value.en) if form.kind == "name" else value
