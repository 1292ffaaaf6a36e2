"""Items of own types are held to the same checks as built-in ones, sent back once, and read back typed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from chunks import CITY, chunk_of, clause_of, ids
from documented import documented_type
from endpoint import Response, answer, endpoint, plain_client, says
from recordings import scenario
from test_recordings import replayed

from summarizer import SettingsError, Summarizer
from summarizer.clients.base import Reply
from summarizer.engines.chat.answers import parse
from summarizer.engines.chat.engine import ChatEngine
from summarizer.grounding.resolve import check, resolve
from summarizer.itemtypes.rows import row_type
from summarizer.model import Chunk, Date, Draft, Items, Metadata, OwnRecord, Quantity, Reading
from summarizer.settings import Settings

Subsidy, Event = documented_type("Subsidy"), documented_type("Event")
TEXT = (
    "二、2024年工作安排\n（一）惠企\n对首次升规的工业企业,一次性奖励20万元,6月底前申报。对技改项目补助8%,年底前完工。\n"
    "（二）消费\n举办第3届江湾美食节,发放消费券500万元。"
)


def row(chunk: Chunk, **changes: Any) -> dict[str, Any]:
    """A good subsidy of the chunk."""
    reward, q = clause_of(chunk, "一次性奖励"), ids(chunk)[0]
    first = {"c": clause_of(chunk, "首次升规"), "c2": None, "part": "首次升规", "en": "First rise above the size"}
    good = {
        "c": reward,
        "what": {"c": reward, "c2": None, "part": None, "en": f"A one-off reward of {{{q}}}"},
        "form": "reward",
        "who": {"zh": "工业企业", "en": "industrial enterprises"},
        "amount": q,
        "condition": first,
        "deadline": "2024-06",
    }
    return good | changes


def resolved(chunk: Chunk, terms: Any, item_type: Any = Subsidy, **rows: Any) -> Items:
    """What is made of one row alone."""
    return resolve(drafted(item_type, row(chunk, **rows)), chunk, terms, "chat")


def drafted(item_type: Any, *rows: dict[str, Any]) -> Draft:
    made = tuple(row_type(item_type).model_validate_json(json.dumps(each), strict=True) for each in rows)
    return Draft.of({item_type.__own_form__.name: made})


def only(items: Items, name: str = "subsidies") -> OwnRecord:
    assert items.gaps == ()
    (record,) = items.own[name]
    return record


def test_a_good_item_is_grounded_in_every_field(terms):
    chunk = chunk_of(TEXT)
    record = only(resolved(chunk, terms))
    values = record.values
    assert values["what"].model_dump() == {"zh": "一次性奖励20万元", "en": "A one-off reward of RMB 200,000"}
    assert values["condition"].zh == "首次升规"
    assert values["amount"] == chunk.quantities[ids(chunk)[0]].id
    assert (values["deadline"].iso, values["deadline"].quote) == ("2024-06", "6月底")
    assert [e.quote for e in record.evidence] == ["首次升规", "一次性奖励20万元", "6月底前申报"]
    assert record.evidence[0].path == ("二、2024年工作安排", "（一）惠企")
    assert (record.by, record.disputed) == ("chat", ())


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"c": "c99z"}, "unknown_pointer", "there is no clause c99z"),
        ({"amount": "q99z"}, "unknown_pointer", "amount: there is no quantity q99z"),
        ({"condition": {"c": "c99z"}}, "unknown_pointer", "condition: there is no clause c99z"),
        ({"who": {"zh": "农业企业", "en": "farms"}}, "name_not_in_text", "who: '农' is not in the sentence"),
        ({"who": {"zh": "", "en": "x"}}, "name_empty", "who: "),
        ({"who": {"zh": "工业企业", "en": "工业企业"}}, "chinese_in_english", "who: "),
        ({"who": {"zh": "工业企业", "en": "20 enterprises"}}, "digits_in_english", "who: '20' is written out"),
        ({"who": {"zh": "工业企业", "en": "three enterprises"}}, "number_word", "who: 'three' is a number"),
        ({"deadline": "2024-07"}, "date_not_in_text", "deadline: no sentence that the item points at gives 2024-07"),
        ({"deadline": "2024-12"}, "date_not_in_text", "deadline: "),
        ({"deadline": "June"}, "date_broken", "deadline: 'June' is no date"),
    ],
)
def test_what_does_not_hold_is_a_violation_that_names_its_field(terms, changes, reason, says):
    items = resolved(chunk_of(TEXT), terms, **changes)
    assert items.own["subsidies"] == ()
    (gap,) = items.gaps
    assert (gap.stage, gap.reason) == ("grounding", reason)
    assert f"subsidies: {reason}: {says}" in str(gap.detail)


@pytest.mark.parametrize(
    ("english", "reason"),
    [
        ("A reward", "placeholder_missing"),
        ("A reward of RMB 200,000", "placeholder_missing"),
        ("A reward of {q}, and {q99z}", "placeholder_outside"),
        ("A reward of {q} million", "placeholder_joined"),
        ("A reward of {q} 奖励", "chinese_in_english"),
        ("A reward of {q} for ten firms", "number_word"),
    ],
)
def test_the_english_of_a_statement_is_checked_as_a_goals(terms, english, reason):
    chunk = chunk_of(TEXT)
    c, q = clause_of(chunk, "一次性奖励"), ids(chunk)[0]
    what = {"c": c, "c2": None, "part": None, "en": english.replace("{q}", f"{{{q}}}")}
    assert reason in {g.reason for g in resolved(chunk, terms, what=what).gaps}


def test_what_stands_in_another_section_is_not_the_items(terms):
    chunk = chunk_of(TEXT)
    items = resolved(chunk, terms, amount=ids(chunk)[-1])
    assert [gap.reason for gap in items.gaps] == ["elsewhere"]


def test_a_number_of_another_sentence_is_kept_and_disputed(terms):
    chunk = chunk_of(TEXT)
    record = only(resolved(chunk, terms, amount=ids(chunk)[1]))
    assert record.disputed == ("amount_apart",)
    assert record.evidence[-1].quote == "对技改项目补助8%"


def test_a_number_that_has_no_mark_may_be_cited_by_its_words(terms):
    """It then is one of the brief's quantities, and accounted for."""
    chunk = chunk_of("二、2024年工作安排\n举办第5批江湾美食节,发放消费券500万元。")
    name = {"zh": "江湾美食节", "en": "Jiangwan Food Festival"}
    counts = [f"{clause_of(chunk, '江湾美食节')}:5批", ids(chunk)[0]]
    fair = {"c": clause_of(chunk, "江湾美食节"), "name": name, "kind": "festival", "counts": counts}
    items = resolve(drafted(Event, fair), chunk, terms, "chat")
    assert [q.raw for q in items.quantities] == ["5批"]
    known = chunk.quantities[ids(chunk)[0]]
    assert only(items, "events").values["counts"] == (items.quantities[0].id, known.id)


def test_a_date_that_two_of_the_sentence_fit_has_to_be_said_exactly(terms):
    text = "二、2024年工作安排\n对企业奖励20万元,2024年3月1日起受理,2024年9月30日截止。"
    chunk = chunk_of(text)
    bare = {"condition": None, "who": {"zh": "企业", "en": "enterprises"}, "c": clause_of(chunk, "奖励")}
    bare["what"] = {"c": clause_of(chunk, "奖励"), "part": "奖励", "en": "A reward"}
    assert [g.reason for g in resolve(drafted(Subsidy, plain(chunk, bare, "2024")), chunk, terms, "chat").gaps] == [
        "date_ambiguous"
    ]
    exact = resolve(drafted(Subsidy, plain(chunk, bare, "2024-09-30")), chunk, terms, "chat")
    assert only(exact).values["deadline"].quote == "2024年9月30日"


def plain(chunk: Chunk, fields: dict[str, Any], deadline: str) -> dict[str, Any]:
    return {"form": "reward", "amount": ids(chunk)[0], "deadline": deadline} | fields


def test_years_that_are_not_written_are_those_of_the_report(terms):
    """A review speaks of the reviewed year, a plan of the planned one, a notice of the year that it is of."""
    notice = Metadata("通知", CITY.place, None, "notice", "2025-03-01", None, None, False)
    for head, metadata, iso in (
        ("一、2023年工作回顾", CITY, "2023-06"),
        ("二、2024年工作安排", CITY, "2024-06"),
        ("一、支持企业", notice, "2025-06"),
    ):
        chunk = chunk_of(f"{head}\n对首次升规的工业企业,一次性奖励20万元,6月底前申报。", metadata)
        found = only(resolved(chunk, terms, deadline=iso)).values["deadline"]
        assert isinstance(found, Date)
        assert found.iso == iso


def test_an_item_without_any_value_is_none(terms):
    from summarizer import Name, OwnItem

    class Thing(OwnItem):
        """Anything."""

        name: Name | None

    chunk = chunk_of(TEXT)
    items = resolve(drafted(Thing, {"c": clause_of(chunk, "奖励"), "name": None}), chunk, terms, "chat")
    assert [gap.reason for gap in items.gaps] == ["empty"]


def test_the_classes_own_rules_are_checks_too(terms):
    """A validator's ValueError is a violation with its message; one that fails for itself is one as well."""
    from pydantic import field_validator

    from summarizer import Name, OwnItem

    class Thing(OwnItem):
        """Anything."""

        name: Name

        @field_validator("name")
        @classmethod
        def _fits(cls, name: Name) -> Name:
            if name.zh == "消费券":
                raise ValueError("no vouchers, please")
            return {}["missing"] if name.zh == "美食节" else name

    chunk = chunk_of(TEXT)
    names = ("消费券", "美食节", "江湾美食节")
    rows = [{"c": clause_of(chunk, "美食节"), "name": {"zh": zh, "en": None}} for zh in names]
    items = resolve(drafted(Thing, *rows), chunk, terms, "chat")
    assert [g.reason for g in items.gaps] == ["own_rule", "own_rule"]
    assert "no vouchers, please" in str(items.gaps[0].detail)
    assert "KeyError" in str(items.gaps[1].detail)
    assert [r.values["name"].zh for r in items.own["things"]] == ["江湾美食节"]


# --- the engine -------------------------------------------------------------------------------


def read(chunk: Chunk, url: str, terms: Any) -> Reading:
    async def ask() -> Reading:
        client = plain_client(Settings("chat", "m", url, "none", timeout=5.0))
        try:
            (reading,) = await ChatEngine(client, terms, (Subsidy,)).read(chunk)
            return reading
        finally:
            await client.close()

    return asyncio.run(ask())


def skipped(chunk: Chunk) -> list[dict[str, str]]:
    return [{"q": q, "why": "trivial"} for q in ids(chunk)]


def test_only_the_offending_item_goes_back_and_its_mended_form_is_taken(terms):
    chunk = chunk_of(TEXT)
    good = row(chunk, deadline=None)
    project = {"zh": "技改项目", "en": "upgrading projects"}
    bad = row(chunk, c=clause_of(chunk, "补助"), who=project, amount="q9x", deadline="2024-12")
    with endpoint(
        lambda n, r: answer(
            skipped=skipped(chunk), subsidies=[good, bad] if n == 1 else [bad | {"amount": ids(chunk)[1]}]
        )
    ) as served:
        reading = read(chunk, served.url, terms)
    asked = served.requests[1]["messages"][-1]["content"]
    assert len(served.requests) == 2
    assert "subsidies: {" in asked
    assert "reason: amount: there is no quantity q9x" in asked
    assert asked.count("reason:") == 1
    assert "技改项目" in asked
    assert reading.gaps == ()
    assert [r.amount for r in reading.draft.own["subsidies"]] == ids(chunk)[:2]  # type: ignore[attr-defined]


def test_an_item_that_stays_wrong_is_a_gap_at_its_place(terms):
    chunk = chunk_of(TEXT)
    bad = row(chunk, who={"zh": "农民", "en": "farmers"})
    with endpoint(lambda n, r: answer(skipped=skipped(chunk), subsidies=[bad] if n == 1 else [])) as served:
        reading = read(chunk, served.url, terms)
    (gap,) = reading.gaps
    assert (gap.reason, gap.lost) == ("not_mended", False)
    assert "subsidies: who: " in str(gap.detail)
    assert "奖励" in chunk.report.text[gap.start : gap.end]
    assert check(reading.draft, chunk, terms) == ()


def test_an_item_that_is_mended_does_not_stand_for_another_that_is_not(terms):
    chunk = chunk_of(TEXT)
    lost = row(chunk, who={"zh": "农民", "en": "farmers"})
    what = {"c": clause_of(chunk, "补助"), "c2": None, "part": None, "en": f"A subsidy of {{{ids(chunk)[1]}}}"}
    kept = {"c": clause_of(chunk, "补助"), "what": what, "form": "reward", "who": None, "condition": None}
    bad, good = kept | {"amount": "q9x", "deadline": None}, kept | {"amount": ids(chunk)[1], "deadline": None}
    with endpoint(lambda n, r: answer(skipped=skipped(chunk), subsidies=[lost, bad] if n == 1 else [good])) as served:
        reading = read(chunk, served.url, terms)
    assert [r.amount for r in reading.draft.own["subsidies"]] == [ids(chunk)[1]]  # type: ignore[attr-defined]
    (gap,) = reading.gaps
    assert "农" in str(gap.detail)


@pytest.mark.parametrize(
    "broken", [{"form": "gift"}, {"form": None}, {"what": "c1x"}, {"amount": 20}, {"deadline": ["2024"]}, {"c": None}]
)
def test_an_item_of_another_form_is_sent_back_alone(terms, broken):
    chunk = chunk_of(TEXT)
    rows = [row(chunk, deadline=None), row(chunk) | broken]
    with endpoint(lambda n, r: answer(skipped=skipped(chunk), subsidies=rows if n == 1 else [row(chunk)])) as served:
        reading = read(chunk, served.url, terms)
    assert next(iter(broken)) in served.requests[1]["messages"][-1]["content"].split("reason:")[1]
    assert len(reading.draft.own["subsidies"]) == 2


def test_a_list_that_the_answer_lacks_is_asked_for_and_is_a_gap_if_it_never_comes(terms):
    chunk = chunk_of(TEXT)
    for second, gaps, items in (({"subsidies": [row(chunk)]}, 0, 1), ({"subsidies": []}, 0, 0), ({}, 1, 0)):
        more = second
        with endpoint(lambda n, r, more=more: answer(skipped=skipped(chunk), **(more if n > 1 else {}))) as served:
            reading = read(chunk, served.url, terms)
        assert "subsidies: null\n  reason: the list is missing" in served.requests[1]["messages"][-1]["content"]
        assert len(reading.draft.own.get("subsidies", ())) == items
        assert ["subsidies: the list is missing" in str(g.detail) for g in reading.gaps] == [True] * gaps


def test_an_answer_that_is_none_is_asked_for_with_the_own_lists(terms):
    chunk = chunk_of(TEXT)
    with endpoint(lambda n, r: says("no") if n == 1 else answer(skipped=skipped(chunk), subsidies=[])) as served:
        read(chunk, served.url, terms)
    assert served.requests[1]["messages"][-1]["content"].endswith("The lists subsidies belong to it too.")
    assert served.requests[0]["messages"][0] == served.requests[1]["messages"][0]


def test_nulls_and_missing_lists_of_a_row_are_taken_for_nothing():
    content = json.dumps(
        {"events": [{"c": "c1a", "name": {"zh": "江湾美食节", "more": 1}, "kind": "festival", "counts": None}]}
    )
    parsed = parse(Reply(content), own=(Event,))
    assert parsed.malformed == ()
    (event,) = parsed.draft.own["events"]
    assert (event.counts, event.name.en) == ((), None)  # type: ignore[attr-defined]


# --- the whole run ----------------------------------------------------------------------------


def briefed(text: str, script: Any, types: Any = (Subsidy,), fixes: Any = False) -> Any:
    with endpoint(script) as served:
        made = Summarizer("chat", model="m", base_url=served.url, api_key="none", environment={}, types=types)
        return made.summarize_text(text, fixes=fixes)


def test_a_part_that_rules_had_to_read_is_said_to_be_unread_for_own_types():
    brief = briefed(TEXT, lambda n, r: says("", refusal="I cannot help with that"))
    (gap,) = [g for g in brief.gaps if g.reason == "own_types_unread"]
    assert TEXT[gap.start : gap.end].startswith("对首次升规")
    assert brief.items(Subsidy) == ()
    assert "1部分" not in brief.to_markdown()
    assert "Parts that rules read, and so not for own types (see the gaps): 1." in brief.to_markdown(lang="en")


def test_items_are_read_back_as_objects_of_their_class():
    chunk = chunk_of(TEXT)

    def script(n: int, request: dict[str, Any]) -> Response:
        if "cites" in request["messages"][0]["content"]:
            return says(json.dumps({"sentences": []}))
        return answer(skipped=skipped(chunk), subsidies=[row(chunk)])

    brief = briefed(TEXT, script)
    (subsidy,) = brief.items(Subsidy)
    assert isinstance(subsidy, Subsidy)
    assert isinstance(subsidy.amount, Quantity)
    assert (subsidy.amount.value, subsidy.amount.unit) == ("200000", "CNY")
    assert (subsidy.who.en, subsidy.form, subsidy.id) == ("industrial enterprises", "reward", "subsidies-1")
    assert all(TEXT[e.start : e.end] == e.quote for e in subsidy.evidence)
    with pytest.raises(SettingsError, match=r"made without Event; give Summarizer\(types=\[Event\]\)"):
        brief.items(Event)


def test_labels_and_lists_are_read_back_as_they_were_declared():
    chunk = chunk_of(TEXT)
    name = {"zh": "江湾美食节", "en": "Jiangwan Food Festival"}
    fair = {"c": clause_of(chunk, "江湾美食节"), "name": name, "kind": "festival", "counts": [ids(chunk)[-1]]}
    brief = briefed(TEXT, lambda n, r: answer(skipped=skipped(chunk), events=[fair]), (Event,))
    (event,) = brief.items(Event)
    assert event.kind is type(event).model_fields["kind"].annotation("festival")
    assert [q.raw for q in event.counts] == ["500万元"]
    assert "江湾美食节<br>Jiangwan Food Festival | festival | **500万元**" in brief.to_markdown()


def test_a_brief_without_own_types_says_nothing_of_them(tmp_path: Path):
    brief = Summarizer("rules", environment={}).summarize_text(TEXT)
    assert '"own"' not in brief.to_json()
    assert "own" not in brief.to_markdown(lang="en").split("## About")[0]


def test_a_sample_reports_part_comes_out_of_an_authored_answer(record_mode, terms):
    """Two own types at once, on a part of a real report."""
    reading = replayed("own-002-4", record_mode)
    items = resolve(reading.draft, scenario("own-002-4").chunk_of(), terms, "chat")
    assert reading.by == "chat"
    assert set(items.own) == {"subsidies", "events"}
    if record_mode not in (None, "none"):
        return
    assert (reading.gaps, items.gaps) == ((), ())
    assert [r.values["name"].zh for r in items.own["events"]] == ["成渝双城消费节", "不夜生活节"]
    (subsidy,) = items.own["subsidies"]
    assert subsidy.values["what"].zh == "放大消费券、政府补贴等“乘数效应”"
    assert [v for k, v in subsidy.values.items() if k not in ("what", "form")] == [None] * 4
