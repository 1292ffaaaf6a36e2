"""Reports read on Ray, by Ray Data: a lot of rows at a time through `map_batches`, each noted when it has ended.

The ledger, copies of a text, pages and summaries are the local runner's (runner.py). This is the flow that it runs.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from summarizer.bulk import workers
from summarizer.bulk.job import Job, run_digest
from summarizer.bulk.on_ray.cluster import NAMESPACE, Cluster, join, quiet_data
from summarizer.bulk.on_ray.limits import Limits, Order
from summarizer.bulk.on_ray.reader import ReportReader
from summarizer.bulk.on_ray.results import Results, Row, Task, outcome_of, row_of
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import FINISHED, Digests, Outcome
from summarizer.bulk.troubles import GO_ON, MOST_FAILURES
from summarizer.errors import InputError, SettingsError
from summarizer.pipeline import Summarizer

_LOT = 1000  # reports a worker, of one dataset: many, since the workers are begun anew for each
_ROWS = 200  # of one Parquet file
_EVERY = 5.0  # seconds after which rows are written though they are fewer
_LOOK = 0.5  # seconds between looks at the actor


@dataclass(slots=True)
class RayFlow:
    """The flow of a Ray cluster. What stops a local run stops this one."""

    job: Job
    summarizer: Summarizer
    stop: Stop
    _asked: list[Task] = field(default_factory=list)
    _futures: dict[str, asyncio.Future[Row]] = field(default_factory=dict)
    _arrived: list[Row] = field(default_factory=list)
    _failures: int = 0
    _timer: asyncio.TimerHandle | None = None
    _lots: asyncio.Task[None] | None = None
    _watch: asyncio.Task[None] | None = None
    _cluster: Cluster = field(init=False)
    _limits: Any = field(init=False)
    _name: str = field(init=False)
    _mark: Path = field(init=False)
    _results: Results = field(init=False)

    def __post_init__(self) -> None:
        if self.summarizer.has_own_client:
            raise SettingsError(
                "--on ray asks an endpoint by settings; a client of your own reads on this machine only."
            )

    @property
    def width(self) -> int:
        return self._cluster.workers * _LOT

    # --- begin and end ----------------------------------------------------------------------

    async def __aenter__(self) -> RayFlow:
        job = replace(
            self.job,
            places=(),
            out=self.job.out.absolute(),
            terms=self.job.terms.absolute() if self.job.terms else None,
        )
        self._results = Results(job.out)
        self._name = f"run-{hashlib.sha256(str(job.out).encode()).hexdigest()[:8]}-{uuid.uuid4().hex[:8]}"
        self._mark = self._results.folder / f".{self._name}"
        self._cluster = join(self.job.ray_address, self.job.ray_workers, self.job.jobs)
        try:
            self._mark.touch()
            digest = run_digest(self.job, self.summarizer)
            order = Order(job, self.summarizer.settings, tuple(self.summarizer.types), digest, self._mark)
            self._limits = self._begin_limits()
            await self._limits.begin.remote(order)
        except BaseException:
            self._leave()
            raise
        self._watch = asyncio.create_task(self._look())
        return self

    def _begin_limits(self) -> Any:
        """The actor, where this process is: it keeps the replies in the output folder, alone."""
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        requests = round(self.summarizer.settings.concurrency * 2) * (self._cluster.workers + 1)
        options = {"num_cpus": 0, "max_concurrency": 1000 + requests, "scheduling_strategy": here}
        return ray.remote(Limits).options(name=self._name, namespace=NAMESPACE, **options).remote()

    async def __aexit__(self, *error: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
        with suppress(ray.exceptions.RayError):
            await self._limits.close.remote()
        self._leave()

    def _leave(self) -> None:
        self._mark.unlink(missing_ok=True)
        with suppress(AttributeError, ray.exceptions.RayError):
            ray.kill(self._limits)
        self._cluster.leave()

    async def _look(self) -> None:
        """Tells the actor when no report is to be begun any more, and the user what the actor says."""
        with suppress(ray.exceptions.RayError):
            while True:
                for line in await self._limits.news.remote(self.stop.wanted):
                    logging.getLogger(__name__).warning(line)
                await asyncio.sleep(_LOOK)

    # --- one report -------------------------------------------------------------------------

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        self._asked.append(Task(name, str(path.absolute()), digests.run, digests.file))
        self._futures[name] = asyncio.get_running_loop().create_future()
        if self._lots is None:  # it begins when all reports that the runner has begun have come here
            self._lots = asyncio.create_task(self._read_lots())
        return self._judged(await self._futures[name])

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)

    def _judged(self, row: Row) -> Outcome:
        """The outcome of a row. It waits where all others would fail as well."""
        outcome, trouble = outcome_of(row), row["trouble"]
        if outcome.state in FINISHED:
            self._failures = 0
            if not all(path.exists() for path in self.job.files_of(row["name"])):
                return self._stopped(outcome, f"{row['worker']} writes into another {self.job.out} than is here.")
        if trouble == "endpoint":
            self._failures += 1
        if trouble == "final" or self._failures >= MOST_FAILURES:
            return self._stopped(outcome, outcome.reason or "")
        if trouble and self.stop.wanted:
            return replace(outcome, state="waiting")
        return outcome

    def _stopped(self, outcome: Outcome, reason: str) -> Outcome:
        self.stop(f"{reason.rstrip('.')}. {GO_ON}")
        return Outcome("waiting", outcome.digests, reason, usage=outcome.usage)

    # --- lots -------------------------------------------------------------------------------

    async def _read_lots(self) -> None:
        while self._asked:
            lot, self._asked = self._asked, []
            reason: str | None = None
            if not self.stop.wanted:
                reason = _lost(await self._read_lot(lot))
            self._keep()
            left = [task for task in lot if task.name in self._futures]
            self._arrived = [_unread(task, reason) for task in left]
            self._keep()
        self._lots = None

    async def _read_lot(self, lot: Sequence[Task]) -> Exception | None:
        """Has a lot read; its rows come to `_come` meanwhile. Returns what ended it early, if anything did."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Exception | None] = loop.create_future()

        def read() -> None:
            error = None
            try:
                for rows in self._tables(lot):
                    loop.call_soon_threadsafe(self._come, rows)
            except Exception as raised:
                error = raised
            with suppress(RuntimeError):  # the loop is closed: the run was ended at once
                loop.call_soon_threadsafe(ended.set_result, error)

        threading.Thread(target=read, daemon=True).start()
        return await ended

    def _tables(self, lot: Sequence[Task]) -> Iterator[list[Row]]:
        """The rows of a lot as they end; a report a block, so that none waits for another or is read again with it."""
        from ray.data import ActorPoolStrategy, from_items

        settings = self.summarizer.settings
        size = min(self._cluster.workers, len(lot))
        share = math.ceil(len(lot) / size)  # who is there first takes no more than this, else the others have nothing
        at_once = math.ceil(settings.concurrency / size) + 2 if settings.engine == "chat" else 1
        pool = ActorPoolStrategy(
            size=size,
            max_concurrent_calls_per_actor=min(at_once, share),
            max_tasks_in_flight_per_actor=min(at_once + 1, share),
        )
        with quiet_data(patient=settings.engine == "chat"):
            rows = from_items([asdict(task) for task in lot], override_num_blocks=len(lot)).map_batches(
                ReportReader,
                fn_constructor_kwargs={"run": self._name, "namespace": NAMESPACE},
                batch_size=1,
                batch_format="pyarrow",
                compute=pool,
                num_cpus=1,
            )
            for table in rows.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                yield table.to_pylist()

    def _come(self, rows: list[Row]) -> None:
        self._arrived += rows
        if len(self._arrived) >= _ROWS:
            self._keep()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self._keep)

    def _keep(self) -> None:
        """Writes the rows that have come, and lets the runner note their reports."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        rows, self._arrived = self._arrived, []
        ended = [row for row in rows if row["state"] != "waiting" and row["name"] in self._futures]
        try:
            if ended:
                self._results.write(ended)
        except InputError as error:
            for row in rows:
                if future := self._futures.pop(row["name"], None):
                    future.set_exception(error)
        for row in rows:
            if (future := self._futures.pop(row["name"], None)) and not future.done():
                future.set_result(row)


def _lost(error: Exception | None) -> str:
    """Why a lot ended without some of its rows."""
    lines = [line for line in str(error or "").strip().splitlines() if line.strip()]
    reason = lines[-1].strip().rstrip(".") if lines else "a report without a result"
    return f"Ray gave the run up ({reason})."


def _unread(task: Task, reason: str | None) -> Row:
    """The row of a report that nobody has read; a reason ends the run."""
    return row_of(task, Outcome("waiting", task.digests, reason), "", None, "final" if reason else None)
