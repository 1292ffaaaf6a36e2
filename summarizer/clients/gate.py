"""What all requests to one endpoint share in a run: places, paces, a pause, and the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from summarizer.clients.concurrency import Concurrency
from summarizer.clients.headers import Told, Window
from summarizer.clients.pacing import Pace
from summarizer.clients.places import Places
from summarizer.errors import EndpointError, QuotaError
from summarizer.settings import Settings

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
_REQUESTS_BURST = 1.0  # seconds' worth that may pass at once: endpoints count in shorter spans than their minute
_TOKENS_BURST = 10.0
_REST = 1.0  # seconds


@dataclass(slots=True)
class Passage:
    """How a request passed: seconds in our own queue, and of a pause; deadlines count the pause alone."""

    queued: float = 0.0
    paused: float = 0.0


class Gate:
    """Lets requests pass as the endpoint allows, whatever report, thread and event loop they come from.

    The user's own limits hold; where there are none, those that the endpoint tells in its headers.
    """

    def __init__(self, settings: Settings, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep):
        self._host = settings.host or ""
        self._own = (settings.rpm, settings.tpm)
        self._clock = clock
        self._sleep = sleep
        self.concurrency = Concurrency(settings.concurrency, clock)
        self._places = Places(self.concurrency.limit)
        self._turn = Places(lambda: 1)
        self._requests = self._pace(settings.rpm, _REQUESTS_BURST)
        self._tokens = self._pace(settings.tpm, _TOKENS_BURST)
        self._paused_until = 0.0
        self._end: str | None = None

    @asynccontextmanager
    async def passage(self, tokens: int, time_left: float | None) -> AsyncIterator[Passage]:
        """A place for a request of about so many tokens, held while the block runs.

        Raises EndpointError at once where the run is over, or where the endpoint's pause is longer than the time left.
        """
        started = self._clock()
        self._check(time_left)
        async with self._places.place():
            self._check(time_left)
            await self._paced(tokens)
            passage = Passage()
            while pause := self._check(time_left):
                passage.paused += pause
                await self._sleep(pause)
            passage.queued = max(0.0, self._clock() - started - passage.paused)
            yield passage

    def _check(self, time_left: float | None) -> float:
        """The seconds of the endpoint's pause that are left. Raises EndpointError where waiting is no use."""
        if self._end is not None:
            raise QuotaError(self._end)
        pause = self._paused_until - self._clock()
        if pause <= 0:
            return 0.0
        if time_left is not None and pause > time_left:
            raise EndpointError(
                f"{self._host} wants no request for another {pause:.0f} s, which is beyond the deadline; try later, or "
                "give a longer --deadline.",
                retry_after=pause,
            )
        return pause

    async def _paced(self, tokens: int) -> None:
        """Waits until both paces allow the request; one waits at a time, so that none is overtaken."""
        if self._requests is None and self._tokens is None:
            return
        async with self._turn.place():
            for pace, amount in ((self._requests, 1), (self._tokens, tokens)):
                if pace is not None:
                    pace.charge(amount)
                    while wait := pace.wait():
                        await self._sleep(wait)

    # --- what replies tell ------------------------------------------------------------------

    def correct(self, more_tokens: int) -> None:
        """A request took so many more tokens than it was let in with (fewer, where negative)."""
        if self._tokens is not None:
            self._tokens.charge(more_tokens)

    def heed(self, told: Told) -> None:
        """Takes the limits of a reply's headers over where the user gave none, and pauses where nothing is left."""
        self._requests = self._told(self._requests, self._own[0], told.requests, _REQUESTS_BURST)
        self._tokens = self._told(self._tokens, self._own[1], told.tokens, _TOKENS_BURST)
        self.pause(max(told.requests.pause, told.tokens.pause))

    def pause(self, seconds: float) -> None:
        """Lets nothing pass for so long."""
        if seconds > 0:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def rest(self) -> None:
        """Keeps the place of a request that was turned away for a moment, else the next in the queue fares the same."""
        await self._sleep(_REST)

    def end(self, why: str) -> None:
        """Lets nothing pass any more: every later request fails with these words, without being sent."""
        self._end = self._end or why

    def _told(self, pace: Pace | None, own: int | None, window: Window, burst: float) -> Pace | None:
        a_minute = window.a_minute
        if own is not None or a_minute is None or (pace is not None and pace.a_minute == a_minute):
            return pace
        return self._pace(a_minute, burst)

    def _pace(self, a_minute: int | None, burst: float) -> Pace | None:
        return Pace(a_minute, burst, self._clock) if a_minute else None
