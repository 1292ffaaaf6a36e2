"""What Ray reads from the environment when it is first imported; set before, for this process and those it begins."""

from __future__ import annotations

import os


def prepare() -> None:
    """Keeps Ray quiet, and from beginning by itself. What the user has set stays as it is."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")  # a run that was ended at once must not begin another Ray
