"""Whether an endpoint read the whole prompt, found out by measuring and not by trusting a ratio.

Local servers drop the front of a prompt that is longer than their context, the instructions first, and answer as
if nothing had happened. What they report as prompt tokens gives it away, but tokenizers differ, and some servers
leave out what their cache held. So what looks short is only a suspicion. It is settled by one more request: the
same prompt made longer, with a beginning that no cache can know. A server that read the first one whole reports
more tokens for it; one that cuts reports as many as before. See docs/interop.md.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from summarizer.clients.base import Message, Reply
from summarizer.errors import ContextError, EndpointError, EngineError
from summarizer.tokens import count_tokens

Send = Callable[[Sequence[Message]], Awaitable[Reply]]
"""Sends one request and counts what it costs."""

_TOKENS_PER_CHARACTER = 0.6  # of marked text, by the tokenizer that we count with (0.59 to 0.65 on the sample reports)
_FEW = 0.85  # of our count: tokenizers of other models need 1.04 to 1.7 times as many tokens as ours (docs/interop.md)
_LEAST = 256  # tokens told: no context is smaller; a prompt of thousands then lay in a cache that is not counted
_LONGER = 1.15  # a prompt that is so much longer than another one …
_GROWTH = 0.7  # … is told to have so much of the difference at least (0.79 for the least alike texts of a tokenizer)
_DIFFERENT = 1.03  # prompts that differ by so much are rarely told as equally long by a server that reads them whole
_ROUND, _NEAR = 1024, 2  # contexts are multiples of 1,024: a count at one, or this near to it, may be a full context
_PADDING = 2000  # tokens by which the longer prompt is longer at least, for an endpoint that counts the schema as well
_GROWN = 1.08  # times the tokens told before: fewer, and the longer prompt was not read longer
_AT = 1.01  # a count so near to a known context is that of a full one
_REFUSALS = frozenset({400, 413, 422})  # an endpoint that says that a prompt is too long does not cut in silence
_PROBES = 3  # a run at most

_SETTINGS = (
    "Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH; llama.cpp: --ctx-size; vLLM: --max-model-len; LM Studio: context length"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One reply: the tokens told as read, those told as cached, about how many we sent, and what."""

    told: int
    cached: int
    sent: float
    messages: Sequence[Message]

    def exact(self) -> _Seen:
        """The same with our tokens counted: 15 ms, so only where the estimate looks odd."""
        return replace(self, sent=sum(count_tokens(m.content) for m in self.messages))


class ContextWatch:
    """Watches the prompt tokens that an endpoint reports in a run. One object a run, shared by all parts."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []
        self._lock = asyncio.Lock()
        self._probes = 0
        self._cleared = 0.0  # prompts of so many tokens are known to be read whole
        self._context: int | None = None  # tokens that the endpoint reads, once it is known to cut

    async def check(self, messages: Sequence[Message], reply: Reply, send: Send) -> None:
        """Raises ContextError where the endpoint dropped a part of the prompt. `send` is for the one more request."""
        told = reply.read_tokens or reply.usage.prompt_tokens  # usage may be that of several requests
        seen = _Seen(told, reply.usage.cached_tokens, _about(messages), messages)
        if seen.told < _LEAST:
            return
        suspicious = self._is_suspicious(seen)
        self._seen.append(seen)
        if not suspicious:
            return
        async with self._lock:
            if self._context is None and seen.sent > self._cleared and self._probes < _PROBES:
                await self._measure(messages, seen, send)
        if self._context is not None and seen.told <= _GROWN * self._context:
            sent = int(seen.exact().sent)
            raise ContextError(
                f"the endpoint read {seen.told:,} tokens of a prompt of {sent:,} or more, and no more of a longer one; "
                f"make its context larger ({_SETTINGS})"
            )

    def _is_suspicious(self, seen: _Seen) -> bool:
        """Whether a count may be that of a cut prompt. Being wrong here costs one request a run, and nothing else."""
        if self._context is not None and seen.told * _AT >= self._context:
            return True
        if min(seen.told % _ROUND, -seen.told % _ROUND) <= _NEAR or any(
            _is_flat(seen, other) and _is_flat(seen.exact(), other.exact()) for other in self._seen
        ):
            return True
        told = seen.told + seen.cached  # gateways count what was cached within prompt tokens or beside them
        if told >= _FEW * seen.sent:
            return False
        return told < _FEW * seen.exact().sent

    async def _measure(self, messages: Sequence[Message], seen: _Seen, send: Send) -> None:
        """Asks with a longer prompt; notes the endpoint's context, or that it reads prompts of this length whole."""
        self._probes += 1
        try:
            reply = await send(_longer(messages, seen))
        except EndpointError as error:
            if error.status in _REFUSALS:
                self._cleared = max(self._cleared, seen.sent)
            return
        except EngineError:
            return  # nothing is proven: the next suspicion asks again
        told = reply.read_tokens or reply.usage.prompt_tokens
        if seen.told / 2 <= told <= _GROWN * seen.told:
            self._context = max(told, seen.told)
        elif told > seen.told:
            self._cleared = max(self._cleared, seen.sent)


def _is_flat(one: _Seen, other: _Seen) -> bool:
    """Whether of two prompts the longer one was told with too few tokens more."""
    low, high = sorted((one, other), key=lambda seen: seen.sent)
    if high.sent > _DIFFERENT * low.sent and high.told == low.told:
        return True
    if high.sent != one.sent:
        return False  # that one was judged in its time
    return high.sent > _LONGER * low.sent and high.told - low.told < _GROWTH * (high.sent - low.sent)


def _about(messages: Sequence[Message]) -> float:
    """About how many tokens a prompt has: exact for the instructions, which stay the same, by length for the rest."""
    return sum(
        count_tokens(m.content) if m.role == "system" else _TOKENS_PER_CHARACTER * len(m.content) for m in messages
    )


def _longer(messages: Sequence[Message], seen: _Seen) -> tuple[Message, ...]:
    """The prompt with a first word that only it has, and half as long again."""
    system, *rest, user = messages
    mark = hashlib.sha256("\n".join(m.content for m in messages).encode()).hexdigest()[:16]
    wanted = int(max(seen.sent / 2, _PADDING) / _TOKENS_PER_CHARACTER)
    padding = (user.content * (wanted // max(1, len(user.content)) + 1))[:wanted]
    words = f"{user.content}\n\n{padding}\n\nThis only measures how much is read: answer with five empty lists."
    return Message(system.role, f"{mark}\n{system.content}"), *rest, Message(user.role, words)
