"""Tables as Parquet: exact decimals, 64-bit integers, texts; each column carries its meaning as metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from summarizer.tables.cells import clean, whole
from summarizer.tables.columns import Column, Row, Value
from summarizer.tables.files import library
from summarizer.tables.numbers import trimmed

DIGITS, DECIMALS = 38, 12
_BATCH = 5_000  # rows that are held in memory


class ParquetTable:
    """One table in one file, written in batches.

    A number has up to 26 digits before the point and 12 behind it; `notes` counts those that need more, which stand in
    `value_text` alone. Raises SettingsError where pyarrow is not installed.
    """

    def __init__(self, columns: Sequence[Column], path: Path):
        self._arrow = library("pyarrow", "Parquet")
        self._columns = columns
        self._schema = self._arrow.schema([self._field(column) for column in columns])
        parquet = library("pyarrow.parquet", "Parquet")
        self._writer = parquet.ParquetWriter(str(path), self._schema, compression="zstd")
        self._batch: list[dict[str, object]] = []
        self.notes: Counter[str] = Counter()

    def _field(self, column: Column) -> Any:
        arrow = self._arrow
        types = {"number": arrow.decimal128(DIGITS, DECIMALS), "whole": arrow.int64()}
        meaning = {"zh": column.zh, "en": column.en}
        return arrow.field(column.name, types.get(column.type, arrow.string()), metadata=meaning)

    def add(self, row: Row) -> None:
        """Writes a row."""
        self._batch.append({column.name: self._cell(row[column.name]) for column in self._columns})
        if len(self._batch) >= _BATCH:
            self._flush()

    def _cell(self, value: Value) -> object:
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, int):
            return whole(value)
        if isinstance(value, Decimal) and not _fits(value):
            self.notes["numbers_too_long"] += 1
            return None
        return value

    def _flush(self) -> None:
        if self._batch:
            self._writer.write_batch(self._arrow.RecordBatch.from_pylist(self._batch, schema=self._schema))
            self._batch = []

    def close(self) -> None:
        """Ends the file."""
        self._flush()
        self._writer.close()


def _fits(value: Decimal) -> bool:
    exponent = trimmed(value).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS and value.adjusted() < DIGITS - DECIMALS
