"""Rendered text back to placeholders: what code wrote of a quantity is found again, what is left must hold no number.

The rendering of a quantity is known exactly, so that a changed digit or comparator is no rendering any more; it stays
in the text as digits or words, and the checks of a model's English and Chinese refuse it there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from summarizer.model import Quantity
from summarizer.quantities.rendering import chinese, english

_SPACE = re.compile(r"\s+")
# The edges that grounding/english.py allows a placeholder, and those of the overview's Chinese.
_ENGLISH_EDGES = (r"(?<![^\s(\[\"'“‘—/])", r"(?=$|[\s;:)\]!?\"'”’—/]|[.,](?!\d)|-(?=[A-Za-z]))")
_CHINESE_EDGES = (r"(?<![\d万亿千百十成倍%％.])", r"(?![\d万亿千百十成倍%％])")


def unrendered_english(text: str, quantities: Mapping[str, Quantity]) -> str:
    """An English text with each rendering of a quantity as its placeholder (`{q1a}`, `{q1a#}` without its noun)."""
    written: dict[str, list[str]] = defaultdict(list)
    for name, quantity in quantities.items():
        full, bare = english(quantity), english(quantity, bare=True)
        written[_SPACE.sub(" ", full)].append(f"{{{name}}}")
        if bare != full:
            written[_SPACE.sub(" ", bare)].append(f"{{{name}#}}")
    return _replaced(text, written, _ENGLISH_EDGES)


def unrendered_chinese(text: str, quantities: Mapping[str, Quantity]) -> str:
    """A Chinese text with each quantity in the report's words as its placeholder."""
    written: dict[str, list[str]] = defaultdict(list)
    for name, quantity in quantities.items():
        written[chinese(quantity)].append(f"{{{name}}}")
    return _replaced(text, written, _CHINESE_EDGES)


def _replaced(text: str, written: Mapping[str, list[str]], edges: tuple[str, str]) -> str:
    """The longest rendering wins; of quantities that read alike the one that was named least comes next."""
    if not written:
        return text
    named: Counter[str] = Counter()

    def placeholder(match: re.Match[str]) -> str:
        chosen = min(written[match.group()], key=lambda each: named[each])
        named[chosen] += 1
        return chosen

    return re.sub(edges[0] + _any_of(written) + edges[1], placeholder, text)


def _any_of(texts: Iterable[str]) -> str:
    return f"(?:{'|'.join(re.escape(each) for each in sorted(texts, key=len, reverse=True))})"
