"""Own items from a model that answers anything: whatever it says, nothing that is not the report's gets in."""

from __future__ import annotations

import json
import re
from typing import Any

from chunks import chunk_of
from documented import documented_type
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.grounding.resolve import resolve
from summarizer.itemtypes.rows import row_type
from summarizer.model import Draft, OwnRecord
from summarizer.quantities.rendering import english
from summarizer.terms.dictionary import load_terms

Subsidy = documented_type("Subsidy")
TEXT = (
    "二、2024年工作安排\n（一）惠企\n对首次升规的工业企业,一次性奖励20万元,6月底前申报。对技改项目补助8%,年底前完工。\n"
    "（二）消费\n举办第3届江湾美食节,发放消费券500万元。"
)
CHUNK = chunk_of(TEXT)
TERMS = load_terms()
KNOWN = {q.id for q in CHUNK.quantities.values()}
RENDERED = {english(q, bare=bare) for q in CHUNK.quantities.values() for bare in (False, True)}
WORDS = (
    "A reward of {q}",
    "{q} and {q}",
    "A reward",
    "20 firms",
    "twenty firms",
    "约20万元",
    "RMB {q#}",
    "{q}%",
    "about {q} million",
    "hid\u200bden",
    "XX firms",
    "",
)
NAMES = ("企业", "工业企业", "一次性奖励", "奖励30万元", "二十万", "6月", "农民", "3届", "", "江湾美食节")
PARTS = ("一次性奖励", "奖励…万元", "奖励30万元", "…", "对", "{q1x:20万元}")
DATES = ("2024-06", "2024-06-30", "2024-06-15", "2024-12", "2024", "2025", "2023-06", "June", "")

clauses = st.sampled_from([*CHUNK.clauses, "c1z", "c99a", "q1x"])
quantities = st.sampled_from([*CHUNK.quantities, "q9z", *(f"{c}:20万元" for c in CHUNK.clauses), "c2:7亿元"])
texts = st.sampled_from([words.replace("{q", f"{{{q}") for words in WORDS for q in (*CHUNK.quantities, "q9z")])
statements = st.fixed_dictionaries(
    {"c": clauses, "c2": st.none() | clauses, "part": st.none() | st.sampled_from(PARTS), "en": st.none() | texts}
)
rows = st.fixed_dictionaries(
    {
        "c": clauses,
        "what": statements,
        "form": st.sampled_from(["subsidy", "reward"]),
        "who": st.none() | st.fixed_dictionaries({"zh": st.sampled_from(NAMES), "en": st.none() | texts}),
        "amount": st.none() | quantities,
        "condition": st.none() | statements,
        "deadline": st.none() | st.sampled_from(DATES),
    }
)


def english_of(record: OwnRecord) -> list[str]:
    found = [getattr(record.values[name], "en", None) for name in ("what", "who", "condition")]
    return [text for text in found if text]


@given(rows)
@settings(max_examples=200, deadline=None)
def test_whatever_a_model_answers_it_is_proven_or_a_gap(row: dict[str, Any]):
    made = row_type(Subsidy).model_validate_json(json.dumps(row), strict=True)
    items = resolve(Draft.of({"subsidies": (made,)}), CHUNK, TERMS, "chat")
    assert len(items.own["subsidies"]) + len(items.gaps) == 1
    for record in items.own["subsidies"]:
        values: dict[str, Any] = record.values
        assert all(TEXT[e.start : e.end] == e.quote for e in record.evidence)
        assert values["what"].zh in TEXT
        assert values["who"] is None or set(values["who"].zh) <= set(TEXT)
        date = values["deadline"]
        assert date is None or (TEXT[date.start : date.end] == date.quote and date.iso in ("2024-06", "2024-12"))
        assert values["amount"] is None or values["amount"] in KNOWN
        for text in english_of(record):
            for number in sorted(RENDERED, key=len, reverse=True):
                text = text.replace(number, "")
            assert not re.search(r"\d|[一-鿿]|twenty|XX|\u200b", text)


def test_some_of_these_answers_hold():
    """The property above is about something: among all answers there are such that hold."""
    good = {
        "c": list(CHUNK.clauses)[1],
        "what": {"c": list(CHUNK.clauses)[1], "en": f"A reward of {{{next(iter(CHUNK.quantities))}}}"},
        "form": "reward",
        "deadline": "2024-06-30",
    }
    made = row_type(Subsidy).model_validate_json(json.dumps(good), strict=True)
    assert len(resolve(Draft.of({"subsidies": (made,)}), CHUNK, TERMS, "chat").own["subsidies"]) == 1
