"""Briefs to table files, one brief in memory at a time."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from summarizer.errors import InputError, SettingsError
from summarizer.outputs import whole_file
from summarizer.stored import Shelf
from summarizer.tables.columns import WHATS, Column, Row, What, columns_of
from summarizer.tables.csvform import CsvTable
from summarizer.tables.files import TableForm, page_path, table_form
from summarizer.tables.items import Origin, rows
from summarizer.tables.matrix import Matrix
from summarizer.tables.parquetform import ParquetTable
from summarizer.tables.xlsxform import Workbook

_FROZEN = 3  # columns that stay in sight: report, brief, place


class Target(Protocol):
    """Where the rows of one table go."""

    def __call__(self, row: Row, /) -> None: ...


@dataclass(slots=True)
class Written:
    """What was written: rows by table, the files, what a format could not hold (by a code of xlsxform, parquetform)."""

    rows: Counter[str] = field(default_factory=Counter)
    briefs: int = 0
    files: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


def whats_for(form: TableForm, wanted: str | None) -> tuple[What, ...]:
    """The tables to write: all into a workbook, figures into another file, unless said otherwise."""
    if wanted is None:
        return WHATS if form == "xlsx" else ("figures",)
    if wanted == "all":
        return WHATS
    if wanted in WHATS:
        return (wanted,)
    raise SettingsError(f"There is no table {wanted!r}; choose {', '.join(WHATS)} or all.")


def output_files(output: str, whats: Sequence[What]) -> dict[What, Path]:
    """A file a table for formats that hold one: figures.csv, figures-goals.csv … where more than one is wanted."""
    path = Path(output)
    if len(whats) == 1:
        return {whats[0]: path}
    return {what: path if what == whats[0] else path.with_name(f"{path.stem}-{what}{path.suffix}") for what in whats}


def write_tables(shelf: Shelf, output: str, whats: Sequence[What]) -> Written:
    """Writes the tables of all briefs; the format follows the suffix, `-` is csv on standard output.

    Raises InputError where a file cannot be written, SettingsError where a library is not installed.
    """
    written = Written()
    folder = Path() if output == "-" else Path(output).parent
    briefs = iter(shelf)
    first = list(islice(briefs, 1))  # where there is none, that is said before a file is begun
    with _targets(output, whats, written) as targets:
        for stored, content in chain(first, briefs):
            written.briefs += 1
            origin = Origin(stored.name, page_path(stored.page, folder))
            for what, target in targets.items():
                for row in rows(content, what, origin):
                    target(row)
                    written.rows[what] += 1
    return written


@contextmanager
def _targets(output: str, whats: Sequence[What], written: Written) -> Iterator[dict[What, Target]]:
    form = table_form(output)
    tables = {what: columns_of(what) for what in whats}
    if form == "xlsx":
        with workbook(Path(output), written) as book:
            for what, columns in tables.items():
                book.open(what, columns, _FROZEN)
            yield {what: partial(book.add, what) for what in whats}
            book.explain(tables.items())
        return
    if output == "-" and len(whats) > 1:
        raise SettingsError("Standard output holds one table; choose one with --what, or give a file with -o.")
    with ExitStack() as files:
        yield {
            what: files.enter_context(one_table(output if len(whats) == 1 else str(path), tables[what], written))
            for what, path in output_files(output, whats).items()
        }


@contextmanager
def workbook(path: Path, written: Written) -> Iterator[Workbook]:
    """A workbook, written whole at the end or not at all."""
    with whole_file(path) as temporary:
        book = Workbook(temporary)
        try:
            yield book
        except BaseException:
            with suppress(Exception):  # lets the library remove its own temporary files; the error goes on
                book.close()
            raise
        book.close()
        written.notes.update(book.notes)
    written.files.append(str(path))


@contextmanager
def one_table(output: str, columns: Sequence[Column], written: Written) -> Iterator[Target]:
    """A csv or Parquet file for one table, or csv on standard output."""
    if output == "-":
        yield from _standard_output(columns)
        return
    path = Path(output)
    with whole_file(path) as temporary:
        parquet = table_form(output) == "parquet"
        table: CsvTable | ParquetTable = ParquetTable(columns, temporary) if parquet else CsvTable(columns, temporary)
        try:
            yield table.add
        finally:
            table.close()
        if isinstance(table, ParquetTable):
            written.notes.update(table.notes)
    written.files.append(output)


def _standard_output(columns: Sequence[Column]) -> Iterator[Target]:
    try:
        yield CsvTable(columns, stream=sys.stdout).add
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"Standard output cannot be written: {error.strerror}; write to a file with -o.") from error


def write_matrix(shelf: Shelf, output: str, matrix: Matrix) -> Written:
    """Writes the matrix of all briefs as a workbook or csv. Raises SettingsError for Parquet, InputError as above."""
    form = table_form(output)
    if form == "parquet":
        raise SettingsError("A matrix goes into .xlsx or .csv; for Parquet write the figures, and pivot them there.")
    written = Written()
    for stored, content in shelf:
        written.briefs += 1
        matrix.add(stored.name, content)
    columns = matrix.columns()
    with ExitStack() as files:
        if form == "xlsx":
            book = files.enter_context(workbook(Path(output), written))
            title = f"{matrix.kind} {matrix.year}"
            book.open(title, columns, 1)
            target: Target = partial(book.add, title)
        else:
            target = files.enter_context(one_table(output, columns, written))
        for row in matrix.rows():
            target(row)
            written.rows["places"] += 1
    return written
