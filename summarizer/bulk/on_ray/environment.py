"""What Ray reads from the environment when it is first imported; set before, for this process and those it begins."""

from __future__ import annotations

import os
import secrets
import sys

from summarizer.bulk.job import Job


def prepare(job: Job) -> None:
    """Keeps Ray quiet, and a Ray that is begun here to ourselves. What the user has set stays as it is.

    Ray's ports are open to the network, and whoever reaches them has programs run: the run's own Ray takes orders from
    those alone who know a word that is made here. Without effect where Ray has been imported already.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    is_own = not job.ray_address and not os.environ.get("RAY_ADDRESS")
    if is_own and "ray" not in sys.modules and "RAY_AUTH_MODE" not in os.environ:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
