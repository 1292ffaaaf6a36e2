"""What a declaration of an own type says, and what is refused when it is made."""

from __future__ import annotations

from enum import Enum
from typing import Literal

import pytest
from pydantic import Field

from summarizer import Bilingual, Date, Evidence, Name, OwnItem, Quantity, SettingsError, Summarizer
from summarizer.itemtypes.declaring import form_of
from summarizer.prompting import answer_schema, instructions, prompts_digest, read_messages, schema_digest
from summarizer.prompting import example_chunk as a_chunk


class Level(Enum):
    CITY = "city"
    COUNTY = "county"


class ForeignFair(OwnItem, zh="展会", key=("name",)):
    """A fair that is held
    for foreign trade."""

    name: Name = Field(title="名称 / Name of fair", description="its full name")
    said: Bilingual
    where: Evidence | None
    level: Level
    days: tuple[Quantity, ...]
    held: list[Date]
    rank: Literal["new", "old"] | None = None


class Prize(OwnItem, name="honours", en="Honours won"):
    """A prize."""

    name: Name


def test_a_declaration_says_its_list_headings_and_fields():
    form = form_of(ForeignFair)
    assert (form.name, form.title.zh, form.title.en) == ("foreign_fairs", "展会", "Foreign fairs")
    assert form.says == "A fair that is held\nfor foreign trade."
    shown = [(f.name, f.kind, f.many, f.optional, f.labels) for f in form.fields]
    assert shown == [
        ("name", "name", False, False, ()),
        ("said", "statement", False, False, ()),
        ("where", "clause", False, True, ()),
        ("level", "label", False, False, ("city", "county")),
        ("days", "quantity", True, False, ()),
        ("held", "date", True, False, ()),
        ("rank", "label", False, True, ("new", "old")),
    ]
    titles = [(f.published.title.zh, f.published.title.en) for f in form.fields]
    assert titles[:2] == [("名称", "Name of fair"), ("Said", "Said")]
    assert (form_of(Prize).name, form_of(Prize).title.zh) == ("honours", "Honours won")


@pytest.mark.parametrize(
    ("name", "plural"), [("City", "cities"), ("Survey", "surveys"), ("Bonus", "bonuses"), ("FreeZone", "free_zones")]
)
def test_a_list_is_named_by_the_classes_plural(name: str, plural: str):
    made = type(OwnItem)(name, (OwnItem,), {"__doc__": "x", "__module__": __name__, "__annotations__": {"a": Name}})
    assert form_of(made).name == plural


@pytest.mark.parametrize(
    ("body", "head", "says"),
    [
        ("who: Name", "OwnItem", "A has no docstring; write what counts as one"),
        ("'x'", "OwnItem", "A has no fields"),
        (
            "'x'\n    who: int",
            "OwnItem",
            "A.who: int is nothing that a report can prove; use Name, Bilingual, Evidence",
        ),
        ("'x'\n    who: object", "OwnItem", "A.who: object is nothing"),
        ("'x'\n    who: tuple[Name, Name]", "OwnItem", "A.who: tuple"),
        ("'x'\n    who: tuple[Name, ...] | None", "OwnItem", "A.who: tuple"),
        ("'x'\n    who: Name | Date", "OwnItem", "A.who: "),
        ("'x'\n    who: Literal[1, 2]", "OwnItem", "A.who: "),
        ("'x'\n    who: 'Unknown'", "OwnItem", "A: the types of its fields are not known"),
        ("'x'\n    id: Name", "OwnItem", "A.id: this name is taken"),
        ("'x'\n    evidence: Name", "OwnItem", "A.evidence: this name is taken"),
        ("'x'\n    c: Name", "OwnItem", "A.c: this name is taken"),
        ("'x'\n    json: Name", "OwnItem", "A.json: this name is taken"),
        ("'x'\n    who: Name", "OwnItem, key=('whom',)", "A: the key names no field 'whom'; it has who"),
        ("'x'\n    who: Name", "OwnItem, name='goals'", "A: a brief has 'goals' already"),
        ("'x'\n    who: Name", "OwnItem, name='report'", "A: a brief has 'report' already"),
        ("'x'\n    who: Name", "OwnItem, name='a-b'", "A: 'a-b' is no name of a list"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_when_it_is_made(body: str, head: str, says: str):
    code = f"class A({head}):\n    {body}\n"
    with pytest.raises(SettingsError) as refused:
        exec(code, {**globals(), "__name__": __name__})
    assert str(refused.value).startswith(says)


def test_what_is_no_type_and_two_with_one_list_are_refused():
    with pytest.raises(SettingsError, match="is no own item type"):
        Summarizer("rules", types=[dict])  # type: ignore[list-item]
    with pytest.raises(SettingsError, match="is no own item type"):
        Summarizer("rules", types=[OwnItem])

    class Award(OwnItem, name="honours"):
        """Another."""

        name: Name

    with pytest.raises(SettingsError, match="Prize and Award would both fill the list 'honours'"):
        Summarizer("rules", types=[Prize, Award])


# --- what the model is asked ------------------------------------------------------------------


def test_without_own_types_nothing_of_the_request_changes():
    assert instructions(()) == instructions()
    assert answer_schema(()).schema == answer_schema().schema
    assert (prompts_digest(()), schema_digest(())) == (prompts_digest(), schema_digest())


def test_own_types_follow_the_built_in_instructions():
    """The built-in prefix stays one, and the whole is the same for every part."""
    system, _ = read_messages(a_chunk(), (ForeignFair, Prize))
    assert system.content.startswith(instructions() + "\n\n")
    own = system.content.removeprefix(instructions())
    for line in (
        "foreign_fairs: A fair that is held\nfor foreign trade.\n c the clause that states it.",
        "\n name: a name; its full name\n",
        "\n where: a clause, or null\n",
        "\n level: one of city, county\n",
        "\n days: a list, each a quantity\n",
        "honours: A prize.",
    ):
        assert line in own
    assert prompts_digest((Prize,)) != prompts_digest()


def test_only_the_kinds_that_are_declared_are_explained():
    assert "a date is" not in instructions((Prize,))
    assert "a date is" in instructions((ForeignFair,))


def test_the_schema_has_the_lists_in_the_strict_subset():
    known = {"$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
    schema = answer_schema((ForeignFair,)).schema
    assert schema["required"] == ["figures", "goals", "projects", "risks", "skipped", "foreign_fairs"]
    row = schema["$defs"]["ForeignFairsRow"]
    assert row["required"] == ["c", "name", "said", "where", "level", "days", "held", "rank"]
    assert set(row) <= known
    assert all(set(each) <= known for each in row["properties"].values())
    assert row["properties"]["level"]["enum"] == ["city", "county"]
