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
        self.before_by_end = self._keyed(self._rows(comparators["before"]), -1)
        self.after_by_start = self._keyed(self._rows(comparators["after"]), 0)
        self.before_round = frozenset(comparators["before_round"])
        self.overcome = frozenset(comparators["overcome"])
        self.overcome_after = re.compile(f"[^，。；、,;\n]{{0,6}}?(?:{alternation(comparators['overcome_after'])})")
        self.variants: dict[str, str] = data["variants"]
        self.glued: dict[str, str] = comparators["glued"]
        self.indefinite_always = tuple(data["indefinite"]["always"])
        self.indefinite = (*self.indefinite_always, *data["indefinite"]["before_bare"])
        names = data["names"]
        self.label_before = tuple(names["before"])
        self.measured_letters = tuple(names["measured_letters"])
        self.span_before, self.period_before = tuple(names["span_before"]), tuple(names["period_before"])
        self.period_after = tuple(names["period_after"])
        self.denominator_before = tuple(names["denominator_before"])
        self.denominator_after = tuple(names["denominator_after"])
        self.abstract = re.compile(f"(?:{alternation(data['abstract']['after'])})")
        self.concrete = re.compile(f".{{0,3}}?(?:{alternation(data['abstract']['concrete'])})")
        self.concrete_single = re.compile(f".{{0,3}}?(?:{alternation(data['abstract']['concrete_single'])})")
        self.policy = re.compile(alternation(data["abstract"]["policy"]))
        self.rank_before = re.compile(f"(?:{alternation(data['rank']['before'])})[^，。；,;、]{{0,4}}$")
        self.share_before = frozenset(data["ratio"]["share_before"])
        self.ratio_before = re.compile(f"(?:{alternation(data['ratio']['before'])})[^，。；,;\n]{{0,16}}$")
        self.bare_ratios = frozenset(data["bare_value"]["ratios"])
        names_of_values = alternation([*data["bare_value"]["ratios"], *data["bare_value"]["indexes"]])
        reached = alternation(data["bare_value"]["reached"])
        self.bare_before = re.compile(
            f"({names_of_values})(?:[（(][^）)，。\n]{{0,8}}[）)])?(?:[^，。；：,;:\n]{{0,12}}?(?:{reached}))?[为了约近超]?$"
        )
        self.bare_after = tuple(data["bare_value"]["after"])
        self.rank_placed = re.compile(f"(?:{alternation(data['rank']['placed'])})[^，。；,;]{{0,10}}$")
        self.rank_after = tuple(data["rank"]["after"])
        self.top_after = tuple(data["rank"]["top_after"])
        self.negative_after: str = data["signs"]["negative_after"]
        self.place_units = frozenset(data["names"]["place_units"])
        self.moved = re.compile(f"(?<![{data['rank']['not_moved']}])(?:{alternation(data['rank']['moved'])})[了近约]?$")
        self.moved_after: str = data["rank"]["moved_after"]
        self.graded = tuple(data["names"]["graded"])
        self.no_discount: list[str] = data["factor"]["no_discount"]
        self.conditional: dict[str, list[str]] = data["conditional"]
        self.added = re.compile(f"(?:{alternation(data['factor']['added'])})[了近约超过到达逾将 ]{{0,3}}$")
        self.firms = re.compile(alternation(data["firms"]["before"]))
        self.bare_class = tuple(data["money"]["bare_class_after"])
        self.continued: dict[str, str] = data["continued"]
        self.closed: dict[str, str] = data["closed"]["before"]
        self.arabic_only = frozenset(data["closed"]["arabic_only"])
        self.least: dict[str, int] = data["closed"]["least"]
        self.round_after = tuple(data["scale_only"]["round_after"])
        self.scale_only = tuple(data["scale_only"]["after"])
        self.scale_only_not = tuple(data["scale_only"]["not_after"])

    @staticmethod
    def _keyed(rows: list[tuple[str, Comparator]], at: int) -> dict[str, list[tuple[str, Comparator]]]:
        """The rows by the character that meets the number."""
        keyed: dict[str, list[tuple[str, Comparator]]] = {}
        for word, sign in rows:
            keyed.setdefault(word[at], []).append((word, sign))
        return keyed

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
