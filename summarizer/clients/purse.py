"""The money of a run: what is spent, what is set aside for requests on their way, and what is left."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from decimal import Decimal

from summarizer.errors import BudgetError

_Waiter = tuple[Decimal, asyncio.AbstractEventLoop, "asyncio.Future[bool]"]


class Purse:
    """Never lets requests begin that could together cost more than the budget, in US dollars.

    Each sets its worst case aside before it is sent, and settles for its real cost. What does not fit beside
    others on their way waits for them; what does not fit into what is left at all fails.
    May be used from several threads and event loops.
    """

    def __init__(self, budget: Decimal):
        self.budget = budget
        self._spent = self._aside = Decimal(0)
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @property
    def spent(self) -> Decimal:
        """What was paid so far."""
        return self._spent

    async def set_aside(self, worst: Decimal) -> None:
        """Sets the worst case of a request aside. Raises BudgetError where the budget does not hold it."""
        with self._lock:
            if not self._waiting and self._fits(worst):
                self._aside += worst
                return
            if not self._aside:
                raise self._refusal(worst)
            loop = asyncio.get_running_loop()
            granted = loop.create_future()
            self._waiting.append((worst, loop, granted))
        try:
            fits = await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled() and granted.result():
                self.settle(worst, Decimal(0))
            raise
        if not fits:
            raise self._refusal(worst)

    def settle(self, worst: Decimal, cost: Decimal) -> None:
        """Gives back what was set aside, and pays the cost."""
        with self._lock:
            self._aside -= worst
            self._spent += cost
            while self._waiting:
                next_worst, loop, granted = self._waiting[0]
                fits = self._fits(next_worst)
                if not fits and self._aside:
                    return
                self._waiting.popleft()
                if self._tell(loop, granted, next_worst, fits) and fits:
                    self._aside += next_worst

    def _fits(self, worst: Decimal) -> bool:
        return self._spent + self._aside + worst <= self.budget

    def _tell(self, loop: asyncio.AbstractEventLoop, granted: asyncio.Future[bool], worst: Decimal, fits: bool) -> bool:
        def grant() -> None:
            if not granted.done():
                granted.set_result(fits)
            elif fits:  # who waited was cancelled
                self.settle(worst, Decimal(0))

        try:
            loop.call_soon_threadsafe(grant)
        except RuntimeError:  # its loop is closed
            return False
        return True

    def _refusal(self, worst: Decimal) -> BudgetError:
        return BudgetError(
            f"The budget of ${self.budget:f} has ${max(Decimal(0), self.budget - self._spent):.4f} left, and the next "
            f"request could cost ${worst:.4f}; what is paid for is kept. Give a larger --budget."
        )
