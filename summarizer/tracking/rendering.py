"""Targets against outcomes as Markdown, HTML and JSON, and the published schema (schemas/track.schema.json)."""

from __future__ import annotations

import json
from typing import Any

from summarizer.rendering.html import blocks_to_html
from summarizer.rendering.jsonform import DIALECT, AsWritten
from summarizer.rendering.markdown import blocks_to_markdown
from summarizer.rendering.wording import Lang
from summarizer.tracking.blocks import track_blocks
from summarizer.tracking.model import Track


def to_markdown(tracked: Track, lang: Lang = "both") -> str:
    """All pairs as Markdown text that ends with a newline."""
    return blocks_to_markdown(track_blocks(tracked, lang))


def to_html(tracked: Track, lang: Lang = "both") -> str:
    """All pairs as one self-contained HTML page."""
    return blocks_to_html(track_blocks(tracked, lang), lang)


def to_json(tracked: Track) -> str:
    """All pairs by the published contract: the same input gives the same bytes; ends with a newline."""
    return _dumped(tracked.model_dump(mode="json", by_alias=True))


def schema_text() -> str:
    """The schema as the file schemas/track.schema.json holds it."""
    schema = Track.model_json_schema(mode="serialization", schema_generator=AsWritten)
    return _dumped({"$schema": DIALECT, **schema, "title": "Track"})


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
