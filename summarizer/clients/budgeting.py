"""No request is sent that could overrun the budget, retries included."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from summarizer.clients.base import Reply, Request, Sender
from summarizer.clients.estimating import answer_limit, most_prompt_tokens
from summarizer.clients.shared import Money
from summarizer.errors import EndpointError, EngineError
from summarizer.model import Usage

Pricing = Callable[[Usage], Decimal | None]
"""US dollars of a usage; None where the usage does not tell them."""


class Budgeting:
    """Sets the worst case of each request aside in the run's purse, and pays what it came to.

    A reply that does not tell its tokens is paid as the worst case, as is a request that failed after it was
    sent: somebody may have answered it. One that was refused (a status of 3xx or 4xx) or never left costs nothing.
    """

    def __init__(
        self,
        sender: Sender,
        purse: Money,
        price: Pricing,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._sender = sender
        self._purse = purse
        self._price = price
        self._limit = limit
        self._clock = clock

    async def send(self, request: Request) -> Reply:
        worst = self._worst(request)
        started = self._clock()
        await self._purse.set_aside(worst)
        waited = self._clock() - started
        cost = worst
        try:
            reply = await self._sender.send(request)
            cost = self._cost(reply, worst)
        except EngineError as error:
            error.queued += waited
            cost = Decimal(0) if _is_free(error) else worst
            raise
        finally:
            self._purse.settle(worst, cost)
        return reply

    def _worst(self, request: Request) -> Decimal:
        tokens = most_prompt_tokens(request), answer_limit(request, self._limit)
        return self._price(Usage(1, tokens[0], 0, tokens[1])) or Decimal(0)

    def _cost(self, reply: Reply, worst: Decimal) -> Decimal:
        usage = reply.usage
        if not usage.prompt_tokens or (reply.content and not usage.answer_tokens):
            return worst
        cost = self._price(usage)
        return worst if cost is None else cost

    async def close(self) -> None:
        await self._sender.close()


def _is_free(error: EngineError) -> bool:
    refused = isinstance(error, EndpointError) and error.status is not None and 300 <= error.status < 500
    return refused or not error.requests
