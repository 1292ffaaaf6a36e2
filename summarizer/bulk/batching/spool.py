"""Requests into files of the Batch API's form, each within its bounds."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from summarizer.bulk.batching.rules import Bounds, vocabulary
from summarizer.bulk.batching.state import BatchState, Noted
from summarizer.bulk.runner import Stop
from summarizer.clients.base import Request
from summarizer.clients.estimating import likely_tokens
from summarizer.clients.wire import body_of

FOLDER = "batches"


@dataclass(slots=True)
class Spool:
    """Writes the requests of one pass over the reports, which all ask in the same `ways`.

    A file is noted in the run's state when it is whole and on disk. `bounds` are those of one file, `tokens` the
    prompt tokens that one may hold, where that is known to be bounded; `left` are the US dollars that may be asked for.
    Where the disk is full the run is stopped, and what was not yet noted is written again by the next one.
    """

    out: Path
    state: BatchState
    bounds: Bounds
    ways: str
    model: str | None
    stop: Stop
    tokens: int | None = None
    left: Decimal | None = None
    refused: int = 0
    taken: int = 0
    _open: _File | None = None

    def holds(self, key: str) -> bool:
        """Whether a request is in the file that is being written."""
        return self._open is not None and key in self._open.noted

    def add(self, noted: Noted, request: Request, worst: Decimal) -> bool:
        """Takes a request in; whether money and disk allow it."""
        if self.left is not None:
            if worst > self.left:
                self.refused += 1
                return False
            self.left -= worst
        line, tokens = line_of(noted.key, request, self.model), likely_tokens(request)
        try:
            self._write(noted, line, tokens, worst)
        except OSError as error:
            self._full(error)
            return False
        self.taken += 1
        return True

    def _write(self, noted: Noted, line: bytes, tokens: int, worst: Decimal) -> None:
        if self._open is not None and not self._fits(self._open, line, tokens):
            self.seal()
        if self._open is None:
            self._open = _File.new(self.out)
        self._open.add(noted, line, tokens, worst)

    def _full(self, error: OSError) -> None:
        self.drop()
        self.stop(f"{self.out} cannot be written ({error.strerror}); make room, and run the same command again.")

    def _fits(self, file: _File, line: bytes, tokens: int) -> bool:
        within = len(file.noted) < self.bounds.requests and file.size + len(line) <= self.bounds.bytes
        return within and (self.tokens is None or file.tokens + tokens <= self.tokens)

    def seal(self) -> None:
        """Notes the file that is being written, if there is one."""
        if (file := self._open) is None:
            return
        try:
            file.close()
        except OSError as error:
            self._full(error)
        else:
            self._open = None
            self.state.write(file.mark, file.noted.values(), file.tokens, file.worst, self.ways)

    def drop(self) -> None:
        """Throws the file away that is being written."""
        if self._open is not None:
            file, self._open = self._open, None
            with suppress(OSError):
                file.file.close()
            path_of(self.out, file.mark).unlink(missing_ok=True)


@dataclass(slots=True)
class _File:
    """A file that is being written."""

    mark: str
    file: BinaryIO
    size: int = 0
    tokens: int = 0
    worst: Decimal = Decimal(0)
    noted: dict[str, Noted] = field(default_factory=dict)

    @classmethod
    def new(cls, out: Path) -> _File:
        mark = secrets.token_hex(8)
        path = path_of(out, mark)
        path.parent.mkdir(exist_ok=True)
        return cls(mark, path.open("wb"))

    def add(self, noted: Noted, line: bytes, tokens: int, worst: Decimal) -> None:
        self.file.write(line)
        self.size += len(line)
        self.tokens += tokens
        self.worst += worst
        self.noted[noted.key] = noted

    def close(self) -> None:
        """Closes it with all of it on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


def line_of(key: str, request: Request, model: str | None) -> bytes:
    """A request as a line of a batch file; `key` has 64 characters, the most that a custom_id may have."""
    body = body_of(request, model)
    body |= body.pop("extra_body", {})  # the SDK's name for what an endpoint has of its own
    whole = {"custom_id": key, "method": "POST", "url": vocabulary()["endpoint"], "body": body}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # a half character is written as JSON escapes it


def path_of(out: Path, mark: str) -> Path:
    """Where a batch's file is, until it is collected."""
    return out / FOLDER / name_of(mark)


def name_of(mark: str) -> str:
    """The name of a batch's file, here and at the endpoint."""
    return f"summarizer-{mark}.jsonl"


def endpoint_digest(address: str) -> str:
    """Tells endpoints apart without writing an address down, which may hold a password."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]
