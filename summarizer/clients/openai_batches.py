"""Files and batches of the OpenAI Batch API through the SDK: sent as they stand, told as they are.

Vendor errors are translated as those of single requests are; none shows a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from summarizer.clients.openai_chat import Connected
from summarizer.clients.openai_errors import translated, without_secrets
from summarizer.errors import EndpointError

_Result = TypeVar("_Result")
_TRANSFER = 3600.0  # seconds for a file of some hundred megabytes
_LISTED = 2000  # files or batches that are looked through for one of ours, the newest first
_PAGE = 100
_ERRORS = 20  # of a batch as a whole, that are looked at
_ABSENT = frozenset({404, 405, 501})  # statuses of a path that an endpoint does not have


@dataclass(frozen=True, slots=True)
class Told:
    """What an endpoint says of a batch. `errors` are those of the batch as a whole, each with its code."""

    name: str
    status: str
    input_file: str
    output_file: str | None = None
    error_file: str | None = None
    done: int = 0
    failed: int = 0
    errors: tuple[tuple[str, str], ...] = ()


class OpenAIBatches(Connected):
    """An endpoint's files and batches. Every method raises EndpointError."""

    async def check(self) -> None:
        """Whether there are batches at all. Raises EndpointError that says what to do where there are none."""
        try:
            await self._within(self._client().batches.list(limit=1))
        except EndpointError as error:
            raise self._absent(error) from None

    async def upload(self, path: Path, name: str) -> str:
        """Sends a file of requests under a name; returns the endpoint's name of it."""
        try:
            with path.open("rb") as file:
                sent = self._client().files.create(file=(name, file), purpose="batch", timeout=_TRANSFER)
                made = await self._within(sent, _TRANSFER)
        except EndpointError as error:
            raise self._absent(error) from None
        return self._named(made)

    async def uploaded(self, name: str) -> str | None:
        """The endpoint's name of a file that was sent under a name, if it has one."""
        seen = 0
        async with self._bounded():
            async for file in self._client().files.list(purpose="batch", limit=_PAGE):
                if getattr(file, "filename", None) == name:
                    return self._named(file)
                seen += 1
                if seen >= _LISTED:
                    break
        return None

    async def create(self, file: str, endpoint: str, mark: str) -> Told:
        """Makes a batch of a file that was sent. `mark` is shown with it in the account's list of batches."""
        made = self._client().batches.create(
            input_file_id=file,
            endpoint=endpoint,  # type: ignore[arg-type]
            completion_window="24h",  # there is no other
            metadata={"summarizer": mark},
        )
        return self._told(await self._within(made))

    async def created(self, file: str) -> Told | None:
        """The batch of a file, if there is one."""
        seen = 0
        async with self._bounded():
            async for batch in self._client().batches.list(limit=_PAGE):
                if getattr(batch, "input_file_id", None) == file:
                    return self._told(batch)
                seen += 1
                if seen >= _LISTED:
                    break
        return None

    async def look(self, batch: str) -> Told:
        """How a batch stands."""
        return self._told(await self._within(self._client().batches.retrieve(batch)))

    async def download(self, file: str, target: Path) -> None:
        """Writes a file's content, however large."""
        async with self._bounded(_TRANSFER):
            answer = self._client().files.with_streaming_response.content(file, timeout=_TRANSFER)
            async with answer as response:
                with target.open("wb") as out:
                    async for piece in response.iter_bytes():
                        out.write(piece)

    async def delete(self, file: str) -> None:
        """Removes a file, where the endpoint lets us; whether it does changes nothing."""
        with suppress(EndpointError):
            await self._within(self._client().files.delete(file))

    async def _within(self, work: Awaitable[_Result], seconds: float | None = None) -> _Result:
        async with self._bounded(seconds):
            return await work

    @asynccontextmanager
    async def _bounded(self, seconds: float | None = None) -> AsyncIterator[None]:
        """A bound of time, and the vendor's errors as ours."""
        seconds = seconds or self._settings.timeout
        try:
            async with asyncio.timeout(seconds):
                yield
        except EndpointError:
            raise
        except Exception as error:
            raise translated(error, self._settings, seconds) from None

    def _absent(self, error: EndpointError) -> EndpointError:
        if error.status not in _ABSENT:
            return error
        return EndpointError(
            f"{self._settings.host} takes no batches (it answered {error.status} where they would be); leave --on "
            "batch out, and requests are sent one by one.",
            status=error.status,
        )

    def _named(self, made: Any) -> str:
        name = getattr(made, "id", None)
        if not isinstance(name, str) or not name:
            raise EndpointError(
                f"{self._settings.host} sent what is no answer of the Batch API; check OPENAI_BASE_URL."
            )
        return name

    def _told(self, batch: Any) -> Told:
        """A batch as it was sent; endpoints send what they like."""
        counts = getattr(batch, "request_counts", None)
        listed = getattr(getattr(batch, "errors", None), "data", None)
        errors = [
            (_text(each, "code"), without_secrets(_text(each, "message"), self._settings))
            for each in (listed if isinstance(listed, list) else [])[:_ERRORS]
        ]
        return Told(
            self._named(batch),
            _text(batch, "status"),
            _text(batch, "input_file_id"),
            _text(batch, "output_file_id") or None,
            _text(batch, "error_file_id") or None,
            _count(counts, "completed"),
            _count(counts, "failed"),
            tuple(errors),
        )


def _count(counts: Any, name: str) -> int:
    value = getattr(counts, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _text(node: Any, name: str) -> str:
    value = getattr(node, name, None)
    return value if isinstance(value, str) else ""
