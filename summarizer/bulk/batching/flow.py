"""The flow of those who can wait: requests go as files of the OpenAI Batch API, at half the price.

A pass reads every report as far as its answers are there and writes down what it asks next; the reports wait,
holding nothing. When all that was asked has come back, the next pass goes on, until nothing is new: repairs are a
second batch, overviews one more.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from summarizer.bulk import workers
from summarizer.bulk.batching.asking import Asking, Pending, Session
from summarizer.bulk.batching.desk import Desk, Say, Sleep, cost_line
from summarizer.bulk.batching.money import Funds
from summarizer.bulk.batching.rules import Bounds, api_bounds
from summarizer.bulk.batching.spool import FOLDER, Spool, endpoint_digest, path_of
from summarizer.bulk.batching.state import BatchState, under_way
from summarizer.bulk.job import REPLIES, Job
from summarizer.bulk.pool import Pool
from summarizer.bulk.runner import Stop
from summarizer.bulk.states import Digests, Outcome
from summarizer.bulk.troubles import MOST_FAILURES
from summarizer.clients.adapting import known_ways
from summarizer.clients.openai_batches import OpenAIBatches
from summarizer.clients.store import Bounds as StoreBounds
from summarizer.clients.store import ReplyStore
from summarizer.clients.ways import first_ways, from_text, to_text
from summarizer.correcting.fixes import fixes_beside
from summarizer.errors import EndpointError, InputError, SummarizerError
from summarizer.pipeline import Summarizer

_AHEAD = 3  # reports a process that are handed out, so that none waits for the next
_UNBOUNDED = StoreBounds(kept=2**44, file=2**45)  # what is paid for and not yet used must not drive itself out
_WAITS = "its answers are awaited from a batch"


@dataclass(slots=True)
class BatchFlow:
    """A flow whose reports may wait, and are read again for as long as `again` says so.

    `sleep` waits between two looks at what is under way, `bounds` are those of a file, `pool` reads and writes.
    """

    job: Job
    summarizer: Summarizer
    stop: Stop
    say: Say
    sleep: Sleep = asyncio.sleep
    bounds: Bounds = field(default_factory=api_bounds)
    pool: Pool | None = None
    _failures: int = 0
    _over: bool = False
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _pool: Pool = field(init=False)
    _state: BatchState = field(init=False)
    _store: ReplyStore = field(init=False)
    _desk: Desk = field(init=False)
    _asking: Asking = field(init=False)
    _reader: Summarizer = field(init=False)

    def __post_init__(self) -> None:
        self._pool = self.pool or Pool(self.job)

    @property
    def width(self) -> int:
        return self.job.jobs * _AHEAD

    async def __aenter__(self) -> BatchFlow:
        try:
            await self._begin()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def _begin(self) -> None:
        self._open.callback(self._pool.close)
        settings, out = self.summarizer.settings, self.job.out
        self._state = BatchState(out)
        self._open.callback(self._state.close)
        self._store = ReplyStore(settings.cache_file or out / REPLIES, _UNBOUNDED)
        self._open.callback(self._store.close)
        endpoint = OpenAIBatches(settings)
        self._open.push_async_callback(endpoint.close)
        funds = Funds(settings, self._state)
        self._desk = Desk(settings, out, self._state, self._store, funds, endpoint, self.stop, self.say, self.sleep)
        self._take_up()
        await self._desk.check()
        await self._desk.settle()
        self._new_pass()

    def _take_up(self) -> None:
        """Goes on with what an earlier run left. Raises InputError where that is under way elsewhere."""
        state, settings = self._state, self.summarizer.settings
        digest = endpoint_digest(settings.address)
        if state.batches("uploading", "uploaded", "creating", "sent") and state.fact("endpoint") != digest:
            flying = under_way(self.job.out) or f"Requests are on their way to {state.fact('host')}"
            raise InputError(
                f"{flying}, which is not this "
                f"address; run with that --base-url to collect them, or delete {state.path} to give them up."
            )
        state.note("endpoint", digest)
        state.note("host", settings.host or "")
        for batch in state.batches("written"):  # of a pass that did not come to its end
            state.give_up(batch)
        kept = {path_of(self.job.out, b.mark) for b in state.batches("uploading", "uploaded", "creating", "sent")}
        for path in (self.job.out / FOLDER).glob("*"):
            if path not in kept:
                path.unlink(missing_ok=True)
        if self.job.retry_failed:
            state.forget_failures()

    def _new_pass(self) -> None:
        """What the next pass asks with: a client, and a reader that has it."""
        settings, state = self.summarizer.settings, self._state
        learned, today = state.fact("ways"), date.today()
        known = known_ways(settings, self._store, today)
        if known is not None and state.fact("proven") is None:
            state.note("proven", to_text(known, today.isoformat()))
        ways = (from_text(learned) or (None, ""))[0] if learned else known
        ways = ways or first_ways(settings)
        queue = state.fact("queue")
        funds = Funds(settings, state)
        spool = Spool(
            out=self.job.out,
            state=state,
            bounds=self.bounds,
            ways=learned or to_text(ways, today.isoformat()),
            model=settings.model,
            stop=self.stop,
            tokens=int(queue) if queue else None,
            left=funds.left(),
        )
        self._asking = Asking(settings, self._store, state, spool, funds, ways)
        self._reader = Summarizer.resolved(settings, self.job.terms, self.summarizer.types, client=self._asking)

    async def __aexit__(self, *error: object) -> None:
        self._asking.spool.drop()
        for batch in self._state.batches("written"):
            self._state.give_up(batch)
            path_of(self.job.out, batch.mark).unlink(missing_ok=True)
        if self.stop.wanted and (flying := under_way(self.job.out)):
            why = "interrupted" if self.stop.interrupted else (self.stop.reason or "").rstrip(".")
            self.stop.reason = f"{why}; {flying}: run the same command again, on any day, to collect them."
        over = self._over or self._state.is_empty
        await self._open.aclose()
        if over:
            self._state.path.unlink(missing_ok=True)
        folder = self.job.out / FOLDER
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    # --- reports -----------------------------------------------------------------------------

    async def read(self, path: Path, name: str, digests: Digests) -> Outcome:
        with self._asking.session(name) as session:
            outcome = await self._read(path, name, digests)
        if outcome.state == "waiting":
            self._asking.waits(session)
        else:
            self._asking.ends(session)
        return self._with_usage(outcome, session)

    async def _read(self, path: Path, name: str, digests: Digests) -> Outcome:
        try:
            prepared = await self._pool.run(workers.prepared, path)
            brief = await self._reader.brief_of(prepared, fixes_beside(path))
        except Pending:
            return Outcome("waiting", digests, _WAITS)
        except EndpointError as error:
            return self._failed(error, digests)
        except SummarizerError as error:
            return Outcome("failed", digests, str(error))
        except sqlite3.Error:
            raise  # the disk is full: that is no fault of this report
        except Exception as error:
            return workers.fault(error, digests)
        self._failures = 0
        try:
            return await self._pool.run(workers.finished, brief, name, digests)
        except InputError as error:
            return Outcome("failed", digests, str(error), usage=brief.usage)

    def _failed(self, error: EndpointError, digests: Digests) -> Outcome:
        """A report all of whose requests failed."""
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self.stop(f"{error}{'' if str(error).endswith('.') else '.'} Mend that, and give --retry-failed to go on.")
        return Outcome("waiting" if self.stop.wanted else "failed", digests, str(error))

    @staticmethod
    def _with_usage(outcome: Outcome, session: Session) -> Outcome:
        """A report that failed has no brief to tell what its answers cost."""
        return replace(outcome, usage=session.usage) if outcome.state == "failed" else outcome

    def discard(self, name: str) -> None:
        """Removes a brief that another one serves for."""
        workers.remove(self.job, name)

    # --- passes ------------------------------------------------------------------------------

    async def again(self) -> bool:
        """Asks what the reports asked in the last pass, and waits; whether they are to be read once more."""
        self._asking.close_pass()
        spool = self._asking.spool
        if self.stop.wanted:
            return False
        spool.seal()
        if not spool.taken:
            if spool.refused:
                self.stop(self._asking.funds.refusal(spool.refused))
            else:
                self._over = True
                self._say_cost()
            return False
        if spool.refused:
            self.say(f"The budget allows {spool.taken:,} requests now; {spool.refused:,} wait until those are paid.")
        await self._desk.settle()
        self._new_pass()
        return not self.stop.wanted

    def _say_cost(self) -> None:
        if self._state.sums()[0]:
            self.say(cost_line(self._state, self._state.spent or None))
