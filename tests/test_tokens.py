"""Counting tokens: exact by whatever means, and the same by both."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.resources import folder
from summarizer.tokens import count_tokens, fast_counter, plain, plain_counter

SEEDS = sorted(folder("seeds").glob("*.txt"))
PLAIN = plain_counter()
FAST = fast_counter()


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_both_ways_count_the_same_of_a_report(path):
    assert FAST is not None
    text = plain(path.read_text("utf-8"))
    assert FAST(text) == PLAIN(text) == count_tokens(path.read_text("utf-8"))


@settings(max_examples=2000)
@given(st.text(alphabet=st.sampled_from("增长率为百分之1,509.5亿元 GDP\n\r\t“”（）·—é🙂\u3000。ア"), max_size=60))
def test_both_ways_count_the_same_of_any_text(text):
    assert FAST is not None
    assert FAST(plain(text)) == PLAIN(plain(text))


def test_white_space_counts_once_however_long_it_is():
    assert count_tokens("增长  \n \n　　5%") == count_tokens("增长\n\n　5%")


def test_what_is_no_character_is_counted_too():
    assert count_tokens("增长\ud8005%") == count_tokens("增长?5%")
