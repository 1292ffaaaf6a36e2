"""Text files become reports without a character lost; what is no report is refused with advice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import InputError
from summarizer.loading import text as loading
from summarizer.loading.text import decode, load, load_text

SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))
REPORT = (
    "江州市2023年政府工作报告\r\n\r\n各位代表:\r\n现在,我代表市人民政府向大会报告工作。\r\n一、2022年工作回顾\r\n"
    + "全市上下坚持稳中求进，地区生产总值达到一千亿元，增长百分之五，就业稳定，民生改善。\r\n" * 6
    + "二、2023年工作安排\r\n我们要推动经济发展，建设美好家园。让我们团结奋斗！\r\n"
)
TRADITIONAL = "各位代表：現在，我代表市人民政府向大會報告工作。經濟發展，產業增長，實現目標。" * 8


def write(folder: Path, data: bytes, name: str = "report.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_common_encoding_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    """GB files, and Unicode files with and without a mark, read alike; newlines stay as they are."""
    report = load(write(tmp_path, REPORT.encode(encoding)))
    assert report.text.removeprefix("\ufeff") == REPORT


def test_big5_is_told_from_gb18030(tmp_path: Path) -> None:
    """Bytes of one are often valid in the other; the reading with frequent characters wins."""
    assert load(write(tmp_path, TRADITIONAL.encode("big5"))).text == TRADITIONAL


def test_a_byte_order_mark_stays_and_is_boilerplate(tmp_path: Path) -> None:
    """Offsets count the mark as character 0, and no brief quotes it."""
    report = load(write(tmp_path, REPORT.encode("utf-8-sig")))
    assert report.text[0] == "\ufeff"
    assert (report.boilerplate[0].start, report.boilerplate[0].end) == (0, 1)


def test_digests_are_of_the_file_and_of_the_text(tmp_path: Path) -> None:
    """The same report in two encodings differs in its file and agrees in its text."""
    data = REPORT.encode("gb18030")
    report = load(write(tmp_path, data))
    assert report.file_sha256 == hashlib.sha256(data).hexdigest()
    assert report.text_sha256 == load_text(REPORT).text_sha256


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_seeds_decode_back_to_their_bytes(path: Path) -> None:
    """The shipped samples lose nothing."""
    report = load(path)
    assert report.text.encode("utf-8") == path.read_bytes()
    assert report.source == path.name


@pytest.mark.parametrize("name", ["report.md", "report.csv", "report", "report.2023"])
def test_any_name_may_hold_text(tmp_path: Path, name: str) -> None:
    """Text is known by its content; only names of other formats are refused."""
    assert load(write(tmp_path, REPORT.encode(), name)).text == REPORT


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"%PDF-1.7 ...", "report.txt", "PDF"),
        (b"PK\x03\x04....", "report.docx", "Office"),
        (b"\x89PNG\r\n", "scan.txt", "picture"),
        (b"<!DOCTYPE html><html>", "page.txt", "HTML"),
        (REPORT.encode(), "report.html", "HTML"),
        (b"", "report.txt", "empty"),
        (b"\xef\xbb\xbf \n", "report.txt", "empty"),
        (b"\x00\x01\x02\x03" * 50, "report.txt", "binary"),
        (b"\xff\xfe" + b"\x00\xd8" * 9, "report.txt", "damaged"),
        (b"\x81\x39\xff" * 90, "report.txt", "encoding"),
        ("地区生产总值增长百分之五。".encode(), "report.txt", "does not look like a Chinese report"),
        (b"Report on the work of the government. " * 40, "report.txt", "does not look like"),
        ("政策文件\n通知公告\n机构职能\n领导成员\n".encode() * 30, "report.txt", "menus"),
    ],
)
def test_what_is_no_report_is_refused_with_advice(tmp_path: Path, data: bytes, name: str, says: str) -> None:
    """One sentence names the file, says what is wrong and what to do."""
    with pytest.raises(InputError, match=says) as caught:
        load(write(tmp_path, data, name))
    message = str(caught.value)
    assert name in message
    assert message.endswith(".")
    assert ";" in message


def test_a_missing_file_and_a_directory_are_told_apart(tmp_path: Path) -> None:
    """One report is one file."""
    with pytest.raises(InputError, match="does not exist"):
        load(tmp_path / "nowhere.txt")
    with pytest.raises(InputError, match="is a directory"):
        load(tmp_path)


def test_a_file_beyond_the_bound_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is stated in the message."""
    monkeypatch.setattr(loading, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(InputError, match="larger than 1 MB"):
        load(write(tmp_path, b"x" * (1024 * 1024 + 1)))


def test_a_short_text_in_memory_is_accepted_and_a_blank_one_is_not() -> None:
    """Who passes a text knows what it is; an empty string is a mistake."""
    assert load_text("地区生产总值增长5%。", "note").source == "note"
    with pytest.raises(InputError, match="empty"):
        load_text("\ufeff \n")


@given(st.text(min_size=1).filter(lambda text: "\0" not in text and text[0] not in "\ufeff\ufffe"))
def test_decoded_utf8_encodes_back_to_the_same_bytes(text: str) -> None:
    """Decoding neither drops nor translates a character."""
    data = text.encode("utf-8")
    assert decode(data, "report.txt").encode("utf-8") == data


@given(st.text(alphabet="的一是在和了有大国年不人中会工作\r\n0123456789，。"))
def test_decoded_gb18030_encodes_back_to_the_same_bytes(text: str) -> None:
    """The older encoding is as exact."""
    data = ("我们要推动经济发展。" * 5 + text).encode("gb18030")
    assert decode(data, "report.txt").encode("gb18030") == data
