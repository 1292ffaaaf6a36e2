"""Tables as csv that a spreadsheet opens by a double click: UTF-8 with a byte-order mark, lines that end in CR LF."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from summarizer.tables.cells import neutral, whole
from summarizer.tables.columns import Column, Marked, Row, Stated, Value
from summarizer.tables.numbers import plain_digits

SIGNS = {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈"}


class CsvTable:
    """One table in one file; rows are written as they come. Without a path it writes to a given stream."""

    def __init__(self, columns: Sequence[Column], path: Path | None = None, stream: TextIO | None = None):
        self._own = path.open("w", encoding="utf-8-sig", newline="") if path else None
        target = self._own or stream
        assert target is not None
        self._names = [column.name for column in columns]
        self._writer = csv.writer(target, lineterminator="\r\n")
        self._writer.writerow([neutral(name) for name in self._names])

    def add(self, row: Row) -> None:
        """Writes a row."""
        self._writer.writerow([_cell(row[name]) for name in self._names])

    def close(self) -> None:
        """Ends the file."""
        if self._own:
            self._own.close()


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return neutral(value)
        case int():
            return str(whole(value))
        case Decimal():
            return plain_digits(value)
        case Stated(value=number, comparator=comparator):
            return SIGNS.get(comparator, "") + plain_digits(number)
        case Marked(text=text):
            return neutral(text)
