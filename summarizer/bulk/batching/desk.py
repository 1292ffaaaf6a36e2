"""The run's side of an endpoint's batches: sends what is written, looks how it stands, collects what has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from summarizer.bulk.batching.collecting import Collector
from summarizer.bulk.batching.money import Funds
from summarizer.bulk.batching.rules import crowded_limit, has_ended, is_crowded, vocabulary
from summarizer.bulk.batching.spool import FOLDER, name_of, path_of
from summarizer.bulk.batching.state import Batch, BatchState
from summarizer.bulk.runner import Stop
from summarizer.clients.openai_batches import OpenAIBatches, Told
from summarizer.clients.store import ReplyStore
from summarizer.errors import EndpointError, InputError
from summarizer.settings import Settings

Sleep = Callable[[float], Awaitable[None]]
Say = Callable[[str], None]
_Result = TypeVar("_Result")
_FIRST_WAIT, _LONGEST_WAIT, _GROWTH = 5.0, 300.0, 1.5  # seconds between two looks
_SLICE = 1.0  # seconds after which a wait notices that the run is to stop
_MISSES = 24  # looks in a row that may fail: two hours at the longest wait


@dataclass(slots=True)
class Desk:
    """Works until nothing is under way, or the run is to stop: then `stop` says why, and all that is noted stays.

    `say` is told what happens, `sleep` waits.
    """

    settings: Settings
    out: Path
    state: BatchState
    store: ReplyStore
    funds: Funds
    endpoint: OpenAIBatches
    stop: Stop
    say: Say
    sleep: Sleep = asyncio.sleep
    today: Callable[[], date] = date.today
    _told: str = ""
    _misses: int = 0

    async def check(self) -> None:
        """Stops the run where the endpoint has no batches, or cannot be asked."""
        try:
            await self._tried(self.endpoint.check)
        except EndpointError as error:
            self.stop(str(error))

    async def settle(self) -> None:
        """Sends what is written and waits for all that is under way. Raises InputError where the disk is full."""
        wait = _FIRST_WAIT
        try:
            while not self.stop.wanted:
                await self._send()
                flying = self.state.batches("sent")
                if not flying or self.stop.wanted:
                    return
                if await self._look(flying):
                    wait = _FIRST_WAIT
                    continue
                await self._wait(wait)
                wait = min(_LONGEST_WAIT, wait * _GROWTH)
        except EndpointError as error:
            self.stop(f"{error}{'' if str(error).endswith('.') else '.'} Run the same command again to go on.")
        except OSError as error:
            raise InputError(f"{self.out} cannot be written ({error.strerror}); make room, and run again.") from error

    # --- sending -----------------------------------------------------------------------------

    async def _send(self) -> None:
        """Sends the files that are written, as far as the queue there is known to take them."""
        for batch in self.state.batches("written", "uploading", "uploaded", "creating"):
            if self.stop.wanted:
                return
            queued = sum(other.tokens for other in self.state.batches("sent"))
            room = self.state.fact("queue")
            if queued and room is not None and queued + batch.tokens > int(room):
                return
            await self._submit(batch)

    async def _submit(self, batch: Batch) -> None:
        path, host = path_of(self.out, batch.mark), self.settings.host
        if batch.file is None and not path.is_file():
            self.state.give_up(batch)
            return
        left = self.funds.left()
        if left is not None and left < 0 and batch.step != "creating":
            self.stop(self.funds.refusal(batch.lines))
            return
        file = batch.file
        if file is None:
            if batch.step == "uploading":  # the run that began this was killed: it may have come to its end
                file = await self._tried(lambda: self.endpoint.uploaded(name_of(batch.mark)))
            else:
                self.state.step(batch, "uploading")
            file = file or await self._tried(lambda: self.endpoint.upload(path, name_of(batch.mark)))
            self.state.step(batch, "uploaded", file=file)
        told = await self._created(replace(batch, file=file), batch.step == "creating")
        self.state.step(batch, "sent", name=told.name)
        self.say(f"A batch of {batch.lines:,} requests is under way at {host} ({told.name}).")

    async def _created(self, batch: Batch, begun: bool) -> Told:
        """The batch of a file: that which there is, where one may have been made, else a new one."""
        file = batch.file or ""
        may_exist = begun

        async def make() -> Told:
            nonlocal may_exist
            if may_exist and (found := await self.endpoint.created(file)):
                return found
            may_exist = True
            return await self.endpoint.create(file, vocabulary()["endpoint"], batch.mark)

        self.state.step(batch, "creating")
        try:
            return await self._tried(make)
        except EndpointError as error:
            if error.status is not None and error.status < 500:
                self.state.step(batch, "uploaded")
            raise

    async def _tried(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """The result of some work, tried again where that can help."""
        for left in reversed(range(self.settings.attempts)):
            try:
                return await work()
            except EndpointError as error:
                if not error.retryable or not left or self.stop.wanted:
                    raise
                await self._wait(error.retry_after or 2.0 ** (self.settings.attempts - left))
        raise AssertionError("the last try returns or raises")

    # --- looking -----------------------------------------------------------------------------

    async def _look(self, flying: list[Batch]) -> bool:
        """Looks at every batch and collects those that have ended; whether any has."""
        some, done = False, 0
        for batch in flying:
            try:
                told = await self.endpoint.look(batch.name or "")
            except EndpointError as error:
                self._miss(batch, error)
                return some
            self._misses = 0
            if told.done + told.failed != batch.done:
                self.state.done(batch, told.done + told.failed)
            done += told.done + told.failed
            if has_ended(told.status):
                await self._collect(batch, told)
                some = True
            if self.stop.wanted:
                return some
        line = f"{done:,} of {sum(batch.lines for batch in flying):,} requests under way are done."
        if line != self._told and not some:
            self._told = line
            self.say(line)
        return some

    def _miss(self, batch: Batch, error: EndpointError) -> None:
        """A look that failed. The endpoint may be away for hours, and what is under way there goes on."""
        if error.status == 404:
            raise self._unknown(f"the batch {batch.name}")
        self._misses += 1
        if not error.retryable or self._misses >= _MISSES:
            raise error
        if self._misses == 1:
            self.say(f"{error} It is asked again.")

    def _unknown(self, what: str) -> EndpointError:
        return EndpointError(
            f"{self.settings.host} does not know {what}: give the key of the account or project that made it, or "
            f"delete {self.state.path} to give up what is under way."
        )

    async def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self.stop.wanted:
            await self.sleep(min(seconds, _SLICE))
            seconds -= _SLICE

    # --- collecting --------------------------------------------------------------------------

    async def _collect(self, batch: Batch, told: Told) -> None:
        if told.status == "failed" and not told.output_file:
            self._refused(batch, told)
            return
        files = []
        for number, file in enumerate(name for name in (told.output_file, told.error_file) if name):
            target = self.out / FOLDER / f"{batch.mark}-{number}.out"
            target.parent.mkdir(exist_ok=True)
            await self._download(file, target)
            files.append(target)
        collector = Collector(self.settings, self.store, self.state, self.funds, batch, self.today())
        found = await asyncio.to_thread(collector.collect, files)
        for path in (*files, path_of(self.out, batch.mark)):
            path.unlink(missing_ok=True)
        self.say(f"The batch {batch.name} has ended ({told.status}): {found.line()}.")
        if batch.file is not None:
            await self.endpoint.delete(batch.file)
        if found.stop is not None:
            self.stop(f"{found.stop} What was answered is kept: run the same command again to go on.")
        elif told.status == "cancelled":
            self.stop(f"somebody cancelled the batch {batch.name}; run the same command again to ask for the rest.")

    async def _download(self, file: str, target: Path) -> None:
        try:
            await self._tried(lambda: self.endpoint.download(file, target))
        except EndpointError as error:
            raise self._unknown(f"the file {file} of a batch's answers") if error.status == 404 else error from None

    def _refused(self, batch: Batch, told: Told) -> None:
        """A batch that was refused as a whole, so that nothing of it was worked on or paid for."""
        code, message = told.errors[0] if told.errors else ("", "")
        self.state.give_up(batch, was_sent=True)
        path_of(self.out, batch.mark).unlink(missing_ok=True)
        queued = sum(other.tokens for other in self.state.batches("sent"))
        if is_crowded(code) and (queued or batch.lines > 1):
            room = crowded_limit(message) or queued or batch.tokens
            self.state.note("queue", str(max(1, room if queued else min(room, batch.tokens // 2))))
            self.say(f"{self.settings.host} takes fewer requests at a time; the {batch.lines:,} of a batch are split.")
            return
        words = message or code or "it gave no reason"
        self.stop(
            f"{self.settings.host} refused a batch of {batch.lines:,} requests ({words}); nothing of it was paid for. "
            "Mend that, and run the same command again."
        )


def cost_line(state: BatchState, usd: Decimal | None) -> str:
    """What a run of batches came to."""
    batches, requests = state.sums()
    cost = "" if usd is None else f"; ${usd:.4f}, half of what the same costs one by one"
    return f"Batches: {batches:,}, with {requests:,} requests{cost}."
