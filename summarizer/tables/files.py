"""Table files: there whole or not at all, and the libraries that some of them need."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from summarizer.errors import SettingsError

TableForm = Literal["csv", "xlsx", "parquet"]
_SUFFIXES: dict[str, TableForm] = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


def table_form(path: str) -> TableForm:
    """The format of a table by its suffix; csv on standard output. Raises SettingsError for another suffix."""
    if path == "-":
        return "csv"
    form = _SUFFIXES.get(Path(path).suffix.lower())
    if form is None:
        raise SettingsError(f"No table format goes with {path!r}; end it in .xlsx, .parquet or .csv.")
    return form


def library(name: str, what: str) -> Any:
    """A library of the extra `tables`, loaded when first used. Raises SettingsError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingsError(
            f"{what} needs {name.partition('.')[0]}, which is not installed; "
            "pip install 'gov-report-summarizer[tables]', or write .csv."
        ) from error


def page_path(page: Path | None, folder: Path) -> str | None:
    """A page as an URL path from the folder that the table stands in; None where there is no such way."""
    if page is None:
        return None
    try:
        relative = os.path.relpath(page.resolve(), folder.resolve())
    except ValueError:  # another drive
        return None
    return quote(Path(relative).as_posix())
