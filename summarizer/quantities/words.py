"""The words around numbers (data/context.toml), compiled once."""

from __future__ import annotations

import re
from functools import cache

from summarizer.model import Comparator
from summarizer.quantities.units import alternation, context


class Words:
    """The context words, compiled once."""

    def __init__(self) -> None:
        data = context()
        comparators = data["comparators"]
        self.before = self._rows(comparators["before"])
        self.after = self._rows(comparators["after"])
        self.glued: dict[str, str] = comparators["glued"]
        self.indefinite = tuple(data["indefinite"]["before"])
        names = data["names"]
        self.label_before = tuple(names["before"])
        self.span_before, self.period_before = tuple(names["span_before"]), tuple(names["period_before"])
        self.period_after = tuple(names["period_after"])
        self.denominator_before = tuple(names["denominator_before"])
        self.denominator_after = tuple(names["denominator_after"])
        self.abstract = re.compile(f"(?:{alternation(data['abstract']['after'])})")
        self.concrete = re.compile(f".{{0,3}}?(?:{alternation(data['abstract']['concrete'])})")
        self.policy = re.compile(alternation(data["abstract"]["policy"]))
        self.rank_before = re.compile(f"(?:{alternation(data['rank']['before'])})[^，。；,;、]{{0,4}}$")
        self.rank_after = tuple(data["rank"]["after"])
        self.top_after = tuple(data["rank"]["top_after"])
        self.negative_after: str = data["signs"]["negative_after"]
        self.place_units = frozenset(data["names"]["place_units"])
        self.moved = re.compile(f"(?:{alternation(data['rank']['moved'])})[了近约]?$")
        self.graded = tuple(data["names"]["graded"])
        self.no_discount: list[str] = data["factor"]["no_discount"]
        self.conditional: dict[str, list[str]] = data["conditional"]
        self.added = re.compile(f"(?:{alternation(data['factor']['added'])})[了近约超过到达逾将 ]{{0,3}}$")
        self.firms = re.compile(alternation(data["firms"]["before"]))
        self.bare_class = tuple(data["money"]["bare_class_after"])
        self.continued: dict[str, str] = data["continued"]
        self.scale_only_not = tuple(data["scale_only"]["not_after"])

    @staticmethod
    def _rows(table: dict[str, list[str]]) -> list[tuple[str, Comparator]]:
        rows: list[tuple[str, Comparator]] = []
        for sign, words in table.items():
            rows.extend((word, _comparator(sign)) for word in words)
        return sorted(rows, key=lambda row: -len(row[0]))


def _comparator(sign: str) -> Comparator:
    signs: dict[str, Comparator] = {"=": "=", ">=": ">=", ">": ">", "<=": "<=", "<": "<", "~": "~"}
    return signs[sign]


@cache
def context_words() -> Words:
    """The context words; read when they are first needed."""
    return Words()
