"""What the clients of a run share, as they see it: it may be in their own process, or elsewhere."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Protocol

from summarizer.clients.gate import Passage
from summarizer.clients.headers import Told
from summarizer.clients.kept import Kept


class Crowd(Protocol):
    """Whoever decides how many requests may be in flight, from how the endpoint fares (concurrency.py)."""

    def answered(self, seconds: float) -> None: ...

    def crowded(self) -> None: ...


class Admission(Protocol):
    """Whoever lets requests pass, and is told what came back (gate.py)."""

    @property
    def concurrency(self) -> Crowd: ...

    def passage(self, tokens: int, time_left: float | None) -> AbstractAsyncContextManager[Passage]: ...

    def correct(self, more_tokens: int) -> None: ...

    def heed(self, told: Told) -> None: ...

    def pause(self, seconds: float) -> None: ...

    async def rest(self) -> None: ...

    def end(self, why: str) -> None: ...


class Money(Protocol):
    """Whoever holds the budget (purse.py)."""

    @property
    def spent(self) -> Decimal: ...

    async def set_aside(self, worst: Decimal) -> None: ...

    def settle(self, worst: Decimal, cost: Decimal) -> None: ...


class Replies(Protocol):
    """Whoever keeps replies, and what endpoints can do (store.py). May be called from any thread."""

    def now(self) -> int: ...

    def find(self, key: str) -> Kept | None: ...

    def keep(self, key: str, kept: Kept) -> bool: ...

    def forget(self, key: str) -> None: ...

    def recall(self, name: str) -> str | None: ...

    def remember(self, name: str, value: str) -> None: ...

    def close(self) -> None: ...
