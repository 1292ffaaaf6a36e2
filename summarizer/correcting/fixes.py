"""A user's corrections of one report as a file: its types, its schema, and reading it.

A correction names a place in the text, never an item of one run, so that it holds for every
engine. The types below are the published contract (schemas/fixes.schema.json).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator, with_config
from typing_extensions import TypedDict

from summarizer import strictjson
from summarizer.errors import InputError
from summarizer.model import (
    Comparator,
    Direction,
    Kind,
    Measure,
    ProjectStatus,
    Published,
    RiskStatus,
    RiskType,
    Stage,
    Theme,
)

SUFFIX = ".fixes.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VALUE = r"^(?:-?[0-9]+(?:\.[0-9]+)?|[0-9]+/[1-9][0-9]*|[0-9]+(?:\.[0-9]+)?(?::[0-9]+(?:\.[0-9]+)?)+)$"

Words = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"\S")]
"""A text that says something: a name, or a statement in English."""
Value = Annotated[str, StringConstraints(max_length=60, pattern=_VALUE)]
"""An exact decimal, a fraction or a ratio of parts, as in a brief's quantities."""
Year = Annotated[int, Field(ge=1000, le=9999)]
Action = Literal["reject", "relabel", "add"]

_strict = with_config(ConfigDict(extra="forbid"))


@_strict
class FigureFields(TypedDict, total=False):
    """What a user may say of a figure. The last five are for a number that the grammar does not read."""

    indicator_zh: Words
    indicator_en: Words | None
    measure: Measure
    direction: Direction | None
    kind: Kind
    year: Year | None
    scope: Words | None
    value: Value
    value_high: Value | None
    unit: Words
    counter: Words | None
    comparator: Comparator


@_strict
class GoalFields(TypedDict, total=False):
    """What a user may say of a goal."""

    theme: Theme
    en: Words | None


@_strict
class ProjectFields(TypedDict, total=False):
    """What a user may say of a project; without `name_zh` its name is the quote."""

    name_zh: Words
    name_en: Words | None
    stage: Stage
    status: ProjectStatus


@_strict
class RiskFields(TypedDict, total=False):
    """What a user may say of a risk."""

    type: RiskType
    status: RiskStatus
    en: Words | None


class Entry(Published):
    """One correction at one place: `quote` is the text from `start` to `end`.

    Without `start` and `end` it is at the one place where the text has the quote. `note` is for people.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_"),
    )
    needed: ClassVar[tuple[str, ...]] = ()
    only_added: ClassVar[tuple[str, ...]] = ()

    do: Action
    start: int | None = None
    end: int | None = None
    quote: str = Field(min_length=1)
    note: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What `set` says; nothing for a rejection."""
        return dict(getattr(self, "set_", None) or {})

    def lacking(self, fields: dict[str, Any]) -> list[str]:
        """Those of the fields that an item needs which are not there."""
        return [name for name in self.needed if name not in fields]

    @model_validator(mode="after")
    def _holds_together(self) -> Entry:
        fields = self.fields
        if (self.start is None) != (self.end is None):
            raise ValueError("give both start and end, or neither")
        if self.do == "reject" and fields:
            raise ValueError("a rejection sets nothing; take `set` out")
        if self.do == "relabel" and not fields:
            raise ValueError("`set` is empty; say which fields to change")
        if self.do == "add" and (lacking := self.lacking(fields)):
            raise ValueError(f"`set` lacks {', '.join(lacking)}, which an added {self.what} needs")  # type: ignore[attr-defined]
        if self.do != "add" and (extra := [name for name in self.only_added if name in fields]):
            raise ValueError(f"{', '.join(extra)} can only be given for a figure that is added")
        return self


class FigureFix(Entry):
    """A correction of a figure, at its quantity."""

    needed = ("indicator_zh", "measure", "kind")
    only_added = ("value", "value_high", "unit", "counter", "comparator")

    what: Literal["figure"]
    set_: FigureFields | None = None


class GoalFix(Entry):
    """A correction of a goal, at its statement."""

    needed = ("theme",)

    what: Literal["goal"]
    set_: GoalFields | None = None


class ProjectFix(Entry):
    """A correction of a project, at its name in one place."""

    needed = ("stage", "status")

    what: Literal["project"]
    set_: ProjectFields | None = None


class RiskFix(Entry):
    """A correction of a risk, at its statement."""

    needed = ("type", "status")

    what: Literal["risk"]
    set_: RiskFields | None = None


Fix = FigureFix | GoalFix | ProjectFix | RiskFix


class Fixes(Published):
    """All corrections of one report; `text_sha256` is the one that its briefs have."""

    version: Literal["1"] = "1"
    text_sha256: str
    fixes: tuple[Annotated[Fix, Field(discriminator="what")], ...]


@dataclass(frozen=True, slots=True)
class GivenFixes:
    """Corrections, the name that errors call them by, and their file's digest where they have one."""

    fixes: Fixes
    name: str
    sha256: str | None


def fixes_beside(report: Path) -> Path | None:
    """The corrections file that lies beside a report, `<stem>.fixes.json`, where there is one."""
    path = report.parent / f"{report.stem}{SUFFIX}"
    return path if path.is_file() else None


def _refuse_repeats(data: bytes, name: str) -> None:
    """A key that stands twice is refused; what is no JSON at all is left to the validation."""
    try:
        strictjson.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError:
        return
    except RecursionError:
        return
    except ValueError as error:
        if "stands twice" in str(error):
            raise InputError(f"{name}: {error}; leave one of them out.") from error


def read_fixes(path: Path) -> GivenFixes:
    """Reads a corrections file. Raises InputError, which names the entry and what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path of the corrections.") from error
    try:
        _refuse_repeats(data, path.name)
        fixes = Fixes.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"), strict=True)
    except ValidationError as error:
        raise InputError(f"{path.name}: {_sentence(error)}") from error
    return GivenFixes(fixes, path.name, hashlib.sha256(data).hexdigest())


def schema_text() -> str:
    """The schema as the file schemas/fixes.schema.json holds it."""
    schema = {"$schema": DIALECT, **Fixes.model_json_schema(by_alias=True), "title": "Corrections"}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, where, and how many more there are."""
    problems = error.errors(include_url=False, include_input=False)
    first = problems[0]
    reason = " ".join(str(first["msg"]).removeprefix("Value error, ").split()).rstrip(".")[:300]
    if first["type"] == "extra_forbidden":
        reason = "there is no such field"
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{_place(first['loc'])}{reason}{more}; correct it (docs/corrections.md has the fields)."


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the file: entries are counted from 1, as errors about their places count them."""
    if len(location) > 1 and location[0] == "fixes":
        inner = ".".join(str(part) for part in location[3:])
        return f"entry {int(location[1]) + 1}: " + (f"{inner}: " if inner else "")
    return "".join(f"{part}: " for part in location)
