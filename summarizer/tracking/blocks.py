"""Targets against outcomes as neutral blocks, in the frames of a brief: what was missed first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from summarizer.model import Evidence, Project, Quantity
from summarizer.rendering.blocks import report_numbers
from summarizer.rendering.item_parts import standing
from summarizer.rendering.labels import label
from summarizer.rendering.phrases import named_value, source_cell
from summarizer.rendering.shapes import (
    Block,
    BulletList,
    Cell,
    Heading,
    Language,
    Line,
    Note,
    Paragraph,
    Run,
    Table,
    Title,
)
from summarizer.rendering.wording import Lang, NumberText, Wording, enumerated, label_run, plain, run, side_by_side
from summarizer.tracking.model import VERDICTS, Outcome, Pair, Track, Tracked


def track_blocks(tracked: Track, lang: Lang, numbers: NumberText | None = None) -> tuple[Block, ...]:
    """All pairs, one after the other, in one language or in both."""
    languages: tuple[Language, ...] = ("zh", "en") if lang == "both" else (lang,)
    wording = Wording(languages, numbers or report_numbers(), {}, marks_rules=False)
    blocks: list[Block] = [Title(wording.label("track", "title"))]
    if not tracked.pairs:
        blocks.append(Paragraph(wording.cell("track", "no_pairs", "muted")))
    for number, pair in enumerate(tracked.pairs, 1):
        blocks += _pair(pair, str(number), wording)
    return tuple(blocks)


def _pair(pair: Pair, number: str, wording: Wording) -> Iterator[Block]:
    yield Heading(2, side_by_side(wording.each(lambda language: _pair_line(pair, language))))
    files = {"earlier": pair.earlier.source, "later": pair.later.source}
    yield Paragraph(wording.cell("track", "reports", "muted", **files), "muted")
    cautions = {caution for row in pair.targets for caution in row.cautions}
    for key in ("later_partial", "later_lost"):
        if key in cautions:
            yield Note("warning", wording.cell("track", key))
    if not pair.targets:
        yield Paragraph(wording.cell("track", "no_targets", "muted"))
        return
    yield Paragraph(Cell(wording.each(lambda language: _counts(pair.targets, language))))
    numeric = [row for row in pair.targets if row.figure]
    for verdict in VERDICTS:
        rows = [row for row in numeric if row.verdict == verdict]
        if rows:
            yield _heading(wording, "track_verdicts", verdict)
            yield _table(wording, number, rows)
    followed = [row for row in pair.targets if not row.figure and row.outcomes]
    if followed:
        yield _heading(wording, "track", "commitments")
        yield _table(wording, number, followed)
    left = [row for row in pair.targets if not row.figure and not row.outcomes]
    if left:
        yield _heading(wording, "track", "unfollowed")
        yield BulletList(tuple(_unfollowed(wording, number, row) for row in left))


def _pair_line(pair: Pair, language: Language) -> Line:
    place = pair.earlier.place
    name = (place.zh if language == "zh" else place.en or place.zh) or label("track", "unknown_place", language)
    year = pair.earlier.target_year or label("track", "unknown_year", language)
    return (label_run("track", "pair", language, place=name, year=year),)


def _counts(rows: Sequence[Tracked], language: Language) -> Line:
    counts = Counter(row.verdict for row in rows)
    parts: list[Line] = []
    for verdict in VERDICTS:
        if counts[verdict]:
            word = label("track_verdicts", verdict, language)
            parts.append((label_run("track", "count", language, verdict=word, count=counts[verdict]),))
    return (label_run("track", "counts", language, total=len(rows)), *enumerated(parts, language))


def _heading(wording: Wording, group: str, key: str) -> Heading:
    def line(language: Language) -> Line:
        words = label(group, key, language)
        return (run(words[0].upper() + words[1:], language),)

    return Heading(3, side_by_side(wording.each(line)))


def _table(wording: Wording, number: str, rows: Sequence[Tracked]) -> Table:
    columns = (
        wording.cell("columns", "id"),
        wording.cell("columns", "target"),
        wording.cell("track", "outcome_column"),
        wording.cell("track", "verdict_column"),
        wording.cell("track", "target_source"),
        wording.cell("track", "outcome_source"),
    )
    return Table(columns, tuple(_row(wording, number, row) for row in rows))


def _row(wording: Wording, number: str, row: Tracked) -> tuple[Cell, ...]:
    return (
        Cell(((_id(row, number),),)),
        Cell(_target_lines(wording, row)),
        Cell(tuple(line for outcome in row.outcomes for line in _outcome_lines(wording, row, outcome)))
        if row.outcomes
        else wording.cell("track", "no_outcome", "muted"),
        Cell(wording.each(lambda language: _verdict_line(row, language)) + _warnings(wording, row)),
        source_cell(_target_evidence(row)),
        source_cell(_outcome_evidence(row)),
    )


def _id(row: Tracked, number: str) -> Run:
    """The row's id; pairs of one document are told apart by their number."""
    return replace(run(row.id, None, "strong"), anchor=plain(f"{number}-{row.id}"))


def _of(wording: Wording, quantity: Quantity | None) -> Wording:
    """The wording of one report's item: ids of quantities are its own."""
    return replace(wording, quantities={quantity.id: quantity} if quantity else {})


def _target_lines(wording: Wording, row: Tracked) -> tuple[Line, ...]:
    if row.figure is None:
        return wording.text(row.goal.statement.zh, row.goal.statement.en) if row.goal else ()
    only = row.figure.model_copy(update={"quantities": row.figure.quantities[:1]})
    return wording.each(partial(named_value, _of(wording, row.quantity), only))


def _outcome_lines(wording: Wording, row: Tracked, outcome: Outcome) -> tuple[Line, ...]:
    """An outcome, and behind it what it means by itself where that is not what the row says."""
    return wording.each(
        lambda language: (*_outcome_line(wording, outcome, language), *_by_itself(row, outcome, language))
    )


def _outcome_line(wording: Wording, outcome: Outcome, language: Language) -> Line:
    if outcome.figure is not None:
        only = outcome.figure.model_copy(update={"quantities": outcome.figure.quantities[:1]})
        return named_value(_of(wording, outcome.quantity), only, language)
    if outcome.project is not None:
        return _project_line(wording, outcome.project, language)
    return wording.text_in(outcome.goal.statement.zh, outcome.goal.statement.en, language) if outcome.goal else ()


def _by_itself(row: Tracked, outcome: Outcome, language: Language) -> Line:
    if (outcome.verdict, outcome.reason) == (row.verdict, row.reason):
        return ()
    group, key = ("track_reasons", outcome.reason) if outcome.reason else ("track_verdicts", outcome.verdict)
    words = label(group, key, language)
    return (label_run("punctuation", "parentheses", language, "muted", text=words),)


def _project_line(wording: Wording, project: Project, language: Language) -> Line:
    status, stage = standing(project)
    of_stage, of_status = label("stages", stage, language), label("project_statuses", status, language)
    name = wording.text_in(project.name.zh, project.name.en, language)
    return (
        *name,
        label_run("punctuation", "colon", language),
        label_run("lines", "standing", language, stage=of_stage, status=of_status),
    )


def _verdict_line(row: Tracked, language: Language) -> Line:
    """The verdict with its reason, and by how much."""
    parts: list[Line] = [(label_run("track_verdicts", row.verdict, language, "strong"),)]
    if row.reason:
        parts.append((label_run("track_reasons", row.reason, language),))
    found = dict.fromkeys(outcome.difference for outcome in row.outcomes if outcome.difference not in (None, "0"))
    parts += [(label_run("track", "difference", language, value=_grouped(value or "")),) for value in found]
    return enumerated(parts, language)


def _grouped(value: str) -> str:
    """The digits before the point in threes, with a sign."""
    if "/" in value:
        return value
    whole, dot, decimals = value.removeprefix("-").partition(".")
    return f"{'−' if value.startswith('-') else '+'}{int(whole):,}{dot}{decimals}"


def _warnings(wording: Wording, row: Tracked) -> tuple[Line, ...]:
    lines: list[Line] = []
    for risk in row.admissions:
        lines += wording.each(
            lambda language, risk=risk: (  # type: ignore[misc]
                label_run("track", "admission", language),
                *wording.text_in(risk.statement.zh, risk.statement.en, language),
            )
        )
    for caution in row.cautions:
        lines += [(Run("⚠ ", None, "warning"), *line) for line in wording.label("track_cautions", caution, "warning")]
    return tuple(lines)


def _unfollowed(wording: Wording, number: str, row: Tracked) -> Cell:
    lines = _target_lines(wording, row)
    first: Line = (_id(row, number), Run(" "), *(lines[0] if lines else ()))
    return Cell((first, *lines[1:]), source_cell(_target_evidence(row)).sources)


def _target_evidence(row: Tracked) -> list[Evidence]:
    """The goal's own words where they hold the number, else the figure's."""
    if row.goal and (row.quantity is None or any(_holds(found, row.quantity) for found in row.goal.evidence)):
        return [found for found in row.goal.evidence if row.quantity is None or _holds(found, row.quantity)]
    return list(row.figure.evidence) if row.figure else []


def _holds(evidence: Evidence, quantity: Quantity) -> bool:
    return evidence.start <= quantity.start and quantity.end <= evidence.end


def _outcome_evidence(row: Tracked) -> list[Evidence]:
    items = [item for o in row.outcomes for item in (o.figure, o.project, o.goal) if item is not None]
    return [evidence for item in (*items, *row.admissions) for evidence in item.evidence]
