"""Bulk runs on a local Ray of two workers: the briefs of the local runner, one budget for all, and workers that die."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from faults import Knowing, Misbehaving
from loopback import Response, endpoint
from oracle import seeds
from reliability import known
from typer.testing import CliRunner

from summarizer.chunking import count_tokens
from summarizer.cli import app

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'gov-report-summarizer[ray]'")

from summarizer import Summarizer  # noqa: E402 these need Ray
from summarizer.bulk.job import Job, run_digest  # noqa: E402
from summarizer.bulk.on_ray.limits import SILENCE, Limits, Order  # noqa: E402
from summarizer.bulk.on_ray.reader import refusal_of  # noqa: E402
from summarizer.bulk.on_ray.room import Room  # noqa: E402
from summarizer.errors import BudgetError  # noqa: E402
from summarizer.settings import Settings  # noqa: E402

CONCURRENCY = 4


@pytest.fixture(scope="module")
def cluster():
    """A Ray of this machine with room for two workers, which the runs of these tests find begun."""
    from summarizer.bulk.on_ray.cluster import join

    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0"}
    begun = join("local", 2, 2)
    yield
    begun.leave()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The sample reports: no two parts of them are the same, so that nobody's question is another's, too."""
    place = tmp_path_factory.mktemp("reports")
    for number, path in enumerate(seeds()):
        (place / f"r{number}.txt").write_bytes(path.read_bytes())
    return place


class Model:
    """The oracle as an endpoint, with true token counts; it notes when requests begin, and how many are in flight.

    `before` is called before each answer with the number of the request and its last message.
    """

    def __init__(self, pause: float = 0.0, before=lambda number, text: None):
        reports = [known(path.stem) for path in seeds()]
        self._oracle = Misbehaving(Knowing(reports=reports), lambda part, times, rng: None)
        self._pause, self._before = pause, before
        self._lock = threading.Lock()
        self.flying = self.most = 0
        self.begun: list[float] = []

    def __call__(self, number, request) -> Response:
        with self._lock:
            self.begun.append(time.monotonic())
            self.flying += 1
            self.most = max(self.most, self.flying)
            response = self._oracle(number, request)
        self._before(number, request["messages"][-1]["content"])
        time.sleep(self._pause)  # how long a model takes to answer
        with self._lock:
            self.flying -= 1
        tokens = sum(count_tokens(message["content"]) for message in request["messages"])
        usage = {"prompt_tokens": tokens, "completion_tokens": 1000, "total_tokens": tokens + 1000}
        return replace(response, body=response.body | {"usage": usage})


def run(place: Path, out: Path, *more: str):
    return CliRunner().invoke(app, ["bulk", str(place), "-o", str(out), "--jobs", "2", *more])


def chat(url: str, *more: str) -> list[str]:
    model = ["--engine", "chat", "--model", "oracle", "--base-url", url, "--concurrency", str(CONCURRENCY)]
    return [*model, *more]


def briefs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "briefs").iterdir())}


def states(out: Path) -> dict[str, int]:
    found = json.loads((out / "report.json").read_text("utf-8"))["states"]
    return {state: count for state, count in found.items() if count}


def rows(out: Path) -> dict[str, dict]:
    from pyarrow.parquet import read_table

    return {row["name"]: row for row in read_table(out / "results").to_pylist()}


def processes() -> list[int]:
    """The workers of the run that is under way, as they told its actor."""
    (name,) = (each["name"] for each in ray.util.list_named_actors(all_namespaces=True) if "run-" in each["name"])
    actor = ray.get_actor(name, "gov-report-summarizer")
    return [process for _, process in ray.get(actor.workers.remote()).values()]


@pytest.fixture(scope="module")
def undisturbed(reports, tmp_path_factory):
    """A run of the local runner by the model: its folder, and how many requests it took."""
    out = tmp_path_factory.mktemp("local") / "out"
    with endpoint(Model()) as served:
        assert run(reports, out, *chat(served.url)).exit_code == 0
    return out, len(served.requests)


# --- the same results -------------------------------------------------------------------------


def test_by_rules_the_briefs_are_those_of_the_local_runner(cluster, tmp_path):
    """The sample reports, a copy of one, and a file that cannot be read: it is an error in its row."""
    place, here, there = tmp_path / "reports", tmp_path / "here", tmp_path / "there"
    place.mkdir()
    for path in seeds():
        (place / path.name).write_bytes(path.read_bytes())
    (place / "copy.txt").write_bytes(seeds()[0].read_bytes())
    (place / "broken.pdf").write_bytes(b"%PDF-1.7")
    assert run(place, here).exit_code == 3
    result = run(place, there, "--on", "ray")
    assert result.exit_code == 3, result.stderr
    assert states(there) == states(here) == {"done": 5, "failed": 1, "linked": 1}
    assert briefs(there) == briefs(here)
    found = rows(there)
    assert len(found) == 6
    assert [name for name, row in found.items() if row["reason"]] == ["broken"]
    assert "PDF" in found["broken"]["reason"]
    done = next(row for row in found.values() if row["state"] == "done")
    assert done["brief"] == (there / "briefs" / f"{done['name']}.json").read_text("utf-8")
    table = CliRunner().invoke(app, ["table", str(there), "-o", str(tmp_path / "t.csv")])
    assert table.exit_code == 3  # a report has no brief
    assert len((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()) > 100

    before = {path: path.stat().st_mtime_ns for path in (*there.glob("briefs/*"), *there.glob("results/*"))}
    assert run(place, there, "--on", "ray").exit_code == 3
    assert {path: path.stat().st_mtime_ns for path in (*there.glob("briefs/*"), *there.glob("results/*"))} == before
    assert run(place, there).exit_code == 3  # nor does the local runner read anything again
    assert json.loads((there / "report.json").read_text())["unchanged"] == 7


def test_by_a_model_briefs_requests_and_replies_are_those_of_the_local_runner(cluster, reports, undisturbed, tmp_path):
    """Two workers have no more requests in flight than one process, and what was answered is in the one store."""
    here, requests = undisturbed
    out = tmp_path / "out"
    model = Model(pause=0.05)
    with endpoint(model) as served:
        result = run(reports, out, *chat(served.url, "--on", "ray"))
        assert result.exit_code == 0, result.stderr
        assert len(served.requests) == requests
        assert 1 < model.most <= CONCURRENCY
        assert len({row["worker"] for row in rows(out).values()}) == 2
        assert json.loads((out / "report.json").read_text())["usage"]["requests"] == requests
        assert briefs(out) == briefs(here)
        (out / "run.sqlite").unlink()
        assert run(reports, out, *chat(served.url)).exit_code == 0
        assert len(served.requests) == requests
    assert briefs(out) == briefs(here)


# --- one budget -------------------------------------------------------------------------------


def test_the_workers_spend_one_budget_and_keep_one_pace(cluster, reports, tmp_path):
    """At $1 a thousand tokens of answers: what two workers are asked to pay is within the budget of the run."""
    out = tmp_path / "out"
    model = Model()
    with endpoint(model) as served:
        limits = ("--price", "0/1000", "--budget", "24", "--rpm", "240", "--on", "ray")
        result = run(reports, out, *chat(served.url, *limits))
        assert result.exit_code == 3, result.stderr
        assert "the budget" in result.stderr
        assert "run the same command again" in result.stderr
        spent = len(served.requests)  # dollars, since an answer is told as a thousand tokens
        assert spent <= 24 - 8 + 1
        assert states(out)["waiting"] > 0
        rate = burst = 4  # a second, and at once: two workers with a pace each would be done in a third of the time
        assert model.begun[-1] - model.begun[0] >= 0.6 * (spent - burst) / rate
        assert run(reports, out, *chat(served.url)).exit_code == 0  # the local runner goes on where this one stopped
        assert states(out) == {"done": 5}


# --- workers that die -------------------------------------------------------------------------


def test_a_worker_that_is_killed_is_replaced_and_no_more_is_paid_than_was_in_flight(
    cluster, reports, undisturbed, tmp_path
):
    here, requests = undisturbed
    killed = []

    def kill(number: int, text: str) -> None:
        if number >= requests // 2 and not killed:
            killed.append(processes()[0])
            os.kill(killed[0], signal.SIGKILL)

    out = tmp_path / "out"
    with endpoint(Model(0.05, kill)) as served:
        result = run(reports, out, *chat(served.url, "--on", "ray"))
        assert result.exit_code == 0, result.stderr
        assert killed
        assert requests <= len(served.requests) <= requests + CONCURRENCY
    assert states(out) == {"done": 5}
    assert briefs(out) == briefs(here)


def test_a_report_that_kills_its_worker_again_and_again_fails_and_no_other_does(cluster, reports, tmp_path):
    report, _ = known(seeds()[3].stem)
    mark = f"Report: {report.metadata.title}"
    few = tmp_path / "few"
    few.mkdir()
    for name in ("r0.txt", "r1.txt", "r3.txt"):
        (few / name).write_bytes((reports / name).read_bytes())
    deaths = []

    def kill(number: int, asked: str) -> None:
        if mark in asked:
            for process in processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            deaths.append(number)

    out = tmp_path / "out"
    with endpoint(Model(0.0, kill)) as served:
        result = run(few, out, *chat(served.url, "--on", "ray", "--jobs", "1"))
    assert result.exit_code == 3
    assert states(out) == {"done": 2, "failed": 1}
    assert "ended 3 times" in rows(out)["r3"]["reason"]
    assert len(deaths) == 3


# --- begun and ended by the command -----------------------------------------------------------


def test_the_command_begins_its_own_ray_which_ends_with_it_and_writes_no_key(reports, undisturbed, tmp_path):
    """Interrupted in the middle it says how to go on; neither processes nor the key are left behind."""
    out, key = tmp_path / "out", "sk-" + "q7" * 20
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment |= {"OPENAI_API_KEY": key, "SUMMARIZER_TEST_MARK": str(tmp_path)}
    command = [sys.executable, "-c", "from summarizer.cli import main; main()", "bulk", str(reports), "-o", str(out)]
    reached = threading.Event()
    with endpoint(Model(0.2, lambda number, text: reached.set())) as served:
        arguments = [*command, "--jobs", "1", *chat(served.url, "--on", "ray", "--concurrency", "1")]
        process = subprocess.Popen(
            arguments, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
        )
        assert reached.wait(60)
        mine = marked(tmp_path)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "run the same command again" in said
        assert len(mine) > 3  # Ray and its workers
        assert states(out)["waiting"] > 0
        assert [each for each in mine if not ended(each)] == []
        logs = [path for path in Path("/tmp/ray").glob(f"session_*_{process.pid}/**/*") if path.is_file()]
        assert logs
        for path in (*logs, *(path for path in out.rglob("*") if path.is_file())):
            assert key.encode() not in path.read_bytes(), path
        sent = [{name.lower(): value for name, value in headers.items()} for headers in served.headers]
        assert {headers["authorization"] for headers in sent} == {f"Bearer {key}"}
        assert run(reports, out, *chat(served.url)).exit_code == 0
        assert len(served.requests) == undisturbed[1]


def marked(mark: Path) -> list[int]:
    """The processes with a mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and f"SUMMARIZER_TEST_MARK={mark}".encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


def ended(process: int) -> bool:
    """Whether a process ends within a few seconds."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_without_ray_the_command_says_what_to_install(tmp_path):
    code = "import sys; sys.modules['ray'] = None; from summarizer.cli import main; main()"
    command = [sys.executable, "-c", code, "bulk", str(seeds()[0]), "-o", str(tmp_path / "out"), "--on", "ray"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert "pip install 'gov-report-summarizer[ray]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_ray_is_loaded_by_nothing_else():
    code = (
        "import sys, summarizer, summarizer.bulk.running, summarizer.cli; print([m for m in sys.modules if m == 'ray'])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--on", "mars"), "choose local or batch or ray"), (("--ray-address", "auto"), "goes with --on ray")],
)
def test_options_that_do_not_go_together_are_said(tmp_path, arguments, said):
    result = run(seeds()[0].parent, tmp_path / "out", *arguments)
    assert said in str(result.exception)


@pytest.mark.parametrize(
    ("mark", "digest", "said"),
    [("away", "right", "a place that all machines of the cluster share"), ("there", "wrong", "has another version")],
)
def test_a_machine_that_could_not_do_the_same_is_refused(tmp_path, mark, digest, said):
    """One that does not see the output folder, and one whose program or terms differ."""
    (tmp_path / "there").touch()
    summarizer, job = Summarizer("rules", environment={}), Job((), tmp_path)
    expected = {"right": run_digest(job, summarizer), "wrong": "0" * 64}[digest]
    refusal = refusal_of(Order(job, summarizer.settings, (), expected, tmp_path / mark), summarizer)
    assert said in str(refusal)


def test_a_cluster_that_nobody_answers_at_is_said_at_once(tmp_path):
    code = "from summarizer.cli import main; main()"
    where = ["-o", str(tmp_path / "out"), "--on", "ray", "--ray-address", "127.0.0.1:1"]
    result = subprocess.run(
        [sys.executable, "-c", code, "bulk", str(seeds()[0]), *where], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "No Ray cluster answers at 127.0.0.1:1" in result.stderr


# --- the actor, without Ray -------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def limits_of(clock: Clock, **settings) -> Limits:
    limits = Limits(clock)
    given = Settings("chat", "m", "http://127.0.0.1:9/v1", "none", cache=False, **settings)
    await limits.begin(Order(Job((), Path("out")), given, (), "digest", Path("mark")))
    return limits


def test_what_a_dead_worker_held_is_given_back_when_it_begins_anew():
    """Its place is free again, and its money counts as spent: somebody may have answered."""

    async def scene() -> tuple[bool, Decimal]:
        limits = await limits_of(Clock(), concurrency=1, budget=Decimal(3))
        await limits.joins("a", "machine", 1)
        assert await limits.set_aside("a", Decimal(2)) is None
        await limits.enter("a", 0, 10, None)
        other = asyncio.create_task(limits.enter("b", 0, 10, None))
        await asyncio.sleep(0)
        assert not other.done()
        await limits.joins("a", "machine", 2)
        await asyncio.wait_for(other, 1)
        refused = await limits.set_aside("b", Decimal(2))
        return isinstance(refused, BudgetError), await limits.spent()

    assert asyncio.run(scene()) == (True, Decimal(2))


def test_a_worker_that_falls_silent_counts_as_gone():
    async def scene() -> None:
        clock = Clock()
        limits = await limits_of(clock, concurrency=1)
        await limits.enter("a", 0, 10, None)
        other = asyncio.create_task(limits.enter("b", 0, 10, None))
        clock.now = SILENCE - 1
        await limits.alive("b")
        assert not other.done()
        clock.now = SILENCE + 1
        await limits.alive("b")
        await asyncio.wait_for(other, 1)

    asyncio.run(scene())


def test_a_request_that_was_given_up_in_the_queue_takes_no_place():
    async def scene() -> None:
        limits = await limits_of(Clock(), concurrency=1)
        await limits.enter("a", 0, 10, None)
        waiting = asyncio.create_task(limits.enter("a", 1, 10, None))
        await asyncio.sleep(0)
        await limits.leave("a", 1)
        await limits.leave("a", 0)
        await waiting
        await asyncio.wait_for(limits.enter("b", 0, 10, None), 1)

    asyncio.run(scene())


def test_who_wants_the_room_alone_has_it_alone():
    async def scene() -> list[str]:
        room, order = Room(), []
        leave = asyncio.Event()

        async def one(who: str, place) -> None:
            async with place:
                order.append(f"{who} in")
                if who == "first":
                    await leave.wait()
                await asyncio.sleep(0)
                order.append(f"{who} out")

        tasks = [asyncio.create_task(one("first", room.with_others()))]
        await asyncio.sleep(0)
        tasks += [asyncio.create_task(one("alone", room.alone())), asyncio.create_task(one("late", room.with_others()))]
        await asyncio.sleep(0)
        leave.set()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(scene()) == ["first in", "first out", "alone in", "alone out", "late in", "late out"]
