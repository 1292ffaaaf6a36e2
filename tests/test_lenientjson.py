"""The JSON of an answer, out of what models put around it; what was cut off is never completed."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.clients.base import Reply
from summarizer.engines.chat.answers import parse
from summarizer.errors import CutOffError, ReplyError
from summarizer.lenientjson import Found, UnclosedError, find_object, without_thinking

KEYS = ("figures", "goals")
WHOLE = {"figures": [{"q": "q1a", "zh": "总值", "en": "Build {q1a} {x}"}], "goals": []}
TEXT = json.dumps(WHOLE, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"Here is the answer for {{q1a}}:\n\n```\n{TEXT}\n```\nI hope this helps!",
        f"<think>The answer is {{\"figures\": [1]}} or so.</think>\n{TEXT}",
        f"Hm, {{\"goals\": [2]}} maybe.\n</think>\n\n{TEXT}",
        f"<THINKING>a</THINKING>{TEXT}<think>was that right?",
        f'{{"answer": {TEXT}}}',
        f'{{"name": "reading", "parameters": {TEXT}}}',
        '{"figures": ' + json.dumps(WHOLE["figures"]) + '}\n{"goals": []}',
    ],
)  # fmt: skip
def test_what_stands_around_an_answer_is_passed_over(text):
    assert find_object(text, KEYS) == Found(WHOLE)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('"', "'"),
        TEXT[:-1] + ",}",
        TEXT.replace(', "zh"', ' "zh"'),
        TEXT.replace('"figures"', "figures"),
        "```json\n" + TEXT.replace('"goals": []', '"goals": [] // none') + "\n```",
    ],
)
def test_broken_json_is_mended_and_said(text):
    assert find_object(text, KEYS) == Found(WHOLE, mended=True)


def test_an_answer_given_twice_counts_as_mended():
    """A later one's list stands in place of the earlier one's."""
    second = '{"figures": [], "goals": [7]}'
    assert find_object(f"{TEXT}\nNo, better:\n{second}", KEYS) == Found({"figures": [], "goals": [7]}, mended=True)


@given(st.integers(min_value=1, max_value=len(TEXT) - 1))
def test_an_answer_that_ends_anywhere_before_its_end_is_never_completed(end):
    with pytest.raises(UnclosedError):
        find_object(TEXT[:end], KEYS)


@given(st.integers(min_value=1, max_value=len(TEXT) - 1))
def test_a_first_draft_does_not_stand_in_for_an_answer_that_was_cut_off(end):
    with pytest.raises(UnclosedError):
        find_object(f"First thought: {TEXT}\nFinal answer:\n```json\n{TEXT[:end]}", KEYS)


@given(st.integers(min_value=1, max_value=len(TEXT) - 1))
def test_broken_json_that_was_cut_off_is_not_mended(end):
    with pytest.raises(UnclosedError):
        find_object("```json\n" + TEXT.replace('"', "'")[:end], KEYS)


@given(st.text(alphabet="{}[]\":,'ab1 \\<think>/`", max_size=200))
def test_garbage_is_an_error_or_json_but_never_a_crash(text):
    with contextlib.suppress(ValueError):
        find_object(text, KEYS)


@pytest.mark.parametrize(
    "text",
    ["[{'" * 30_000 + "'}]" * 30_000, "{'a':[" + "'x " * 30_000 + "]}", "{" * 100_000, '{"a":' * 50_000,
     "<think>" * 50_000, "}" * 100_000],
    ids=["nested", "quotes", "braces", "objects", "tags", "closers"],
)  # fmt: skip
def test_garbage_that_a_mender_would_work_on_for_minutes_is_given_up(text):
    with pytest.raises(ValueError, match=r"mended|ends inside|no JSON"):
        find_object(text, KEYS)


def test_thinking_that_never_ended_leaves_nothing():
    assert without_thinking("<think>so {") == ""
    assert without_thinking("a <b> c") == "a <b> c"


# --- as answers of a model ------------------------------------------------------------------


@pytest.mark.parametrize("finish", ["stop", "length"])
@pytest.mark.parametrize("content", [TEXT[:-5], "```json\n" + TEXT[:40], '{"figures": [], "goals": ['])
def test_an_unclosed_answer_is_cut_off_whatever_the_endpoint_says(content, finish):
    with pytest.raises(CutOffError):
        parse(Reply(content, finish))


def test_a_mended_answer_that_reached_the_limit_is_cut_off():
    """Mended, it could be whole by luck; nothing says so."""
    content = "{'figures': [], 'goals': []}"
    assert parse(Reply(content)).mended
    with pytest.raises(CutOffError):
        parse(Reply(content, "length"))


def test_a_whole_answer_that_just_reached_the_limit_is_taken():
    assert not parse(Reply('{"figures": [], "goals": []}', "length")).mended


def test_thinking_alone_is_no_answer():
    with pytest.raises(ReplyError):
        parse(Reply("<think>I wonder</think>"))
    with pytest.raises(CutOffError):
        parse(Reply("<think>I wonder", "length"))
