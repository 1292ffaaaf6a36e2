"""Which files a bulk run takes, and the names it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.bulk.inputs import Source, Sources, listed, marked_name, plain_name
from summarizer.bulk.ledger import open_ledger
from summarizer.errors import InputError


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("文", "utf-8")


def test_a_folder_is_walked_and_what_is_no_report_is_counted(tmp_path):
    make(tmp_path, "b.txt", "a/c.TXT", "a/d.docx", "notes.md", "b.fixes.json", ".hidden/e.txt", ".f.txt", "out/g.txt")
    sources = Sources([tmp_path], without=tmp_path / "out")
    assert [s.key for s in sources] == ["a/c.TXT", "a/d.docx", "b.txt"]
    assert dict(sources.passed_over) == {".md": 1, ".json": 1}


def test_patterns_replace_the_usual_suffixes(tmp_path):
    make(tmp_path, "2023/a.txt", "2024/a.txt", "2024/b.md", "c.txt")
    assert [s.key for s in Sources([tmp_path], ["2024/*"])] == ["2024/a.txt", "2024/b.md"]
    assert [s.key for s in Sources([tmp_path], ["*.md"])] == ["2024/b.md"]


def test_a_flat_walk_leaves_inner_folders_out(tmp_path):
    make(tmp_path, "a.txt", "b/c.txt")
    assert [s.key for s in Sources([tmp_path], recursive=False)] == ["a.txt"]


def test_a_link_to_its_own_folder_is_no_endless_walk(tmp_path):
    make(tmp_path, "a/b.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert [s.key for s in Sources([tmp_path])] == ["a/b.txt"]


def test_files_of_two_folders_do_not_share_a_key(tmp_path):
    make(tmp_path, "one/a.txt", "two/a.txt")
    keys = [s.key for s in Sources([tmp_path / "one", tmp_path / "two"])]
    assert len(set(keys)) == 2


def test_a_missing_place_is_said(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        list(Sources([tmp_path / "none"]))


def test_a_list_names_files_relative_to_itself(tmp_path):
    make(tmp_path, "r/a.txt")
    (tmp_path / "list.txt").write_text("# reports\n\nr/a.txt\n", "utf-8")
    assert listed(tmp_path / "list.txt") == [tmp_path / "r/a.txt"]
    (tmp_path / "list.txt").write_text("# none\n", "utf-8")
    with pytest.raises(InputError, match="names no file"):
        listed(tmp_path / "list.txt")


@pytest.mark.parametrize(
    ("label", "name"),
    [("北京 2024.txt", "北京_2024"), ("2024/北京市.docx", "2024-北京市"), ("a.b.txt", "a.b"), ("x", "x")],
)
def test_names_read_like_the_paths(label, name):
    assert plain_name(label) == name


@pytest.mark.parametrize("label", ["../../etc/passwd.txt", "....txt", "CON.txt", "nul.tar.txt", "///.txt", "-rf.txt"])
def test_odd_paths_get_harmless_names(label):
    name = plain_name(label)
    assert name[0].isalnum()
    assert name.partition(".")[0].upper() not in ("CON", "NUL")


@given(st.text(min_size=1, max_size=300))
def test_no_name_leads_out_of_its_folder(label):
    for name in (plain_name(label), marked_name(plain_name(label), label)):
        assert name
        assert not set(name) & set('/\\:*?"<>|\0\n')
        assert name[0] not in ".-"
        assert len(name.encode("utf-8", "surrogatepass")) < 245


@given(st.lists(st.text("aAéE文/._ ", min_size=1, max_size=8), min_size=1, max_size=12, unique=True))
def test_names_differ_even_where_case_does_not_count(tmp_path_factory, keys):
    folder = tmp_path_factory.mktemp("ledger")
    with open_ledger(folder) as ledger:
        ledger.begin(Source(folder / "x", key, key) for key in keys)
        first = {entry.key: entry.name for entry in ledger.entries()}
        assert len({name.casefold() for name in first.values()}) == len(keys)
        ledger.begin(Source(folder / "x", key, key) for key in reversed(keys))
        assert {entry.key: entry.name for entry in ledger.entries()} == first
