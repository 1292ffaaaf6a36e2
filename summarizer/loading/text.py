"""Reads a text file into a Report: decoding, refusal of what is no report, boilerplate, metadata."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from summarizer.errors import InputError
from summarizer.loading.boilerplate import find_boilerplate
from summarizer.loading.metadata import read_metadata
from summarizer.loading.years import vocabulary
from summarizer.model import Report, Span

MAX_BYTES = 20 * 1024 * 1024
MIN_CHINESE = 100  # Chinese characters outside boilerplate; the shortest notices have more
MIN_MARKS = 1 / 60  # marks of a sentence for each Chinese character; reports have 1/12, menus none
MIN_COMMON = 0.15  # share of the most frequent characters; reports have 0.35, wrong decodings 0.02

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_MARK = re.compile(r"[。！？；，、：!?;,]")
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUFFIXES = {
    "PDF": ".pdf",
    "Word": ".doc .docx",
    "WPS": ".wps .et",
    "RTF": ".rtf",
    "OpenDocument": ".odt .ods",
    "Excel": ".xls .xlsx",
    "PowerPoint": ".ppt .pptx",
    "HTML": ".html .htm .mht",
    "EPUB": ".epub",
    "archive": ".zip .rar .7z .gz",
    "picture": ".png .jpg .jpeg .gif .bmp .tif .tiff",
}
_SIGNATURES = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "zip or Office",
    b"\xd0\xcf\x11\xe0": "old Office",
    b"{\\rtf": "RTF",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"II*\x00": "picture",
    b"MM\x00*": "picture",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
}


def load(path: Path) -> Report:
    """Read one report from a text file in UTF-8, UTF-16 (with its mark), GB18030, GBK or Big5.

    The text is exactly what was decoded: no newline is translated, and a byte-order mark stays
    as character 0. Raises InputError, whose message says what is wrong and what to do.
    """
    return _load(_read(path), path.name)


def load_bytes(data: bytes, source: str) -> Report:
    """Read one report from the bytes of a text file, for example of standard input; `source` names it."""
    _check_size(len(data), source)
    _check_content(data, source)
    return _load(data, source)


def _load(data: bytes, source: str) -> Report:
    report = _report(decode(data, source), source, hashlib.sha256(data).hexdigest())
    _check_report(report)
    return report


def load_text(text: str, source: str = "text") -> Report:
    """Make a report of a text in memory; its file digest is that of the text in UTF-8.

    Short texts are accepted, since the caller knows what they are. Raises InputError if blank.
    """
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise InputError(f"{source} is empty; pass the text of a report.")
    return _report(text, source, _digest(text))


def decode(data: bytes, name: str) -> str:
    """Decode the bytes of a text file without loss. Raises InputError where no encoding fits."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _decoded(data, encoding)
            if text is None:
                raise InputError(f"{name} is damaged: it is marked as {encoding} but is not; save it again as UTF-8.")
            return text
    text = _decoded(data, "utf-8")
    if text is not None and "\0" not in text:
        return text
    candidates = [found for encoding in _legacy(data) if (found := _decoded(data, encoding)) is not None]
    best = max(candidates, key=_likeness, default=None)
    if best is None or _likeness(best) < MIN_COMMON:
        what = "is a binary file" if b"\0" in data else "is in an encoding that cannot be read"
        raise InputError(f"{name} {what}; save it as plain text in UTF-8.")
    return best


def _legacy(data: bytes) -> tuple[str, ...]:
    """The encodings to try: those without a mark where zero bytes occur, else the national ones."""
    return ("utf-16-le", "utf-16-be") if b"\0" in data else ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likeness(text: str) -> float:
    """How much a text reads like Chinese: the share of frequent characters among all that are not ASCII."""
    common = frozenset(vocabulary()["decoding"]["common"])
    others = [char for char in text[:50_000] if char > "\x7f"]
    return sum(char in common for char in others) / len(others) if others else 0.0


def _read(path: Path) -> bytes:
    """The bytes of a file that may hold a report. Refuses all that cannot."""
    if path.is_dir():
        raise InputError(f"{path} is a directory; name one report file.")
    if not path.exists():
        raise InputError(f"{path} does not exist; check the path.")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
    _check_size(size, path.name)
    _check_content(data, path.name)
    return data


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise InputError(f"{name} is larger than {MAX_BYTES // 2**20} MB; split it into single reports.")


def _check_content(data: bytes, name: str) -> None:
    """Refuse what is empty, or no text by its first bytes or by its name."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise InputError(f"{name} is empty; choose a file with the text of a report.")
    suffix = Path(name).suffix.lower()
    found = next((kind for mark, kind in _SIGNATURES.items() if data.startswith(mark)), None)
    found = found or ("HTML" if _HTML.match(data) else None)
    found = found or next((kind for kind, names in _SUFFIXES.items() if suffix and suffix in names.split()), None)
    if found:
        raise InputError(f"{name} is a file of type {found}, which is not read yet; save it as text (.txt).")


def _check_report(report: Report) -> None:
    """Refuse what holds no report: too little Chinese, or labels without sentences."""
    shown = _outside(report.text, report.boilerplate)
    chinese = len(_HAN.findall(shown))
    if chinese < MIN_CHINESE:
        raise InputError(
            f"{report.source} does not look like a Chinese report: "
            f"it has {chinese} Chinese characters of text, fewer than {MIN_CHINESE}; choose another file."
        )
    if len(_MARK.findall(shown)) < chinese * MIN_MARKS:
        raise InputError(
            f"{report.source} does not look like a Chinese report: it holds menus and labels, no sentences; "
            "save the page's own text."
        )


def _outside(text: str, spans: tuple[Span, ...]) -> str:
    parts, end = [], 0
    for span in spans:
        parts.append(text[end : span.start])
        end = span.end
    return "".join((*parts, text[end:]))


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
