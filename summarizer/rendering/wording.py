"""Chooses the words: which languages, what is not translated, how numbers read.

`Wording` is what every part of a brief says things with; it decides nothing about order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from summarizer.model import BriefContent, Quantity
from summarizer.rendering.labels import has_label, label
from summarizer.rendering.shapes import Cell, Language, Line, Run, Tone
from summarizer.rendering.visible import visible

Lang = Literal["zh", "en", "both"]

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile("[A-Za-z]")


class NumberText(Protocol):
    """How a quantity reads in each language; the module `summarizer.quantities.rendering` is one."""

    def english(self, quantity: Quantity, /) -> str: ...

    def chinese(self, quantity: Quantity, /) -> str: ...


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """One line: whitespace collapsed, control and direction-turning characters made visible."""
    return " ".join(visible(text).split())


def run(text: str, language: Language | None = None, tone: Tone = "plain") -> Run:
    """A run of cleaned text."""
    return Run(plain(text), language, tone)


def label_run(group: str, key: str, language: Language, tone: Tone = "plain", **fields: object) -> Run:
    """A label as a run, its fields cleaned; spaces at the label's ends are kept."""
    if not fields:
        return _fixed(group, key, language, tone)
    cleaned = {name: plain(str(value)) for name, value in fields.items()}
    return Run(label(group, key, language, **cleaned), language, tone)


@lru_cache(maxsize=1024)
def _fixed(group: str, key: str, language: Language, tone: Tone) -> Run:
    return Run(label(group, key, language), language, tone)


def reference(item_id: str) -> Run:
    """An id that points to an item shown elsewhere."""
    return Run(plain(item_id), None, "muted", refers=plain(item_id))


def side_by_side(lines: tuple[Line, ...]) -> Line:
    """Lines as one, for headings."""
    joined: list[Run] = []
    for line in filter(None, lines):
        joined += [Run(" · "), *line] if joined else line
    return tuple(joined)


def enumerated(parts: Sequence[Line], language: Language) -> Line:
    """Parts with the language's list mark between them."""
    joined: list[Run] = []
    for part in filter(None, parts):
        joined += [label_run("punctuation", "list", language), *part] if joined else part
    return tuple(joined)


def is_english(text: str | None) -> bool:
    """False for null, blank, and Chinese that was put where English belongs."""
    if text is None or not text.strip():
        return False
    return bool(_LATIN.search(text)) or not _CHINESE.search(text)


@dataclass(frozen=True, slots=True)
class Wording:
    """The languages to write, how numbers read, and whether items read by rules need a mark."""

    languages: tuple[Language, ...]
    numbers: NumberText
    quantities: Mapping[str, Quantity]
    marks_rules: bool

    @classmethod
    def of(cls, content: BriefContent, lang: Lang, numbers: NumberText) -> Wording:
        """The wording of one brief."""
        languages: tuple[Language, ...] = ("zh", "en") if lang == "both" else (lang,)
        by_id = {quantity.id: quantity for quantity in content.quantities}
        return cls(languages, numbers, by_id, marks_rules=content.engine.name != "rules")

    def each(self, line: Callable[[Language], Line]) -> tuple[Line, ...]:
        """One line a language, empty ones left out."""
        return tuple(filter(None, (line(language) for language in self.languages)))

    def label(self, group: str, key: str, tone: Tone = "plain", **fields: object) -> tuple[Line, ...]:
        """A label in every language."""
        return self.each(lambda language: (label_run(group, key, language, tone, **fields),))

    def cell(self, group: str, key: str, tone: Tone = "plain", **fields: object) -> Cell:
        """A label as a cell."""
        return Cell(self.label(group, key, tone, **fields))

    def text(self, zh: str, en: str | None) -> tuple[Line, ...]:
        """A text in every language; see `text_in`."""
        return self.each(lambda language: self.text_in(zh, en, language))

    def text_in(self, zh: str, en: str | None, language: Language) -> Line:
        """A text in one language.

        Where nobody translated it, the English says so: beside the Chinese itself in an English
        brief, and alone where the Chinese stands above it anyway.
        """
        if language == "zh":
            return (run(zh, "zh"),)
        if en is not None and is_english(en):
            return (run(en, "en"),)
        mark = label_run("marks", "not_translated", "en", "muted")
        return (mark,) if "zh" in self.languages else (run(zh, "zh"), Run(" "), mark)

    def labelled_words(self, key: str, zh: str, language: Language) -> Line:
        """Words of the report that have no English (scope, base), behind their label."""
        if has_label("comparisons", zh):
            return (label_run("lines", key, language), label_run("comparisons", zh, language))
        words: Line = (label_run("lines", key, language), run(zh, "zh"))
        if language == "zh":
            return words
        return (*words, Run(" "), label_run("marks", "not_translated", "en", "muted"))

    def number(self, quantity_id: str, language: Language) -> str:
        """A quantity in a language; one that the brief does not hold is shown as missing."""
        quantity = self.quantities.get(quantity_id)
        if quantity is None:
            missing = label("marks", "unknown_quantity", language)
            return quantity_id + label("punctuation", "parentheses", language, text=missing)
        return self.numbers.chinese(quantity) if language == "zh" else self.numbers.english(quantity)

    def number_list(self, quantity_ids: tuple[str, ...], language: Language) -> Line:
        """Quantities without an indicator of their own, each wording once."""
        texts = dict.fromkeys(self.number(quantity_id, language) for quantity_id in quantity_ids)
        return (run(" / ".join(texts), language, "strong"),) if texts else ()
