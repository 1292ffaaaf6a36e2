"""Which prediction is credited for which annotation: spans, exact values, one-to-one pairs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import accumulate
from typing import Any

SENTENCE_MARKS = "。！？!?；;\n"

Range = tuple[int, int]
"""A half-open range of code points."""


def overlap(one: Range, other: Range) -> int:
    """How many characters two ranges share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def longer_share(one: Range, other: Range) -> float:
    """The shared characters as a part of the longer range.

    At 0.5 or more, neither range is more than twice as long as what they share.
    """
    shared = overlap(one, other)
    return shared / max(one[1] - one[0], other[1] - other[0]) if shared else 0.0


def union_share(one: Range, other: Range) -> float:
    """The shared characters as a part of all that the two ranges cover together."""
    shared = overlap(one, other)
    return shared / ((one[1] - one[0]) + (other[1] - other[0]) - shared) if shared else 0.0


def sentence_around(text: str, start: int, end: int) -> Range:
    """The range of the sentence or sentences that hold `start` to `end`, without the closing mark."""
    before = max(text.rfind(mark, 0, start) for mark in SENTENCE_MARKS)
    after = [at for mark in SENTENCE_MARKS if (at := text.find(mark, end)) >= 0]
    return before + 1, min(after, default=len(text))


LARGEST_POWER = 400
"""A value beyond ten to this is compared as it is written, since it would fill the memory."""


def number(value: object) -> Fraction | str | None:
    """An exact value out of a published one, for comparison.

    "3.50" and "3.5" are equal, so are "1/3" and "2/6". What is no single number, such as the
    ratio "6.0:55.0:39.0", is compared as it is written; null stays null.
    """
    if value is None:
        return None
    text = str(value).replace(",", "").strip()
    try:
        if "/" in text:
            return Fraction(text)
        value = Decimal(text)
        return Fraction(value) if abs(value.adjusted()) <= LARGEST_POWER else text
    except (InvalidOperation, ValueError, OverflowError, ZeroDivisionError):
        return text


def same_value(quantity: dict[str, Any], figure: dict[str, Any]) -> bool:
    """Whether a quantity has the annotated value, upper value and unit."""
    return (
        number(quantity["value"]) == number(figure["value"])
        and number(quantity.get("value_high")) == number(figure.get("value_high"))
        and _same_unit(quantity, figure)
    )


def _same_unit(quantity: dict[str, Any], figure: dict[str, Any]) -> bool:
    """Equal codes, or a count in gold whose measure word the quantity has under another code.

    The unit table of a program may know more units than the annotators' list.
    """
    if quantity["unit"] == figure["unit"]:
        return True
    counter = figure.get("counter")
    return figure["unit"] == "count" and bool(counter) and bool(quantity.get("counter") == counter)


def overlapping(predicted: Sequence[Range], gold: Sequence[Range]) -> Iterator[tuple[int, int]]:
    """Index pairs of all ranges that share a character, without looking at all pairs.

    The gold ranges that start before a prediction's end are a prefix of them by start; those
    before the first that reaches past the prediction's start cannot share anything with it.
    """
    order = sorted(range(len(gold)), key=lambda index: gold[index][0])
    starts = [gold[index][0] for index in order]
    reach = list(accumulate((gold[index][1] for index in order), max))
    for index, span in enumerate(predicted):
        for position in range(bisect_right(reach, span[0]), bisect_left(starts, span[1])):
            if overlap(span, gold[order[position]]):
                yield index, order[position]


def pair(
    candidates: Iterable[tuple[int, int]], rate: Callable[[int, int], float], threshold: float
) -> list[tuple[int, int]]:
    """Greedy one-to-one pairs of prediction and gold indices, the best rate first.

    Pairs below the threshold are none. Among equal rates the earlier prediction goes first,
    then the earlier gold item. `candidates` must name every pair that can reach the threshold,
    each once, in any order.
    """
    rated = sorted((-rate(p, g), p, g) for p, g in candidates)
    pairs: list[tuple[int, int]] = []
    used_predictions: set[int] = set()
    used_gold: set[int] = set()
    for negative, p, g in rated:
        if -negative < threshold:
            break
        if p not in used_predictions and g not in used_gold:
            used_predictions.add(p)
            used_gold.add(g)
            pairs.append((p, g))
    return pairs


def pair_spans(
    predicted: Sequence[Range], gold: Sequence[Range], rate: Callable[[Range, Range], float], threshold: float
) -> list[tuple[int, int]]:
    """`pair` for ranges under a rate that is 0 where they share nothing."""
    return pair(overlapping(predicted, gold), lambda p, g: rate(predicted[p], gold[g]), threshold)
