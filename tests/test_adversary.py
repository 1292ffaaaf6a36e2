"""A model that makes things up: nothing of it reaches a brief. The whole count is in docs/degradation.md."""

from __future__ import annotations

import pytest
from adversary import Adversary, false_alarms, honest_briefs, measure, measure_overview
from fabrications import INVENTIONS, MISREADINGS
from oracle import seeds

PATHS = [seeds()[0], seeds()[3]]


@pytest.fixture(scope="module")
def honest():
    return honest_briefs(PATHS)


@pytest.mark.parametrize("name", INVENTIONS)
def test_nothing_made_up_reaches_a_brief(name, honest):
    """No mark of a fabrication is in the brief, and the brief is proven."""
    (tally,) = measure({name: INVENTIONS[name]}, PATHS, honest)
    assert (tally.invented, tally.unproven) == (0, 0), tally
    assert tally.held >= 0.9, tally


def test_no_number_is_smuggled_into_the_overview(honest):
    tally = measure_overview(PATHS, honest)
    assert tally.made > 0
    assert (tally.invented, tally.unproven) == (0, 0), tally


@pytest.mark.parametrize("name", MISREADINGS)
def test_a_misreading_is_caught_or_disputed(name, honest):
    (tally,) = measure({name: MISREADINGS[name]}, PATHS, honest)
    assert tally.unproven == 0
    assert tally.held >= 0.9, tally


def test_an_honest_model_is_seldom_disputed(honest):
    disputed, items = false_alarms(honest)
    assert disputed / items <= 0.025


def test_fabrications_are_the_same_on_every_run():
    name = "digits in goals"
    one, two = (Adversary(fabricate=INVENTIONS[name], seed=3) for _ in range(2))
    assert one.made == two.made
    assert [answer for _, answer in one.chunks.values()] == [answer for _, answer in two.chunks.values()]
