"""Replies that are kept: what was asked before is not asked again."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from summarizer.clients.base import AnswerSchema, Client, Message, Reply
from summarizer.clients.kept import Kept
from summarizer.clients.shared import Replies
from summarizer.errors import EndpointError, EngineError
from summarizer.model import Usage
from summarizer.settings import Settings

_STORED = Usage(stored=1)
_SHORTEST_SECRET = 12  # characters: shorter keys are placeholders of local servers, and words of answers


def request_key(messages: Sequence[Message], schema: AnswerSchema, settings: Settings) -> str:
    """The digest under which a reply is kept: messages, schema, address, model, and the limit of an answer.

    The address belongs to it, since two hosts may serve different models under one name. How an endpoint has to
    be asked for JSON does not, nor do waits, retries and limits: they decide when there is a reply, not which.
    Every further attempt of an engine says in its messages what was wrong with the first.
    """
    asked = {
        "messages": [[message.role, message.content] for message in messages],
        "schema": [schema.name, schema.schema],
        "address": _plain_address(settings.address),
        "model": settings.model,
        "answer_limit": settings.answer_limit,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _plain_address(address: str) -> str:
    """An address without a user's name or password, and without the slash at its end."""
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}".rstrip("/")


class Storing:
    """A client that answers from the store what it can, and keeps what another client answers.

    Replies without an answer are kept too, and asked for again where `retry_failed` says so. What failed on the
    way is not kept, and what turns out to answer a prompt that was not read whole is forgotten. Requests that are
    equal and under way at
    the same time are sent once. The store works in threads: waiting for a disk must not hold up other requests.
    """

    def __init__(self, client: Client, store: Replies, settings: Settings):
        self._client = client
        self._store = store
        self._settings = settings
        self._unkept = asyncio.Semaphore(settings.concurrency)  # a process that dies loses no more answers than these
        self._under_way: dict[str, asyncio.Future[Reply | EngineError | None]] = {}

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        """The stored reply, which costs nothing, or the client's. Raises EndpointError, BudgetError."""
        key = request_key(messages, schema, self._settings)
        while (under_way := self._under_way.get(key)) is not None:
            shared = await asyncio.shield(under_way)
            if shared is not None:  # None: who asked was cancelled, so that somebody else has to
                return _as_shared(shared)
        return await self._first(key, messages, schema)

    async def forget(self, messages: Sequence[Message], schema: AnswerSchema) -> None:
        """Lets go of a reply."""
        await asyncio.to_thread(self._store.forget, request_key(messages, schema, self._settings))

    async def close(self) -> None:
        await self._client.close()
        await asyncio.to_thread(self._store.close)

    async def _first(self, key: str, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        """The reply, which all who ask for the same meanwhile get too."""
        under_way = self._under_way[key] = asyncio.get_running_loop().create_future()
        outcome: Reply | EngineError | None = None
        try:
            outcome = await self._found(key) or await self._asked(key, messages, schema)
        except EngineError as error:
            outcome = error
            raise
        finally:
            del self._under_way[key]
            under_way.set_result(outcome)
        return outcome

    async def _found(self, key: str) -> Reply | None:
        kept = await asyncio.to_thread(self._store.find, key)
        if kept is None or (self._settings.retry_failed and not kept.is_answer):
            return None
        return Reply(kept.content, kept.finish, kept.refusal, _STORED)

    async def _asked(self, key: str, messages: Sequence[Message], schema: AnswerSchema) -> Reply:
        async with self._unkept:
            return await self._kept(key, await self._client.complete(messages, schema))

    async def _kept(self, key: str, reply: Reply) -> Reply:
        if not holds_key(reply, self._settings):
            await asyncio.to_thread(self._store.keep, key, kept_of(reply, self._settings, self._store.now()))
        return reply


def kept_of(reply: Reply, settings: Settings, now: int) -> Kept:
    """A reply as it is kept."""
    tokens = reply.usage.prompt_tokens, reply.usage.answer_tokens
    return Kept(settings.model or "", reply.content, reply.finish, reply.refusal, *tokens, now)


def holds_key(reply: Reply, settings: Settings) -> bool:
    """Whether an endpoint sent our key back: such a reply is written nowhere."""
    secret = settings.api_key or ""
    if len(secret) < _SHORTEST_SECRET:
        return False
    return any(secret in text for text in (reply.content, reply.refusal or "", reply.finish))


def _as_shared(outcome: Reply | EngineError) -> Reply:
    """A reply or an error of a request that somebody else paid for."""
    if isinstance(outcome, Reply):
        return replace(outcome, usage=_STORED)
    error = copy.copy(outcome)
    error.requests = 0
    raise error from outcome


class Offline:
    """A client that asks nobody: what the store does not hold fails."""

    def __init__(self, settings: Settings):
        self._settings = settings

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Reply:  # noqa: ARG002 the seam's
        raise EndpointError(
            f"offline, and the reply store {self._settings.cache_file} has no reply of {self._settings.model} at "
            f"{self._settings.host} to this request; run without --offline, or `summarizer cache import` the export of "
            "a run with the same report, model, address and version."
        )

    async def close(self) -> None:
        """There is nothing to close."""
