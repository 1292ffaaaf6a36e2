"""What batches cost in requests and rounds beside a direct run: the sample reports, with a model that knows the gold.

Both runs are the whole command against a real server on loopback, and their briefs are held against each other.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from batchserver import BatchEndpoint, batch_endpoint
from faults import FAULTS, Decide, Knowing, Misbehaving, a_share, first_of_each
from oracle import seeds
from reliability import known

from summarizer.chunking import count_tokens
from summarizer.resources import folder

_REPAIR = next(fault for fault in FAULTS if fault.name == "figures without a kind")
_LEFT_OUT = next(fault for fault in FAULTS if fault.name == "far too few items")
CASES: dict[str, Decide] = {
    "a model that makes no mistake": lambda part, times, rng: None,
    "every part needs a repair": first_of_each(_REPAIR),
    "every part leaves items out": first_of_each(_LEFT_OUT),
    "a third of the answers need a repair": a_share(1 / 3, [_REPAIR]),
}


class Telling:
    """A script whose prompt tokens are those of a tokenizer, so that no prompt looks as if it had been cut."""

    def __init__(self, decide: Decide):
        self._made = Misbehaving(Knowing(reports=[known(path.stem) for path in seeds()]), decide)

    def __call__(self, number: int, request: dict) -> object:
        response = self._made(number, request)
        response.body["usage"]["prompt_tokens"] = sum(count_tokens(m["content"]) for m in request["messages"])
        return response


def run(out: Path, served: BatchEndpoint, *more: str) -> None:
    """The command in a process of its own."""
    code = "from summarizer.cli import main; main()"
    model = ["--engine", "chat", "--model", "oracle", "--base-url", served.url]
    command = [sys.executable, "-c", code, "bulk", str(folder("seeds")), "-o", str(out), "--jobs", "1", *model, *more]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)


def briefs(out: Path) -> dict[str, bytes]:
    """The briefs by name."""
    return {path.name: path.read_bytes() for path in sorted((out / "briefs").glob("*.json"))}


def main() -> None:
    print(
        "| the model | direct | in batches | batches (requests each) | equal briefs |\n| --- | --- | --- | --- | --- |"
    )
    for name, decide in CASES.items():
        with tempfile.TemporaryDirectory() as place:
            direct, batched = Path(place) / "direct", Path(place) / "batched"
            with batch_endpoint(Telling(decide)) as served:
                run(direct, served)
                alone = len(served.direct)
            with batch_endpoint(Telling(decide)) as served:
                run(batched, served, "--on", "batch")
                sizes = [len(asked) for asked in served.asked]
            mine, theirs = briefs(direct), briefs(batched)
            equal = sum(mine[report] == theirs.get(report) for report in mine)
            paid = json.loads((batched / "report.json").read_text())["usage"]["requests"]
        counts = f"{len(sizes)} ({', '.join(map(str, sizes))})"
        print(f"| {name} | {alone} | {paid} | {counts} | {equal} of {len(mine)} |")


if __name__ == "__main__":
    main()
