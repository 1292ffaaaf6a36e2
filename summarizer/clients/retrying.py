"""Asking again where that can help, inside a bound of attempts and of time."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from summarizer.clients.base import Reply, Request, Sender
from summarizer.errors import EndpointError, EngineError
from summarizer.model import Usage

if TYPE_CHECKING:
    import tenacity

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]
_MAX_WAIT = 60.0  # of our own choosing; an endpoint may want a longer one
_Failed = TypeVar("_Failed", bound=EngineError)


class Retrying:
    """Asks again where that can help: exponential waits with jitter, or as long as the endpoint says.

    One answer takes at most `attempts` tries and `deadline` seconds, waits included; a wait that would end beyond
    it is not begun. Time in our own queue does not count. The error that is raised in the end names the
    number of attempts and the last cause; `requests` counts those that were sent.
    """

    def __init__(
        self,
        sender: Sender,
        attempts: int,
        sleep: Sleep = asyncio.sleep,
        *,
        deadline: float = 600.0,
        clock: Clock = time.monotonic,
    ):
        self._sender = sender
        self._attempts = attempts
        self._sleep = sleep
        self._deadline = deadline
        self._clock = clock

    async def send(self, request: Request) -> Reply:
        import tenacity

        course = _Course(self._clock, self._clock() + self._deadline)
        tries = tenacity.AsyncRetrying(
            stop=lambda state: state.attempt_number >= self._attempts or state.upcoming_sleep >= course.time_left,
            wait=_wait(tenacity.wait_random_exponential(multiplier=1, max=_MAX_WAIT)),
            sleep=self._sleep,
            reraise=True,
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, EndpointError) and e.retryable),
        )
        try:
            reply: Reply = await tries(course.attempt, self._sender, request)
        except EngineError as error:
            raise self._final(error, course) from error.__cause__
        return replace(reply, usage=reply.usage + Usage(requests=course.sent))

    def _final(self, error: _Failed, course: _Course) -> _Failed:
        """The error with the attempts, and with the deadline where that is what ended them."""
        final = copy.copy(error)
        final.requests = course.sent
        notes = [str(error)]
        if course.tries > 1 or error.requests:
            notes.append("Asked once." if course.tries == 1 else f"Asked {course.tries} times.")
        if isinstance(error, EndpointError) and error.retryable and course.tries < self._attempts:
            notes.append(f"The next try would have come after the deadline of {self._deadline:g} s.")
        if course.last is not None and not isinstance(error, EndpointError):
            notes.append(f"Before it: {course.last}")
        final.args = (" ".join(notes),)
        return final

    async def close(self) -> None:
        await self._sender.close()


@dataclass(slots=True)
class _Course:
    """The way of one answer: until when it may take, the tries made, the requests that were sent and failed."""

    clock: Clock
    until: float
    tries: int = 0
    sent: int = 0
    last: EngineError | None = None

    @property
    def time_left(self) -> float:
        return self.until - self.clock()

    async def attempt(self, sender: Sender, request: Request) -> Reply:
        self.tries += 1
        try:
            return await sender.send(replace(request, time_left=max(0.001, self.time_left)))
        except EngineError as error:
            self.sent += error.requests
            self.until += error.queued
            if isinstance(error, EndpointError):
                self.last = error
            raise


def _wait(jittered: tenacity.wait.wait_base) -> Callable[[tenacity.RetryCallState], float]:
    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        told = error.retry_after if isinstance(error, EndpointError) else None
        return told if told is not None else jittered(state)

    return wait
