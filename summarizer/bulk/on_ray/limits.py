"""The one actor of a run: the gate before the endpoint, the budget, and the replies, for all workers together.

Workers use it through stand-ins (standing_in.py). What a worker holds when its process ends is given back: at
once where Ray begins it anew, else when it was silent for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from summarizer.bulk.job import Job
from summarizer.clients.gate import Gate, Passage
from summarizer.clients.purse import Purse
from summarizer.clients.store import ReplyStore
from summarizer.errors import BudgetError, EngineError
from summarizer.itemtypes.declaring import OwnItem
from summarizer.settings import Settings

SILENCE = 60.0  # seconds, after which a worker that says nothing counts as gone
_UNBOUNDED = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Order:
    """What every worker is told: the job, how to read, and `digest`, which its own installation has to come to.

    `mark` is a file that is there wherever the output folder is. The settings hold the key: this object is in the
    memory of the actor and of the workers alone, and in no argument that Ray keeps, shows or writes to disk.
    """

    job: Job
    settings: Settings
    types: Sequence[type[OwnItem]]
    digest: str
    mark: Path


@dataclass(slots=True)
class _Held:
    """What one process of a worker holds: requests that wait and that are on their way, by number, and money."""

    heard: float
    waiting: set[int] = field(default_factory=set)
    passages: dict[int, AsyncExitStack] = field(default_factory=dict)
    aside: Counter[Decimal] = field(default_factory=Counter)
    gone: bool = False


class Limits:
    """Made an actor by the run (ray.remote): every method is called by its workers, or by the process that leads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._places: dict[str, tuple[str, int]] = {}
        self._begun: Counter[str] = Counter()
        self._stopping = False
        self._said: list[str] = []

    # --- the process that leads -------------------------------------------------------------

    async def begin(self, order: Order) -> None:
        """Takes the run's order; the actor is useless before."""
        settings = order.settings
        self._order = order
        self._gate = Gate(settings)
        self._purse = Purse(settings.budget if settings.budget is not None else _UNBOUNDED)
        file = settings.cache_file if settings.cache else None
        self._store = ReplyStore(file, say=self._said.append) if file else None

    async def news(self, stopping: bool) -> list[str]:
        """What is to be said to the user since the last call. `stopping`: no report is to be begun any more."""
        self._stopping = stopping
        said, self._said[:] = list(self._said), []
        return said

    async def close(self) -> None:
        """Closes the store's file."""
        if self._store is not None:
            await asyncio.to_thread(self._store.close)

    async def workers(self) -> dict[str, tuple[str, int]]:
        """The workers that are there: machine and process of each."""
        return dict(self._places)

    # --- workers and their reports ----------------------------------------------------------

    async def joins(self, worker: str, machine: str, process: int) -> Order:
        """A worker's process begins; what an earlier process of the same worker held is given back."""
        if before := self._places.get(worker):
            self._said.append(f"A worker on {before[0]} ended (process {before[1]}); it was begun anew.")
        self._places[worker] = (machine, process)
        await self._let_go(worker)
        self._of(worker)
        return self._order

    async def alive(self, worker: str) -> None:
        """A worker's sign of life; whoever gives none is gone."""
        self._of(worker)
        silent = [each for each, held in self._held.items() if self._clock() - held.heard > SILENCE]
        for each in silent:
            await self._let_go(each)

    async def begun(self, name: str) -> int:
        """How often a report was begun and not ended, which is how often its process has."""
        return self._begun[name]

    async def begins(self, name: str) -> bool:
        """Notes that a report is begun; False where none is to be begun any more."""
        if not self._stopping:
            self._begun[name] += 1
        return not self._stopping

    async def ended(self, name: str) -> None:
        """A report has come to its end, whichever."""
        del self._begun[name]

    def _of(self, worker: str) -> _Held:
        held = self._held.setdefault(worker, _Held(0.0))
        held.heard = self._clock()
        return held

    async def _let_go(self, worker: str) -> None:
        """Gives places back, and pays the worst case of what was set aside: somebody may have answered it."""
        held = self._held.pop(worker, None)
        if held is None:
            return
        held.gone = True
        for passage in held.passages.values():
            await passage.aclose()
        for worst in held.aside.elements():
            self._purse.settle(worst, worst)

    # --- the gate ---------------------------------------------------------------------------

    async def enter(self, worker: str, number: int, tokens: int, time_left: float | None) -> Passage | EngineError:
        """A worker's request waits for its turn; an error is handed over as a value, so that it stays what it is."""
        held = self._of(worker)
        held.waiting.add(number)
        stack = AsyncExitStack()
        try:
            passage = await stack.enter_async_context(self._gate.passage(tokens, time_left))
        except EngineError as error:
            held.waiting.discard(number)
            return error
        if held.gone or number not in held.waiting:
            await stack.aclose()
        else:
            held.waiting.remove(number)
            held.passages[number] = stack
        return passage

    async def leave(self, worker: str, number: int) -> None:
        """A request has ended, or does not wait any more."""
        held = self._of(worker)
        held.waiting.discard(number)
        passage = held.passages.pop(number, None)
        if passage is not None:
            await passage.aclose()

    async def tell(self, what: str, *told: Any) -> None:
        """What a reply tells the gate: one of the ways below."""
        crowd = self._gate.concurrency
        ways: dict[str, Callable[..., None]] = {
            "answered": crowd.answered,
            "crowded": crowd.crowded,
            "correct": self._gate.correct,
            "heed": self._gate.heed,
            "pause": self._gate.pause,
            "end": self._gate.end,
        }
        ways[what](*told)

    async def rest(self) -> None:
        """The moment for which a request that was turned away keeps its place."""
        await self._gate.rest()

    # --- the budget -------------------------------------------------------------------------

    async def set_aside(self, worker: str, worst: Decimal) -> BudgetError | None:
        """A worker's request sets its worst case aside, or is refused."""
        held = self._of(worker)
        try:
            await self._purse.set_aside(worst)
        except BudgetError as error:
            return error
        if held.gone:
            self._purse.settle(worst, Decimal(0))
        else:
            held.aside[worst] += 1
        return None

    async def settle(self, worker: str, worst: Decimal, cost: Decimal) -> None:
        """A worker's request has cost so much."""
        held = self._of(worker)
        if held.aside[worst]:  # else the worst case was paid when the worker counted as gone
            held.aside[worst] -= 1
            self._purse.settle(worst, cost)

    async def spent(self) -> Decimal:
        """US dollars so far."""
        return self._purse.spent

    # --- the replies ------------------------------------------------------------------------

    async def reply(self, what: str, *asked: Any) -> Any:
        """Does something with the reply store, whose one file has this one process as its user."""
        assert self._store is not None
        return await asyncio.to_thread(getattr(self._store, what), *asked)
