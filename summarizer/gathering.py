"""Several things under way at once, each to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


async def all_of(coroutines: Iterable[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """Their results in order. Where some fail, the first error is raised when the last has ended.

    So nobody goes on unwatched behind an error, and whoever has something to ask has asked it.
    """
    results: list[_Result] = []
    for ended in await asyncio.gather(*coroutines, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
        results.append(ended)
    return results
