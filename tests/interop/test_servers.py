"""The product against real servers of others with a real, very small model: it ends, and nothing is invented.

Opt-in: `make interop` installs the servers and runs this; see docs/interop.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers import NAMES, is_installed, running

from summarizer.quantities.grammar import find_quantities
from summarizer.resources import folder

pytestmark = pytest.mark.interop
CONTEXT = 4096  # holds the instructions and a short part, and bounds how long the model can talk
SENTENCES = 4
RUN_SECONDS = 1800


def excerpt(target: Path) -> Path:
    """The first sentences with numbers of a sample report."""
    text = sorted(folder("seeds").glob("*.txt"))[2].read_text("utf-8")
    sentences = [s for s in re.findall(r"[^。\n]+。", text) if re.search(r"\d", s)][:SENTENCES]
    target.write_text("政府工作报告\n一、工作回顾\n" + "\n".join(sentences) + "\n", "utf-8")
    return target


@pytest.mark.parametrize("name", NAMES)
def test_a_run_with_a_real_server_ends_and_invents_nothing(name: str, tmp_path: Path) -> None:
    if not is_installed(name):
        pytest.skip(f"{name} is not installed; make interop does it")
    report = excerpt(tmp_path / "report.txt")
    with running(name, CONTEXT) as url:
        command = [sys.executable, "-c", "from summarizer.cli import main; main()", "brief", str(report)]
        command += ["-o", str(tmp_path / "brief.json"), "--engine", "chat", "--base-url", url, "--model", "gemma"]
        command += [
            "--timeout",
            str(RUN_SECONDS // 2),
            "--deadline",
            str(RUN_SECONDS),
        ]  # it talks until its context ends
        done = subprocess.run(command, capture_output=True, text=True, timeout=2 * RUN_SECONDS, check=False)
    print(f"\n{name}: exit code {done.returncode}\n{done.stderr}")
    assert done.returncode in (0, 3), done.stderr
    brief = json.loads((tmp_path / "brief.json").read_text("utf-8"))
    print({kind: len(brief[kind]) for kind in ("figures", "goals", "projects", "risks")}, reasons(brief))
    assert_proven(brief, report.read_text("utf-8"))


def reasons(brief: dict[str, Any]) -> dict[str, int]:
    """How many gaps have which reason."""
    found = [gap["reason"] for gap in brief["gaps"]]
    return {reason: found.count(reason) for reason in sorted(set(found))}


def assert_proven(brief: dict[str, Any], text: str) -> None:
    """Quotes are the text's, numbers the grammar's, English has none besides theirs, and every gap says why."""
    read = {(q.start, q.end): q.value for q in find_quantities(text, ())}
    for quantity in brief["quantities"]:
        assert quantity["raw"] == text[quantity["start"] : quantity["end"]]
        assert read[(quantity["start"], quantity["end"])] == quantity["value"]
    for item in (*brief["figures"], *brief["goals"], *brief["projects"], *brief["risks"]):
        for evidence in item["evidence"]:
            assert evidence["quote"] == text[evidence["start"] : evidence["end"]]
    names = [*(f["indicator"]["en"] for f in brief["figures"]), *(p["name"]["en"] for p in brief["projects"])]
    digits = {d for en in filter(None, names) for d in re.findall(r"\d+", en)}
    assert digits <= set(re.findall(r"\d+", text))
    assert all(gap["reason"] and gap["detail"] for gap in brief["gaps"])
