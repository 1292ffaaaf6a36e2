"""Asking again where that can help, inside a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from summarizer.clients.base import Reply, Request, Sender
from summarizer.errors import EndpointError

Sleep = Callable[[float], Awaitable[None]]
_MAX_WAIT = 60.0


class Retrying:
    """Asks again where that can help: exponential waits with jitter, or as long as the endpoint says.

    The error that is raised in the end names the number of attempts and the last cause.
    """

    def __init__(self, sender: Sender, attempts: int, sleep: Sleep = asyncio.sleep):
        self._sender = sender
        self._attempts = attempts
        self._sleep = sleep

    async def send(self, request: Request) -> Reply:
        import tenacity

        jittered = tenacity.wait_random_exponential(multiplier=1, max=_MAX_WAIT)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            told = error.retry_after if isinstance(error, EndpointError) else None
            return min(told, _MAX_WAIT) if told is not None else jittered(state)

        attempts = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=wait,
            sleep=self._sleep,
            reraise=True,
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, EndpointError) and e.retryable),
        )
        try:
            return await attempts(self._sender.send, request)
        except EndpointError as error:
            made = int(attempts.statistics.get("attempt_number", 1))
            if made == 1:
                raise
            raise EndpointError(f"{error} Asked {made} times.", retryable=error.retryable) from error

    async def close(self) -> None:
        await self._sender.close()
