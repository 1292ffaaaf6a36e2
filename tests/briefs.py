"""Finished briefs for tests: by rules, of an authored reply, and with leaves changed."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import vcr
from oracle import seeds
from recordings import CASSETTES, provenance, run, scenario, vcr_settings

from summarizer import Brief, InputError, Summarizer
from summarizer.loading.text import load
from summarizer.rendering.jsonform import from_json
from summarizer.settings import Settings
from summarizer.verifying.findings import Verification
from summarizer.verifying.proof import verify

Json = dict[str, Any]
Leaf = tuple[str | int, ...]


@cache
def rules_brief(path: Path) -> Brief:
    """A sample report's brief by rules."""
    return Summarizer("rules", environment={}).summarize(path, fixes=False)


@cache
def authored_brief() -> Brief:
    """The first sample report's brief from authored replies, through the real SDK."""
    note = provenance("seed-000")
    settings = Settings("chat", note["model"], f"http://127.0.0.1:9{note['path']}", "none")
    recorder = vcr.VCR(record_mode="none", **vcr_settings())
    with recorder.use_cassette(str(CASSETTES / "seed-000.yaml")):
        made = asyncio.run(run(scenario("seed-000"), settings))
    assert isinstance(made, Brief)
    return made


def published(brief: Brief) -> Json:
    """A brief as the JSON document that is handed on."""
    document: Json = json.loads(brief.to_json())
    return document


def checked(document: Json, report: Path) -> Verification | None:
    """A document held against its report; None where it is no brief any more."""
    try:
        return verify(from_json(json.dumps(document)), load(report))
    except InputError:
        return None


def is_proven(document: Json, report: Path) -> bool:
    found = checked(document, report)
    return found is not None and found.proven


def leaves(node: Any, path: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    """Every text and number of a document, with the way to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from leaves(value, (*path, at))
    elif isinstance(node, str | int) and not isinstance(node, bool):
        yield path, node


def with_leaf(document: Json, path: Leaf, value: Any) -> Json:
    """The document with one value changed."""
    changed = copy.deepcopy(document)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


FIRST, SECOND = seeds()[0], seeds()[1]
