"""A model that knows the gold: what it knows must come out, and what it gets wrong must be caught."""

from __future__ import annotations

import json

import pytest
from degradation import CASES, measure
from oracle import Oracle, seeds, serving

from summarizer.evaluation.scoring import score
from summarizer.pipeline import Summarizer
from summarizer.resources import folder


@pytest.fixture(scope="module")
def scores():
    briefs, golds, texts = {}, {}, {}
    with serving(Oracle()) as url:
        summarizer = Summarizer("chat", model="oracle", base_url=url, environment={})
        for path in seeds():
            briefs[path.stem] = json.loads(summarizer.summarize(path).to_json())
            golds[path.stem] = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
            texts[path.stem] = path.read_bytes().decode("utf-8")
    return score(briefs, golds, texts)


def test_the_pipeline_brings_out_the_figures_that_the_model_knew(scores):
    row = scores.row("figures")
    assert row.recall >= 0.97
    assert row.precision >= 0.97


@pytest.mark.parametrize("name", ["goals", "projects", "risks"])
def test_the_pipeline_brings_out_the_items_that_the_model_knew(scores, name):
    assert scores.row(name).f1 >= 0.97


def test_no_evidence_is_wrong(scores):
    assert scores.row("evidence wrong").count == 0


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_a_model_made_worse_is_held(case):
    """At least nine of ten wrong items are mended, become gaps, or are marked as disputed."""
    outcome = measure((case,))[0]
    assert outcome.made > 0
    assert outcome.held >= 0.9, outcome
