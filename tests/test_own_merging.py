"""Own items said twice are one by their declared key, what differs is a conflict; and how they are shown."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from chunks import CITY, report_of
from pydantic import Field, field_validator

from summarizer import Bilingual, Date, Evidence, Name, OwnItem, Quantity
from summarizer.brief import Brief
from summarizer.chunking import Budget, make_chunks
from summarizer.correcting.applying import correct
from summarizer.correcting.fixes import Fixes, GivenFixes
from summarizer.correcting.placing import plan
from summarizer.grounding.resolve import resolve
from summarizer.itemtypes.rows import row_type
from summarizer.merging import merge
from summarizer.model import BriefContent, Draft, EngineInfo
from summarizer.outline import read_outline
from summarizer.own_merging import with_own
from summarizer.quantities.grammar import find_quantities
from summarizer.rendering.html import to_html
from summarizer.rendering.jsonform import from_json, to_json
from summarizer.rendering.markdown import to_markdown

ENGINE = EngineInfo(name="chat", model="m", version="0", prompts=None, schema_=None, terms="t")


class Aid(OwnItem, zh="补助", en="Aid", key=("who", "amount")):
    """Money."""

    who: Name = Field(title="对象")
    amount: Quantity | None
    until: Date | None = None
    form: Literal["gift", "loan"] | None = None
    says: Bilingual | None = None
    where: tuple[Evidence, ...] = ()


class Loose(OwnItem):
    """Without a key."""

    who: Name
    amount: Quantity | None


def brief_of(text: str, terms: Any, item_type: type[OwnItem], *rows: dict[str, Any]) -> BriefContent:
    """The brief of rows whose `at` is the number of their clause and whose `amount` is that of their quantity."""
    report = report_of(text)
    quantities = find_quantities(text)
    (chunk,) = make_chunks(report, read_outline(report), quantities, Budget(tokens=None))
    clauses, marks = list(chunk.clauses), list(chunk.quantities)
    made = []
    for row in rows:
        given = {k: v for k, v in row.items() if k != "at"} | {"c": clauses[row["at"]]}
        if given.get("amount") is not None:
            given["amount"] = marks[given["amount"]]
        if "says" in given:
            given["says"] = {"c": given["c"], "en": given["says"]}
        given["where"] = [{"c": clauses[n]} for n in row.get("where", ())]
        made.append(row_type(item_type).model_validate_json(json.dumps(given), strict=True))
    items = resolve(Draft.of({item_type.__own_form__.name: tuple(made)}), chunk, terms, "chat")
    assert items.gaps == ()
    content = merge(report, read_outline(report), quantities, [items], (), ENGINE)
    return with_own(content, [items], [item_type])


def firms(en: str | None = None) -> dict[str, Any]:
    return {"zh": "企业", "en": en}


TWICE = "二、2024年工作安排\n补助企业20万元,年底前发放。对企业补助20万元。补助企业30万元。"


def test_the_same_item_said_twice_is_one_with_both_places(terms):
    content = brief_of(
        TWICE,
        terms,
        Aid,
        {"at": 2, "who": firms("firms"), "amount": 1, "form": "gift", "where": (2,)},
        {"at": 0, "who": firms(), "amount": 0, "until": "2024-12", "where": (0,)},
        {"at": 3, "who": firms(), "amount": 2},
    )
    one, other = content.own["aids"].items
    assert (one.id, other.id) == ("aids-1", "aids-2")
    assert [e.quote for e in one.evidence] == ["补助企业20万元", "年底前发放", "对企业补助20万元"]
    assert (one.values["who"].en, one.values["until"].iso, one.values["form"]) == ("firms", "2024-12", "gift")
    assert [e.quote for e in one.values["where"]] == ["对企业补助20万元", "补助企业20万元"]
    assert other.values["who"].en is None
    assert content.conflicts == ()


def test_the_same_item_with_different_labels_or_dates_is_a_conflict(terms):
    rows = [
        {"at": 0, "who": firms(), "amount": 0, "form": "gift"},
        {"at": 2, "who": firms(), "amount": 1, "form": "loan"},
    ]
    content = brief_of(TWICE, terms, Aid, *rows)
    assert len(content.own["aids"].items) == 2
    (conflict,) = content.conflicts
    assert (conflict.items, conflict.reason) == (("aids-1", "aids-2"), "form: gift / loan")
    page = to_markdown(content)
    assert "form: gift / loan" in page
    assert "对企业补助20万元" in page.split("## 数据冲突")[1]


def test_without_a_key_only_equal_items_are_the_same(terms):
    rows = [
        {"at": 0, "who": firms(), "amount": 0},
        {"at": 2, "who": firms(), "amount": 1},
        {"at": 3, "who": firms(), "amount": None},
    ]
    assert len(brief_of(TWICE, terms, Loose, *rows).own["looses"].items) == 2


def test_a_key_that_has_no_value_makes_no_two_items_the_same(terms):
    rows = [{"at": 0, "who": firms(), "amount": None, "form": "gift"}, {"at": 2, "who": firms(), "amount": None}]
    content = brief_of(TWICE, terms, Aid, *rows)
    assert len(content.own["aids"].items) == 2
    assert content.conflicts == ()


def test_items_whose_union_the_class_declines_stay_apart(terms):
    class Careful(OwnItem, key=("who",)):
        """With a rule over a list."""

        who: Name
        where: tuple[Evidence, ...]

        @field_validator("where")
        @classmethod
        def _one(cls, where: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
            if len(where) > 1:
                raise ValueError("one place")
            return where

    rows = [{"at": 0, "who": firms(), "where": (0,)}, {"at": 2, "who": firms(), "where": (2,)}]
    content = brief_of(TWICE, terms, Careful, *rows)
    assert len(content.own["carefuls"].items) == 2
    assert len(Brief(content, report_of(TWICE)).items(Careful)) == 2


def test_the_json_is_read_back_as_it_was_and_gives_the_objects(terms):
    rows = [{"at": 0, "who": firms("firms"), "amount": 0, "until": "2024-12", "says": None, "where": (0, 1)}]
    quantities = find_quantities(TWICE)
    content = brief_of(TWICE, terms, Aid, *rows)
    again = from_json(to_json(content))
    assert again == content
    assert to_json(again) == to_json(content)
    (aid,) = Brief(again, report_of(TWICE)).items(Aid)
    assert aid.amount == quantities[0]
    assert isinstance(aid.who, Name)
    assert (aid.until.iso, aid.until.quote) == ("2024-12", "年底")  # type: ignore[union-attr]
    assert [e.quote for e in aid.where] == ["补助企业20万元", "年底前发放"]


@pytest.mark.parametrize(
    ("lang", "head"),
    [
        ("zh", "| 编号 | 对象 | Amount |"),
        ("en", "| ID | Who | Amount |"),
        ("both", "| 编号 / ID | 对象 / Who | Amount |"),
    ],
)
def test_a_section_has_a_column_for_each_field_in_the_languages_asked_for(terms, lang, head):
    content = brief_of(
        TWICE, terms, Aid, {"at": 0, "who": firms("firms"), "amount": 0, "until": "2024-12", "where": (0,)}
    )
    page = to_markdown(content, lang)
    title = {"zh": "## 补助\n", "en": "## Aid\n", "both": "## 补助 · Aid\n"}[lang]
    assert title in page
    row = next(line for line in page.splitlines() if line.startswith("| **aids-1**"))
    assert head in page
    assert ("**20万元**" in row) == (lang != "en")
    assert ("RMB 200,000" in row) == (lang != "zh")
    assert ("end of 2024" in row) == (lang != "zh")
    assert ("(not translated)" in row) == (lang != "zh"), "a clause has no English, and says so"


def test_no_items_are_said_to_be_none(terms):
    content = brief_of(TWICE, terms, Aid)
    assert "## 补助 · Aid\n\n无  \nNone" in to_markdown(content)


def test_what_a_report_and_a_declaration_say_is_escaped(terms):
    class Odd(OwnItem, zh="<b>坏</b>", en="<i>odd</i> | *x*"):
        """Odd."""

        who: Name = Field(title="<script>")

    content = brief_of(
        "二、2024年工作安排\n补助<u>企业20万元。", terms, Odd, {"at": 0, "who": {"zh": "企业", "en": "a < b"}}
    )
    page = to_html(content)
    assert "<script" not in page
    assert "<i>odd" not in page
    assert "&lt;script&gt;" in page
    assert "a &lt; b" in page
    assert r"\<i\>odd\</i\> \| \*x\*" in to_markdown(content)


def test_a_disputed_item_is_listed_among_the_disputed(terms):
    content = brief_of(TWICE, terms, Aid, {"at": 0, "who": firms("firms"), "amount": 1})
    assert content.own["aids"].items[0].disputed == ("amount_apart",)
    section = to_markdown(content).split("## 存疑条目")[1].split("##")[0]
    assert "aids-1 企业" in section
    assert r"⚠ amount\_apart" in section


def test_a_number_that_only_an_own_item_cites_is_accounted_for(terms):
    text = "二、2024年工作安排\n举办第5批江湾美食节,发放消费券500万元。"
    report, quantities = report_of(text), find_quantities(text)
    (chunk,) = make_chunks(report, read_outline(report), quantities, Budget(tokens=None))
    first = next(iter(chunk.clauses))
    row = {"c": first, "who": {"zh": "江湾美食节"}, "amount": f"{first}:5批"}
    made = row_type(Loose).model_validate_json(json.dumps(row), strict=True)
    items = resolve(Draft.of({"looses": (made,)}), chunk, terms, "chat")
    content = with_own(merge(report, read_outline(report), quantities, [items], (), ENGINE), [items], [Loose])
    assert (content.coverage.quantities, content.coverage.used) == (2, 1)
    assert content.coverage.unaccounted == (quantities[0].id,), "a marked number is asked for as ever"


def test_corrections_leave_own_items_as_they_are(terms):
    """A number that an item cites by its words gives way to the user's own one, and the item names that."""
    text = "二、2024年工作安排\n举办第5批江湾美食节,发放消费券500万元。"
    report = report_of(text, CITY)
    quantities = find_quantities(text)
    chunks = make_chunks(report, read_outline(report), quantities, Budget(tokens=None))
    first = next(iter(chunks[0].clauses))
    row = {"c": first, "who": {"zh": "江湾美食节"}, "amount": f"{first}:5批"}
    made = row_type(Loose).model_validate_json(json.dumps(row), strict=True)
    items = resolve(Draft.of({"looses": (made,)}), chunks[0], terms, "chat")
    own = {"indicator_zh": "美食节", "measure": "level", "kind": "target", "year": 2024, "value": "5", "unit": "count"}
    fix = {"do": "add", "what": "figure", "quote": "第5批", "set": own}
    fixes = Fixes.model_validate_json(json.dumps({"text_sha256": "", "fixes": [fix]}))
    corrected, done = correct([items], plan(GivenFixes(fixes, "x", None), report, quantities, chunks), terms)
    content = merge(report, read_outline(report), quantities, [corrected], (), ENGINE)
    (kept,) = with_own(content, [items], [Loose]).own["looses"].items
    assert done.added == 1
    (named,) = [q for q in content.quantities if q.id == kept.values["amount"]]
    assert (named.raw, named.id[0]) == ("第5批", "u")
