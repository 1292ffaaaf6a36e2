"""Every fault of an endpoint, through the real client: the run ends, nothing is invented, and what differs is said."""

from __future__ import annotations

import pytest
from faults import FAULTS, a_share, all_of, first_of_each
from reliability import copies, invented, known, mixed, run, unexplained

from summarizer.brief import Brief
from summarizer.errors import SummarizerError

STEM = "000_6c20f15c8b89d0f9"
ENDS_THE_RUN = {"429 insufficient_quota", "401 wrong key", "a redirect elsewhere"}


@pytest.fixture(scope="module")
def report():
    return known(STEM)


@pytest.fixture(scope="module")
def clean(report):
    ended = run([report], lambda part, times, rng: None).ended
    assert isinstance(ended[0], Brief)
    return ended[0]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_that_passes_costs_requests_and_nothing_else_in_silence(fault, report, clean):
    made = run([report], first_of_each(fault), timeout=1.0)
    assert made.met[fault.name] >= 1
    (ended,) = made.ended
    if fault.name in ENDS_THE_RUN:
        assert isinstance(ended, SummarizerError) or any(gap.reason == "endpoint_failed" for gap in ended.gaps)
    else:
        assert isinstance(ended, Brief)
    if isinstance(ended, Brief):
        assert list(unexplained(clean, ended)) == []
        assert invented(ended) == 0
        assert ended.is_complete


@pytest.mark.parametrize("name", ["500", "refused", "cut off (length)", "invalid JSON", "JSON of another shape"])
def test_a_part_that_never_answers_is_read_by_rules_and_a_gap_says_why(name, clean):
    reports = [known("002_5cb3f669036bf3d3")]
    whole = run(reports, lambda part, times, rng: None).ended[0]
    (fault,) = (each for each in FAULTS if each.name == name)
    (ended,) = run(reports, all_of(fault, 0)).ended
    assert isinstance(ended, Brief)
    assert isinstance(whole, Brief)
    assert {figure.by for figure in ended.figures} == {"chat", "rules"}
    assert list(unexplained(whole, ended)) == []
    assert ended.is_complete


def test_many_reports_with_a_fifth_of_all_requests_failing_end_with_nothing_lost_in_silence():
    found = mixed(count=16, share=0.2, seed=3)
    assert found.failing > 0
    assert found.done + found.with_gaps + found.failed == 16
    assert (found.unexplained, found.invented) == (0, 0)


def test_the_same_seed_gives_the_same_faults():
    one, two = (run(copies(2), a_share(0.5), seed=5).met for _ in range(2))
    assert one == two
