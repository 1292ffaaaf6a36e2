"""Requests pass a gate, and what comes back tells the gate how the endpoint fares."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from summarizer.clients.base import Reply, Request, Sender
from summarizer.clients.estimating import likely_tokens
from summarizer.clients.gate import Passage
from summarizer.clients.headers import Now, limits_told
from summarizer.clients.shared import Admission
from summarizer.clients.vendors import is_crowded
from summarizer.errors import EndpointError, LateError, QuotaError


class Limiting:
    """Sends what its gate lets pass. The gate may be shared with other clients of the same run."""

    def __init__(
        self, sender: Sender, gate: Admission, clock: Callable[[], float] = time.monotonic, now: Now = time.time
    ):
        self._sender = sender
        self._gate = gate
        self._clock = clock
        self._now = now
        self._answer = MeanAnswer()

    async def send(self, request: Request) -> Reply:
        expected = likely_tokens(request) + self._answer.tokens
        async with self._gate.passage(expected, request.time_left) as passage:
            started = self._clock()
            try:
                reply = await self._sender.send(_hastened(request, passage))
            except EndpointError as error:
                error.queued += passage.queued
                await self._failed(error)
                raise
            self._answered(reply, expected, self._clock() - started)
            return reply

    def _answered(self, reply: Reply, expected: int, seconds: float) -> None:
        usage = reply.usage
        self._gate.concurrency.answered(seconds)
        if usage.prompt_tokens:
            self._answer.add(usage.answer_tokens)
            self._gate.correct(usage.prompt_tokens + usage.answer_tokens - expected)
        self._gate.heed(limits_told(reply.headers, self._now))

    async def _failed(self, error: EndpointError) -> None:
        if isinstance(error, QuotaError):
            self._gate.end(f"{error} Nothing more is sent in this run.")
            return
        if error.retry_after is not None:
            self._gate.pause(error.retry_after)
        if is_crowded(error.status) or isinstance(error, LateError):
            self._gate.concurrency.crowded()
        if is_crowded(error.status) and error.retry_after is None:
            await self._gate.rest()

    async def close(self) -> None:
        await self._sender.close()


class MeanAnswer:
    """The mean length of the answers so far, in tokens."""

    def __init__(self, first: int = 1000):
        self._mean = float(first)
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        return round(self._mean)

    def add(self, tokens: int) -> None:
        with self._lock:
            self._mean += 0.2 * (tokens - self._mean)


def _hastened(request: Request, passage: Passage) -> Request:
    """The request with what a pause left of its time."""
    if request.time_left is None or not passage.paused:
        return request
    return replace(request, time_left=max(0.0, request.time_left - passage.paused))
