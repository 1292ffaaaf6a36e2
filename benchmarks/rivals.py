"""The quantity grammar beside other readers of Chinese quantities: speed and accuracy on the same text.

The others are jionlp (Apache-2.0) and Recognizers-Text (MIT). They are no dependency: they live in an
environment of their own under .bench/, made on the first run from rivals.txt and kept. Where the
package index does not answer they are not measured, and nothing else suffers. `--write` writes the table
into docs/quantities.md.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import reports, seconds_of
from oracle import seeds
from rival_scoring import Find, Tally, amount, find_of, money, tally

from summarizer.loading.text import load
from summarizer.model import Quantity, Report, Span
from summarizer.quantities.grammar import find_quantities
from summarizer.quantities.units import unit_for
from summarizer.resources import folder

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / ".bench" / "rivals"
PAGE = HERE.parent / "docs" / "quantities.md"
MARKS = "<!-- rivals -->", "<!-- /rivals -->"
NAMES = {
    "jionlp": "jionlp {} (money only)",
    "recognizers": "recognizers-text {} (with a unit)",
    "recognizers_with_numbers": "recognizers-text {} (and bare numbers)",
}
ROUND_SECONDS, ROUNDS = 20, 3
INSTALL_LIMIT, RUN_LIMIT = 600, 600
LONGEST_TEXT = 50_000
"""Code points of a text that another reader gets for the clock; longer reports are cut."""

_PIECE = re.compile(r"[^。\n]*[。\n]?")


class NotMeasuredError(Exception):
    """Why the other readers, or one of them, could not be measured."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text with its annotated quantities; what is found in ignored ranges counts neither way."""

    text: str
    gold: tuple[Find, ...]
    ignored: tuple[tuple[int, int], ...]
    boilerplate: tuple[Span, ...]
    hard: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One reader's line of the table. `speed` is in megabytes of UTF-8 a second of CPU."""

    name: str
    speed: float
    hard: Tally
    seeds: Tally
    money: Tally
    import_seconds: float
    failed: int = 0


# --- the annotated texts ----------------------------------------------------------------------


def cases() -> list[Case]:
    """The hard sentences and the sample reports, with their annotations."""
    lines = (folder("gold") / "hard.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Case(r["sentence"], _gold(r["quantities"]), (), (), True) for r in rows] + [_sample(p) for p in seeds()]


def _sample(path: Path) -> Case:
    annotated = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
    report = load(path)
    ignored = tuple((b["start"], b["end"]) for b in annotated["boilerplate"])
    return Case(report.text, _gold(annotated["figures"]), ignored, tuple(report.boilerplate), False)


def _gold(rows: Iterable[dict[str, Any]]) -> tuple[Find, ...]:
    return tuple(find_of(row, _is_money(row)) for row in rows)


def _is_money(row: dict[str, Any]) -> bool:
    unit = unit_for(row["unit"], row["counter"])
    return unit is not None and unit.dimension == "money"


def scored(found: Sequence[Sequence[Find]], texts: Sequence[Case]) -> tuple[Tally, Tally, Tally]:
    """What a reader's finds are worth: on the hard sentences, on the samples, and on all money of both."""
    hard = samples = amounts = Tally()
    for finds, case in zip(found, texts, strict=True):
        own = tally(finds, case.gold, case.ignored)
        hard, samples = (hard + own, samples) if case.hard else (hard, samples + own)
        amounts += tally(money(finds), money(case.gold), case.ignored)
    return hard, samples, amounts


# --- the readers ------------------------------------------------------------------------------


def own_row(texts: Sequence[Case], made: Sequence[Report]) -> Row:
    """The quantity grammar's line: whole reports in, finished quantities out."""
    found = [[_own(quantity) for quantity in find_quantities(case.text, case.boilerplate)] for case in texts]
    seconds = seconds_of(lambda: [find_quantities(r.text, r.boilerplate) for r in made])
    return Row("this grammar", _speed([r.text for r in made], seconds), *scored(found, texts), _own_import())


def _own(quantity: Quantity) -> Find:
    low, high = amount(quantity.value, quantity.unit), amount(quantity.value_high, quantity.unit)
    return Find(quantity.start, quantity.end, low, high, quantity.dimension == "money")


def _own_import() -> float:
    code = "import time; t = time.process_time(); import summarizer.quantities.grammar; print(time.process_time() - t)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def _speed(texts: Sequence[str], seconds: float) -> float:
    return sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6 / seconds


def rival_row(python: Path, reader: str, texts: Sequence[Case], made: Sequence[Report]) -> Row:
    """Another reader's line. Raises NotMeasuredError where it does not finish."""
    placed = [(i, at, piece) for i, case in enumerate(texts) for at, piece in pieces(case.text)]
    timed = [report.text[:LONGEST_TEXT] for report in made]
    request = {"reader": reader, "pieces": [piece for _, _, piece in placed], "texts": timed}
    answer = _asked(python, request | {"seconds": ROUND_SECONDS, "rounds": ROUNDS})
    found: list[list[Find]] = [[] for _ in texts]
    for (i, at, _), rows in zip(placed, answer["found"], strict=True):
        found[i] += [find_of(row, row["money"], at) for row in rows]
    speed = _speed(timed[: answer["read"]], answer["seconds"])
    name = NAMES[reader].format(answer["version"])
    return Row(name, speed, *scored(found, texts), answer["import_seconds"], answer["failed"])


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The sentences and lines of a text with their places. One word that a reader stumbles over costs it only these."""
    return ((match.start(), match.group()) for match in _PIECE.finditer(text) if match.group().strip())


def _asked(python: Path, request: dict[str, Any]) -> dict[str, Any]:
    said = _run([str(python), str(HERE / "rival_worker.py")], RUN_LIMIT, json.dumps(request))
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise NotMeasuredError(f"its answer is no JSON: {error}") from error
    return answer


def environment() -> Path:
    """The interpreter of the other readers' environment, made where it is not there yet. Raises NotMeasuredError."""
    wanted = (HERE / "rivals.txt").read_text("utf-8")
    ready, python = HOME / ".ready", HOME / ("Scripts" if os.name == "nt" else "bin") / "python"
    if python.exists() and ready.exists() and ready.read_text("utf-8") == wanted:
        return python
    print("installing the other readers into .bench/rivals (once)", file=sys.stderr)
    _run([sys.executable, "-m", "venv", "--clear", str(HOME)], INSTALL_LIMIT)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "20"]
    _run([*pip, "--retries", "1", "--requirement", str(HERE / "rivals.txt")], INSTALL_LIMIT)
    ready.write_text(wanted, "utf-8")
    return python


def _run(command: list[str], limit: float, text: str = "") -> str:
    """The output of a command; NotMeasuredError with its last line where it fails or takes too long."""
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, encoding="utf-8", errors="replace", timeout=limit, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasuredError(str(error)[:200]) from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        raise NotMeasuredError(said[-1].strip()[:200])
    return done.stdout


# --- the table --------------------------------------------------------------------------------


def rows(made: Sequence[Report]) -> tuple[list[Row], list[str]]:
    """All lines of the table, the grammar's first, and a sentence for each reader that could not be measured."""
    texts = cases()
    measured, missing = [own_row(texts, made)], []
    try:
        python = environment()
    except NotMeasuredError as error:
        why = f"their packages could not be installed (does the package index answer?): {error}"
        return measured, [f"The other readers were not measured; {why}"]
    for reader in NAMES:
        try:
            measured.append(rival_row(python, reader, texts, made))
        except NotMeasuredError as error:
            missing.append(f"{reader}: not measured: {error}")
    return measured, missing


def table(measured: Sequence[Row]) -> str:
    """The table as Markdown. The first line is what the others are held against."""
    own = measured[0]
    head = (
        f"| reader | MB/s | ratio to ours | hard sentences ({own.hard.gold}): found | value right | false "
        f"| samples ({own.seeds.gold}): found | value right | false "
        f"| money in both ({own.money.gold}): found | value right | false |"
    )
    lines = [head, "| --- |" + " ---: |" * 11]
    for row in measured:
        tallies = (f"{t.found} | {t.right} | {t.false}" for t in (row.hard, row.seeds, row.money))
        lines.append(f"| {row.name} | {row.speed:.3g} | {row.speed / own.speed:.3g} | {' | '.join(tallies)} |")
    return "\n".join(lines)


def notes(measured: Sequence[Row]) -> str:
    """What stands below the table: import times, and pieces on which a reader failed."""
    said = [f"Importing, CPU seconds: {', '.join(f'{r.name} {r.import_seconds:.2f}' for r in measured)}."]
    said += [f"{r.name} failed on {r.failed} pieces of the annotated text." for r in measured if r.failed]
    return "\n".join(said)


def written(page: str, block: str) -> str:
    """A page with the block between its marks. Raises ValueError where it has none."""
    head, start, rest = page.partition(MARKS[0])
    _, end, tail = rest.partition(MARKS[1])
    if not start or not end:
        raise ValueError(f"docs/quantities.md has no {MARKS[0]} … {MARKS[1]}; put these marks where the table belongs.")
    return f"{head}{start}\n{block}\n{end}{tail}"


def main(write: bool = False, today: date | None = None) -> int:
    """Prints the table, and writes it into the docs if asked to; 1 where it could not be written."""
    made = reports()
    measured, missing = rows(made)
    size = sum(len(report.text.encode("utf-8", "replace")) for report in made) / 1e6
    text = f"{len(made)} {'reports of SAMPLES' if os.environ.get('SAMPLES') else 'sample reports'} ({size:.2f} MB)"
    block = f"{table(measured)}\n\n{notes(measured)}"
    print(f"\nQuantities beside other readers; speed on {text}, in MB of UTF-8 a CPU second")
    print("\n".join([block, *missing]))
    if write and missing:
        print("docs/quantities.md is left as it was: a table without all readers is not written.", file=sys.stderr)
        return 1
    if write:
        when = f"Measured on {today or date.today()} with Python {platform.python_version()}; speed on {text}."
        PAGE.write_text(written(PAGE.read_text("utf-8"), f"{block}\n\n{when}"), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(write="--write" in sys.argv))
