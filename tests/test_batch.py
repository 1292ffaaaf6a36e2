"""Bulk runs in batches of the endpoint's: the briefs of a direct run, at whatever point it is stopped or fails."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from batchserver import Plan, Refusal, batch_endpoint
from faults import FAULTS, Decide, Knowing, Misbehaving, all_of, first_of_each
from loopback import Response
from reliability import copies
from typer.testing import CliRunner

from summarizer import Summarizer
from summarizer.bulk import workers
from summarizer.bulk.batching.flow import BatchFlow
from summarizer.bulk.batching.rules import Bounds, api_bounds
from summarizer.bulk.job import REPLIES, Job
from summarizer.bulk.running import run_job
from summarizer.bulk.states import Outcome
from summarizer.bulk.summary import Summary
from summarizer.chunking import count_tokens
from summarizer.cli import app
from summarizer.limits import Limits
from summarizer.pipeline import prepare
from summarizer.pricing import parse_price
from summarizer.settings import CacheOptions

REPORTS = copies(4)[1:]
KEY = "sk-a-key-that-is-written-nowhere"
(REPAIR,) = (fault for fault in FAULTS if fault.name == "figures without a kind")
(REFUSED,) = (fault for fault in FAULTS if fault.name == "400 refused request")


def good(part, times, rng):
    return None


def script(decide: Decide = good):
    """Knows the answers, and tells tokens as a tokenizer counts them: no prompt looks as if it had been cut."""
    made = Misbehaving(Knowing(reports=REPORTS), decide)

    def answer(number, request):
        response = made(number, request)
        if response.status == 200:
            response.body["usage"]["prompt_tokens"] = sum(_tokens(m["content"]) for m in request["messages"])
        return response

    return answer


@cache
def _tokens(text: str) -> int:
    return count_tokens(text)


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """Three reports of a part or more."""
    place = tmp_path_factory.mktemp("batch") / "reports"
    place.mkdir()
    for number, (report, _) in enumerate(REPORTS):
        (place / f"r{number}.txt").write_bytes(report.text.encode())
    return place


def arguments(place: Path, out: Path, url: str, *more: str) -> list[str]:
    model = ["--engine", "chat", "--model", "oracle", "--base-url", url]
    return ["bulk", str(place), "-o", str(out), "--jobs", "1", *model, *more]


def command(place: Path, out: Path, url: str, *more: str):
    """The command, in batches."""
    line = arguments(place, out, url, "--on", "batch", *more)
    return CliRunner().invoke(app, line, env={"OPENAI_API_KEY": KEY})


def process(place: Path, out: Path, url: str, *more: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    line = arguments(place, out, url, "--on", "batch", *more)
    code = "from summarizer.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", code, *line], stderr=subprocess.PIPE, text=True)


def briefs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "briefs").glob("*.json"))}


def usage(out: Path) -> dict[str, int]:
    found = json.loads((out / "report.json").read_text())["usage"]
    return {name: found[name] for name in ("requests", "prompt_tokens", "answer_tokens", "stored")}


class Seen:
    """Shows nothing, and keeps the sentences and the seconds that were waited."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waits: list[float] = []
        self.ended_: list[str] = []

    def begins(self, reports: int, unchanged: int) -> None:
        """Nothing is shown."""

    def ended(self, entry: object, outcome: Outcome) -> None:
        self.ended_.append(outcome.state)

    def close(self) -> None:
        """Nothing is open."""

    def notice(self, line: str) -> None:
        self.lines.append(line)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Here:
    """Reads and writes in this process; others have tests of their own."""

    def __init__(self, job: Job):
        before = signal.getsignal(signal.SIGINT)
        workers.start(job)
        signal.signal(signal.SIGINT, before)

    async def run(self, work, *arguments):
        return work(*arguments)

    def close(self) -> None:
        """Nothing is open."""


def run(
    place: Path, out: Path, url: str, bounds: Bounds | None = None, budget: str | None = None, retry: bool = False
) -> tuple[Summary, Seen]:
    """The command as a function, for which no time passes while it waits."""
    seen = Seen()
    limits = Limits(budget=Decimal(budget) if budget else None, price=parse_price("1/2"))
    summarizer = Summarizer(
        "chat",
        model="oracle",
        base_url=url,
        api_key=KEY,
        limits=limits,
        cache=CacheOptions(file=out / REPLIES, retry_failed=retry),
        environment={},
    )
    job = Job(places=[place], out=out, jobs=1, on="batch", retry_failed=retry)

    def flow(job, summarizer, stop, say):
        return BatchFlow(job, summarizer, stop, say, seen.sleep, bounds or api_bounds(), Here(job))

    return run_job(job, summarizer, seen, flows=flow), seen


@pytest.fixture(scope="module")
def direct(reports, tmp_path_factory) -> Path:
    """The output of a direct run in which every part needs a repair."""
    out = tmp_path_factory.mktemp("direct") / "out"
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        assert CliRunner().invoke(app, arguments(reports, out, served.url)).exit_code == 0
        assert len(served.direct) == usage(out)["requests"]
        assert served.asked == []
    return out


def test_the_briefs_are_those_of_a_direct_run_and_repairs_are_a_second_batch(reports, tmp_path, direct):
    out = tmp_path / "out"
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        result = command(reports, out, served.url)
    host = served.url.removeprefix("http://").removesuffix("/v1")
    assert result.exit_code == 0, result.stderr
    assert f"goes to {host}" in result.stderr
    assert briefs(out) == briefs(direct)
    assert usage(out) == usage(direct)
    reading, repairing, overviews = served.asked
    assert len(reading) == len(repairing) > len(overviews) == 3
    assert served.direct == []
    assert not any(path.name.startswith("batches") for path in out.iterdir())
    prompts = [name for name, _ in served.files.values() if name.startswith("summarizer-")]
    assert prompts == []  # what was sent is removed when it is answered


def test_files_hold_no_more_requests_than_they_may(reports, tmp_path, direct):
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        run(reports, tmp_path / "out", served.url, Bounds(requests=2, bytes=10**9))
    assert max(map(len, served.asked)) == 2
    assert sum(map(len, served.asked)) == usage(direct)["requests"]
    assert briefs(tmp_path / "out") == briefs(direct)


def test_files_hold_no_more_bytes_than_they_may(reports, tmp_path, direct):
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        run(reports, tmp_path / "out", served.url, Bounds(requests=1000, bytes=50_000))
    assert max(served.sizes) <= 50_000
    assert max(map(len, served.asked)) > 1
    assert briefs(tmp_path / "out") == briefs(direct)


def test_the_bounds_are_those_of_the_api():
    assert api_bounds() == Bounds(50_000, 200_000_000)


@pytest.mark.parametrize("killed_at", [("POST", "files"), ("POST", "batches"), ("GET", "files")])
def test_a_run_that_is_killed_at_the_endpoint_sends_nothing_twice(reports, tmp_path, direct, killed_at):
    """Killed when the endpoint has done what was asked, and before the run can know: another process goes on."""
    out = tmp_path / "out"
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        first = process(reports, out, served.url)

        def kill(method: str, path: str) -> None:
            if (method, path) == killed_at and first.poll() is None:
                os.kill(first.pid, signal.SIGKILL)
                first.wait()

        served.after = kill
        first.communicate(timeout=60)
        assert first.returncode == -signal.SIGKILL
        served.after = lambda method, path: None
        summary, _ = run(reports, out, served.url)
    assert summary.is_whole
    assert served.made("POST", "files") == served.made("POST", "batches") == 3
    assert served.answered == usage(direct)["requests"]
    assert usage(out) == usage(direct)
    assert briefs(out) == briefs(direct)


def test_a_run_that_is_interrupted_says_what_is_under_way_and_another_collects_it(reports, tmp_path, direct):
    out, plan = tmp_path / "out", Plan()
    plan.held.set()
    with batch_endpoint(script(first_of_each(REPAIR)), plan) as served:
        first = process(reports, out, served.url)
        _until(lambda: served.batches != {} and served.made("GET", "batches") > 1)
        first.send_signal(signal.SIGINT)
        _, told = first.communicate(timeout=60)
        assert first.returncode == 130
        requests, host = len(served.asked[0]), served.url.removeprefix("http://").removesuffix("/v1")
        assert f"interrupted; {requests} requests are under way at {host} in 1 batch: run the same command" in told
        status = CliRunner().invoke(app, ["status", str(out)])
        assert f"{requests} requests are under way at {host}" in status.stdout
        assert status.exit_code == 3
        plan.held.clear()
        result = command(reports, out, served.url)
        assert result.exit_code == 0, result.stderr
        assert served.made("POST", "files") == 3
        again = CliRunner().invoke(app, ["status", str(out)])
        assert "under way" not in again.stdout
    assert usage(out) == usage(direct)
    assert briefs(out) == briefs(direct)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_a_batch_paid_for_is_counted_once(reports, tmp_path, direct):
    out = tmp_path / "out"
    with batch_endpoint(script()) as served:
        run(reports, out, served.url)
        paid = usage(out)
        (out / "run.sqlite").unlink()
        run(reports, out, served.url)
        assert served.made("POST", "batches") == 2
    assert paid["requests"] == served.answered
    assert paid["stored"] == 0
    assert usage(out) == {"requests": 0, "prompt_tokens": 0, "answer_tokens": 0, "stored": served.answered}


def test_lines_that_expire_are_asked_again(reports, tmp_path, direct):
    late = []

    def expires(batch, line):
        if batch == 1 and line["custom_id"] > "8":
            late.append(line["custom_id"])
        return batch == 1 and line["custom_id"] > "8"

    with batch_endpoint(script(first_of_each(REPAIR)), Plan(expires=expires)) as served:
        summary, seen = run(reports, tmp_path / "out", served.url)
    assert summary.is_whole
    assert 0 < len(late) < len(served.asked[0])
    assert set(late) <= set(served.asked[1])
    assert any("asked again" in line and "batch_expired" in line for line in seen.lines)
    assert briefs(tmp_path / "out") == briefs(direct)


def test_a_line_that_expires_every_time_becomes_a_gap(reports, tmp_path):
    out, knowing, part = tmp_path / "out", Knowing(reports=REPORTS), a_part_of_many()

    def expires(batch, line):
        return knowing.whole_of(line["body"]["messages"]) == part

    with batch_endpoint(script(), Plan(expires=expires)) as served:
        summary, _ = run(reports, out, served.url)
    late = next(line["custom_id"] for line in served.lines["batch_1"] if expires(1, line))
    assert [late in asked for asked in served.asked].count(True) == 4
    gaps = [gap for brief in briefs(out).values() for gap in json.loads(brief)["gaps"]]
    (gap,) = (gap for gap in gaps if gap["reason"] == "endpoint_failed")
    assert "gave no answer in 4 batches (the last time: batch_expired)" in gap["detail"]
    assert summary.gaps["endpoint_failed"] == 1


def a_part_of_many() -> int:
    """A part of the report that has the most."""
    parts, at, sizes = Knowing(reports=REPORTS).parts, 0, []
    for report, _ in REPORTS:
        sizes.append((len(prepare(report).chunks), at))
        at += sum(1 for _ in Knowing(reports=[(report, _)]).parts)
    assert at == len(parts)
    return max(sizes)[1]


def test_a_line_that_fails_becomes_a_gap_as_a_failed_request_does(reports, tmp_path):
    out = tmp_path / "out"
    with batch_endpoint(script(all_of(REFUSED, a_part_of_many()))) as served:
        run(reports, out, served.url)
        run(reports, out, served.url)
        assert list(map(len, served.asked)) == [7, 3]
        run(reports, out, served.url, retry=True)
        assert list(map(len, served.asked)) == [7, 3, 1]
    (gap,) = (
        gap for brief in briefs(out).values() for gap in json.loads(brief)["gaps"] if gap["reason"] == "endpoint_failed"
    )
    assert "read by rules, since" in gap["detail"]
    assert "answered 400" in gap["detail"]


def test_reports_of_which_every_line_failed_have_no_brief_and_move_the_exit_code(reports, tmp_path):
    def refuse(number, request):
        return Response(400, {"error": {"message": "this content is not allowed", "code": "content_policy"}})

    with batch_endpoint(refuse) as served:
        result = command(reports, tmp_path / "out", served.url)
    assert result.exit_code == 3
    assert "answered 400" in result.stderr
    assert briefs(tmp_path / "out") == {}


def test_a_parameter_that_is_refused_is_left_out_of_the_next_batch_and_ever_after(reports, tmp_path, direct):
    honest = script(first_of_each(REPAIR))

    def answer(number, request):
        if "temperature" in request:
            message = "Unsupported value: 'temperature' does not support 0 with this model."
            return Response(400, {"error": {"message": message, "param": "temperature", "code": "unsupported_value"}})
        return honest(number, request)

    with batch_endpoint(answer) as served:
        summary, _ = run(reports, tmp_path / "out", served.url)
        refused, *others = served.lines.values()
        for line in served.batches.values():
            assert line["status"] == "completed"
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "r0.txt").write_text(REPORTS[0][0].text + "\n新的一行。", "utf-8")
        run(tmp_path / "more", tmp_path / "out", served.url)
        *_, last = served.lines.values()
    assert summary.is_whole
    assert all("temperature" in line["body"] for line in refused)
    assert not any("temperature" in line["body"] for lines in (*others, last) for line in lines)
    assert briefs(tmp_path / "out").items() >= {n: b for n, b in briefs(direct).items() if n != "r0.json"}.items()


@pytest.mark.parametrize(("fault", "told"), [("429 insufficient_quota", "top it up"), ("401 wrong key", "the key was")])
def test_what_all_requests_would_meet_stops_the_run_and_fails_no_report(reports, tmp_path, direct, fault, told):
    (met,) = (each for each in FAULTS if each.name == fault)
    honest, out = script(first_of_each(REPAIR)), tmp_path / "out"

    def answer(number, request):
        return met.spoil("", None) if number > 5 and served.plan.looks == 1 else honest(number, request)

    with batch_endpoint(answer) as served:
        summary, _ = run(reports, out, served.url)
        assert told in (summary.stopped or "")
        assert (summary.states["waiting"], summary.states["failed"]) == (3, 0)
        served.plan.looks = 2  # mended
        summary, _ = run(reports, out, served.url)
        assert list(map(len, served.asked))[:2] == [7, 5 + 2]
    assert summary.is_whole
    assert briefs(out) == briefs(direct)


def test_a_kept_reply_without_an_answer_is_asked_for_again_until_one_came(reports, tmp_path):
    (refusal,) = (fault for fault in FAULTS if fault.name == "refused")
    with batch_endpoint(script(first_of_each(refusal)), Plan(expires=lambda batch, line: batch == 2)) as served:
        first, _ = run(reports, tmp_path / "out", served.url)
        second, _ = run(reports, tmp_path / "out", served.url, retry=True)
        assert list(map(len, served.asked)) == [7, 7, 7, 3]
    assert first.gaps["refused"] == 7
    assert "refused" not in second.gaps


def test_a_budget_sends_what_it_allows_and_the_rest_waits_for_a_larger_one(reports, tmp_path, direct):
    out = tmp_path / "out"
    with batch_endpoint(script(first_of_each(REPAIR))) as served:
        summary, seen = run(reports, out, served.url, budget="0.03")
        sent = sum(map(len, served.asked))
        assert 0 < sent < usage(direct)["requests"]
        assert "the budget of $0.03 has $" in (summary.stopped or "")
        assert "larger --budget" in (summary.stopped or "")
        assert any("The budget allows" in line for line in seen.lines)
        assert summary.states["waiting"] > 0
        summary, seen = run(reports, out, served.url, budget="5")
    assert summary.is_whole
    assert "half of what the same costs one by one" in seen.lines[-1]
    assert briefs(out) == briefs(direct)
    tokens = usage(direct)
    assert f"${(tokens['prompt_tokens'] * 1 + tokens['answer_tokens'] * 2) / 2e6:.4f}" in seen.lines[-1]


def _worst(line: dict) -> float:
    """US dollars that a line can cost at half of $1 a million prompt tokens and $2 of answer tokens, at least."""
    prompt = sum(len(message["content"].encode()) for message in line["body"]["messages"])
    return (prompt * 1 + line["body"]["max_tokens"] * 2) / 2e6


def test_no_batch_is_made_that_could_cost_more_than_the_budget(reports, tmp_path):
    with batch_endpoint(script()) as served:
        for budget in ("0.004", "0.03"):
            run(reports, tmp_path / budget, served.url, budget=budget)
            worst = [sum(map(_worst, lines)) for lines in served.lines.values()]
            assert max(worst, default=0) <= float(budget)
    assert worst != []


def test_an_endpoint_without_batches_says_so_before_anything_is_sent(reports, tmp_path):
    with batch_endpoint(script(), Plan(has_batches=False)) as served:
        result = command(reports, tmp_path / "out", served.url)
    assert result.exit_code == 3
    assert "takes no batches (it answered 404 where they would be); leave --on batch out" in result.stderr
    assert served.calls == [("GET", "batches")]
    assert not (tmp_path / "out" / "batches.sqlite").exists()


def test_the_key_is_in_no_file_whatever_the_endpoint_sends_back(reports, tmp_path):
    out, honest = tmp_path / "out", script(first_of_each(REPAIR))
    held: list[bytes] = []

    def answer(number, request):
        held.extend(path.read_bytes() for path in out.rglob("*") if path.is_file())
        if number == 1:
            return Response(400, {"error": {"message": f"Incorrect key {KEY}"}})
        response = honest(number, request)
        if number == 2:
            response.body["choices"][0]["message"]["content"] = f'{{"figures": ["{KEY}"]}}'
        return response

    with batch_endpoint(answer) as served:
        _, seen = run(reports, out, served.url)
        assert served.answered > 2
    held += [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    assert any(b"custom_id" in content for content in held)  # the file of requests was looked at too
    assert not any(KEY.encode() in content for content in held)
    assert not any(KEY in line for line in seen.lines)


def test_looks_grow_rarer_and_an_endpoint_that_is_away_meanwhile_loses_nothing(reports, tmp_path, direct):
    out, looks = tmp_path / "out", [0]
    with batch_endpoint(script(first_of_each(REPAIR)), Plan(looks=12)) as served:

        def after(method: str, path: str) -> None:
            if (method, path) == ("GET", "batches"):
                looks[0] += 1
                if 4 < looks[0] < 8:
                    raise Refusal(503, "down for maintenance")

        served.after = after
        summary, seen = run(reports, out, served.url)
    assert summary.is_whole
    assert served.made("POST", "batches") == 3
    assert sum("maintenance" in line for line in seen.lines) == 1
    assert 3 * 300 < sum(seen.waits) < 3 * 12 * 300
    assert max(seen.waits) <= 1.0  # Ctrl-C is noticed within a second
    assert briefs(out) == briefs(direct)


def test_a_batch_whose_making_ended_in_an_error_is_looked_for_before_another_is_made(reports, tmp_path, direct):
    failed = []
    with batch_endpoint(script(first_of_each(REPAIR))) as served:

        def after(method: str, path: str) -> None:
            if (method, path) == ("POST", "batches") and len(failed) < 1:
                failed.append(path)
                raise Refusal(500, "made, and not told")

        served.after = after
        summary, _ = run(reports, tmp_path / "out", served.url)
    assert summary.is_whole
    assert served.made("POST", "batches") == 3
    assert served.answered == usage(direct)["requests"]


@pytest.mark.parametrize("tells", [True, False])
def test_a_queue_that_is_full_gets_smaller_batches_one_after_the_other(reports, tmp_path, direct, tells):
    def refuses(batch, lines):
        limit = "Limit: 9,000 enqueued tokens. " if tells else ""
        return ("token_limit_exceeded", f"Enqueued token limit reached. {limit}") if len(lines) > 2 else None

    with batch_endpoint(script(first_of_each(REPAIR)), Plan(refuses=refuses)) as served:
        summary, seen = run(reports, tmp_path / "out", served.url)
    assert summary.is_whole, summary.stopped
    assert any("takes fewer requests at a time" in line for line in seen.lines)
    assert served.answered == usage(direct)["requests"]
    assert briefs(tmp_path / "out") == briefs(direct)


def test_a_batch_that_is_refused_as_a_whole_stops_the_run_and_costs_nothing(reports, tmp_path):
    def refuses(batch, lines):
        return ("model_not_found", "The model oracle is not supported by the Batch API.") if batch == 1 else None

    with batch_endpoint(script(), Plan(refuses=refuses)) as served:
        summary, _ = run(reports, tmp_path / "out", served.url)
        assert "refused a batch" in (summary.stopped or "")
        assert "not supported by the Batch API" in (summary.stopped or "")
        assert (summary.states["waiting"], summary.states["failed"]) == (3, 0)
        summary, _ = run(reports, tmp_path / "out", served.url)
    assert summary.is_whole


def test_output_that_is_broken_or_not_ours_is_asked_for_again(reports, tmp_path, direct):
    def spoils(batch, output):
        if batch != 1:
            return output
        first, second, *others = output.splitlines(keepends=True)
        foreign = json.dumps({"custom_id": "f" * 64, "response": {"status_code": 200, "body": {}}}).encode()
        shapeless = json.dumps(json.loads(second) | {"response": {"status_code": 200, "body": ["no completion"]}})
        return b"".join([first[:50], b"\n\xff\xfe not JSON\n", foreign, b"\n", shapeless.encode(), b"\n", *others])

    with batch_endpoint(script(first_of_each(REPAIR)), Plan(spoils=spoils)) as served:
        summary, _ = run(reports, tmp_path / "out", served.url)
    assert summary.is_whole
    assert len(set(served.asked[0]) & set(served.asked[1])) == 2
    assert set(briefs(tmp_path / "out")) == set(briefs(direct))


def test_what_is_under_way_elsewhere_is_not_left_behind_in_silence(reports, tmp_path):
    out, plan = tmp_path / "out", Plan()
    plan.held.set()
    with batch_endpoint(script(), plan) as served, batch_endpoint(script()) as other:
        with contextlib.ExitStack() as opened:
            first = opened.enter_context(process(reports, out, served.url))
            _until(lambda: served.batches != {} and served.made("GET", "batches") > 1)
            first.kill()
        result = command(reports, out, other.url)
        assert other.calls == []
        local = CliRunner().invoke(app, arguments(reports, out, other.url))
    assert result.exit_code == 1
    assert "requests are under way at" in str(result.exception)
    assert "--base-url" in str(result.exception)
    assert local.exit_code == 0
    assert "and this run does not use them; --on batch collects them" in local.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--engine", "chat", "--on", "cloud"], "choose local or batch"),
        (["--on", "batch"], "give --engine chat"),
        (["--engine", "chat", "--on", "batch", "--rpm", "5"], "one by one"),
    ],
)
def test_options_that_do_not_go_together_are_said(reports, tmp_path, options, told):
    result = CliRunner().invoke(app, ["bulk", str(reports), "-o", str(tmp_path / "out"), *options])
    assert result.exit_code != 0
    assert told in str(result.exception)
