"""Replies as a file that can be handed on: JSON lines, a header first, then one reply a line by its key.

docs/cache.md is the format's specification. What is read is data of strangers: every line is bounded and
validated alone, and a refused one is counted with its reason.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from summarizer.clients.kept import LARGEST_REPLY, Kept
from summarizer.clients.store import ReplyStore
from summarizer.errors import StoreError

LARGEST_LINE = 6 * LARGEST_REPLY + 4096  # bytes: a character takes up to six where JSON escapes it
_LATEST = 253402300799  # the last second of the year 9999
_Count = Annotated[int, Field(ge=0, le=2**53)]


class Header(BaseModel):
    """The first line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["summarizer-replies"] = "summarizer-replies"
    version: Literal[1] = 1


class Line(BaseModel):
    """Every other line: a reply under the digest of what was asked."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]
    model: Annotated[str, Field(max_length=500)]
    content: str
    finish: Annotated[str, Field(max_length=100)]
    refusal: str | None
    prompt_tokens: _Count
    answer_tokens: _Count
    made: Annotated[int, Field(ge=0, le=_LATEST)]

    def kept(self) -> Kept:
        """As the store keeps it."""
        return Kept(**self.model_dump(exclude={"key"}))


@dataclass(slots=True)
class Imported:
    """How many replies were taken, how many were there already, and the lines that were refused, by reason."""

    taken: int = 0
    there: int = 0
    refused: dict[str, list[int]] = field(default_factory=dict)

    def refuse(self, reason: str, line: int) -> None:
        self.refused.setdefault(reason, []).append(line)


def export_replies(store: ReplyStore, path: Path) -> int:
    """Writes all replies in the order of their keys; gives their number. The file is its owner's alone, and whole.

    Raises StoreError.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")  # of mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(Header().model_dump_json().encode() + b"\n")
            count = 0
            for line in _lines(store):
                file.write(line)
                count += 1
        Path(temporary).replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}; choose another place.") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return count


def _lines(store: ReplyStore) -> Iterator[bytes]:
    after = ""
    while rows := store.page(after):
        for key, kept in rows:
            values = {name: getattr(kept, name) for name in Line.model_fields if name != "key"}
            yield Line(key=key, **values).model_dump_json().encode() + b"\n"
        after = rows[-1][0]


def import_replies(store: ReplyStore, path: Path, replace: bool = False) -> Imported:
    """Takes the replies of a file into a store; those that differ from kept ones only where `replace` says so.

    Raises StoreError where the file is no export of a version that is known here.
    """
    done = Imported()
    try:
        with path.open("rb") as file:
            lines = _bounded(file)
            _check_header(path, next(lines, b""))
            for number, line in enumerate(lines, start=2):
                _take(store, line, number, done, replace)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    return done


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """Lines of at most the largest size; a longer one is cut to a byte more than that."""
    while line := file.readline(LARGEST_LINE + 1):
        rest = line
        while not rest.endswith(b"\n") and rest:
            rest = file.readline(LARGEST_LINE + 1)
        yield line


def _check_header(path: Path, line: bytes) -> None:
    try:
        Header.model_validate_json(line)
    except ValidationError as error:
        raise StoreError(
            f"{path} is no export of replies in version 1: its first line is not "
            f"{Header().model_dump_json()}; make it with `summarizer cache export`."
        ) from error


def _take(store: ReplyStore, line: bytes, number: int, done: Imported, replace: bool) -> None:
    if len(line) > LARGEST_LINE:
        done.refuse(f"longer than {LARGEST_LINE:,} bytes", number)
        return
    try:
        read = Line.model_validate_json(line)
    except ValidationError as error:
        done.refuse(_reason(error), number)
        return
    if not read.kept().is_storable:
        done.refuse(f"a reply of more than {LARGEST_REPLY:,} bytes", number)
        return
    outcome = store.adopt(read.key, read.kept(), replace)
    if outcome == "taken":
        done.taken += 1
    elif outcome == "there":
        done.there += 1
    else:
        reason = "another reply to the same request is kept" if outcome == "differs" else "the store was not written"
        done.refuse(reason, number)


def _reason(error: ValidationError) -> str:
    """What is wrong first, in words of ours alone."""
    first = error.errors(include_url=False, include_input=False)[0]
    if not first["loc"]:
        return "no JSON object"
    if first["type"] == "extra_forbidden":
        return "a member that is not known"
    return f"{first['loc'][0]}: {first['msg']}"
