"""Reads annotated reports and their texts, and says what is wrong with an annotation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from summarizer import model, strictjson
from summarizer.errors import InputError
from summarizer.evaluation.shape import check_shape

GOLD_SUFFIX = ".gold.json"
TEXT_SUFFIXES = (".txt", ".md", ".csv")
"""What a report's text is looked for as; the first that exists is taken."""

SPAN_LISTS = ("sections", "boilerplate", "figures", "non_figures", "goals", "projects", "risks")
NEEDED = ("meta", "sections", "boilerplate", "figures", "goals", "projects", "risks")
DIRECTION = (None, *get_args(model.Direction))
VALUES: dict[str, dict[str, tuple[str | None, ...]]] = {
    "figures": {
        "comparator": get_args(model.Comparator),
        "measure": get_args(model.Measure),
        "direction": DIRECTION,
        "kind": get_args(model.Kind),
    },
    "goals": {"theme": get_args(model.Theme)},
    "projects": {"stage": get_args(model.Stage)},
    "risks": {"type": get_args(model.RiskType), "status": get_args(model.RiskStatus)},
}
META_VALUES: dict[str, tuple[str | None, ...]] = {
    "level": (None, *get_args(model.Level)),
    "doc_type": (None, *get_args(model.DocType)),
}


def read_gold(folder: Path) -> dict[str, dict[str, Any]]:
    """The annotations `<stem>.gold.json` of a folder by stem, in the order of their file names.

    Raises InputError where there is no such folder, none in it, or one cannot be used.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give the one that holds the {GOLD_SUFFIX} files.")
    paths = sorted(folder.glob(f"*{GOLD_SUFFIX}"))
    if not paths:
        raise InputError(f"{folder} holds no *{GOLD_SUFFIX} file; give the folder of the annotated reports.")
    return {path.name.removesuffix(GOLD_SUFFIX): _read_annotations(path) for path in paths}


def read_texts(folder: Path, stems: Iterable[str]) -> dict[str, str]:
    """The texts of the reports with these stems, as they are: UTF-8, line ends untouched.

    A text is `<stem>.txt`, `.md` or `.csv`. Raises InputError where one is missing or not UTF-8.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give the one that holds the annotated reports' texts.")
    return {stem: _decode(_text_path(folder, stem)) for stem in stems}


def validate_gold(gold: dict[str, Any], text: str, name: str) -> list[str]:
    """What is wrong with the annotations of a text, one sentence each; empty where nothing is.

    Spans must lie in the text and have its characters as their quote, labels must be among those of
    the published contract, figures need a value, a unit and an indicator's name.
    """
    return [f"{name}: {problem}" for problem in _problems(gold, text)]


def _read_annotations(path: Path) -> dict[str, Any]:
    try:
        gold = strictjson.loads(_decode(path))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path} is not valid JSON ({error.msg}, line {error.lineno}, column {error.colno}); "
            "correct it or take it out of the folder."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be used: {error}; correct it or take it out of the folder.") from error
    lacking = [key for key in NEEDED if key not in gold] if isinstance(gold, dict) else list(NEEDED)
    if lacking:
        raise InputError(f"{path} is no annotation: it lacks {', '.join(lacking)}; add them, empty if need be.")
    check_shape(gold, path.name)
    return dict(gold)


def _decode(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}); convert it, and check the spans that point into it."
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); make it a readable file.") from error


def _text_path(folder: Path, stem: str) -> Path:
    for suffix in TEXT_SUFFIXES:
        path = folder / f"{stem}{suffix}"
        if path.exists():
            return path
    raise InputError(f"{folder} holds no text for {stem}; put it there as {stem}.txt, .md or .csv.")


def _problems(gold: dict[str, Any], text: str) -> Iterator[str]:
    for key in NEEDED:
        if key not in gold:
            yield f"{key} is missing."
    for start, end in gold.get("annotated") or ():
        if not 0 <= start < end <= len(text):
            yield f"the annotated range {start} to {end} is not in the text of {len(text)} characters."
    for field, allowed in META_VALUES.items():
        yield from _unknown("meta", gold.get("meta", {}), field, allowed)
    for key in SPAN_LISTS:
        for index, item in enumerate(gold.get(key, [])):
            where = f"{key}[{index}] {item.get('quote')!r}"
            yield from _span_problems(where, item, text)
            for field, allowed in VALUES.get(key, {}).items():
                yield from _unknown(where, item, field, allowed)
            if key == "figures":
                yield from _empty_fields(where, item)


def _span_problems(where: str, item: dict[str, Any], text: str) -> Iterator[str]:
    start, end = item.get("start"), item.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        yield f"{where} has the span {start} to {end}, which is not in the text of {len(text)} characters."
    elif text[start:end] != item.get("quote"):
        yield f"{where} is not what the text has at {start} to {end}: {text[start:end]!r}."


def _unknown(where: str, item: dict[str, Any], field: str, allowed: tuple[str | None, ...]) -> Iterator[str]:
    value = item.get(field)
    if value not in allowed:
        known = ", ".join("null" if label is None else label for label in allowed)
        yield f"{where} has the unknown {field} {value!r}; known are {known}."


def _empty_fields(where: str, item: dict[str, Any]) -> Iterator[str]:
    for field in ("value", "unit", "indicator_zh"):
        if not isinstance(item.get(field), str) or not item[field].strip():
            yield f"{where} has no {field}; write it as a text."
    if not isinstance(item.get("year"), int | None):
        yield f"{where} has the year {item['year']!r}; write a whole number or null."
