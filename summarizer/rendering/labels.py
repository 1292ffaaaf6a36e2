"""Looks up the fixed words of a brief (data/labels.toml)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from summarizer.errors import ResourceError
from summarizer.rendering.shapes import Language

Labels = dict[str, dict[str, dict[str, str]]]


@lru_cache(maxsize=1)
def all_labels() -> Labels:
    """Every label as group, key, language. Raises ResourceError where the data file is broken."""
    file = resources.files("summarizer.rendering").joinpath("data/labels.toml")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"rendering/data/labels.toml cannot be read: {error}; reinstall the package."
        raise ResourceError(message) from error


def label(group: str, key: str, language: Language, **fields: object) -> str:
    """The words for a code, its {fields} filled in. Raises ResourceError for one that has none."""
    try:
        template = all_labels()[group][key][language]
    except KeyError as error:
        message = f"rendering/data/labels.toml has no {language} label for {group}.{key}; add one."
        raise ResourceError(message) from error
    return template.format(**fields) if fields else template


def has_label(group: str, key: str) -> bool:
    """Whether an open code (a gap's stage) is one that the data file knows."""
    return key in all_labels().get(group, {})
