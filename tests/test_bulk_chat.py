"""Bulk runs by a model: one pool of requests, answers that are kept, and a run that stops where all would fail."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import FAULTS, Decide, Knowing, Misbehaving, first_of_each
from loopback import Response, endpoint
from reliability import copies
from typer.testing import CliRunner

from summarizer import Summarizer
from summarizer.bulk.ledger import open_ledger
from summarizer.bulk.streaming import bulk, stream
from summarizer.cli import app
from summarizer.errors import SummarizerError
from summarizer.verifying.proof import verify

CONCURRENCY = 4


def every(kind: type[SummarizerError]) -> set[type[SummarizerError]]:
    """A kind of error and all its kinds."""
    return {kind}.union(*map(every, kind.__subclasses__()))


@pytest.fixture
def reports(tmp_path):
    """Eight reports of a part or more, no two of them the same text."""
    place = tmp_path / "reports"
    place.mkdir()
    for number, (report, _) in enumerate(copies(8)):
        (place / f"r{number}.txt").write_bytes(report.text.encode())
    return place


def script(decide: Decide = lambda part, times, rng: None, pause: float = 0.0):
    made = Misbehaving(Knowing(reports=copies(8)), decide)

    def answer(number, request):
        response = made(number, request)
        return Response(response.status, response.body, response.headers, pause=pause)

    return answer


def arguments(place: Path, out: Path, url: str, *more: str) -> list[str]:
    model = ["--engine", "chat", "--model", "oracle", "--base-url", url, "--concurrency", str(CONCURRENCY)]
    return ["bulk", str(place), "-o", str(out), "--jobs", "1", *model, *more]


def run(place: Path, out: Path, url: str, *more: str):
    return CliRunner().invoke(app, arguments(place, out, url, *more))


def briefs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "briefs").glob("*.json"))}


def test_without_the_word_nothing_is_sent(reports, tmp_path):
    with endpoint(script()) as served:
        result = CliRunner().invoke(
            app, ["bulk", str(reports), "-o", str(tmp_path / "out")], env={"OPENAI_BASE_URL": served.url}
        )
    assert result.exit_code == 0
    assert served.requests == []


def test_every_brief_is_that_of_a_run_of_its_own_and_proves(reports, tmp_path):
    out = tmp_path / "out"
    with endpoint(script()) as served:
        result = run(reports, out, served.url)
        alone = Summarizer("chat", model="oracle", base_url=served.url, environment={}).summarize(reports / "r3.txt")
    host = served.url.removeprefix("http://").removesuffix("/v1")
    assert result.exit_code == 0, result.stderr
    assert f"goes to {host}" in result.stderr
    assert briefs(out)["r3.json"].decode() == alone.to_json()
    assert verify(out / "briefs" / "r3.json", out / "briefs" / "r3.txt").proven
    assert json.loads((out / "report.json").read_text())["usage"]["requests"] >= 8


def test_answers_outlive_the_ledger(reports, tmp_path):
    out = tmp_path / "out"
    with endpoint(script()) as served:
        run(reports, out, served.url)
        first, paid = briefs(out), len(served.requests)
        (out / "run.sqlite").unlink()
        assert run(reports, out, served.url).exit_code == 0
        assert len(served.requests) == paid
    assert briefs(out) == first


def test_a_killed_run_pays_again_for_no_more_than_was_in_flight(reports, tmp_path):
    with endpoint(script(pause=0.05)) as served:
        run(reports, tmp_path / "whole", served.url)
        whole = len(served.requests)
    out = tmp_path / "out"
    with endpoint(script(pause=0.05)) as served:
        command = [
            sys.executable,
            "-c",
            "from summarizer.cli import main; main()",
            *arguments(reports, out, served.url),
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while len(served.requests) < whole // 2 and time.monotonic() < until:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert run(reports, out, served.url).exit_code == 0
        assert len(served.requests) <= whole + CONCURRENCY
    assert briefs(out) == briefs(tmp_path / "whole")


def test_an_empty_account_stops_the_run_and_the_next_goes_on(reports, tmp_path):
    out = tmp_path / "out"
    (quota,) = (fault for fault in FAULTS if fault.name == "429 insufficient_quota")
    with endpoint(script(first_of_each(quota))) as served:
        result = run(reports, out, served.url)
        assert len(served.requests) <= CONCURRENCY
    assert result.exit_code == 3
    assert "top it up" in result.stderr
    assert "run the same command again" in result.stderr
    with open_ledger(out) as ledger:
        ledger.resume()
        assert ledger.states()["waiting"] == 8


def test_copies_of_a_report_wait_with_it_for_the_next_run(tmp_path):
    """A run that stops does not fail them: the next one goes on with both."""
    place, out = tmp_path / "reports", tmp_path / "out"
    place.mkdir()
    for name in ("a.txt", "b.txt"):
        (place / name).write_bytes(copies(1)[0][0].text.encode())
    (quota,) = (fault for fault in FAULTS if fault.name == "429 insufficient_quota")
    with endpoint(script(first_of_each(quota))) as served:
        run(place, out, served.url)
    with open_ledger(out) as ledger:
        ledger.resume()
        assert (ledger.states()["waiting"], ledger.states()["failed"]) == (2, 0)


def test_an_endpoint_that_is_away_stops_the_run_after_a_few_reports(reports, tmp_path):
    out = tmp_path / "out"
    result = run(reports, out, "http://127.0.0.1:9/v1", "--deadline", "0.5")
    assert result.exit_code == 3
    found = json.loads((out / "report.json").read_text())
    assert "cannot be reached" in found["stopped"]
    assert found["states"]["done"] == 0


def test_a_stream_yields_every_report_with_its_brief_or_its_error(reports):
    (reports / "z.txt").write_text("太短。", "utf-8")

    async def all_of_them(summarizer: Summarizer):
        return [result async for result in stream(summarizer, sorted(reports.iterdir()))]

    with endpoint(script()) as served:
        results = asyncio.run(all_of_them(Summarizer("chat", model="oracle", base_url=served.url, environment={})))
    by_name = {result.path.name: result for result in results}
    assert len(by_name) == 9
    assert all(result.brief for name, result in by_name.items() if name != "z.txt")
    assert "does not look like a Chinese report" in str(by_name["z.txt"].error)


def test_the_command_as_a_function_calls_back(reports, tmp_path):
    ended = []
    summarizer = Summarizer("rules", environment={})
    found = bulk(summarizer, [reports], tmp_path / "out", lambda entry, outcome: ended.append(entry.key), jobs=1)
    assert found.is_whole
    assert sorted(ended) == [f"r{number}.txt" for number in range(8)]


def killing(when, decide: Decide = lambda part, times, rng: None):
    """A script that kills the reading processes of this test when a request is such a one."""
    made = script(decide)

    def answer(number, request):
        if when(number, request):
            for process in multiprocessing.active_children():
                process.kill()
        return made(number, request)

    return answer


def test_a_reading_process_that_is_killed_takes_no_report_with_it(reports, tmp_path):
    with endpoint(script()) as served:
        run(reports, tmp_path / "whole", served.url)
        whole = len(served.requests)
    with endpoint(killing(lambda number, request: number == 3)) as served:
        result = run(reports, tmp_path / "out", served.url)
        assert len(served.requests) == whole  # what was under way was answered, and is kept
    assert result.exit_code == 0, result.stderr
    assert briefs(tmp_path / "out") == briefs(tmp_path / "whole")


def test_a_report_that_kills_its_process_again_fails_and_the_others_are_done(reports, tmp_path):
    deadly = reports / "r0.txt"  # of one part, so that no request of it is left when its process is gone
    title = copies(1)[0][0].metadata.title
    deadly.write_text(deadly.read_text("utf-8").replace(title, f"{title}（致命稿）", 1), "utf-8")

    def kills(number, request):
        return "致命稿" in request["messages"][-1]["content"].splitlines()[0]

    out = tmp_path / "out"
    with endpoint(killing(kills)) as served:
        result = run(reports, out, served.url)
    assert result.exit_code == 3, result.stderr
    found = json.loads((out / "report.json").read_text())
    assert (found["states"]["done"], found["states"]["failed"]) == (7, 1)
    assert "ended twice" in found["failures"][0]["reason"]


@pytest.mark.parametrize("kind", sorted(every(SummarizerError), key=lambda kind: kind.__name__))
def test_an_error_of_the_endpoint_reaches_the_reading_process_as_it_is(kind):
    error = kind("nobody answers")
    error.__dict__ |= {"status": 401, "retry_after": 2.0, "requests": 3}
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.__dict__) == (kind, "nobody answers", error.__dict__)
