"""What a brief says of the report as a whole: digests, metadata, outline, quantities, coverage, conflicts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from summarizer.loading.metadata import read_metadata
from summarizer.merging import conflicts_of
from summarizer.model import Quantity
from summarizer.quantities.grammar import cuts_number, scan
from summarizer.quantities.units import dimensions
from summarizer.verifying.findings import OTHER_REPORT, Failure
from summarizer.verifying.source import Source

_ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
_WIDEST = 40  # characters around a verbatim citation within which the grammar must find it
_VALUES = ("value", "value_high", "unit", "dimension", "counter", "per", "comparator", "raw", "start", "end")


def report_failures(source: Source) -> Iterator[Failure]:
    """File, length, metadata, boilerplate and headings."""
    told, report = source.content.report, source.report
    if told.file_sha256 != report.file_sha256 and not is_encoding_of(told.file_sha256, report.text):
        problem = "the digest is not this file's, nor its text's in another encoding"
        yield Failure("report.file_sha256", problem, OTHER_REPORT)
    if told.chars != len(report.text):
        yield Failure("report.chars", f"the text has {len(report.text)} characters, not {told.chars}")
    if told.boilerplate != report.boilerplate:
        yield Failure("report.boilerplate", "these spans are not those of the text that is no report")
    read = read_metadata(report.text, report.boilerplate, told.source)
    for name in ("title", "place", "level", "doc_type", "published", "review_year", "target_year", "partial"):
        if getattr(told, name) != getattr(read, name):
            yield Failure(f"report.{name}", f"the report says {_shown(getattr(read, name))}")
    headings = source.outline.headings
    if len(headings) != len(source.content.outline):
        yield Failure("outline", f"the report has {len(headings)} headings, not {len(source.content.outline)}")
    for i, (given, found) in enumerate(zip(source.content.outline, headings, strict=False)):
        if given != found:
            yield Failure(f"outline.{i}", f"the report has “{found.heading}” at {found.start}–{found.end}")


def is_encoding_of(digest: str, text: str) -> bool:
    """Whether a file's digest is that of this text in another encoding."""
    for encoding in _ENCODINGS:
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if hashlib.sha256(data).hexdigest() == digest:
            return True
    return False


def _shown(value: object) -> str:
    zh = getattr(value, "zh", None)
    return f"“{zh or value}”"


# --- quantities -------------------------------------------------------------------------------


def quantity_failures(source: Source) -> Iterator[Failure]:
    """Every number is what the grammar reads at its span, a citation of the text's words, or the user's own."""
    read = {q.id: q for q in source.read}
    given = source.content.quantities
    if len(source.quantities) != len(given):
        yield Failure("quantities", "ids are given twice")
    for quantity in given:
        place = f"quantities.{quantity.id}"
        if not 0 <= quantity.start < quantity.end <= len(source.report.text):
            yield Failure(place, f"its span is outside the text, which has {len(source.report.text)} characters")
        elif quantity.raw != source.report.text[quantity.start : quantity.end]:
            there = source.report.text[quantity.start : quantity.end]
            yield Failure(place, f"the text has “{there}” at {quantity.start}–{quantity.end}, not “{quantity.raw}”")
        elif problem := _problem(source, quantity, read):
            yield Failure(place, problem)
    for name in sorted(read.keys() - source.quantities.keys()):
        yield Failure(f"quantities.{name}", "the report's number is left out")
    spans = [(q.start, q.end) for q in given]
    if spans != sorted(spans):
        yield Failure("quantities", "they are not in the order of the text")


def _problem(source: Source, quantity: Quantity, read: dict[str, Quantity]) -> str | None:
    kind = quantity.id[:1]
    if kind == "q":
        found = read.get(quantity.id)
        if found is None:
            return "the grammar reads no number of this id"
        if found != quantity:
            changed = [name for name in _VALUES if getattr(found, name) != getattr(quantity, name)]
            shown = ", ".join(f"{name} {getattr(found, name)}" for name in changed)
            return f"the grammar reads {shown} of “{found.raw}”"
        return None
    if any(q.start < quantity.end and quantity.start < q.end for q in source.read):
        return "it touches a number that the grammar reads"
    if kind == "v":
        return None if _is_cited(source, quantity) else "no citation of the text gives this number"
    return _own_problem(source, quantity)


def _is_cited(source: Source, quantity: Quantity) -> bool:
    """Whether some words around a verbatim citation, within its sentence, give the number with its span."""
    sentence = source.sentence(quantity.start, quantity.end)
    digits = quantity.id[1:]
    if sentence is None or not digits.isdecimal() or cuts_number(source.report.text, quantity.start, quantity.end):
        return False
    start = int(digits)
    if not sentence.start <= start <= quantity.start:
        return False
    wanted = [getattr(quantity, name) for name in _VALUES if name != "raw"]
    for end in range(quantity.end, min(sentence.end, quantity.end + _WIDEST) + 1):
        found = next(iter(scan(source.report.text[start:end])), None)
        if found is None:
            continue
        given = [getattr(found, name) for name in _VALUES[:-3]]
        if [*given, found.start + start, found.end + start] == wanted:
            return True
    return False


def _own_problem(source: Source, quantity: Quantity) -> str | None:
    """A user's own number: its value is the user's word, its place and form are not."""
    if source.content.corrections is None:
        return "it is neither the report's nor, without corrections, a user's"
    if quantity.id != f"u{quantity.start}":
        return f"a user's number at {quantity.start} is u{quantity.start}"
    return None if quantity.unit in dimensions() else f"there is no unit {quantity.unit}"


# --- coverage and conflicts -------------------------------------------------------------------


def count_failures(source: Source) -> Iterator[Failure]:
    """Coverage partitions the quantities; conflicts are those of the figures."""
    content, coverage = source.content, source.content.coverage
    used = {name for figure in content.figures for name in figure.quantities}
    skipped = [s.id for s in coverage.skipped]
    if coverage.quantities != len(content.quantities):
        yield Failure("coverage.quantities", f"the brief has {len(content.quantities)}, not {coverage.quantities}")
    if coverage.used != len(used):
        yield Failure("coverage.used", f"the figures use {len(used)}, not {coverage.used}")
    strange = [name for name in skipped if name not in source.quantities or name in used]
    if strange or len(set(skipped)) != len(skipped):
        yield Failure("coverage.skipped", f"{', '.join(strange) or 'an id'} is no quantity, used, or skipped twice")
    left = tuple(q.id for q in content.quantities if q.id not in used and q.id not in skipped)
    if coverage.unaccounted != left:
        yield Failure("coverage.unaccounted", f"these are left: {', '.join(left) or 'none'}")
    if source.is_resolved:
        found = tuple(conflicts_of(content.figures, source.quantities, source.report.text))
        if found != content.conflicts:
            yield Failure("conflicts", f"the figures give {len(found)}: {'; '.join(c.reason for c in found) or 'none'}")
