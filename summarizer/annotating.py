"""A corrected brief and its report become a folder that `summarizer eval` scores on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from summarizer import outputs
from summarizer.errors import InputError, SettingsError
from summarizer.evaluation.from_brief import gold_of
from summarizer.evaluation.gold import GOLD_SUFFIX
from summarizer.loading.text import load
from summarizer.model import BriefContent, Item, Report
from summarizer.quantities.grammar import find_quantities
from summarizer.rendering.jsonform import from_json


@dataclass(frozen=True, slots=True)
class GoldWritten:
    """The files written, and how far the brief was a person's: what the user of it must know."""

    files: tuple[Path, ...]
    by_user: int
    rejected: int
    disputed: int
    items: int
    unwritten: tuple[str, ...]


def write_gold(brief: Path, report: Path, folder: Path, force: bool = False) -> GoldWritten:
    """Writes `<stem>.gold.json` and `<stem>.txt`, the report's text exactly as decoded, named after the report.

    Raises InputError where the brief is not one of this report, SettingsError where a file would be overwritten.
    """
    loaded = load(report)
    content = from_json(_read(brief))
    if content.report.text_sha256 != loaded.text_sha256:
        raise InputError(f"{brief.name} is not a brief of {report.name}; make it again with `summarizer brief`.")
    _prove_values(content, loaded)
    text, gold = folder / f"{report.stem}.txt", folder / f"{report.stem}{GOLD_SUFFIX}"
    annotations = gold_of(content, loaded.text, text.name)
    _make_folder(folder)
    for path in (text, gold):
        _check_free(path, (brief, report), force)
    outputs.write(str(text), loaded.text)
    outputs.write(str(gold), json.dumps(annotations.gold, ensure_ascii=False, indent=1) + "\n")
    items: list[Item] = [*content.figures, *content.goals, *content.projects, *content.risks]
    return GoldWritten(
        files=(text, gold),
        by_user=sum(item.by == "user" for item in items),
        rejected=content.corrections.rejected if content.corrections else 0,
        disputed=sum(bool(item.disputed) for item in items),
        items=len(items),
        unwritten=annotations.unwritten,
    )


def _prove_values(content: BriefContent, report: Report) -> None:
    """Every quantity is what the grammar reads at its place, but for a user's own (ids that begin with u)."""
    read = {(q.start, q.end): q for q in find_quantities(report.text, report.boilerplate)}
    for quantity in content.quantities:
        known = read.get((quantity.start, quantity.end))
        if known and not quantity.id.startswith("u") and known != quantity.model_copy(update={"id": known.id}):
            raise InputError(
                f"The brief says {quantity.value} {quantity.unit} where {report.source} has “{known.raw}”; "
                "make the brief again with `summarizer brief`."
            )


def _read(brief: Path) -> str:
    try:
        return brief.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{brief} cannot be read ({error.strerror}); check the path of the brief.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{brief} is not UTF-8; give the brief as JSON.") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The folder {folder} cannot be made ({error.strerror}); choose another -o.") from error


def _check_free(path: Path, inputs: tuple[Path, ...], force: bool) -> None:
    if not path.exists():
        return
    if any(path.samefile(used) for used in inputs):
        raise SettingsError(f"{path} is what the gold is made from; choose another folder with -o.")
    if not force:
        raise SettingsError(f"{path} is there already; --force overwrites it.")
