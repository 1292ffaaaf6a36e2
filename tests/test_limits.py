"""Limits as options, arguments and environment variables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from summarizer import Limits, SettingsError, Summarizer
from summarizer.pricing import Price
from summarizer.settings import resolve_settings

CHAT = {"OPENAI_API_KEY": "sk-12345", "SUMMARIZER_MODEL": "m"}


def test_the_environment_gives_limits_and_arguments_win():
    environment = CHAT | {"SUMMARIZER_BUDGET": "$0.50", "SUMMARIZER_RPM": "60", "SUMMARIZER_PRICE": "0.4/1.6"}
    made = resolve_settings(environment | {"SUMMARIZER_TIMEOUT": "7.5"}, limits=Limits(rpm=30, deadline=90))
    assert (made.budget, made.rpm, made.timeout, made.deadline) == (Decimal("0.50"), 30, 7.5, 90)
    assert made.price == Price(Decimal("0.4"), Decimal("1.6"))


def test_without_limits_the_defaults_hold():
    made = resolve_settings(CHAT)
    assert (made.budget, made.rpm, made.tpm, made.concurrency) == (None, None, None, 8)
    assert (made.timeout, made.deadline) == (120, 600)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUDGET", "much"), ("BUDGET", "0"), ("BUDGET", "-1"), ("BUDGET", "nan"), ("BUDGET", "sNaN"),
        ("BUDGET", "inf"), ("RPM", "0"), ("RPM", "1.5"), ("TPM", "-3"), ("CONCURRENCY", "0"), ("TIMEOUT", "nan"),
        ("DEADLINE", "0"), ("PRICE", "cheap"),
    ],
)  # fmt: skip
def test_what_is_no_limit_is_refused_by_name(name, value):
    with pytest.raises(SettingsError, match=name.lower()):
        resolve_settings(CHAT | {f"SUMMARIZER_{name}": value})


def test_limits_without_a_model_are_refused_where_rules_are_asked_for_and_idle_where_they_are_the_default():
    with pytest.raises(SettingsError, match="chat engine"):
        Summarizer("rules", limits=Limits(rpm=1), environment={})
    assert Summarizer(limits=Limits(budget=Decimal(1)), environment={}).settings.engine == "rules"


def test_secrets_are_what_no_message_may_show():
    made = resolve_settings(CHAT | {"OPENAI_BASE_URL": "https://me:pass%40word@host/v1?api-key=0123456789&v=1"})
    assert {"sk-12345", "pass%40word", "pass@word", "0123456789"} <= set(made.secrets)
    assert made.host == "host"
    assert not any(secret in repr(made) for secret in made.secrets)


def test_an_address_that_is_none_shows_no_password():
    with pytest.raises(SettingsError) as caught:
        resolve_settings(CHAT | {"OPENAI_BASE_URL": "host://me:secret@host/v1?key=secret"})
    assert "secret" not in str(caught.value)
