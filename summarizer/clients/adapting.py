"""How an endpoint has to be asked: the answer mode and the parameters that it takes.

What an endpoint refuses or ignores is found out with the first real request, remembered for the endpoint and
model, and tried upwards again after four weeks. The requests of finding out are counted in the reply's usage, and are
apart from what a part of a report may cost.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from summarizer.clients.base import AnswerSchema, Memory, Message, Reply, Sender
from summarizer.clients.refusals import ways_after, ways_after_vague
from summarizer.clients.ways import Ways, first_ways, from_text, request_of, to_text
from summarizer.errors import BudgetError, EndpointError
from summarizer.lenientjson import find_object, without_thinking
from summarizer.model import Usage
from summarizer.settings import Settings

MOST_TRIES = 12  # requests of one call: every mode, every parameter once, the limit raised once
KEPT = timedelta(weeks=4)
_WEAK = 2  # useless answers in a row that a mode that has worked may give before another is tried


def memory_name(settings: Settings) -> str:
    """The name under which an endpoint and model are remembered; the address may hold a key, so it is not in it."""
    whole = f"{settings.address}\n{settings.model}"
    return f"ways:{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


class Adapting:
    """A client that asks a sender in the way that the endpoint is known to take.

    Until an endpoint is known the first request finds out, and others wait for its result.
    """

    def __init__(self, sender: Sender, settings: Settings, memory: Memory, today: Callable[[], date] = date.today):
        self._sender = sender
        self._settings = settings
        self._memory = memory
        self._today = today
        recalled = known_ways(settings, memory, today())
        self._ways = recalled or first_ways(settings)
        self._proven = recalled is not None  # whether it has worked in these ways
        self._remembered = recalled
        self._exhausted = False  # whether every mode was tried without success
        self._weak = 0
        self._probing: asyncio.Future[None] | None = None

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        """The reply, in whatever way it has to be asked for. Raises EndpointError or BudgetError."""
        if self._proven or self._exhausted:
            return await self._ask(messages, schema)
        if self._probing is not None:
            await self._probing
            return await self._ask(messages, schema)
        self._probing = asyncio.get_running_loop().create_future()
        try:
            return await self._ask(messages, schema)
        finally:
            self._probing.set_result(None)
            self._probing = None

    async def close(self) -> None:
        await self._sender.close()

    async def _ask(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        shared = ways = self._ways
        spent = Usage()
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                reply = await self._sender.send(request_of(ways, messages, schema))
            except EndpointError as error:
                spent += Usage(requests=error.requests)
                following = self._after_refusal(ways, shared, error)
                if following is None or not tries_left:
                    error.requests = spent.requests
                    raise
            except BudgetError as error:
                error.requests += spent.requests
                raise
            else:
                spent += reply.usage
                following = self._after_reply(ways, reply, schema)
                if following is None or not tries_left:
                    return replace(reply, usage=spent, read_tokens=reply.usage.prompt_tokens)
            if following is self._ways:
                shared = following
            ways = following
        raise AssertionError("the last try returns or raises")

    # --- what is learned ---------------------------------------------------------------------

    def _after_refusal(self, ways: Ways, shared: Ways, error: EndpointError) -> Ways | None:
        """The ways to ask in after a refusal; None where it is not about the way of asking."""
        if ways is shared and self._ways is not shared:
            return self._ways  # another request has found out in the meantime
        if named := ways_after(ways, error):
            if ways is shared:
                self._ways = named
            return named
        if self._proven or self._exhausted:
            return None
        following = ways_after_vague(ways, error)
        self._exhausted = following is None
        return following

    def _after_reply(self, ways: Ways, reply: Reply, schema: AnswerSchema) -> Ways | None:
        """The ways to ask in where a reply is none; None where it is to be given back."""
        if reply.finish == "length" and not without_thinking(reply.content).strip():
            raised = ways.raised(self._settings.answer_limit)
            if raised and ways == self._ways:
                self._ways = raised
            return raised
        if reply.refusal or reply.finish in ("length", "content_filter"):
            return None
        if is_usable(reply, schema):
            self._succeeded(ways)
            return None
        self._weak += 1
        if self._exhausted or (self._proven and self._weak <= _WEAK):
            return None
        below = ways.below()
        self._exhausted = below is None
        return below

    def _succeeded(self, ways: Ways) -> None:
        self._weak = 0
        self._proven, self._exhausted = True, False
        if ways != self._ways:
            self._ways = ways
        if ways != self._remembered:
            self._remembered = ways
            remember_ways(ways, self._settings, self._memory, self._today())


def known_ways(settings: Settings, memory: Memory, today: date) -> Ways | None:
    """What is remembered of an endpoint, unless it is older than four weeks: then all is tried anew."""
    text = memory.recall(memory_name(settings))
    known = from_text(text) if text else None
    if known is None:
        return None
    ways, found = known
    try:
        old = today - date.fromisoformat(found) > KEPT
    except ValueError:
        return None
    if old:
        return None
    limit = max(ways.limit, settings.answer_limit)
    return replace(ways, limit=min(limit, ways.ceiling or limit))


def remember_ways(ways: Ways, settings: Settings, memory: Memory, today: date) -> None:
    """Remembers ways that have worked; the limit of an answer only where it is larger than the usual."""
    raised = ways.limit if ways.limit > settings.answer_limit else 0
    memory.remember(memory_name(settings), to_text(replace(ways, limit=raised), today.isoformat()))


def is_usable(reply: Reply, schema: AnswerSchema) -> bool:
    """Whether there is an object with any of the schema's keys in a reply, whatever stands around it."""
    keys = schema.schema.get("properties", {})
    try:
        value = find_object(reply.content, keys).value
    except ValueError:
        return False
    return isinstance(value, dict) and (bool(set(value) & set(keys)) or not keys)
