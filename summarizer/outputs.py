"""Where briefs go: the format follows the suffix, and a file is there whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from summarizer.brief import Brief
from summarizer.errors import InputError, SettingsError

Format = Literal["md", "html", "json"]
Lang = Literal["zh", "en", "both"]
_SUFFIXES: dict[str, Format] = {
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
}


def chosen_format(value: str | None) -> Format | None:
    """A format as a user names it. Raises SettingsError that lists them."""
    if value is None or value in ("md", "html", "json"):
        return value  # type: ignore[return-value]
    raise SettingsError(f"There is no format {value!r}; choose md, html or json.")


def chosen_lang(value: str) -> Lang:
    """A language as a user names it. Raises SettingsError that lists them."""
    if value in ("zh", "en", "both"):
        return value  # type: ignore[return-value]
    raise SettingsError(f"There is no language {value!r}; choose zh, en or both.")


def format_of(path: str, chosen: Format | None) -> Format:
    """The format of an output: as chosen, else by its suffix; Markdown on standard output."""
    if chosen is not None:
        return chosen
    if path == "-":
        return "md"
    suffix = Path(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise SettingsError(f"No format goes with {path!r}; end it in .md, .html or .json, or give --format.")
    return _SUFFIXES[suffix]


def check_writable(path: str, report: Path | None = None, fixes: Path | None = None, terms: Path | None = None) -> None:
    """Refuses an output that cannot be written, or that is an input of the run, before any work is done."""
    if path == "-":
        return
    target = Path(path)
    for given, what in ((report, "is the report itself"), (fixes, "holds the corrections"), (terms, "holds the terms")):
        if given is not None and target.exists() and given.exists() and target.samefile(given):
            raise SettingsError(f"{path} {what}; give the output another name.")
    if target.is_dir():
        raise SettingsError(f"{path} is a folder; give the output a file name.")
    if target.exists() and not os.access(target, os.W_OK):
        raise SettingsError(f"{path} may not be written to; give the output another name.")
    if not target.parent.is_dir():
        raise SettingsError(f"The folder {target.parent} does not exist; make it first.")
    if not os.access(target.parent, os.W_OK):
        raise SettingsError(f"The folder {target.parent} may not be written to; choose another place.")


def render(brief: Brief, form: Format, lang: Lang) -> str:
    """A brief in one format."""
    if form == "json":
        return brief.to_json()
    return brief.to_html(lang) if form == "html" else brief.to_markdown(lang)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"Standard output cannot be written: {error.strerror}; write to a file with -o.") from error


def _write_to(target: Path, text: str) -> None:
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        raise _unwritable(target, error) from error


def write(path: str, text: str) -> None:
    """Writes to a temporary name in the same folder, then renames; `-` is standard output."""
    if path == "-":
        _print(text if text.endswith("\n") else text + "\n")
        return
    target = Path(path).resolve()
    if target.exists() and not target.is_file():  # a pipe or device is written to, not replaced
        _write_to(target, text)
        return
    with whole_file(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name in the file's folder, renamed to its own when all is written. Raises InputError."""
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
    except OSError as error:
        raise _unwritable(path, error) from error
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be written: {error.strerror or error}; choose another place.")
