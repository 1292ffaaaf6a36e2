"""A user's own item types: a class that says what to find, and what the user reads back.

    class Subsidy(OwnItem, zh="政策补贴", key=("who", "amount")):
        \"\"\"Money that government pays to those who meet a condition.\"\"\"

        who: Name = Field(title="对象", description="who gets it")
        amount: Quantity | None

The docstring is the instruction to the model, a field's description its line in the prompt. All that a
declaration can get wrong is said when the class is made.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import ConfigDict
from pydantic.fields import FieldInfo

from summarizer.errors import SettingsError
from summarizer.model import (
    LISTS,
    Bilingual,
    BriefContent,
    Date,
    Evidence,
    Name,
    OwnField,
    OwnKind,
    Published,
    Quantity,
    Reader,
)

KINDS: dict[type, OwnKind] = {
    Name: "name",
    Bilingual: "statement",
    Evidence: "clause",
    Quantity: "quantity",
    Date: "date",
}
SUPPORTED = (
    "Name, Bilingual, Evidence, Quantity, Date, Literal of strings or an Enum of strings, each also optional "
    "(| None) or many (tuple[..., ...] or list[...])"
)
_ANCHOR = "c"  # the clause that an item stands in, in every answer
_LIST_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A declared field: its published form, whether it may be null, its line in the prompt, the labels it allows."""

    published: OwnField
    optional: bool
    description: str
    labels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.published.name

    @property
    def kind(self) -> OwnKind:
        return self.published.kind

    @property
    def many(self) -> bool:
        return self.published.many


@dataclass(frozen=True, slots=True)
class Form:
    """A declared type: the name of its list, its heading, what counts as one, its key and fields."""

    name: str
    title: Bilingual
    says: str
    key: tuple[str, ...]
    fields: tuple[FieldForm, ...]


class OwnItem(Published):
    """Base of a user's own item types. Its docstring tells the model what counts as one.

    `zh` and `en` head its section, `key` names the fields that make two items the same one (without it all
    fields must be equal), `name` its list in JSON. Raises SettingsError where the declaration cannot work.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    __own_form__: ClassVar[Form]

    id: str
    evidence: tuple[Evidence, ...]
    by: Reader
    disputed: tuple[str, ...] = ()

    def __init_subclass__(
        cls, *, zh: str = "", en: str = "", key: tuple[str, ...] = (), name: str = "", **config: Any
    ) -> None:
        super().__init_subclass__(**config)
        _check_field_names(cls)

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, zh: str = "", en: str = "", key: tuple[str, ...] = (), name: str = "", **config: Any
    ) -> None:
        super().__pydantic_init_subclass__(**config)
        title = en.strip() or _plural(_words(cls.__name__)).capitalize()
        cls.__own_form__ = Form(
            name=_list_name(cls, name or "_".join(_plural(_words(cls.__name__)).split())),
            title=Bilingual(zh=zh.strip() or title, en=title),
            says=_instruction(cls),
            key=key if isinstance(key, tuple) else (key,),
            fields=tuple(_fields(cls)),
        )
        _check_key(cls)


def form_of(item_type: type[OwnItem]) -> Form:
    """What a type declares."""
    return item_type.__own_form__


def checked_types(types: Any) -> tuple[type[OwnItem], ...]:
    """Types as a run takes them. Raises SettingsError for what is none, and for two with one list."""
    taken: dict[str, type[OwnItem]] = {}
    for each in types:
        if not (isinstance(each, type) and issubclass(each, OwnItem)) or each is OwnItem:
            raise SettingsError(f"{each!r} is no own item type; give subclasses of summarizer.OwnItem.")
        other = taken.setdefault(form_of(each).name, each)
        if other is not each:
            raise SettingsError(
                f"{other.__name__} and {each.__name__} would both fill the list {form_of(each).name!r}; "
                f"give one of them another: class {each.__name__}(OwnItem, name=...)."
            )
    return tuple(taken.values())


# --- checks of a declaration ------------------------------------------------------------------


def _check_field_names(cls: type[OwnItem]) -> None:
    reserved = {name for name in dir(OwnItem) if not name.startswith("_")} | set(OwnItem.model_fields) | {_ANCHOR}
    try:
        names = list(inspect.get_annotations(cls))
    except NameError:
        return  # a type is not known yet, which is said where the fields are read
    for name in names:
        if name in reserved:
            raise SettingsError(f"{cls.__name__}.{name}: this name is taken; call the field something else.")


def _instruction(cls: type[OwnItem]) -> str:
    says = inspect.cleandoc(cls.__dict__.get("__doc__") or "").strip()
    if not says:
        raise SettingsError(
            f"{cls.__name__} has no docstring; write what counts as one: it is the instruction to the model."
        )
    return says


def _list_name(cls: type[OwnItem], name: str) -> str:
    if name in LISTS or name in BriefContent.model_fields:
        raise SettingsError(
            f"{cls.__name__}: a brief has {name!r} already; give another: class {cls.__name__}(OwnItem, name=...)."
        )
    if not _LIST_NAME.fullmatch(name):
        raise SettingsError(
            f"{cls.__name__}: {name!r} is no name of a list; use small letters, digits and _ (name=...)."
        )
    return name


def _check_key(cls: type[OwnItem]) -> None:
    form = form_of(cls)
    names = [each.name for each in form.fields]
    if not names:
        raise SettingsError(f"{cls.__name__} has no fields; declare some of {SUPPORTED}.")
    if strange := [name for name in form.key if name not in names]:
        raise SettingsError(
            f"{cls.__name__}: the key names no field {', '.join(map(repr, strange))}; it has {', '.join(names)}."
        )


def _fields(cls: type[OwnItem]) -> Iterator[FieldForm]:
    if not cls.__pydantic_fields_complete__:
        raise SettingsError(
            f"{cls.__name__}: the types of its fields are not known where it is declared; import or define them first."
        )
    for name, info in cls.model_fields.items():
        if name not in OwnItem.model_fields:
            yield _field(cls, name, info)


def _field(cls: type[OwnItem], name: str, info: FieldInfo) -> FieldForm:
    single, optional, many = _taken_apart(info.annotation)
    labels = _labels(single)
    kind = KINDS.get(single) if isinstance(single, type) else None
    if kind is None and not labels:
        raise SettingsError(
            f"{cls.__name__}.{name}: {_shown(info.annotation)} is nothing that a report can prove; use {SUPPORTED}."
        )
    zh, _, en = (info.title or "").partition(" / ")
    words = _words(name).capitalize()
    title = Bilingual(zh=zh.strip() or words, en=en.strip() or words)
    published = OwnField(name=name, kind=kind or "label", many=many, title=title)
    return FieldForm(published, optional, " ".join((info.description or "").split()), labels)


def _taken_apart(annotation: Any) -> tuple[Any, bool, bool]:
    """What a field holds, whether it may be null, and whether it holds many; an optional list is neither."""
    if get_origin(annotation) in (Union, UnionType):
        others = [each for each in get_args(annotation) if each is not NoneType]
        if len(others) == 1 and len(others) < len(get_args(annotation)) and get_origin(others[0]) not in (tuple, list):
            return others[0], True, False
        return None, False, False
    if get_origin(annotation) is list:
        return get_args(annotation)[0], False, True
    if get_origin(annotation) is tuple and get_args(annotation)[1:] == (Ellipsis,):
        return get_args(annotation)[0], False, True
    return annotation, False, False


def _labels(single: Any) -> tuple[str, ...]:
    """The labels of a Literal or Enum; none where they are not all texts."""
    values: list[Any] = []
    if get_origin(single) is Literal:
        values = list(get_args(single))
    elif isinstance(single, type) and issubclass(single, Enum):
        values = [member.value for member in single]
    return tuple(values) if all(isinstance(value, str) and value for value in values) else ()


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


# --- names ------------------------------------------------------------------------------------


def _words(name: str) -> str:
    """The words of a class's or field's name: PolicySubsidy and policy_subsidy are "policy subsidy"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).strip().lower()


def _plural(words: str) -> str:
    if re.search("[^aeiou]y$", words):
        return words[:-1] + "ies"
    return words + ("es" if re.search("(?:s|x|z|ch|sh)$", words) else "s")
