"""Tables as a workbook, written row by row: texts as texts (never formulas), numbers as numbers, links to pages."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from summarizer.errors import SettingsError
from summarizer.tables.cells import as_float, clean, cut_at, whole
from summarizer.tables.columns import Column, Marked, Row, Stated, Value
from summarizer.tables.csvform import SIGNS
from summarizer.tables.files import library
from summarizer.tables.numbers import plain_digits

# Excel's own limits (Microsoft: Excel specifications and limits).
LONGEST_CELL, MOST_COLUMNS = 32_767, 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sheet may hold, its header included; Excel's own limits."""

    rows: int = 1_048_576
    links: int = 65_530


@dataclass(slots=True)
class _Sheet:
    """The sheet that a table's rows go to now; `part` counts the table's sheets."""

    title: str
    columns: Sequence[Column]
    frozen: int
    part: int = 0
    page: Any = None
    row: int = 0
    links: int = 0


class Workbook:
    """A workbook with a sheet a table, and further sheets where a table has more rows than one may hold.

    `notes` counts what a workbook cannot hold: texts that were cut, numbers that stand in `value_text` alone, links
    that are plain text. Raises SettingsError where xlsxwriter is not installed.
    """

    def __init__(self, path: Path, limits: Limits | None = None):
        self._limits = limits or Limits()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self._book = library("xlsxwriter", "A workbook").Workbook(str(path), options)
        self._book.set_properties({"created": datetime.datetime(1980, 1, 1)})  # the same input gives the same bytes
        self._head = self._format(bold=True, bg_color="#E8ECF0", bottom=1, text_wrap=True, valign="top")
        self._marked = self._format(bg_color="#FFE0B2")
        self._number = self._format(num_format="General")
        self._stated: dict[str, Any] = {}
        self._sheets: dict[str, _Sheet] = {}
        self.notes: Counter[str] = Counter()

    def _format(self, **properties: object) -> Any:
        return self._book.add_format(properties)

    def open(self, name: str, columns: Sequence[Column], frozen: int = 0) -> None:
        """Begins a table; `frozen` columns stay in sight. Raises SettingsError where it is too wide."""
        if len(columns) > MOST_COLUMNS:
            raise SettingsError(f"{len(columns)} columns are more than a workbook holds; write .csv.")
        self._sheets[name] = _Sheet(name, columns, frozen)
        self._next_sheet(self._sheets[name])

    def _next_sheet(self, sheet: _Sheet) -> None:
        self._end_sheet(sheet)
        sheet.part += 1
        sheet.page = self._book.add_worksheet(sheet.title if sheet.part == 1 else f"{sheet.title} {sheet.part}")
        sheet.row, sheet.links = 1, 0
        sheet.page.freeze_panes(1, sheet.frozen)
        for number, column in enumerate(sheet.columns):
            sheet.page.set_column(number, number, column.width)
            sheet.page.write_string(0, number, self._text(column.name), self._head)

    @staticmethod
    def _end_sheet(sheet: _Sheet) -> None:
        if sheet.page is not None:
            sheet.page.autofilter(0, 0, max(sheet.row - 1, 1), len(sheet.columns) - 1)

    def add(self, name: str, row: Row) -> None:
        """Writes a row of a table."""
        sheet = self._sheets[name]
        if sheet.row >= self._limits.rows:
            self._next_sheet(sheet)
        for number, column in enumerate(sheet.columns):
            value = row[column.name]
            if column.type == "link" and isinstance(value, str):
                self._link(sheet, number, value)
            elif value is not None:
                self._write(sheet, number, value)
        sheet.row += 1

    def _write(self, sheet: _Sheet, column: int, value: Value) -> None:
        page, row = sheet.page, sheet.row
        match value:
            case str():
                page.write_string(row, column, self._text(value))
            case int():
                page.write_number(row, column, whole(value))
            case Decimal():
                self._decimal(sheet, column, value)
            case Stated():
                self._comparison(sheet, column, value)
            case Marked(text=text):
                page.write_string(row, column, self._text(text), self._marked)

    def _decimal(self, sheet: _Sheet, column: int, value: Decimal) -> None:
        number = as_float(value)
        if number is None:
            self.notes["numbers_too_long"] += 1
        else:
            sheet.page.write_number(sheet.row, column, number, self._number)

    def _comparison(self, sheet: _Sheet, column: int, stated: Stated) -> None:
        """A number that shows its comparator and still sorts and adds up as a number."""
        sign, number = SIGNS.get(stated.comparator, ""), as_float(stated.value)
        if number is None:
            sheet.page.write_string(sheet.row, column, sign + plain_digits(stated.value))
            return
        if sign not in self._stated:
            self._stated[sign] = self._format(num_format=f'"{sign}"General' if sign else "General")
        sheet.page.write_number(sheet.row, column, number, self._stated[sign])

    def _link(self, sheet: _Sheet, column: int, link: str) -> None:
        path, _, anchor = link.partition("#")
        path = unquote(path)
        if sheet.links >= self._limits.links or "#" in path or len(link) > 2000:
            self.notes["links_as_text"] += 1
            sheet.page.write_string(sheet.row, column, self._text(link))
            return
        sheet.links += 1
        text = self._text(f"{path}#{anchor}")
        sheet.page.write_url(sheet.row, column, f"external:{path}#{anchor}", None, text)

    def _text(self, text: str) -> str:
        text = clean(text)
        short = cut_at(text, LONGEST_CELL)
        if short is not text:
            self.notes["texts_cut"] += 1
        return short

    def explain(self, tables: Iterable[tuple[str, Sequence[Column]]]) -> None:
        """A last sheet that says what each column means."""
        names = ("table", "column", "zh", "en")
        self.open("columns", [Column(name, "text", 14 if index < 2 else 60) for index, name in enumerate(names)])
        for table, columns in tables:
            for column in columns:
                self.add("columns", dict(zip(names, (table, column.name, column.zh, column.en), strict=True)))

    def close(self) -> None:
        """Writes the file."""
        for sheet in self._sheets.values():
            self._end_sheet(sheet)
        try:
            self._book.close()
        except library("xlsxwriter.exceptions", "A workbook").FileCreateError as error:
            raise OSError(str(error)) from error
