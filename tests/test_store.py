"""The reply store: private, bounded, shared by processes, and never fatal whatever becomes of its file."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from summarizer.clients.database import is_damage, set_aside_files
from summarizer.clients.kept import LARGEST_REPLY, Kept
from summarizer.clients.store import Bounds, ReplyStore

REPLY = Kept("m", '{"figures": []}', "stop", None, 4000, 10, 1_700_000_000)


def key(number: int) -> str:
    return f"{number:064x}"


def reply(number: int, size: int = 0) -> Kept:
    return replace(REPLY, content=f'{{"n": {number}, "pad": "{"字" * (size // 3)}"}}')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "replies.sqlite3"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(path: Path, said: list[str]) -> Iterator[ReplyStore]:
    made = ReplyStore(path, say=said.append)
    yield made
    made.close()


# --- replies ----------------------------------------------------------------------------------


def test_a_reply_comes_back_as_it_was_also_from_a_later_run(store: ReplyStore, path: Path):
    kept = replace(REPLY, content='{"zh": "增长\u00005%"}', finish="length", refusal="no")
    assert store.find(key(1)) is None
    assert store.keep(key(1), kept)
    assert store.find(key(1)) == kept
    store.close()
    with closing(ReplyStore(path)) as later:
        assert later.find(key(1)) == kept


def test_a_newer_reply_takes_the_place_of_an_older_one(store: ReplyStore):
    store.keep(key(1), reply(1))
    store.keep(key(1), reply(2))
    assert store.page() == [(key(1), reply(2))]


def test_pages_give_every_reply_once_in_the_order_of_keys(store: ReplyStore):
    for number in random.Random(5).sample(range(50), 50):
        store.keep(key(number), reply(number))
    found, after = [], ""
    while rows := store.page(after, many=7):
        found += rows
        after = rows[-1][0]
    assert found == [(key(number), reply(number)) for number in range(50)]


@pytest.mark.parametrize("content", ["\ud800", "x" * (LARGEST_REPLY + 1)], ids=["no text", "too large"])
def test_what_cannot_be_kept_is_not_and_harms_nothing(store: ReplyStore, said: list[str], content: str):
    assert not store.keep(key(1), replace(REPLY, content=content))
    assert store.keep(key(2), REPLY)
    assert store.find(key(1)) is None
    assert said == []


@pytest.mark.parametrize(
    ("content", "finish", "refusal", "is_answer"),
    [
        ('{"a": 1}', "stop", None, True),
        ('{"a": 1}', "tool_calls", None, True),
        ('```json\n{"a": 1}\n```', "stop", None, True),
        ('{"a": 1}', "content_filter", None, False),
        ('{"a": 1}', "stop", "I cannot", False),
        ('{"a": ', "length", None, False),
        ("I think that", "stop", None, False),
        ("[1]", "stop", None, False),
        ("", "stop", None, False),
        ("[" * 100_000 + "{" * 100_000 + "}", "stop", None, False),
    ],
)
def test_an_answer_is_a_json_object_that_nobody_refused(content, finish, refusal, is_answer):
    assert replace(REPLY, content=content, finish=finish, refusal=refusal).is_answer is is_answer


def test_the_summary_counts_models_and_replies_without_an_answer(store: ReplyStore):
    assert store.summary().replies == 0
    store.keep(key(1), replace(REPLY, model="a", made=50))
    store.keep(key(2), replace(REPLY, model="b", made=70))
    store.keep(key(3), replace(REPLY, model="b", made=60, content=""))
    store.remember("mode of x", "tools")
    held = store.summary()
    assert (held.models, held.replies, held.failed, held.oldest, held.newest) == ((("a", 1), ("b", 2)), 3, 1, 50, 70)
    assert held.endpoints == 1


def test_clearing_removes_what_is_old_or_everything_and_its_bytes(store: ReplyStore, path: Path):
    now = store.now()
    store.keep(key(1), replace(reply(1), content='{"old": "一句旧话"}', made=now - 100))
    store.keep(key(2), replace(reply(2), content='{"new": "一句新话"}', made=now - 10))
    assert store.clear(older_than=50) == (1, 0)
    assert [found for found, _ in store.page()] == [key(2)]
    store.remember("mode", "tools")
    store.clear()
    assert (store.page(), store.recall("mode")) == ([], None)
    store.close()
    assert path.exists()
    assert not any("句".encode() in file.read_bytes() for file in path.parent.iterdir())


# --- memory -----------------------------------------------------------------------------------


def test_what_endpoints_can_do_is_remembered_from_run_to_run(store: ReplyStore, path: Path):
    assert store.recall("mode of x") is None
    store.remember("mode of x", "json_schema")
    store.remember("mode of x", "tools")
    with closing(ReplyStore(path)) as later:
        assert later.recall("mode of x") == "tools"
        assert later.recall("mode of y") is None


def test_what_was_told_more_than_a_month_ago_is_found_out_anew(path: Path):
    """Servers are upgraded: what one could not do then, it may do now."""
    day = 86400
    with closing(ReplyStore(path, clock=lambda: 1000 * day)) as store:
        store.remember("mode", "prompt")
    with closing(ReplyStore(path, clock=lambda: 1029 * day)) as later:
        assert later.recall("mode") == "prompt"
    with closing(ReplyStore(path, clock=lambda: 1031 * day)) as much_later:
        assert much_later.recall("mode") is None


# --- bounds -----------------------------------------------------------------------------------


def test_beyond_its_bound_the_replies_unused_for_longest_go(path: Path, said: list[str]):
    time = 1_000_000.0
    bound = 400_000
    with closing(ReplyStore(path, Bounds(kept=bound), lambda: time, said.append)) as store:
        for number in range(200):
            time += 4000
            assert store.keep(key(number), reply(number, 9_000))
            assert store.find(key(0)) is not None, "what is used stays"
        held = [found for found, _ in store.page(many=1000)]
    newest = [key(n) for n in range(200 - len(held) + 1, 200)]
    assert held == [key(0), *newest]
    assert 15 < len(held) < 50
    assert path.stat().st_size <= bound + 200_000
    assert said == []


def test_a_full_disk_is_said_once_and_what_was_kept_stays(path: Path, said: list[str]):
    """The bound of the file is SQLite's own (max_page_count): beyond it writing fails as on a full disk."""
    with closing(ReplyStore(path, Bounds(file=200_000), say=said.append)) as store:
        written = [store.keep(key(number), reply(number, 9_000)) for number in range(40)]
        assert True in written
        assert written == sorted(written, reverse=True)
        assert store.find(key(0)) == reply(0, 9_000)
        assert store.find(key(39)) is None
        store.remember("mode", "tools")
        assert store.recall("mode") == "tools", "for this run at least"
    assert len(said) == 1
    assert "cannot be written (database or disk is full)" in said[0]
    assert set_aside_files(path) == []


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="rights of this kind are POSIX's")
def test_the_store_is_its_owners_alone_from_its_creation(path: Path):
    old = os.umask(0)
    try:
        with closing(ReplyStore(path)) as store:
            store.keep(key(1), REPLY)
            rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert {"replies.sqlite3", "replies.sqlite3-wal"} <= set(rights)
    assert set(rights.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="rights of this kind are POSIX's")
def test_a_store_that_others_could_read_is_closed_to_them(store: ReplyStore, path: Path):
    store.keep(key(1), REPLY)
    store.close()
    path.chmod(0o644)
    assert store.find(key(1)) == REPLY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def overwrite_with_garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5000))


def cut_in_the_middle(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def cut_in_the_header(path: Path) -> None:
    os.truncate(path, 50)


def spoil_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = random.Random(2).randbytes(len(content) - 4096)
    path.write_bytes(content)


def raise_the_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE replies")


def put_another_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


DAMAGES = [
    overwrite_with_garbage,
    cut_in_the_middle,
    cut_in_the_header,
    spoil_the_middle,
    raise_the_version,
    drop_a_table,
    put_another_database,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_store_is_set_aside_said_once_and_replaced(
    damage: Callable[[Path], None], store: ReplyStore, path: Path, said: list[str]
):
    for number in range(60):
        store.keep(key(number), reply(number, 6_000))
    store.close()
    damage(path)
    spoilt = path.read_bytes()
    for number in range(60):
        assert store.find(key(number)) in (None, reply(number, 6_000))
    assert store.keep(key(99), REPLY)
    assert store.find(key(99)) == REPLY
    assert len(said) == 1
    assert "was damaged" in said[0]
    assert str(path) in said[0]
    (aside,) = set_aside_files(path)
    assert aside.name in said[0]
    assert aside.read_bytes()[:40] == spoilt[:40]


def test_damage_while_the_store_is_open_is_met_as_well(store: ReplyStore, path: Path, said: list[str]):
    for number in range(60):
        store.keep(key(number), reply(number, 6_000))
    store.close()
    assert store.find(key(0)) == reply(0, 6_000)
    spoil_the_middle(path)
    assert [store.keep(key(number), REPLY) for number in range(100, 160)] == [True] * 60
    assert store.find(key(130)) == REPLY
    assert len(said) == 1
    assert "was damaged" in said[0]


def test_a_fault_of_the_program_is_no_damage_of_the_file():
    """A sound file must not be set aside since somebody calls it wrongly."""
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError) as closed:
        connection.execute("SELECT 1")
    assert not is_damage(closed.value)


def test_damaged_stores_do_not_overwrite_each_other(store: ReplyStore, path: Path):
    for content in (b"first" * 100, b"second" * 100):
        store.close()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        store.keep(key(1), REPLY)
    assert [file.read_bytes()[:5] for file in set_aside_files(path)] == [b"first", b"secon"]


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("x")
    return folder / "file" / "replies.sqlite3"


def a_folder(folder: Path) -> Path:
    (folder / "replies.sqlite3").mkdir()
    return folder / "replies.sqlite3"


@pytest.mark.parametrize("place", [below_a_file, a_folder])
def test_without_a_place_for_it_a_run_goes_on_and_it_is_said_once(place: Callable[[Path], Path], tmp_path: Path):
    said: list[str] = []
    path = place(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    store = ReplyStore(path, say=said.append)
    assert not store.keep(key(1), REPLY)
    assert store.find(key(1)) is None
    store.remember("mode", "tools")
    assert store.recall("mode") == "tools"
    assert not store.is_usable
    store.close()
    assert len(said) == 1
    assert str(path) in said[0]
    assert "goes on without it" in said[0]
    assert [file for file in sorted(tmp_path.rglob("*")) if not file.name.endswith(".lock")] == before


@pytest.mark.skipif(sys.platform == "win32", reason="rights of this kind are POSIX's")
def test_a_folder_that_may_not_be_written_is_done_without(path: Path, said: list[str]):
    with closing(ReplyStore(path)) as store:
        store.keep(key(1), REPLY)
    path.parent.chmod(0o500)
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(65534)  # rights do not bind root
    try:
        store = ReplyStore(path, say=said.append)
        assert not store.keep(key(2), REPLY)
        assert store.find(key(2)) is None
        store.close()
    finally:
        if privileged:
            os.seteuid(0)
        path.parent.chmod(0o700)
    assert len(said) == 1
    assert "goes on without it" in said[0]
    with closing(ReplyStore(path)) as store:
        assert store.find(key(1)) == REPLY


# --- several processes ------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from summarizer.clients.kept import Kept
from summarizer.clients.store import ReplyStore
path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = ReplyStore(path)
sys.stdin.readline()
for number in range(first, first + count):
    kept = Kept("m", '{"n": %d}' % number, "stop", None, 1, 1, 5)
    assert store.keep("%064x" % number, kept), number
    assert store.find("%064x" % number) == kept
    store.remember("last of %d" % first, str(number))
    print(number, flush=True)
store.close()
"""


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(count)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("spoilt", [False, True], ids=["new", "damaged"])
def test_processes_that_make_and_write_one_store_at_once_lose_nothing(path: Path, spoilt: bool):
    """They start together on a file that is missing or damaged; a damaged one is set aside by one of them."""
    if spoilt:
        path.parent.mkdir()
        path.write_bytes(b"garbage" * 1000)
    count, writers = 60, [writer(path, 1000 * number, 60) for number in range(4)]
    for each in writers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    outcomes = [each.communicate(timeout=60) for each in writers]
    assert [each.returncode for each in writers] == [0] * 4, outcomes
    notices = "".join(errors for _, errors in outcomes).splitlines()
    assert len(notices) == len(set_aside_files(path)) == int(spoilt)
    with closing(ReplyStore(path)) as store:
        assert store.summary().replies == 4 * count
        assert [store.recall(f"last of {1000 * n}") for n in range(4)] == [str(1000 * n + count - 1) for n in range(4)]


def test_what_a_killed_process_had_kept_is_kept(path: Path, said: list[str]):
    with writer(path, 0, 100_000) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("go\n")
        running.stdin.flush()
        done = [int(running.stdout.readline()) for _ in range(50)]
        running.kill()
        running.wait(timeout=30)
    with closing(ReplyStore(path, say=said.append)) as store:
        assert all(store.find(key(number)) for number in done)
        assert store.keep(key(200_000), REPLY)
    assert said == []
