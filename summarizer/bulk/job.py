"""What a bulk run is to do, and the fingerprint of all that its briefs depend on besides the reports."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from summarizer.correcting.fixes import fixes_beside
from summarizer.errors import InputError
from summarizer.outputs import Format, Lang
from summarizer.pipeline import Summarizer

On = Literal["local", "batch", "ray"]
"""Where it is done: on this machine, with a model's requests one by one or as batches of the endpoint's, or on Ray."""
PLACES: tuple[On, ...] = get_args(On)

BRIEFS = "briefs"
REPLIES = "replies.sqlite3"


@dataclass(frozen=True, slots=True)
class Job:
    """A bulk run: what to read, where briefs go, and how. `forms` hold json, which tables and `verify` need.

    `jobs` is the number of processes that read; `patterns` and `recursive` choose files (inputs.py). `on` says
    who reads; on Ray, `ray_address` is the cluster's (None: RAY_ADDRESS, else one of this machine's own is begun) and
    `ray_workers` how many workers read (None: one a processor of the cluster).
    """

    places: Sequence[Path]
    out: Path
    terms: Path | None = None
    patterns: Sequence[str] = ()
    recursive: bool = True
    forms: Sequence[Format] = ("json", "md", "html")
    lang: Lang = "both"
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    retry_failed: bool = False
    on: On = "local"
    ray_address: str | None = None
    ray_workers: int | None = None

    @property
    def briefs(self) -> Path:
        """The folder of the briefs."""
        return self.out / BRIEFS

    def files_of(self, name: str) -> tuple[Path, ...]:
        """Where a report's brief is written, one file a form, and its text."""
        return (*(self.briefs / f"{name}.{form}" for form in self.forms), self.briefs / f"{name}.txt")


def run_digest(job: Job, summarizer: Summarizer) -> str:
    """The fingerprint of engine, model, prompts, schema, terms, version, and how briefs are rendered."""
    settings = summarizer.settings
    parts = [
        summarizer.engine_info().model_dump_json(),
        settings.base_url,
        settings.check,
        settings.answer_limit,
        job.lang,
        sorted(job.forms),
    ]
    return _sha256(json.dumps(parts).encode())


def stamp_of(path: Path) -> str:
    """What a report's file and its corrections look like from outside: sizes and times. Raises InputError."""
    fixes = fixes_beside(path)
    return ";".join(_stamp(each) for each in (path, fixes) if each is not None)


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from error
    return f"{status.st_size}:{status.st_mtime_ns}"


def file_digest(path: Path) -> str:
    """The SHA-256 of a report's bytes and of its corrections. Raises InputError."""
    fixes = fixes_beside(path)
    try:
        return _sha256(path.read_bytes() + (b"\0" + fixes.read_bytes() if fixes else b""))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
