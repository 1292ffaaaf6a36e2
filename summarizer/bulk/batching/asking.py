"""A client that sends nothing: what a batch answered is there, what nobody has answered is written down to be asked.

A report is read as often as it takes, each time with all that was answered before, until nothing is new: the
reading is the same as in a direct run, and holds nothing while it waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from summarizer.bulk.batching.money import Funds
from summarizer.bulk.batching.spool import Spool
from summarizer.bulk.batching.state import Asked, BatchState, Noted
from summarizer.clients.base import AnswerSchema, Message, Reply
from summarizer.clients.kept import Kept
from summarizer.clients.store import ReplyStore
from summarizer.clients.storing import request_key
from summarizer.clients.ways import Ways, request_of
from summarizer.errors import EndpointError
from summarizer.model import Usage
from summarizer.settings import Settings

MOST_ROUNDS = 10  # that one report may ask in: the engine's own bounds end a part after eight, the overview is one more
MOST_TRIES = 12  # batches that one request may be in; what fails in passing is bounded by --attempts below it
_STORED = Usage(stored=1)


class Pending(Exception):  # noqa: N818 no error: nothing went wrong
    """A request has no answer yet. No EngineError, which an engine would take for a failure and read by rules."""


@dataclass(slots=True)
class Session:
    """One report's reading in one pass: its name, the answers whose cost it counts, and those to let go of."""

    report: str
    paid: dict[str, Usage] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)

    @property
    def usage(self) -> Usage:
        return sum(self.paid.values(), Usage())


_session: ContextVar[Session] = ContextVar("session")


@dataclass(slots=True)
class Asking:
    """The client of all reports of one pass. `ways` are those in which all its requests are asked.

    A reply that a batch paid for is counted as paid in the brief of the first report that ends with it, once;
    later it counts as stored, as one of an earlier run does from the beginning.
    """

    settings: Settings
    store: ReplyStore
    state: BatchState
    spool: Spool
    funds: Funds
    ways: Ways
    _claimed: dict[str, str] = field(default_factory=dict)  # key to the report that counts its cost
    _ended: list[Session] = field(default_factory=list)

    @contextmanager
    def session(self, report: str) -> Iterator[Session]:
        """What is asked inside is asked for a report."""
        opened = Session(report)
        token = _session.set(opened)
        try:
            yield opened
        finally:
            _session.reset(token)

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        """The reply that is kept. Raises Pending where there is none yet, EndpointError where the request failed."""
        session = _session.get()
        key = request_key(messages, schema, self.settings)
        kept = await asyncio.to_thread(self.store.find, key)
        asked = self.state.request(key)  # after the wait: others note and seal meanwhile
        if kept is not None and self._serves(kept, asked):
            return self._reply(kept, asked, session)
        if asked is not None and asked.failure is not None:
            raise self._failure(asked, session)
        if not self.spool.holds(key) and (asked is None or asked.state != "asked"):
            self._note(key, messages, schema, session, asked.tries if asked else 0)
        raise Pending

    async def forget(self, messages: Sequence[Message], schema: AnswerSchema) -> None:
        """Lets go of a reply when the report has ended: before, it would be asked for again."""
        _session.get().forgotten.add(request_key(messages, schema, self.settings))

    async def close(self) -> None:
        """What is open is not ours."""

    def _serves(self, kept: Kept, asked: Asked | None) -> bool:
        """Whether a kept reply is the answer; one of an earlier run that holds none may be asked for again."""
        is_new = asked is not None and asked.state == "answered"
        return is_new or kept.is_answer or not self.settings.retry_failed

    def _reply(self, kept: Kept, asked: Asked | None, session: Session) -> Reply:
        usage = self._paid(asked, session) or _STORED
        return Reply(kept.content, kept.finish, kept.refusal, usage, read_tokens=kept.prompt_tokens if asked else 0)

    def _failure(self, asked: Asked, session: Session) -> EndpointError:
        assert asked.failure is not None
        error = EndpointError(asked.failure.message, status=asked.failure.status)
        error.requests = (self._paid(asked, session) or Usage()).requests
        return error

    def _paid(self, asked: Asked | None, session: Session) -> Usage | None:
        """The cost of an answer, for whoever asks first; None where it was counted before."""
        if asked is None or asked.counted:
            return None
        if self._claimed.setdefault(asked.key, session.report) != session.report or asked.key in session.paid:
            return None
        session.paid[asked.key] = asked.usage
        return asked.usage

    def _note(self, key: str, messages: Sequence[Message], schema: AnswerSchema, session: Session, tries: int) -> None:
        if tries >= MOST_TRIES:
            raise EndpointError(f"not asked again: it was asked {tries} times, and no answer is kept")
        rounds = self.state.rounds(session.report) + 1
        if rounds > MOST_ROUNDS:
            raise EndpointError(f"not asked: {MOST_ROUNDS} rounds of batches were not enough for this report")
        request = request_of(self.ways, messages, schema)
        self.spool.add(Noted(key, session.report, rounds), request, self.funds.worst(request))

    # --- reports that have ended --------------------------------------------------------------

    def waits(self, session: Session) -> None:
        """A report waits: who ends before it may count what both asked for."""
        for key in session.paid:
            del self._claimed[key]

    def ends(self, session: Session) -> None:
        """A report has ended; its cost is noted as counted when the ledger has noted that."""
        self._ended.append(session)

    def close_pass(self) -> None:
        """All reports of the pass are noted in the ledger."""
        self.state.count(key for session in self._ended for key in session.paid)
        for session in self._ended:
            for key in session.forgotten:
                self.store.forget(key)
        self._ended.clear()
