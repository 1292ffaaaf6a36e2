"""The row of a report that was read: how it ended, with its brief; and the Parquet files that rows are kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from summarizer.bulk.states import ChunkState, Digests, Facts, Outcome
from summarizer.model import Usage
from summarizer.outputs import whole_file

FOLDER = "results"
_COUNTS = ("review_year", "target_year", "figures", "goals", "projects", "risks")
_USAGE = tuple(field.name for field in fields(Usage))
_CHUNK = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("by", pa.string()), ("reason", pa.string())])

KEPT = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "path", "state", "reason", "title", "place", "level")),
        *((name, pa.int64()) for name in _COUNTS),
        ("gaps", pa.string()),  # a JSON object: how many, by reason
        *((name, pa.float64() if name == "seconds" else pa.int64()) for name in _USAGE),
        ("chunks", pa.list_(_CHUNK)),
        *((name, pa.string()) for name in ("run_digest", "file_digest", "text_digest", "worker")),
        ("brief", pa.string()),  # JSON, as in briefs/<name>.json
    ]
)
"""What is kept of a report; `reason` is the column of errors, null where there was none."""

ROW = KEPT.append(pa.field("trouble", pa.string()))
"""What a worker gives back: also what the run is to make of it."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """The row that goes to a worker: one report."""

    name: str
    path: str
    run: str
    file: str | None

    @property
    def digests(self) -> Digests:
        return Digests(self.run, self.file)


def row_of(task: Task, outcome: Outcome, worker: str, brief: str | None, trouble: str | None) -> Row:
    """A worker's result."""
    facts = asdict(outcome.facts)
    return {
        "name": task.name,
        "path": task.path,
        "state": outcome.state,
        "reason": outcome.reason,
        **facts,
        "gaps": json.dumps(facts["gaps"], sort_keys=True),
        **asdict(outcome.usage),
        "chunks": [asdict(chunk) for chunk in outcome.chunks],
        "run_digest": outcome.digests.run,
        "file_digest": outcome.digests.file,
        "text_digest": outcome.digests.text,
        "worker": worker,
        "brief": brief,
        "trouble": trouble,
    }


def outcome_of(row: Row) -> Outcome:
    """How the report of a row ended."""
    facts = {field.name: row[field.name] for field in fields(Facts)}
    return Outcome(
        row["state"],
        Digests(row["run_digest"], row["file_digest"], row["text_digest"]),
        row["reason"],
        Facts(**facts | {"gaps": json.loads(row["gaps"])}),
        Usage(**{name: row[name] for name in _USAGE}),
        tuple(ChunkState(**chunk) for chunk in row["chunks"]),
    )


class Results:
    """The Parquet files of an output folder, a numbered one for every lot of rows. Half written ones are removed."""

    def __init__(self, out: Path):
        self.folder = out / FOLDER
        self.folder.mkdir(exist_ok=True)
        for path in self.folder.glob(".*"):
            path.unlink(missing_ok=True)
        self._last = max((int(path.stem.rpartition("-")[2]) for path in self.folder.glob("part-*.parquet")), default=0)

    def write(self, rows: Sequence[Row]) -> None:
        """Writes rows into a file of their own. Raises InputError."""
        self._last += 1
        with whole_file(self.folder / f"part-{self._last:06d}.parquet") as path:
            parquet.write_table(pa.Table.from_pylist(list(rows), schema=KEPT), path, compression="zstd")
