"""`summarizer table`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, LOST, say
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from summarizer.stored import Shelf
    from summarizer.tables.matrix import Matrix
    from summarizer.tables.writing import Written

_NOTES = {
    "numbers_too_long": "Numbers with more digits than the format holds, in value_text alone: {count}.",
    "texts_cut": "Texts cut at the 32,767 characters that a cell of a workbook holds: {count}.",
    "links_as_text": "Links written as plain text, since a sheet holds 65,530: {count}.",
}
_LEFT_OUT = {
    "no_code": "indicators that the dictionary does not know",
    "scope": "of a part or of somebody else",
    "span": "of a span of years",
    "distance": "distances from others' values",
    "no_value": "without a value",
}


def table(
    briefs: Annotated[
        list[Path],
        typer.Argument(
            help="A bulk run's output folder, or briefs as JSON.", metavar="OUT|BRIEF...", show_default=False
        ),
    ],
    output: Annotated[
        str,
        typer.Option("-o", "--output", help="A file that ends in .xlsx, .parquet or .csv; - is csv.", metavar="FILE"),
    ] = "-",
    what: Annotated[
        str | None,
        typer.Option(
            "--what",
            help="figures, goals, projects, risks or all (default: all in a workbook, else figures).",
            metavar="TABLE",
        ),
    ] = None,
    pivot: Annotated[
        int | None, typer.Option("--pivot", help="The matrix of a year: places by indicators.", metavar="YEAR")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="With --pivot: actual (default) or target.", metavar="KIND")
    ] = None,
) -> None:
    """Make a table of briefs, one row a figure, goal, project or risk; or the matrix of a year."""
    from summarizer import outputs
    from summarizer.stored import Shelf
    from summarizer.tables.files import table_form
    from summarizer.tables.writing import output_files, whats_for, write_matrix, write_tables

    shelf = Shelf(briefs)
    whats = whats_for(table_form(output), what)
    matrix = _matrix(pivot, kind, what)
    for path in [output] if matrix or output == "-" else map(str, output_files(output, whats).values()):
        outputs.check_writable(path)
        for brief in filter(Path.is_file, briefs):
            outputs.check_writable(path, brief)
    written = write_matrix(shelf, output, matrix) if matrix else write_tables(shelf, output, whats)
    _report(written, shelf)
    if matrix:
        _report_matrix(matrix)
    raise typer.Exit(LOST if shelf.problem_count or shelf.without_brief else DONE)


def _matrix(year: int | None, kind: str | None, what: str | None) -> Matrix | None:
    from summarizer.tables.matrix import Matrix

    if year is None:
        if kind is not None:
            raise SettingsError("--kind goes with --pivot YEAR; give the year too.")
        return None
    if what is not None:
        raise SettingsError("--what and --pivot contradict each other; give one of them.")
    if kind not in (None, "actual", "target"):
        raise SettingsError(f"There is no kind {kind!r} for a matrix; choose actual or target.")
    return Matrix(year, "target" if kind == "target" else "actual")


def _report(written: Written, shelf: Shelf) -> None:
    counts = ", ".join(f"{count:,} {what}" for what, count in written.rows.items()) or "nothing"
    say(f"{counts} of {written.briefs:,} briefs.")
    for note, count in written.notes.items():
        say(_NOTES[note].format(count=f"{count:,}"))
    for problem in shelf.problems:
        say(f"Left out: {problem}")
    if more := shelf.problem_count - len(shelf.problems):
        say(f"Left out: {more:,} more briefs that cannot be read.")
    if shelf.without_brief:
        say(f"{shelf.without_brief:,} reports have no brief and are in no table; `summarizer status` says why.")
    for path in sorted(written.files):
        say(f"Written: {path}")


def _report_matrix(matrix: Matrix) -> None:
    if matrix.conflicts:
        say(f"Cells in which values contradict each other, marked with ⚠: {matrix.conflicts:,}.")
    if matrix.doubted:
        say(f"Values whose reading a check doubts (disputed, in the table of figures): {matrix.doubted:,}.")
    if matrix.left_out:
        reasons = ", ".join(f"{count:,} {_LEFT_OUT[reason]}" for reason, count in matrix.left_out.most_common())
        say(f"Figures of {matrix.year} without a cell: {reasons}.")
