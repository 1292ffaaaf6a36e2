"""Counting tokens: exact by whatever means, and the same by both."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.tokens import count_tokens, fast_counter, plain_counter

SEEDS = sorted(Path("seeds").glob("*.txt"))
PLAIN = plain_counter()
FAST = fast_counter()


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_both_ways_count_the_same_of_a_report(path):
    assert FAST is not None
    for line in path.read_text("utf-8").splitlines():
        assert FAST(line) == PLAIN(line), line


@given(st.text(alphabet=st.sampled_from("增长率为百分之1,509.5亿元 GDP\n“”（）·—é🙂\u3000。ア"), max_size=60))
def test_both_ways_count_the_same_of_any_text(text):
    assert FAST is not None
    assert FAST(text) == PLAIN(text)


def test_what_is_no_character_is_counted_too():
    assert count_tokens("增长\ud8005%") == count_tokens("增长?5%")
