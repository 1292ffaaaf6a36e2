"""Answers for the loopback endpoint of the tests."""

from __future__ import annotations

import json
from typing import Any

from loopback import Endpoint, Response, endpoint, says

__all__ = ["Endpoint", "Response", "answer", "endpoint", "says"]


def answer(**lists: Any) -> Response:
    """A completion whose content is an answer with these lists."""
    empty: dict[str, Any] = {"figures": [], "goals": [], "projects": [], "risks": [], "skipped": []}
    return says(json.dumps(empty | lists, ensure_ascii=False))
