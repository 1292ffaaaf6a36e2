"""Bulk runs by rules: every report ends as something, nothing is done twice, and a killed run goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from summarizer.bulk.ledger import open_ledger
from summarizer.bulk.locking import sole_run
from summarizer.bulk.streaming import bulk
from summarizer.bulk.turns import Turns
from summarizer.cli import app
from summarizer.errors import InputError
from summarizer.pipeline import Summarizer
from summarizer.resources import folder


@pytest.fixture
def reports(tmp_path):
    """Four reports: two texts, one of them twice under other names, and one of a format that is not read."""
    place = tmp_path / "reports"
    (place / "inner").mkdir(parents=True)
    first, second = (p.read_bytes() for p in sorted(folder("seeds").glob("*.txt"))[:2])
    (place / "a.txt").write_bytes(first)
    (place / "inner" / "b.txt").write_bytes(first.decode("utf-8").encode("gb18030"))
    (place / "c.txt").write_bytes(second)
    (place / "d.pdf").write_bytes(b"%PDF-1.7")
    return place


def run(*arguments):
    result = CliRunner().invoke(app, ["bulk", "--jobs", "1", *map(str, arguments)], env={"OPENAI_API_KEY": "k"})
    if isinstance(result.exception, InputError):
        raise result.exception
    return result


def summary(out: Path):
    return json.loads((out / "report.json").read_text("utf-8"))


def written(out: Path):
    return {path.name: path.stat().st_mtime_ns for path in (out / "briefs").iterdir()}


def test_every_report_ends_as_something_and_the_run_says_so(reports, tmp_path):
    out = tmp_path / "out"
    result = run(reports, "-o", out)
    assert result.exit_code == 3
    found = summary(out)
    assert found["states"] == {"waiting": 0, "done": 2, "gaps": 0, "lost": 0, "failed": 1, "linked": 1}
    assert [f["report"] for f in found["failures"]] == ["d.pdf"]
    assert "PDF" in found["failures"][0]["reason"]
    assert "d.pdf is a file of type PDF" in result.stderr
    brief = json.loads((out / "briefs" / "c.json").read_text("utf-8"))
    assert brief["report"]["source"] == "c.txt"
    assert (out / "briefs" / "c.txt").read_bytes().decode("utf-8") == (reports / "c.txt").read_bytes().decode("utf-8")


def test_the_same_text_under_two_names_has_one_brief(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    with open_ledger(out) as ledger:
        ledger.resume()
        (linked,) = ledger.entries(("linked",))
    assert {linked.key, linked.same_as} == {"a.txt", "inner/b.txt"}
    assert not (out / "briefs" / f"{linked.name}.json").exists()


def test_copies_of_a_text_in_other_bytes_lead_to_the_brief_that_there_is(tmp_path):
    """Two copies of each of two encodings: one brief, and three that lead to it."""
    place, out = tmp_path / "reports", tmp_path / "out"
    place.mkdir()
    text = sorted(folder("seeds").glob("*.txt"))[0].read_bytes().decode("utf-8")
    for number, encoding in enumerate(("utf-8", "gb18030", "utf-8", "gb18030")):
        (place / f"r{number}.txt").write_bytes(text.encode(encoding))
    assert run(place, "-o", out).exit_code == 0
    assert len(list((out / "briefs").glob("*.json"))) == 1
    with open_ledger(out) as ledger:
        ledger.resume()
        (home,) = ledger.entries(("done",))
        assert {entry.same_as for entry in ledger.entries(("linked",))} == {home.key}
    links = re.findall('href="([^"]+)"', (out / "index.html").read_text("utf-8"))
    assert links
    assert all((out / link).is_file() for link in links)


def test_the_index_leads_to_every_brief_and_escapes_names(reports, tmp_path):
    (reports / "<b>x&y.txt").write_bytes((reports / "c.txt").read_bytes() + "\n附言。".encode())
    out = tmp_path / "out"
    run(reports, "-o", out)
    page = (out / "index.html").read_text("utf-8")
    links = re.findall('href="([^"]+)"', page)
    assert len(links) == 12
    assert all((out / link).is_file() for link in links)
    assert "<b>x" not in page
    assert "&lt;b&gt;x&amp;y.txt" in page


def test_a_second_run_reads_nothing(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    before = written(out)
    (reports / "a.txt").touch()
    assert run(reports, "-o", out).exit_code == 3
    assert written(out) == before
    assert summary(out)["unchanged"] == 4


def test_what_changed_is_read_again_and_nothing_else(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    before = written(out)
    (reports / "c.txt").write_bytes((reports / "c.txt").read_bytes() + "\n又及。".encode())
    (out / "briefs" / "a.md").unlink()
    run(reports, "-o", out)
    changed = {name for name, when in written(out).items() if before.get(name) != when}
    assert changed == {f"{name}.{form}" for name in "ac" for form in ("json", "md", "html", "txt")}


def test_other_settings_read_all_again(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    run(reports, "-o", out, "--lang", "en")
    assert summary(out)["unchanged"] == 0


def test_corrections_beside_a_report_are_part_of_it(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    brief = json.loads((out / "briefs" / "c.json").read_text("utf-8"))
    (goal, *_) = brief["goals"][0]["evidence"]
    fix = {"do": "reject", "what": "goal"} | {key: goal[key] for key in ("start", "end", "quote")}
    fixes = {"version": "1", "text_sha256": brief["report"]["text_sha256"], "fixes": [fix]}
    (reports / "c.fixes.json").write_text(json.dumps(fixes, ensure_ascii=False), "utf-8")
    run(reports, "-o", out)
    after = json.loads((out / "briefs" / "c.json").read_text("utf-8"))
    assert after["corrections"]["rejected"] == 1
    assert len(after["goals"]) == len(brief["goals"]) - 1
    assert summary(out)["unchanged"] == 3


def test_failures_wait_for_the_word(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    run(reports, "-o", out)
    assert summary(out)["unchanged"] == 4
    run(reports, "-o", out, "--retry-failed")
    assert summary(out)["unchanged"] == 3


def test_a_second_run_on_the_same_folder_is_refused(reports, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with sole_run(out), pytest.raises(InputError, match="Another run is writing to"):
        run(reports, "-o", out)
    assert run(reports, "-o", out).exit_code == 3


def test_the_reports_own_folder_is_no_output_folder(reports):
    with pytest.raises(InputError, match="is the folder of the reports"):
        run(reports, "-o", reports)


def test_a_folder_without_reports_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no report in"):
        run(tmp_path / "empty", "-o", tmp_path / "out")


def test_a_damaged_ledger_is_said(reports, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.sqlite").write_bytes(b"no database at all, by any reading" * 100)
    with pytest.raises(InputError, match="cannot be used"):
        run(reports, "-o", out)


def test_status_tells_how_a_run_stands(reports, tmp_path):
    out = tmp_path / "out"
    run(reports, "-o", out)
    result = CliRunner().invoke(app, ["status", str(out)])
    assert result.exit_code == 3
    assert "4 reports: 2 done, 1 failed, 1 the same text as another." in result.stdout


# --- ended from outside -----------------------------------------------------------------------


def copies(place: Path, count: int) -> None:
    place.mkdir()
    text = sorted(folder("seeds").glob("*.txt"))[0].read_bytes().decode("utf-8")
    for number in range(count):
        (place / f"r{number:02}.txt").write_text(f"{text}\n{'甲乙丙丁'[number % 4] * (number + 1)}。", "utf-8")


def started(place: Path, out: Path) -> subprocess.Popen[str]:
    """A run of its own process, of which at least one report has ended."""
    command = [
        sys.executable,
        "-c",
        "from summarizer.cli import main; main()",
        "bulk",
        str(place),
        "-o",
        str(out),
        "--jobs",
        "1",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if len(list((out / "briefs").glob("*.txt"))) >= 2:
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_a_run_that_is_ended_goes_on_where_it_was(tmp_path, number, code):
    place, out = tmp_path / "reports", tmp_path / "out"
    copies(place, 40)
    process = started(place, out)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    if code == 130:
        assert "run the same command again" in said
    with open_ledger(out) as ledger:
        ledger.resume()
        noted = {entry.name for entry in ledger.entries(("done",))}
    before = written(out)
    assert 0 < len(noted) < 40
    assert run(place, "-o", out).exit_code == 0
    assert summary(out)["unchanged"] == len(noted)
    assert all(written(out)[f"{name}.json"] == before[f"{name}.json"] for name in noted)
    assert len(list((out / "briefs").glob("*.json"))) == 40
    assert not [path for path in (out / "briefs").iterdir() if path.name.startswith(".")]


# --- turns ------------------------------------------------------------------------------------


def test_who_asks_for_much_does_not_keep_others_waiting():
    order = []

    async def one(turns: Turns, who: str) -> None:
        async with turns.turn(who):
            order.append(who)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        turns = Turns(1)
        await asyncio.gather(*(one(turns, "long") for _ in range(6)), one(turns, "short"), one(turns, "other"))

    asyncio.run(all_of_them())
    assert order.index("short") <= 2
    assert order.index("other") <= 3
    assert order.count("long") == 6


def test_a_turn_that_was_given_up_is_passed_on():
    async def scene() -> bool:
        turns = Turns(1)
        async with turns.turn("a"):
            waiting = asyncio.create_task(_enter(turns))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.wait_for(_enter(turns), 1)
        return True

    async def _enter(turns: Turns) -> None:
        async with turns.turn("b"):
            pass

    assert asyncio.run(scene())


def test_the_function_reads_with_the_terms_of_its_summarizer(tmp_path):
    terms = tmp_path / "terms.tsv"
    terms.write_text("zh\ten\n科技小院\tscience and technology backyards\n", "utf-8")
    (tmp_path / "r.txt").write_text(
        "鲸湖市2024年政府工作报告\n一、2023年工作回顾\n" + "建成科技小院12个。\n" * 20, "utf-8"
    )
    bulk(Summarizer("rules", terms=terms, environment={}), [tmp_path / "r.txt"], tmp_path / "out", jobs=1)
    made = json.loads((tmp_path / "out" / "briefs" / "r.json").read_text("utf-8"))
    assert "science and technology backyards" in made["figures"][0]["indicator"]["en"]
