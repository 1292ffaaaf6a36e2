"""docs/own-types.md: the code on the page runs, and prints what the page says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import documented
import pytest
import vcr
from endpoint import endpoint, says
from recordings import AUTHORED, CASSETTES, provenance, vcr_settings
from test_recordings import replayed

from summarizer.prompting import instructions
from summarizer.rendering.jsonform import from_json
from summarizer.tokens import count_tokens


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    """A folder with the page's files, an endpoint that is never reached, and a cache of its own."""
    documented.save(tmp_path)
    note = provenance("own-types")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("subsidies", "events"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:9{note['path']}")
    monkeypatch.setenv("SUMMARIZER_MODEL", note["model"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_the_pages_example_comes_out_of_recorded_replies(record_mode):
    subsidy = documented.documented_type("Subsidy")
    brief = replayed("own-types", record_mode)
    items = brief.items(subsidy)
    assert items
    assert all(isinstance(item, subsidy) for item in items)
    assert all(documented.notice()[e.start : e.end] == e.quote for item in items for e in item.evidence)


def test_the_documented_code_prints_what_the_page_says(here: Path, capsys):
    """The code is the page's own; the answer is the recorded one."""
    if provenance("own-types")["source"] != "authored":
        pytest.skip("the page shows the authored answer")
    code = compile(documented.usage(), str(documented.PAGE), "exec")
    with vcr.VCR(record_mode="none", **vcr_settings()).use_cassette(str(CASSETTES / "own-types.yaml")) as cassette:
        exec(code, {"__name__": "page"})
        assert cassette.play_count == len(cassette) == 2
    assert capsys.readouterr().out == documented.printed()


def test_what_the_page_says_of_cost_is_so():
    more = count_tokens(instructions((documented.documented_type("Subsidy"),))) - count_tokens(instructions())
    assert abs(more - 375) < 25
    assert f"{count_tokens(instructions()):,} of instructions" in documented.PAGE.read_text("utf-8")


def command(*arguments: str, here: Path, url: str | None = None) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "SUMMARIZER_"))}
    if url:
        clean |= {"OPENAI_BASE_URL": url, "SUMMARIZER_MODEL": "m"}
    run = [sys.executable, "-P", "-c", "from summarizer.cli import main; main()", "brief", "notice.txt", *arguments]
    return subprocess.run(run, capture_output=True, text=True, env=clean, cwd=here, check=False)


def test_the_documented_command_writes_the_section_and_the_json(here: Path):
    replies = json.loads((AUTHORED / "own-types.json").read_text("utf-8"))["replies"]
    with endpoint(
        lambda n, r: says(json.dumps(replies["overview" if "cites" in r["messages"][0]["content"] else "read"]))
    ) as served:
        arguments = ("--types", "subsidies.py:Subsidy", "-o", "notice.md", "-o", "notice.html", "-o", "notice.json")
        done = command(*arguments, here=here, url=served.url)
    assert done.returncode == 0, done.stderr
    assert "Own types: 5 subsidies." in done.stderr
    markdown = (here / "notice.md").read_text("utf-8")
    assert "## 政策补贴 · Policy subsidies" in markdown
    assert "| 编号 / ID | 内容 / What | 形式 / Form | 对象 / Who | 金额 / Amount |" in markdown
    row = next(line for line in markdown.splitlines() if "subsidies-3" in line)
    assert "**8%**<br>**8%**" in row
    assert "年底<br>end of 2024" in row
    assert "Investment of at least RMB 5 million in equipment" in row
    assert 'id="item-subsidies-3"' in (here / "notice.html").read_text("utf-8")
    content = from_json((here / "notice.json").read_text("utf-8"))
    text = documented.notice()
    evidence = [e for record in content.own["subsidies"].items for e in record.evidence]
    assert len(evidence) > 8
    assert all(text[e.start : e.end] == e.quote for e in evidence)
    amounts = [record.values["amount"] for record in content.own["subsidies"].items]
    raw = {q.id: q.raw for q in content.quantities}
    assert [raw[str(a)] if a else None for a in amounts] == ["20万元", "50万元", "8%", "1500元", None]
    figures = {q for f in content.figures for q in f.quantities}
    assert set(amounts) - {None} <= figures, "a number of an own item stays in its figure"


def test_without_a_model_the_brief_says_that_nobody_read_for_it(here: Path):
    done = command("--types", "subsidies:Subsidy", "--engine", "rules", here=here)
    assert done.returncode == 3
    assert "Own types were not read: subsidies: only a model reads own types" in done.stderr
    section = done.stdout.split("## 政策补贴 · Policy subsidies")[1].split("##")[0]
    assert "Not read" in section
    assert "None" not in section
    assert "own\\_types\\_unread" in done.stdout


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("Subsidy", "name a class of a module or file"),
        ("none.py:Subsidy", "there is no file none.py"),
        ("subsidies.py:Grant", "has no own item type Grant; it has Subsidy"),
        ("json:loads", "json has no own item type loads"),
        ("no_such_module:A", "cannot be imported (ModuleNotFoundError"),
        ("bad.py:A", "A.when: int is nothing that a report can prove"),
        ("broken.py:A", "cannot be imported (SyntaxError"),
    ],
)
def test_a_wrong_type_is_one_sentence(here: Path, place: str, says: str):
    (here / "bad.py").write_text("from summarizer import OwnItem\nclass A(OwnItem):\n    'x'\n    when: int\n", "utf-8")
    (here / "broken.py").write_text("class A(:\n", "utf-8")
    done = command("--types", place, "--engine", "rules", here=here)
    assert done.returncode == 2
    assert done.stderr.startswith(f"summarizer: --types {place}: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
