"""Stub."""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.model import Metadata, Place, Span


def read_metadata(text: str, boilerplate: Sequence[Span], source: str) -> Metadata:
    return Metadata(None, Place(zh=None, en=None), None, "other", None, None, None, False)
