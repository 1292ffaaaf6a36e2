"""So many units a minute, evenly, by the generic cell rate algorithm of pyrate-limiter."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FINEST = 6000  # cells a minute: the library counts whole microseconds between cells, which are exact up to here


class Pace:
    """Tells how long to wait so that no more than `a_minute` units pass in a minute, after a short burst.

    What is charged is paid off as time passes; a charge that proves too large is credited to the next.
    Belongs to no event loop, and may be used by several threads.
    """

    def __init__(self, a_minute: int, burst_seconds: float, clock: Callable[[], float]):
        from pyrate_limiter import GCRA, Duration, Rate, StateBucket

        self.a_minute = a_minute
        self._clock = clock
        self._cell = max(1.0, a_minute / _FINEST)  # units of a cell
        cells = round(a_minute / self._cell)
        self._burst = max(1, round(cells * burst_seconds / 60))
        self._bucket = StateBucket([Rate(cells, Duration.MINUTE, self._burst)], GCRA())
        self._owed = 0.0
        self._lock = threading.Lock()

    def charge(self, units: float) -> None:
        """Adds units that are about to pass; negative ones are given back."""
        with self._lock:
            self._owed += units

    def wait(self) -> float:
        """Pays off what can be paid now: 0 where nothing is owed any more, else seconds until more can be."""
        from pyrate_limiter import RateItem

        with self._lock:
            while self._owed > 0:
                cells = min(self._burst, math.ceil(self._owed / self._cell))
                decision = self._bucket.put_decision(RateItem("", int(self._clock() * 1000), cells))
                if not decision.allowed:  # type: ignore[union-attr]
                    return max(1, decision.retry_after_ms or 1) / 1000  # type: ignore[union-attr]
                self._owed -= cells * self._cell
            return 0.0
