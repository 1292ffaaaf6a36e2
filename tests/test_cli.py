"""The command line: what it prints and writes, and one sentence with the right exit code for wrong input."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from endpoint import Response, endpoint
from oracle import Oracle, seeds, serving

from summarizer.rendering.jsonform import from_json

SEED = seeds()[0]
GOLD = Path(__file__).parent / "gold"


def run(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "SUMMARIZER_"))}
    command = [sys.executable, "-c", "from summarizer.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=clean | (env or {}), cwd=cwd, check=False)


def test_a_brief_goes_to_standard_output_and_notices_to_standard_error():
    done = run("brief", SEED)
    assert done.returncode == 0
    assert done.stdout.startswith("# ")
    assert "at least 35,000 people" in done.stdout
    assert "Engine: rules" in done.stderr
    assert "7 of 7 quantities used" in done.stderr


def test_the_format_follows_the_suffix_and_outputs_may_be_several(tmp_path: Path):
    outputs = [tmp_path / f"brief.{suffix}" for suffix in ("md", "html", "json")]
    done = run("brief", SEED, *[a for o in outputs for a in ("-o", o)])
    assert done.returncode == 0
    assert done.stdout == ""
    markdown, html, published = (o.read_text("utf-8") for o in outputs)
    assert markdown.startswith("# ")
    assert html.lower().startswith("<!doctype html>")
    assert from_json(published).report.source == SEED.name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["brief.html", "brief.json", "brief.md"]


def test_a_run_with_a_budget_says_what_it_spent_and_stops_inside_it():
    with serving(Oracle()) as url:
        model = ("--engine", "chat", "--model", "oracle", "--base-url", url, "--price", "10/20")
        whole = run("brief", SEED, *model, "--budget", "2")
        part = run("brief", seeds()[2], *model, "--budget", "0.45", "--concurrency", "1")
        none = run("brief", SEED, *model, "--no-cache", env={"SUMMARIZER_BUDGET": "0.01"})
    assert whole.returncode == 0
    prompt, answers, cost = re.search(
        r"(\d+) prompt tokens .* (\d+) answer tokens.*\$([\d.]+) of \$2\.", whole.stderr
    ).groups()
    assert float(cost) == pytest.approx((int(prompt) * 10 + int(answers) * 20) / 1e6, abs=5e-5)
    assert part.returncode == 3
    assert "of $0.45." in part.stderr
    assert "what was paid for is kept" in part.stderr
    assert none.returncode == 1
    assert "Give a larger --budget" in none.stderr


def test_a_budget_without_a_price_and_limits_that_are_none_are_refused():
    model = ("--engine", "chat", "--model", "mine", "--base-url", "http://127.0.0.1:1/v1")
    unknown = run("brief", SEED, *model, "--budget", "1")
    assert (unknown.returncode, "give one with --price" in unknown.stderr) == (2, True)
    zero = run("brief", SEED, *model, "--rpm", "0")
    assert (zero.returncode, "--rpm 0" in zero.stderr) == (2, True)


@pytest.mark.parametrize(("lang", "has", "has_not"), [("zh", "目标", "Targets"), ("en", "Targets", "## 目标")])
def test_one_language_can_be_asked_for(lang, has, has_not):
    done = run("brief", SEED, "--lang", lang)
    assert has in done.stdout
    assert has_not not in done.stdout


def test_the_outline_shows_the_reading_without_a_model():
    done = run("outline", SEED, "--verbose")
    assert done.returncode == 0
    for part in ("深入推进污染防治", "Chunks", "3.5万人以上  = >= 35000 person", "stable prefix", "PM[2.5]浓度"):
        assert part in done.stdout


def test_eval_sample_prints_the_scores_of_the_shipped_reports():
    done = run("eval", "--sample")
    assert done.returncode == 0
    assert "evidence wrong" in done.stdout
    rows = json.loads(run("eval", "--sample", "--json").stdout)["rows"]
    assert next(r for r in rows if r["name"] == "quantities")["f1"] > 0.97


def test_eval_scores_finished_briefs_and_says_which_are_missing(tmp_path: Path):
    run("brief", SEED, "-o", tmp_path / f"{SEED.stem}.json")
    done = run("eval", GOLD, "--texts", SEED.parent, "--briefs", tmp_path, "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["missing"]) == 4
    assert "No brief for" in done.stderr


def test_one_engine_and_one_folder_are_reported_as_ever(tmp_path: Path):
    """A table with precision and recall, and rows as JSON; a page beside them changes neither."""
    plain = run("eval", "--sample", "--engine", "rules")
    paged = run("eval", "--sample", "--engine", "rules", "--html", tmp_path / "page.html")
    assert plain.stdout == paged.stdout
    assert plain.stdout.splitlines()[0].split() == ["precision", "recall", "F1", "predicted", "gold"]
    assert plain.stderr == ""
    assert paged.stderr == f"Written: {tmp_path / 'page.html'}\n"
    assert "<title>Evaluation: rules</title>" in (tmp_path / "page.html").read_text("utf-8")
    assert list(json.loads(run("eval", "--sample", "--json").stdout)) == ["rows", "missing"]


def test_engines_and_finished_briefs_are_set_side_by_side(tmp_path: Path):
    run("brief", SEED, "-o", tmp_path / f"{SEED.stem}.json")
    with serving(Oracle()) as url:
        done = run(
            *("eval", "--sample", "--engine", "rules", "--engine", "chat", "--engine", "chat:qwen2.5:7b"),
            *("--model", "oracle", "--base-url", url, "--price", "1/2", "--briefs", f"old={tmp_path}"),
            *("--html", tmp_path / "page.html"),
        )
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].split() == ["F1", "rules", "chat:oracle", "chat:qwen2.5:7b", "old"]
    assert "model qwen2.5:7b" in done.stderr
    assert done.stderr.count("old: No brief for") == 4
    assert "chat:qwen2.5:7b" in (tmp_path / "page.html").read_text("utf-8")


def test_a_configured_endpoint_is_named_and_asked():
    with serving(Oracle()) as url:
        done = run(
            "brief", SEED, "-o", "-", "--format", "json", env={"OPENAI_BASE_URL": url, "SUMMARIZER_MODEL": "oracle"}
        )
    assert done.returncode == 0
    assert url.split("/")[2] in done.stderr
    assert json.loads(done.stdout)["engine"]["name"] == "chat"
    assert "2 requests" in done.stderr


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


WRONG = {
    "missing": (lambda d: ["brief", d / "none.txt"], 1, "none.txt"),
    "directory": (lambda d: ["brief", d], 1, "folder|directory"),
    "empty": (lambda d: ["brief", write(d / "empty.txt", b"")], 1, "empty"),
    "binary": (lambda d: ["brief", write(d / "x.txt", b"%PDF-1.7\n\x00\x01" * 50)], 1, "PDF"),
    "undecodable": (lambda d: ["brief", write(d / "x.txt", b"\xff\xfe\xfd\x81\x00" * 99)], 1, "x.txt"),
    "no report": (lambda d: ["brief", write(d / "x.txt", b"Dear Sir, this is a letter. " * 50)], 1, "Chinese"),
    "engine": (lambda d: ["brief", SEED, "--engine", "magic"], 2, "no engine 'magic'"),
    "no key": (lambda d: ["brief", SEED, "--engine", "chat"], 2, "OPENAI_API_KEY"),
    "format": (lambda d: ["brief", SEED, "--format", "pdf"], 2, "no format 'pdf'"),
    "suffix": (lambda d: ["brief", SEED, "-o", d / "x.pdf"], 2, "No format goes"),
    "model without chat": (lambda d: ["brief", SEED, "--engine", "rules", "--model", "m"], 2, "--engine chat"),
    "language": (lambda d: ["brief", SEED, "--lang", "fr"], 2, "no language 'fr'"),
    "output folder": (lambda d: ["brief", SEED, "-o", d / "no" / "x.md"], 2, "does not exist"),
    "output is a folder": (lambda d: ["brief", SEED, "-o", d], 2, "No format goes|is a folder"),
    "terms": (lambda d: ["brief", SEED, "--terms", write(d / "t.tsv", b"nonsense\n")], 1, "t.tsv"),
    "nothing to score": (lambda d: ["eval"], 2, "--sample"),
    "gold folder": (lambda d: ["eval", d / "none"], 1, "none"),
    "unknown engine of several": (
        lambda d: ["eval", "--sample", "--engine", "rules", "--engine", "magic"],
        2,
        "no engine 'magic'",
    ),
    "engine without a model": (lambda d: ["eval", "--sample", "--engine", "chat:"], 2, "write chat:MODEL"),
    "engine twice": (
        lambda d: ["eval", "--sample", "--engine", "rules", "--engine", "rules"],
        2,
        "'rules' is there twice",
    ),
    "model that nobody asks": (
        lambda d: ["eval", "--sample", "--engine", "rules", "--engine", "chat:m", "--model", "n"],
        2,
        "--model has nothing to say",
    ),
    "briefs folder": (lambda d: ["eval", "--sample", "--engine", "rules", "--briefs", d / "none"], 1, "is no folder"),
    "price": (lambda d: ["eval", "--sample", "--price", "cheap"], 2, "'cheap' is no price"),
    "page in no folder": (lambda d: ["eval", "--sample", "--html", d / "no" / "x.html"], 2, "does not exist"),
    "page on standard output": (lambda d: ["eval", "--sample", "--html", "-"], 2, "--html takes a file name"),
    "page without its suffix": (
        lambda d: ["eval", "--sample", "--html", write(d / "r.txt", b"x")],
        2,
        "end it in .md, .html|a name that ends in .html",
    ),
    "terms as output": (
        lambda d: ["brief", SEED, "--terms", write(d / "t.tsv", b"zh\ten\n"), "-o", d / "t.tsv", "--format", "md"],
        2,
        "t.tsv holds the terms",
    ),
    "this folder": (lambda d: ["brief", "."], 1, "is a directory"),
    "model without endpoint": (lambda d: ["brief", SEED, "--model", "gpt-x"], 2, "needs a key or an endpoint"),
    "unknown column of terms": (
        lambda d: ["brief", SEED, "--terms", write(d / "t.tsv", "zh\ten\taliases\n水库\treservoir\tx\n".encode())],
        1,
        "aliases",
    ),
    "term with a number of its own": (
        lambda d: ["brief", SEED, "--terms", write(d / "t.tsv", "zh\ten\n科技小院\tYard 2\n".encode())],
        1,
        "the number 2",
    ),
    "fixes of another text": (
        lambda d: ["brief", SEED, "--fixes", write(d / "f.json", b'{"version":"1","text_sha256":"0","fixes":[]}')],
        1,
        "f.json corrects another text",
    ),
    "damaged fixes": (lambda d: ["brief", SEED, "--fixes", write(d / "f.json", b"{")], 1, "f.json: Invalid JSON"),
    "missing fixes": (lambda d: ["brief", SEED, "--fixes", d / "none.json"], 1, "none.json cannot be read"),
    "fixes and none": (lambda d: ["brief", SEED, "--fixes", d, "--no-fixes"], 2, "contradict each other"),
    "gold of no brief": (lambda d: ["gold", write(d / "b.json", b"{}"), SEED, "-o", d / "g"], 1, "not a brief"),
    "gold in no folder": (
        lambda d: ["gold", GOLD / "scored" / f"{SEED.stem}.json", SEED, "-o", d / "no" / "g"],
        1,
        "not a brief|cannot be made",
    ),
    "broken brief": (
        lambda d: ["eval", GOLD, "--texts", SEED.parent, "--briefs", write(d / f"{SEED.stem}.json", b"{").parent],
        1,
        "JSON",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_gets_one_sentence_and_an_exit_code(name, tmp_path: Path):
    arguments, code, says = WRONG[name]
    done = run(*arguments(tmp_path))
    assert done.returncode == code, done.stderr
    message = [line for line in done.stderr.splitlines() if line.startswith("summarizer: ")]
    assert len(message) == 1, done.stderr
    assert re.search(says, message[0]), message
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob(".*"))


def test_the_report_itself_is_never_overwritten(tmp_path: Path):
    report = tmp_path / "report.txt"
    report.write_bytes(SEED.read_bytes())
    done = run("brief", report, "-o", report, "--format", "md")
    assert done.returncode == 2
    assert "is the report itself" in done.stderr
    assert report.read_bytes() == SEED.read_bytes()


def test_a_report_may_come_from_standard_input():
    command = [sys.executable, "-c", "from summarizer.cli import main; main()", "brief", "-", "--format", "json"]
    done = subprocess.run(
        command, input=SEED.read_text("utf-8").encode("gb18030", "replace"), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["report"]["source"] == "stdin.txt"
    assert len(json.loads(done.stdout)["figures"]) == 7


def test_the_share_of_english_is_said():
    done = run("brief", SEED)
    assert re.search(r"In English: \d+ of \d+ items", done.stderr)


def test_a_text_in_which_nothing_is_found_is_said_to_be_so(tmp_path: Path):
    poem = write(tmp_path / "poem.txt", ("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。" * 12).encode())
    done = run("brief", poem)
    assert "Nothing was found in it" in done.stderr


def test_an_interrupt_ends_the_run_at_once(tmp_path: Path):
    long = write(tmp_path / "long.txt", ("一、2024年工作安排\n" + "地区生产总值增长6%以上," * 60000 + "。").encode())
    command = [
        sys.executable,
        "-c",
        "from summarizer.cli import main; main()",
        "brief",
        str(long),
        "-o",
        str(tmp_path / "x.md"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "Engine: rules" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130
    assert sorted(p.name for p in tmp_path.iterdir()) == ["long.txt"]


def test_a_refused_connection_leaves_no_half_written_file(tmp_path: Path):
    with endpoint(lambda n, r: Response(401, {})) as served:
        url = served.url
        done = run(
            "brief",
            SEED,
            "-o",
            tmp_path / "b.md",
            env={"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-12345678", "SUMMARIZER_MODEL": "m"},
        )
    assert done.returncode == 1
    assert "OPENAI_API_KEY" in done.stderr
    assert "sk-12345678" not in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_eval_says_what_is_wrong_with_the_annotations(tmp_path: Path):
    gold = json.loads((GOLD / f"{SEED.stem}.gold.json").read_text("utf-8"))
    gold["goals"][0]["quote"] = "别的话"
    (tmp_path / f"{SEED.stem}.gold.json").write_text(json.dumps(gold), "utf-8")
    done = run("eval", tmp_path, "--texts", SEED.parent)
    assert done.returncode == 0
    assert "Annotation: " in done.stderr
    assert "Annotation: " not in run("eval", "--sample").stderr


# --- corrections ------------------------------------------------------------------------------


def report_with_fixes(folder: Path, *entries: dict[str, object]) -> Path:
    """A copy of the first sample report with corrections beside it."""
    report = folder / "report.txt"
    report.write_bytes(SEED.read_bytes())
    sha = hashlib.sha256(SEED.read_bytes()).hexdigest()
    content = {"version": "1", "text_sha256": sha, "fixes": entries}
    (folder / "report.fixes.json").write_text(json.dumps(content), "utf-8")
    return report


REJECT = {"do": "reject", "what": "figure", "quote": "11所"}
ABSENT = {"do": "reject", "what": "risk", "quote": "新建城市自助书房3个"}
UNMADE = {"do": "relabel", "what": "risk", "quote": "启动艺术中心大楼功能布局升级改造", "set": {"status": "open"}}


def test_corrections_beside_the_report_are_applied_and_said_to_be(tmp_path: Path):
    report = report_with_fixes(tmp_path, REJECT, ABSENT, UNMADE)
    done = run("brief", report, "--format", "json")
    assert done.returncode == 3
    assert (
        "Corrections: 1 applied from report.fixes.json; 1 had nothing to reject; "
        "1 found no item and could not make one (the gaps say which)." in done.stderr
    )
    made = from_json(done.stdout)
    assert len(made.figures) == 6
    assert made.corrections is not None
    assert made.corrections.sha256 == hashlib.sha256((tmp_path / "report.fixes.json").read_bytes()).hexdigest()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.fixes.json", "report.txt"]


def test_corrections_can_be_left_out_or_named(tmp_path: Path):
    report = report_with_fixes(tmp_path, REJECT)
    without = run("brief", report, "--no-fixes", "--format", "json")
    assert "Corrections" not in without.stderr
    assert from_json(without.stdout).corrections is None
    other = (tmp_path / "report.fixes.json").rename(tmp_path / "other.json")
    assert "Corrections" not in run("brief", report).stderr
    assert "Corrections: 1 applied from other.json." in run("brief", report, "--fixes", other).stderr


def test_corrections_are_never_overwritten_by_a_brief(tmp_path: Path):
    report = report_with_fixes(tmp_path, REJECT)
    fixes = tmp_path / "report.fixes.json"
    before = fixes.read_bytes()
    done = run("brief", report, "-o", fixes)
    assert done.returncode == 2
    assert "holds the corrections" in done.stderr
    assert fixes.read_bytes() == before


def test_a_corrected_brief_becomes_gold_that_eval_scores_on(tmp_path: Path):
    report = report_with_fixes(tmp_path, REJECT)
    (tmp_path / "briefs").mkdir()
    brief = tmp_path / "briefs" / "report.json"
    run("brief", report, "-o", brief)
    done = run("gold", brief, report, "-o", tmp_path / "gold")
    assert done.returncode == 0, done.stderr
    assert re.search("0 of [0-9]{2} items are the user's own, 1 were rejected, 0 are still disputed", done.stderr)
    scored = json.loads(run("eval", tmp_path / "gold", "--briefs", brief.parent, "--json").stdout)["rows"]
    assert next(r for r in scored if r["name"] == "figures")["f1"] == 1.0
    again = run("gold", brief, report, "-o", tmp_path / "gold")
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_a_corrections_file_can_be_started_and_carried_over(tmp_path: Path):
    report = report_with_fixes(tmp_path, REJECT, {"do": "reject", "what": "goal", "quote": "“双碳”目标"})
    new = tmp_path / "new.txt"
    new.write_bytes(b"\xef\xbb\xbf" + SEED.read_bytes())
    carried = run("fixes", new, "--carry", tmp_path / "report.fixes.json", "-o", tmp_path / "new.fixes.json")
    assert carried.returncode == 3
    assert "Left behind: entry 2, reject goal ““双碳”目标”: at 2 places in new.txt" in carried.stderr
    assert "Corrections: 1 applied from new.fixes.json." in run("brief", new).stderr
    again = run("fixes", report, "-o", tmp_path / "report.fixes.json")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    (tmp_path / "report.fixes.json").unlink()
    assert run("fixes", report, "-o", tmp_path / "report.fixes.json").returncode == 0
    assert "Corrections: 0 applied from report.fixes.json." in run("brief", report).stderr
