"""Files that ship with the package: prompts, schemas and the sample reports.

In a wheel they lie inside the package; in an editable install at the top of the checkout.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from summarizer.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent
_HOMES = {
    "prompts": ("prompts", "../prompts"),
    "schemas": ("schemas", "../schemas"),
    "seeds": ("sample/seeds", "../seeds"),
    "gold": ("sample/gold", "../tests/gold"),
}


def folder(kind: str) -> Path:
    """The folder of one kind of files: prompts, schemas, seeds or gold. Raises ResourceError if it is missing."""
    for home in _HOMES[kind]:
        path = (_PACKAGE / home).resolve()
        if path.is_dir():
            return path
    raise ResourceError(f"The package's {kind} are missing; install gov-report-summarizer again.")


@cache
def read(kind: str, name: str) -> str:
    """The text of one file. Raises ResourceError if it is missing."""
    path = folder(kind) / name
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ResourceError(
            f"The package's file {kind}/{name} cannot be read; install gov-report-summarizer again."
        ) from error


def digest(*texts: str) -> str:
    """A short fingerprint of texts, for the brief's engine line."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
