"""The parts of a brief about the report itself: title, warnings, overview, gaps, origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from summarizer.model import BriefContent, Corrections, Gap, ReportInfo
from summarizer.rendering.item_parts import items_by_id
from summarizer.rendering.labels import has_label, label
from summarizer.rendering.phrases import heading, none_found, table
from summarizer.rendering.shapes import Block, BulletList, Cell, Language, Line, Note, Paragraph, Run, Title
from summarizer.rendering.wording import Wording, enumerated, is_english, label_run, reference, run


def title(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Title with place and years, then what kind of text it is."""
    about = Paragraph(Cell(wording.each(lambda language: _about_line(content.report, language))), "muted")
    return Title(wording.each(lambda language: _title_line(content.report, wording, language))), about


def _title_line(report: ReportInfo, wording: Wording, language: Language) -> Line:
    kind = label("doc_types", report.doc_type, language)
    if language == "zh":
        words, place = report.title or kind, report.place.zh
        if place and place not in words:
            words = label("lines", "place_title", "zh", place=place, title=words)
        return (run(words, "zh"), *_years(report, language))
    name = wording.text_in(report.place.zh, report.place.en, "en") if report.place.zh else ()
    if not name and is_english(report.place.en):
        name = (run(report.place.en or "", "en"),)
    colon = (label_run("punctuation", "colon", "en"),) if name else ()
    return (*name, *colon, run(kind, "en"), *_years(report, language))


def _years(report: ReportInfo, language: Language) -> Line:
    review, target = report.review_year, report.target_year
    if review is None and target is None:
        return ()
    key = "years_target" if review is None else "years_review" if target is None else "years_both"
    return (label_run("lines", key, language, review=review, target=target),)


def _about_line(report: ReportInfo, language: Language) -> Line:
    parts: list[Line] = [(label_run("doc_types", report.doc_type, language),)]
    if report.level:
        parts.append((label_run("levels", report.level, language),))
    if report.published:
        parts.append((label_run("lines", "published", language, date=report.published),))
    if report.partial:
        parts.append((Run("⚠ ", None, "warning"), label_run("marks", "partial", language, "warning")))
    parts.append((label_run("lines", "source_file", language, name=report.source),))
    return enumerated(parts, language)


def warnings(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """What the reader must know first: text that nobody read, items that the model did not read."""
    notes: list[Block] = []
    if lost := [gap for gap in content.gaps if gap.lost]:
        chars = content.report.chars
        notes.append(Note("warning", Cell(wording.each(lambda language: _lost_line(lost, chars, language)))))
    by_rules = sum(item.by == "rules" for item in items_by_id(content).values())
    if wording.marks_rules and by_rules:
        notes.append(Note("muted", wording.cell("lines", "by_rules", count=by_rules)))
    return tuple(notes)


def _lost_line(lost: list[Gap], chars: int, language: Language) -> Line:
    ranges = ", ".join(_range(gap) or label("marks", "nowhere", language) for gap in lost)
    fields = {"ranges": ranges, "lost": _characters(lost), "chars": chars}
    return (Run("⚠ ", None, "warning"), label_run("lines", "lost", language, "warning", **fields))


def _characters(gaps: Iterable[Gap]) -> int:
    """How many characters the gaps cover, overlaps counted once."""
    spans = sorted((gap.start, gap.end) for gap in gaps if gap.start is not None and gap.end is not None)
    total = reached = 0
    for start, end in spans:
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _range(gap: Gap) -> str:
    return "" if gap.start is None or gap.end is None else f"{gap.start}–{gap.end}"


def overview(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """The overview's sentences with the items that they rest on; no part where there are none."""
    if not content.overview:
        return ()
    cells = []
    for sentence in content.overview:
        cited = enumerated([(reference(item_id),) for item_id in sentence.cites], wording.languages[-1])
        cells.append(Cell((*wording.text(sentence.zh, sentence.en), *([cited] if cited else []))))
    return heading(wording, 2, "overview"), BulletList(tuple(cells))


def gaps(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """What was not taken into the brief, lost text first, and what became of the quantities."""
    blocks: list[Block] = [heading(wording, 2, "gaps"), _coverage(content, wording)]
    if content.coverage.unaccounted:
        quantities = tuple(_unaccounted(wording, name) for name in content.coverage.unaccounted)
        blocks += [Paragraph(wording.cell("lines", "unaccounted")), BulletList(quantities)]
    rows = [_gap_row(wording, gap) for gap in sorted(content.gaps, key=lambda gap: not gap.lost)]
    columns = ("stage", "reason", "range", "detail", "lost")
    return (*blocks, table(wording, columns, rows) if rows else none_found(wording))


def _coverage(content: BriefContent, wording: Wording) -> Block:
    coverage = content.coverage
    counts = Counter(skipped.reason for skipped in coverage.skipped)

    def line(language: Language) -> Line:
        listed = label("punctuation", "list", language).join(
            f"{label('skips', reason, language)} {count}" for reason, count in sorted(counts.items())
        )
        fields = {
            "quantities": coverage.quantities,
            "used": coverage.used,
            "skipped": len(coverage.skipped),
            "reasons": label("punctuation", "parentheses", language, text=listed) if listed else "",
            "unaccounted": len(coverage.unaccounted),
        }
        return (run(label("lines", "coverage", language, **fields), language),)

    return Paragraph(Cell(wording.each(line)))


def _unaccounted(wording: Wording, quantity_id: str) -> Cell:
    quantity = wording.quantities.get(quantity_id)
    if quantity is None:
        return Cell(((run(quantity_id),),))
    where = Run(f" ({quantity.start}–{quantity.end})", None, "muted")
    return Cell(((run(quantity_id), Run(" "), run(quantity.raw, "zh"), where),))


def _gap_row(wording: Wording, gap: Gap) -> tuple[Cell, ...]:
    known = has_label("gap_stages", gap.stage)
    return (
        wording.cell("gap_stages", gap.stage) if known else Cell(((run(gap.stage),),)),
        Cell(((run(gap.reason),),)),
        Cell(((run(_range(gap)),),) if _range(gap) else ()),
        Cell(((run(gap.detail),),) if gap.detail else ()),
        wording.cell("marks", "lost_yes" if gap.lost else "lost_no", "warning" if gap.lost else "muted"),
    )


def _corrections(corrections: Corrections | None, wording: Wording) -> tuple[Line, ...]:
    """What a user's corrections did, and the digest of their file; nothing where there were none."""
    if corrections is None:
        return ()
    fields = corrections.model_dump() | {"sha256": corrections.sha256 or "-"}
    return wording.label("lines", "corrections", "muted", **fields)


def origin(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """How to read the ranges, what made the brief, and the digests that prove it."""
    engine, report = content.engine, content.report
    named = {"name": engine.name, "model": engine.model or "-", "version": engine.version}
    digests = {
        "prompts": engine.prompts or "-",
        "schema": engine.schema_ or "-",
        "terms": engine.terms,
        "file": report.file_sha256,
        "text": report.text_sha256,
    }
    lines = (
        *wording.label("lines", "offsets", "muted"),
        *wording.label("lines", "engine", "muted", **named, schema_version=content.schema_version),
        *_corrections(content.corrections, wording),
        *wording.label("lines", "digests", "muted", **digests),
    )
    return heading(wording, 2, "about"), Paragraph(Cell(lines))
