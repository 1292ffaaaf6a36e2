"""How many requests may be in flight: fewer when the endpoint is crowded, more again as it answers well."""

from __future__ import annotations

from collections.abc import Callable

_SMOOTHING = 0.1  # of each new latency in the mean
_SAMPLES = 20  # replies before a mean says anything: parts and overviews differ in length
_SLOW = 3.0  # times the best mean latency, from which on requests queue at the endpoint
_DRIFT = 1.002  # by which the best mean is forgotten a reply, since endpoints get slower for good, too


class Concurrency:
    """Additive increase, multiplicative decrease (RFC 5681 uses the same for a network's congestion).

    Begins at `most`, since that is what the user allows: one more for each full round of good replies, half as
    many when the endpoint says that it is crowded, one less when its replies take `_SLOW` times the best mean.
    Never cut twice within one mean latency: the requests that are in flight know nothing of the first cut.
    """

    def __init__(self, most: int, clock: Callable[[], float]):
        self._most = most
        self._clock = clock
        self._limit = float(most)
        self._mean = self._best = 0.0
        self._count = 0
        self._quiet_until = float("-inf")

    def limit(self) -> int:
        """How many requests may be in flight now; at least one."""
        return int(self._limit)

    def answered(self, seconds: float) -> None:
        """A reply came after so many seconds."""
        self._count += 1
        self._mean = seconds if self._count == 1 else self._mean + _SMOOTHING * (seconds - self._mean)
        if self._count == _SAMPLES:
            self._best = self._mean
        if self._count > _SAMPLES:
            self._best = min(self._mean, self._best * _DRIFT)
            if self._mean > _SLOW * self._best:
                self._cut(self._limit - 1)
                return
        self._limit = min(float(self._most), self._limit + 1 / self._limit)

    def crowded(self) -> None:
        """The endpoint said that too much is asked of it at once, or did not answer in time."""
        self._cut(self._limit / 2)

    def _cut(self, limit: float) -> None:
        now = self._clock()
        if now >= self._quiet_until:
            self._limit = max(1.0, limit)
            self._quiet_until = now + max(self._mean, 1.0)
