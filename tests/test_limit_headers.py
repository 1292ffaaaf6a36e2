"""Headers on limits, in the forms that vendors give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.clients.headers import kept, limits_told, seconds_to_wait

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def now() -> float:
    return NOW


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "Tue, 14 Nov 2023 22:14:20 GMT"}, 60.0),
        ({"retry-after": "Tuesday, 14-Nov-23 22:14:20 GMT"}, 60.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"}, 0.0),
        ({"retry-after": "2023-11-14T22:14:20Z"}, 60.0),
        ({"retry-after": "1m30s"}, 90.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_in_every_form(headers, seconds):
    assert seconds_to_wait(headers, now) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6m0s", 360.0), ("12ms", 0.012), ("1h2m3.5s", 3723.5), ("1700000030", 30.0), ("1700000030000", 30.0),
     ("2023-11-14T22:13:50Z", 30.0), ("59", 59.0)],
)  # fmt: skip
def test_the_reset_is_read_in_every_form(text, seconds):
    told = limits_told({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": text}, now)
    assert told.requests.pause == pytest.approx(seconds)


def test_what_is_left_pauses_nothing():
    told = limits_told({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "9s"}, now)
    assert told.requests.pause == 0
    assert told.tokens.a_minute is None


def test_only_headers_on_limits_are_kept():
    headers = {
        "X-RateLimit-Limit-Requests": "5",
        "Set-Cookie": "secret",
        "Retry-After": "1",
        "openai-organization": "o",
    }
    assert kept(headers) == {"x-ratelimit-limit-requests": "5", "retry-after": "1"}


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text):
    """Whatever a header says, the wait is a number of seconds that has passed or is to come, or none."""
    seconds = seconds_to_wait({"retry-after": text, "retry-after-ms": text}, now)
    assert seconds is None or seconds >= 0
    limits_told({"x-ratelimit-limit-tokens": text, "x-ratelimit-reset-tokens": text}, now)
