"""Prompts, schemas and samples are found in a wheel and in an editable install alike."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from summarizer.errors import ResourceError
from summarizer.resources import folder, read

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("prompts", "schemas", "seeds", "gold")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The wheel's content, as an installer lays it out."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    site = out / "site"
    zipfile.ZipFile(next(out.glob("*.whl"))).extractall(site)
    return site


def test_an_editable_install_finds_them_at_the_top_of_the_checkout():
    assert [folder(kind) for kind in KINDS] == [
        ROOT / "prompts",
        ROOT / "schemas",
        ROOT / "seeds",
        ROOT / "tests" / "gold",
    ]


def test_a_wheel_finds_its_own(unpacked: Path):
    code = "from summarizer.resources import folder; print('\\n'.join(str(folder(k)) for k in %r))" % (KINDS,)  # noqa: UP031
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [Path(line).relative_to(unpacked).parts[0] for line in done.stdout.split()] == ["summarizer"] * 4


def test_a_wheel_holds_every_prompt_schema_data_file_and_sample(unpacked: Path):
    package = unpacked / "summarizer"
    for ours, theirs in (("prompts", "prompts"), ("schemas", "schemas"), ("seeds", "sample/seeds")):
        assert {p.name for p in (ROOT / ours).iterdir()} == {p.name for p in (package / theirs).iterdir()}
    data = {
        p.relative_to(ROOT / "summarizer")
        for p in (ROOT / "summarizer").rglob("*")
        if p.suffix in (".toml", ".tsv", ".css")
    }
    assert data
    assert all((package / p).is_file() for p in data)
    assert (package / "py.typed").exists()


def test_a_missing_file_is_named():
    with pytest.raises(ResourceError, match=r"prompts/none\.j2"):
        read("prompts", "none.j2")
