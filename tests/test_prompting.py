"""Prompts: strict templates, a worked example that passes its own checks, a schema in the strict subset."""

from __future__ import annotations

import json
import re

import pytest

from summarizer.chunking import ChunkIndex
from summarizer.clients.base import Reply
from summarizer.engines.chat.answers import parse
from summarizer.engines.chat.translating import translated
from summarizer.errors import ResourceError
from summarizer.grounding.resolve import check, resolve, unaccounted
from summarizer.prompting import (
    OWN_TEMPLATES,
    TEMPLATES,
    answer_schema,
    example_chunk,
    instructions,
    overview_schema,
    read_messages,
    render,
    sentences_of,
)
from summarizer.resources import folder, read
from summarizer.tokens import count_tokens


def test_the_worked_example_passes_the_checks_that_answers_pass(terms):
    chunk = example_chunk()
    parsed = parse(Reply(read("prompts", "example.answer.json")))
    assert parsed.malformed == ()
    assert check(parsed.draft, chunk, terms) == ()
    assert unaccounted(parsed.draft, chunk, terms) == ()
    items = resolve(translated(parsed.draft, chunk, terms), chunk, terms, "chat")
    assert [f.disputed for f in items.figures] == [()] * 5
    assert None not in [item.statement.en for item in (*items.goals, *items.risks)]
    assert items.goals[0].statement.en == "Total industrial value added up at least 6%"


def test_the_example_shows_every_list_and_a_part():
    answer = json.loads(read("prompts", "example.answer.json"))
    assert all(answer[kind] for kind in ("figures", "goals", "projects", "risks"))
    assert any("(" in goal[0] for goal in answer["goals"])


def test_the_instructions_hold_the_example_as_code_marks_it():
    assert example_chunk().marked in instructions()


def test_a_missing_variable_is_an_error_that_names_the_prompt():
    with pytest.raises(ResourceError, match=r"read\.user"):
        render("read.user", title="x")


def test_every_template_in_the_folder_is_used():
    assert {p.name.removesuffix(".j2") for p in folder("prompts").glob("*.j2")} == {*TEMPLATES, *OWN_TEMPLATES}


def test_nothing_of_a_report_is_in_the_stable_prefix():
    chunk = example_chunk()
    system, user = read_messages(chunk)
    assert system.content == instructions()
    assert "示例" in user.content


def test_sentences_are_given_with_their_headings_and_only_those_asked_for():
    chunk = example_chunk()
    wanted = list(chunk.quantities)[-1]
    lines = sentences_of(chunk, [wanted])
    assert len(lines) == 2
    assert lines[0].startswith("# ")
    assert f"{{{wanted}:" in lines[1]


def walk(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


@pytest.mark.parametrize("schema", [answer_schema, overview_schema])
def test_the_answer_schema_stays_in_the_strict_subset(schema):
    """Every property required, no others allowed, no keyword that structured outputs refuse."""
    known = {"$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
    properties = set()
    for node in walk(schema().schema):
        if isinstance(node, dict) and node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            properties |= set(node["properties"])
    for node in walk(schema().schema):
        if isinstance(node, dict) and not set(node) <= properties:
            assert set(node) <= known | set(schema().schema.get("$defs", {})), node


def test_the_prefix_stays_small():
    """The instructions stay one prefix of bounded size."""
    assert count_tokens(instructions()) <= 1500


def test_example_ids_are_those_of_its_chunk():
    index = ChunkIndex(example_chunk())
    named = set(re.findall(r'"([qc]\d+[a-z])', read("prompts", "example.answer.json")))
    assert named <= set(index.chunk.clauses) | set(index.chunk.quantities)
    assert len(named) > 10
