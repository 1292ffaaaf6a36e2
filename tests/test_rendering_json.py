"""JSON: the published contract, there and back, and the schema file that describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import InputError
from summarizer.model import Bilingual, Period
from summarizer.pipeline import Summarizer
from summarizer.rendering.jsonform import brief_schema, from_json, main, schema_text, to_json

SCHEMA_FILE = Path(__file__).parent.parent / "schemas" / "brief.schema.json"


def test_brief_comes_back_as_it_was() -> None:
    content = builders.brief(figures=(builders.figure(period=Period(from_=2021, to=2025)),))
    assert from_json(to_json(content)) == content


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    content = builders.brief(risks=(builders.open_risk(statement=Bilingual(zh=text, en=text)),))
    assert from_json(to_json(content)) == content


def test_names_are_those_of_the_contract() -> None:
    content = builders.brief(figures=(builders.figure(period=Period(from_=2021, to=None)),))
    written = json.loads(to_json(content))
    assert written["figures"][0]["period"] == {"from": 2021, "to": None}
    assert written["engine"]["schema"] == "bbb"
    assert list(written)[:3] == ["schema_version", "report", "outline"]


def test_text_is_readable_stable_and_ends_with_a_newline() -> None:
    text = to_json(builders.brief())
    assert "规模以上工业总产值" in text
    assert text == to_json(builders.brief())
    assert text.endswith("}\n")
    assert '\n "report": {' in text


def test_byte_order_mark_is_no_obstacle() -> None:
    assert from_json("\ufeff" + to_json(builders.brief())) == builders.brief()


def broken(change: dict[str, Any]) -> str:
    return json.dumps(json.loads(to_json(builders.brief())) | change)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "the text"),
        ("not json\nat all", "the text"),
        ("[]", "the text"),
        ("{}", "report, Field required, and 11 more"),
        (broken({"schema_version": "2"}), "schema_version"),
        (broken({"usage": {}}), "usage"),
        (broken({"gaps": [{"stage": "reading", "reason": "x", "start": "3"}]}), "gaps.0.start"),
    ],
)
def test_broken_input_is_one_sentence_that_says_where(text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(text)
    message = str(caught.value)
    assert message.startswith(f"This is not a brief: at {where}")
    assert "\n" not in message
    assert len(message) < 400


def test_schema_file_is_what_the_models_say() -> None:
    """Where this fails, run `python -m summarizer.rendering.jsonform schemas/brief.schema.json`."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_schema_speaks_of_the_names_in_json_and_needs_no_network() -> None:
    schema = brief_schema()
    assert (schema["$schema"], schema["title"]) == ("https://json-schema.org/draft/2020-12/schema", "Brief")
    assert "$id" not in schema
    assert set(schema["$defs"]["Period"]["properties"]) == {"from", "to"}
    assert "schema" in schema["$defs"]["EngineInfo"]["properties"]


def test_schema_requires_every_field_that_is_written() -> None:
    schema = brief_schema()
    written = json.loads(to_json(builders.brief()))
    assert schema["required"] == list(written)
    assert schema["$defs"]["Figure"]["required"] == list(written["figures"][0])
    assert schema["$defs"]["Gap"]["required"] == list(written["gaps"][0])


def test_command_rewrites_the_schema_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "brief.schema.json"
    assert main([str(target)]) == 0
    assert target.read_text(encoding="utf-8") == schema_text()
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().err


def test_half_a_character_in_a_callers_text_is_written_as_any_other() -> None:
    brief = Summarizer("rules", environment={}).summarize_text("今年新增\ud800就业1万人。", "half")
    assert json.loads(brief.to_json())["figures"][0]["evidence"][0]["quote"] == "今年新增\ud800就业1万人"
