"""Generated files are what the code says today; `make docs` writes them anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docs"))

from generate import ROOT, generated


@pytest.mark.parametrize("path", generated(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_generated_file_has_not_drifted(path):
    assert path.read_text("utf-8") == generated()[path], "run `make docs`"


def test_every_command_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    commands = ("brief", "bulk", "status", "outline", "eval", "fixes", "gold", "cache", "cache info", "cache import")
    for command in (*commands, "doctor", "verify", "table", "track"):
        assert f"## summarizer {command}" in page
