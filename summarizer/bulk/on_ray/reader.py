"""A worker on Ray: reads many reports at once in one event loop, within the limits that all workers share."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import ray

from summarizer.bulk import workers
from summarizer.bulk.job import run_digest
from summarizer.bulk.on_ray.limits import SILENCE, Order
from summarizer.bulk.on_ray.results import ROW, Row, Task, row_of
from summarizer.bulk.on_ray.room import Room
from summarizer.bulk.on_ray.standing_in import elsewhere
from summarizer.bulk.states import FINISHED, Outcome
from summarizer.bulk.troubles import OUT_OF_BUDGET, is_final, killed
from summarizer.bulk.turns import Turns
from summarizer.clients.stack import Run
from summarizer.correcting.fixes import fixes_beside
from summarizer.errors import BudgetError, EndpointError, SummarizerError
from summarizer.loading.text import load
from summarizer.pipeline import Prepared, Summarizer, prepared_for

Trouble = Literal["final", "endpoint"]
"""What befell a report that may befall others: "final" ends the run, "endpoint" does when it happens to many."""

_TRIES = 3  # times that a report may be in a process that ends; from the second on it is there alone


class ReportReader:
    """The callable of `map_batches`: rows of reports in, rows of results out. Never raises for a report."""

    def __init__(self, run: str, namespace: str):
        self._limits: Any = ray.get_actor(run, namespace)
        self._worker = ray.get_runtime_context().get_actor_id()
        self._place = f"{socket.gethostname()}:{os.getpid()}"
        self._order: Order = ray.get(self._limits.joins.remote(self._worker, socket.gethostname(), os.getpid()))
        settings = self._order.settings
        shared = Run(settings, elsewhere=elsewhere(self._limits, self._worker)) if settings.engine == "chat" else None
        self._summarizer = Summarizer.resolved(settings, self._order.job.terms, self._order.types, run=shared)
        self._room = Room()
        self._turns = Turns.for_requests(settings.concurrency)
        self._open: Any = None
        self._refusal = refusal_of(self._order, self._summarizer)
        threading.Thread(target=self._live, daemon=True).start()

    def _live(self) -> None:
        """Tells the actor now and then that this process is there."""
        while True:
            time.sleep(SILENCE / 6)
            self._limits.alive.remote(self._worker)

    async def __call__(self, batch: pa.Table) -> AsyncIterator[pa.Table]:
        if self._open is None:  # connections last as long as the process
            self._open = self._summarizer.connected()
            await self._open.__aenter__()
        rows = await asyncio.gather(*(self._one(Task(**row)) for row in batch.to_pylist()))
        yield pa.Table.from_pylist(rows, schema=ROW)

    async def _one(self, task: Task) -> Row:
        try:
            outcome, trouble = await self._within_limits(task)
        except ray.exceptions.RayError as error:
            reason = f"the run's actor on Ray is gone ({type(error).__name__})."
            outcome, trouble = Outcome("waiting", task.digests, reason), "final"
        brief = self._order.job.briefs / f"{task.name}.json"
        has_brief = outcome.state in FINISHED and "json" in self._order.job.forms
        return row_of(task, outcome, self._place, brief.read_text("utf-8") if has_brief else None, trouble)

    async def _within_limits(self, task: Task) -> tuple[Outcome, Trouble | None]:
        if self._refusal is not None:
            return Outcome("waiting", task.digests, self._refusal), "final"
        begun = await self._limits.begun.remote(task.name)
        if begun >= _TRIES:
            return Outcome("failed", task.digests, killed(f"{_TRIES} times")), None
        async with self._room.alone() if begun else self._room.with_others():
            if not await self._limits.begins.remote(task.name):  # counted when it is inside: who waits kills nobody
                return Outcome("waiting", task.digests), None
            result = await self._read(task)
            await self._limits.ended.remote(task.name)
        return result

    async def _read(self, task: Task) -> tuple[Outcome, Trouble | None]:
        path, digests = Path(task.path), task.digests
        try:
            prepared = await asyncio.to_thread(self._prepared, path)
            brief = await self._summarizer.brief_of(prepared, fixes_beside(path), self._turns.of(path))
        except (BudgetError, EndpointError) as error:
            return Outcome("failed", digests, str(error)), _trouble(error)
        except SummarizerError as error:
            if not path.exists():
                return Outcome("waiting", digests, _not_here(path)), "final"
            return Outcome("failed", digests, str(error)), None
        except ray.exceptions.RayError:
            raise
        except Exception as error:
            return workers.fault(error, digests), None
        outcome = await asyncio.to_thread(workers.finish, self._order.job, brief, task.name, digests)
        return outcome, "final" if outcome.reason == OUT_OF_BUDGET else None

    def _prepared(self, path: Path) -> Prepared:
        return prepared_for(self._order.settings.engine, load(path))


def refusal_of(order: Order, summarizer: Summarizer) -> str | None:
    """Why this machine can read nothing for the run; None where it can."""
    if not order.mark.exists():
        return _not_here(order.job.out)
    try:
        if run_digest(order.job, summarizer) == order.digest:
            return None
    except SummarizerError as error:
        return f"on {socket.gethostname()}: {error}"
    return (
        f"{socket.gethostname()} has another version of this program or of its terms; install the same one on all "
        "machines of the cluster."
    )


def _not_here(path: Path) -> str:
    return (
        f"{path} is not there on {socket.gethostname()}; reports and output folder have to be in a place that all "
        "machines of the cluster share."
    )


def _trouble(error: BudgetError | EndpointError) -> Trouble:
    return "final" if is_final(error) else "endpoint"
