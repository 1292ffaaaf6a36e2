"""Recorded replies, replayed through the real SDK. With --record-mode=rewrite they are recorded from your endpoint."""

from __future__ import annotations

import asyncio
import datetime
import os
from pathlib import Path

import pytest
import vcr
from recordings import AUTHORED, CASSETTES, SCENARIOS, provenance, run, scenario, stale, vcr_settings, write_provenance
from vcr.errors import CannotOverwriteExistingCassetteException

from summarizer.brief import Brief
from summarizer.grounding.resolve import resolve
from summarizer.settings import Settings, resolve_settings


def replayed(name: str, record_mode: str):
    """A scenario's result: from its cassette, or recorded anew where the option asks for it."""
    path = CASSETTES / f"{name}.yaml"
    recording = record_mode not in (None, "none")
    if recording:
        settings = resolve_settings(os.environ, engine="chat")
        path.unlink(missing_ok=True)
    else:
        note = provenance(name)
        settings = Settings("chat", note["model"], f"http://127.0.0.1:9{note['path']}", "none")
    with vcr.VCR(record_mode="all" if recording else "none", **vcr_settings()).use_cassette(str(path)) as cassette:
        result = asyncio.run(run(scenario(name), settings))
        played = cassette.play_count == len(cassette)
    if recording:
        base = settings.base_url or "https://api.openai.com/v1"
        write_provenance(
            name, "recorded", settings.model or "", datetime.date.today().isoformat(), "/" + base.split("/", 3)[3]
        )
    else:
        assert played, "the cassette has replies that nobody asked for"
    return result


def test_no_recording_is_stale(record_mode):
    """A recording answers the prompts of its day; `make rebind` binds the authored ones to today's."""
    if record_mode not in (None, "none"):
        return
    assert stale() == [], "these recordings answer other prompts than today's; run `make rebind`, or record them anew"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_recording_says_where_it_comes_from(name):
    note = provenance(name)
    assert note["source"] in ("authored", "recorded")
    assert (note["model"] == "authored") == (note["source"] == "authored")
    datetime.date.fromisoformat(note["date"])


def test_no_recording_holds_a_key_or_a_host():
    for path in [*CASSETTES.glob("*"), *AUTHORED.glob("*")]:
        content = path.read_text("utf-8").lower()
        assert "authorization" not in content
        assert "bearer" not in content
        assert "127.0.0.1" not in content


def test_a_whole_report_comes_out_of_recorded_replies(record_mode):
    brief = replayed("seed-000", record_mode)
    assert isinstance(brief, Brief)
    assert all(brief.report.text[e.start : e.end] == e.quote for f in brief.figures for e in f.evidence)
    assert not any(g.reason in ("endpoint_failed", "reply_failed") for g in brief.gaps)
    if provenance("seed-000")["source"] != "authored":
        return
    jobs = next(f for f in brief.figures if f.indicator.code == "new_urban_jobs")
    assert (jobs.kind, jobs.year, jobs.by, jobs.disputed) == ("target", 2023, "chat", ())
    assert len(brief.overview) == 4
    assert "at least 35,000 new urban jobs" in (brief.overview[0].en or "")
    assert brief.content.coverage.unaccounted == ()


@pytest.mark.parametrize("name", ["chunk-002-1", "chunk-002-2", "chunk-002-3", "chunk-002-4", "chunk-004-1"])
def test_a_chunk_comes_out_of_recorded_replies(name, record_mode, terms):
    reading = replayed(name, record_mode)
    assert reading.by == "chat"
    items = resolve(reading.draft, scenario(name).chunk_of(), terms, "chat")
    assert items.figures
    if provenance(name)["source"] == "authored":
        assert items.gaps == ()
        assert len(items.figures) + len(items.skipped) == len(scenario(name).chunk_of().quantities)


def test_a_request_without_a_recording_fails_and_is_no_gap(tmp_path: Path):
    """The replay's own error comes through the engine as it is; it is not swallowed as a failed chunk."""
    path = tmp_path / "empty.yaml"
    path.write_text("interactions: []\nversion: 1\n", "utf-8")
    settings = Settings("chat", "authored", "http://127.0.0.1:9/v1", "none")
    with (
        vcr.VCR(record_mode="none", **vcr_settings()).use_cassette(str(path)),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        asyncio.run(run(scenario("chunk-002-1"), settings))
