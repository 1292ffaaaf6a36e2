"""`summarizer cache` and the options of a run that go with it, in processes of their own."""

from __future__ import annotations

import json
import os
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from endpoint import Endpoint, endpoint, says
from oracle import Oracle, seeds
from test_cli import GOLD, run

from summarizer.clients.kept import Kept
from summarizer.clients.portable import LARGEST_LINE, export_replies, import_replies
from summarizer.clients.store import ReplyStore
from summarizer.errors import StoreError

SEED = seeds()[0]
KEY = "sk-secret-0123456789"
REPLY = Kept("m", '{"zh": "增长"}', "stop", None, 4000, 10, 1_700_000_000)
HEADER = b'{"format":"summarizer-replies","version":1}\n'


def key(number: int) -> str:
    return f"{number:064x}"


def line(number: int, **changes: Any) -> bytes:
    """A line of an export, with some of it changed; None takes a member out."""
    values: dict[str, Any] = {
        "key": key(number),
        "model": "m",
        "content": "{}",
        "finish": "stop",
        "refusal": None,
        "prompt_tokens": 1,
        "answer_tokens": 1,
        "made": 5,
    }
    return json.dumps(values | changes).encode() + b"\n"


def store_at(path: Path) -> ReplyStore:
    return ReplyStore(path)


def environment(served: Endpoint, cache: Path) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": served.url,
        "SUMMARIZER_MODEL": "oracle",
        "OPENAI_API_KEY": KEY,
        "SUMMARIZER_CACHE": str(cache),
    }


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


def serving_oracle(oracle: Oracle):
    return endpoint(lambda n, r: says(oracle.reply(r["messages"]), model=r["model"]))


# --- runs -------------------------------------------------------------------------------------


def test_an_exported_run_is_repeated_offline_with_the_same_bytes_where_nobody_listens(oracle: Oracle, tmp_path: Path):
    with serving_oracle(oracle) as served:
        env = environment(served, tmp_path / "a.sqlite3")
        first = run("brief", SEED, "--format", "json", env=env)
        assert first.returncode == 0, first.stderr
        again = run("brief", SEED, "--format", "json", env=env)
        anew = run("brief", SEED, "--format", "json", "--no-cache", env=env)
        assert len(served.requests) == 4
    assert again.stdout == anew.stdout == first.stdout
    assert "2 answers from the store, without a request." in again.stderr
    assert "2 requests" not in again.stderr
    assert "from the store" not in first.stderr + anew.stderr

    exported = run("cache", "export", tmp_path / "run.jsonl", env=env)
    assert "run.jsonl, 2 replies" in exported.stderr
    other = env | {"SUMMARIZER_CACHE": str(tmp_path / "b" / "b.sqlite3")}
    missing = run("brief", SEED, "--format", "json", "--offline", env=other)
    assert missing.returncode == 1
    assert "cache import" in missing.stderr
    imported = run("cache", "import", tmp_path / "run.jsonl", env=other)
    assert (imported.returncode, imported.stderr) == (0, "Taken: 2 replies; there already: 0.\n")
    for options in (["--offline"], []):
        repeated = run("brief", SEED, "--format", "json", *options, env=other)
        assert repeated.returncode == 0, repeated.stderr
        assert repeated.stdout == first.stdout
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"a.sqlite3", "b.sqlite3", "run.jsonl"} <= {file.name for file in files}
    assert not any(secret in file.read_bytes() for file in files for secret in (KEY.encode(), b"Bearer"))


def test_a_refusal_is_asked_about_again_when_told_to(oracle: Oracle, tmp_path: Path):
    refusing = True

    def script(n: int, request: dict[str, Any]) -> Any:
        return says("", refusal="I cannot") if refusing else says(oracle.reply(request["messages"]))

    with endpoint(script) as served:
        env = environment(served, tmp_path / "r.sqlite3")
        refused = run("brief", SEED, "--format", "json", env=env)
        refusing = False
        kept = run("brief", SEED, "--format", "json", env=env)
        assert kept.stdout == refused.stdout
        assert '"refused"' in kept.stdout
        mended = run("brief", SEED, "--format", "json", "--retry-failed", env=env)
    assert '"refused"' not in mended.stdout
    assert json.loads(mended.stdout)["figures"][0]["by"] == "chat"


def test_a_damaged_store_is_said_on_standard_error_and_the_run_goes_on(oracle: Oracle, tmp_path: Path):
    (tmp_path / "r.sqlite3").write_bytes(b"garbage" * 500)
    with serving_oracle(oracle) as served:
        done = run("brief", SEED, "--format", "json", env=environment(served, tmp_path / "r.sqlite3"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["gaps"] == []
    assert done.stderr.count("The reply store") == done.stderr.count("was damaged") == 1
    assert (tmp_path / "r.sqlite3.damaged-1").read_bytes() == b"garbage" * 500


def test_an_evaluation_says_which_answers_cost_nothing_since_they_were_kept(oracle: Oracle, tmp_path: Path):
    (tmp_path / f"{SEED.stem}.gold.json").write_bytes((GOLD / f"{SEED.stem}.gold.json").read_bytes())
    with serving_oracle(oracle) as served:
        env = environment(served, tmp_path / "r.sqlite3")
        command = ("eval", tmp_path, "--texts", SEED.parent, "--engine", "chat", "--engine", "rules")
        first, second = run(*command, env=env), run(*command, env=env)
        assert len(served.requests) == 2
    assert "from the store" not in first.stderr
    assert "chat:oracle: 2 answers came from the store" in second.stderr


# --- info and clear ---------------------------------------------------------------------------


def test_info_shows_path_size_replies_models_and_ages(tmp_path: Path):
    path = tmp_path / "r.sqlite3"
    with closing(store_at(path)) as store:
        store.keep(key(1), replace(REPLY, model="deepseek-chat"))
        store.keep(key(2), replace(REPLY, content="", made=1_600_000_000))
        store.remember("mode", "tools")
    (tmp_path / "r.sqlite3.damaged-1").write_bytes(b"x" * 2_000_000)
    done = run("cache", "info", env={"SUMMARIZER_CACHE": str(path)})
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"{path}: 2 replies, 0.0 MB"
    for part in (
        "1  deepseek-chat",
        "1  m",
        "no JSON): 1",
        "Oldest 2020-09-13, newest 2023-11-14",
        "of endpoints: 1",
        "r.sqlite3.damaged-1, 2.0 MB",
    ):
        assert part in done.stdout


@pytest.mark.parametrize("command", ["info", "clear"])
def test_where_there_is_no_store_none_is_made(command: str, tmp_path: Path):
    done = run("cache", command, env={"SUMMARIZER_CACHE": str(tmp_path / "x" / "r.sqlite3")})
    assert (done.returncode, done.stdout) == (0, "")
    assert "There is no reply store" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_clear_removes_what_is_old_or_all_and_says_what(tmp_path: Path):
    path = tmp_path / "r.sqlite3"
    env = {"SUMMARIZER_CACHE": str(path)}
    with closing(store_at(path)) as store:
        store.keep(key(1), REPLY)
        store.keep(key(2), replace(REPLY, made=store.now()))
    aside = tmp_path / "r.sqlite3.damaged-1"
    aside.write_bytes(b"x")
    old = run("cache", "clear", "--older-than", "30", env=env)
    assert old.stdout.startswith("Removed: 1 reply, 0 facts of endpoints. ")
    assert aside.exists()
    everything = run("cache", "clear", env=env)
    assert everything.stdout.startswith("Removed: 1 reply, 0 facts of endpoints, 1 file set aside as damaged. ")
    assert not aside.exists()
    assert ": 0 replies" in run("cache", "info", env=env).stdout


def test_a_store_that_cannot_be_used_is_an_error_where_it_is_asked_for_by_name(tmp_path: Path):
    path = tmp_path / "folder"
    path.mkdir()
    for arguments in (("info",), ("clear",), ("export", tmp_path / "x"), ("import", tmp_path / "x")):
        done = run("cache", *arguments, env={"SUMMARIZER_CACHE": str(path)})
        assert done.returncode == 1
        assert "SUMMARIZER_CACHE to another file" in done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) in ([path], [path, tmp_path / "folder.lock"], [tmp_path / "folder.lock", path])


# --- export and import ------------------------------------------------------------------------


def test_an_export_is_whole_private_and_the_same_for_the_same_replies(tmp_path: Path):
    for name, numbers in (("a", range(250)), ("b", reversed(range(250)))):
        with closing(store_at(tmp_path / f"{name}.sqlite3")) as store:
            for number in numbers:
                store.keep(key(number), REPLY)
            assert export_replies(store, tmp_path / f"{name}.jsonl") == 250
    content = (tmp_path / "a.jsonl").read_bytes()
    assert content == (tmp_path / "b.jsonl").read_bytes()
    assert content.startswith(HEADER)
    assert len(content.splitlines()) == 251
    assert json.loads(content.splitlines()[1])["content"] == REPLY.content
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a.jsonl").stat().st_mode) == 0o600
    with closing(store_at(tmp_path / "c.sqlite3")) as store:
        assert import_replies(store, tmp_path / "a.jsonl").taken == 250
        assert store.page(many=300) == [(key(number), REPLY) for number in range(250)]


@pytest.mark.parametrize("file", ["-", "r.sqlite3"])
def test_an_export_never_takes_the_place_of_the_store(file: str, tmp_path: Path):
    path = tmp_path / "r.sqlite3"
    with closing(store_at(path)) as store:
        store.keep(key(1), REPLY)
    done = run("cache", "export", file, env={"SUMMARIZER_CACHE": str(path)}, cwd=tmp_path)
    assert done.returncode == 2
    with closing(store_at(path)) as store:
        assert store.find(key(1)) == REPLY


def imported(tmp_path: Path, *lines: bytes, replace_differing: bool = False) -> tuple[dict[str, list[int]], int, int]:
    """The refused lines by reason, how many replies were taken, and how many were there."""
    (tmp_path / "x.jsonl").write_bytes(HEADER + b"".join(lines))
    with closing(store_at(tmp_path / "r.sqlite3")) as store:
        done = import_replies(store, tmp_path / "x.jsonl", replace_differing)
    return done.refused, done.taken, done.there


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (b"garbage\n", "no JSON object"),
        (b"\n", "no JSON object"),
        (b"\xff\xfe\n", "no JSON object"),
        (line(1)[:40] + b"\n", "no JSON object"),
        (b"[" * 100_000 + b"\n", "no JSON object"),
        (b"[1]\n", "no JSON object"),
        (line(1, key="abc"), "key"),
        (line(1, key=key(1) + "\n"), "key"),
        (line(1, key=key(10).upper()), "key"),
        (line(1, content=None), "content"),
        (line(1, content={"a": 1}), "content"),
        (line(1, prompt_tokens="4"), "prompt_tokens"),
        (line(1, answer_tokens=-1), "answer_tokens"),
        (line(1, made=10**15), "made"),
        (line(1, made=1e300), "made"),
        (line(1, **{"\x1b[2Jcommand": "x"}), "a member that is not known"),
        (line(1, finish="x" * 200), "finish"),
        (line(1, content="x" * (5 * 2**20)), "a reply of more than"),
        (line(1, content="x" * LARGEST_LINE), "longer than"),
    ],
    ids=range(19),
)
def test_every_line_is_judged_alone(wrong: bytes, reason: str, tmp_path: Path):
    refused, taken, _ = imported(tmp_path, line(7), wrong, line(8))
    assert taken == 2
    ((said, lines),) = refused.items()
    assert reason in said
    assert lines == [3]


def test_a_last_line_without_its_end_is_read_as_any_other(tmp_path: Path):
    assert imported(tmp_path, line(1), line(2).rstrip())[1:] == (2, 0)


def test_a_reply_that_differs_from_the_kept_one_is_taken_only_when_told_to(tmp_path: Path):
    assert imported(tmp_path, line(1), line(2)) == ({}, 2, 0)
    refused, taken, there = imported(tmp_path, line(1, made=9), line(2, content='{"a": 1}'), line(3))
    assert (taken, there) == (1, 1)
    assert refused == {"another reply to the same request is kept": [3]}
    with closing(store_at(tmp_path / "r.sqlite3")) as store:
        assert [kept.content for _, kept in store.page()] == ["{}"] * 3
    assert imported(tmp_path, line(2, content='{"a": 1}'), replace_differing=True) == ({}, 1, 0)
    with closing(store_at(tmp_path / "r.sqlite3")) as store:
        assert [kept.content for _, kept in store.page()] == ["{}", '{"a": 1}', "{}"]


def test_refused_lines_are_counted_by_reason_and_move_the_exit_code(tmp_path: Path):
    file = tmp_path / "x.jsonl"
    file.write_bytes(HEADER + line(1) + b"x\n" * 7 + line(2, finish=3))
    done = run("cache", "import", file, env={"SUMMARIZER_CACHE": str(tmp_path / "r.sqlite3")})
    assert done.returncode == 3
    taken, *refused = done.stderr.splitlines()
    assert taken == "Taken: 1 reply; there already: 0."
    assert refused[0] == "Refused: 7 lines (3, 4, 5, 6, 7, …): no JSON object"
    assert refused[1].startswith("Refused: 1 line (10): finish: ")


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", HEADER.replace(b"1", b"2"), line(1), HEADER.rstrip(b"}\n"), b"x" * 10_000],
    ids=["empty", "garbage", "version", "no header", "cut", "long"],
)
def test_a_file_that_is_no_export_is_refused_whole(content: bytes, tmp_path: Path):
    (tmp_path / "x.jsonl").write_bytes(content)
    with closing(store_at(tmp_path / "r.sqlite3")) as store, pytest.raises(StoreError, match="summarizer cache export"):
        import_replies(store, tmp_path / "x.jsonl")


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    done = run("cache", "import", tmp_path / "none.jsonl", env={"SUMMARIZER_CACHE": str(tmp_path / "r.sqlite3")})
    assert done.returncode == 1
    assert "none.jsonl cannot be read" in done.stderr
