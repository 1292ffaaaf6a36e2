"""JSON in which no key stands twice: the second would silently win over the first."""

from __future__ import annotations

import json
from typing import Any


def loads(text: str) -> Any:
    """Parses JSON. Raises ValueError (json.JSONDecodeError is one) for what is none, and for a repeated key."""
    return json.loads(text, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found
