"""The short form of answers stands for the fields of the Draft types, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.answerform import fields_of, written
from summarizer.model import DraftFigure, DraftGoal, DraftProject, DraftRisk, DraftSkip

IDS = st.from_regex(r"\A[cq][1-9][0-9]?[a-hj-z]\Z")
WORDS = st.text("投资项目新增云岭ABC（）()…-:, ", min_size=1, max_size=12).map(str.strip).filter(bool)
ENGLISH = st.none() | st.from_regex(r"\A[A-Z][a-z {}q0-9#,-]{0,20}[a-z]\Z")
FIGURES = st.builds(
    DraftFigure, q=IDS, zh=WORDS, en=ENGLISH, m=st.just("level"), d=st.none(), y=st.none() | st.integers(1990, 2040),
    scope=st.none() | WORDS,
)  # fmt: skip
CHANGES = st.builds(DraftFigure, q=IDS, zh=WORDS, en=ENGLISH, m=st.just("change"), d=st.sampled_from(["up", "down"]),
                    scope=st.none())  # fmt: skip
POINTERS = {"c": IDS, "c2": st.none() | IDS, "part": st.none() | WORDS, "en": ENGLISH}
ITEMS = st.one_of(
    st.tuples(st.just("figures"), FIGURES | CHANGES),
    st.tuples(st.just("goals"), st.builds(DraftGoal, **POINTERS)),
    st.tuples(st.just("projects"), st.builds(DraftProject, c=IDS, zh=WORDS, en=ENGLISH)),
    st.tuples(st.just("risks"), st.builds(DraftRisk, **POINTERS)),
    st.tuples(st.just("skipped"), st.builds(DraftSkip, q=IDS)),
)


@given(ITEMS)
def test_what_is_written_of_an_item_is_read_as_that_item(case):
    kind, item = case
    fields = fields_of(kind, written(kind, item.model_dump()))
    assert type(item).model_validate({"d": None} | fields if kind == "figures" else fields) == item


@given(ITEMS)
def test_items_with_the_keys_of_the_draft_types_are_understood(case):
    kind, item = case
    assert fields_of(kind, item.model_dump()) == item.model_dump()


@pytest.mark.parametrize(
    ("pointer", "fields"),
    [
        ("c8b", ("c8b", None, None)),
        ("c8b-c9r", ("c8b", "c9r", None)),
        (" c8b (今年要…6%以上)", ("c8b", None, "今年要…6%以上")),
        ("c8b-c9r（建成（二期）…街道）", ("c8b", "c9r", "建成（二期）…街道")),
        ("the third clause", ("the third clause", None, None)),
    ],
)
def test_a_pointer_is_a_clause_clauses_or_a_part_of_them(pointer, fields):
    assert tuple(fields_of("risks", [pointer, "hazard"])[k] for k in ("c", "c2", "part")) == fields


@pytest.mark.parametrize(
    ("kind", "row", "fields"),
    [
        ("projects", ["c1a", "promised under_construction", "云岭大桥", "Yunling Bridge"],
         {"c": "c1a", "stage": "under_construction", "status": "promised", "zh": "云岭大桥", "en": "Yunling Bridge"}),
        ("projects", ["c1a", "completed", "云岭大桥", ""],
         {"c": "c1a", "stage": "completed", "status": "reported", "zh": "云岭大桥", "en": None}),
        ("risks", ["c1a", "handled hazard"],
         {"c": "c1a", "c2": None, "part": None, "type": "hazard", "status": "handled", "en": None}),
        ("figures", {"q": "q1a", "zh": "产值@港城园区", "en": None, "m": "down", "k": "actual", "y": None},
         {"q": "q1a", "zh": "产值", "scope": "港城园区", "en": None, "m": "change", "d": "down",
          "k": "actual", "y": None}),
    ],
)  # fmt: skip
def test_labels_say_what_is_rarer_and_leave_out_what_is_usual(kind, row, fields):
    assert fields_of(kind, row) == fields


@pytest.mark.parametrize(
    "row", ["c1a", 7, None, [], ["c1a"], ["c1a", 3], ["c1a", "industry", "Build", "it"], [["c1a"]]]
)
def test_what_is_no_row_is_refused_with_the_form(row):
    with pytest.raises(ValueError, match=r"not of the form \[pointer, theme, English\]"):
        fields_of("goals", row)


@pytest.mark.parametrize(
    ("kind", "written_so", "name", "value"),
    [
        ("projects", ["c1a", "promised under construction", "云岭大桥"], "stage", "under_construction"),
        ("risks", ["c1a", "Handled hazard"], "type", "Handled_hazard"),
        ("risks", {"c": "c1a-c2b(多…少)", "type": "hazard", "status": "open"}, "part", "多…少"),
    ],
)
def test_what_is_meant_beyond_doubt_is_understood_and_nothing_else(kind, written_so, name, value):
    assert fields_of(kind, written_so)[name] == value


def test_a_figure_is_an_object():
    with pytest.raises(ValueError, match="not an object"):
        fields_of("figures", ["q1a", "产值"])


def test_what_lacks_a_field_is_written_as_it_is():
    """A broken item goes back to the model in its own words."""
    assert written("goals", {"c": "c1a", "t": "industry"}) == {"c": "c1a", "t": "industry"}
    assert written("goals", ["c1a"]) == ["c1a"]
