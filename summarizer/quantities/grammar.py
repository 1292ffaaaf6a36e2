"""The quantity grammar: one pass over a text, left to right, every match with its exact span.

A number becomes a quantity when a unit, a counter or a comparator makes it one; what is a name,
a date, an ordinal or a slogan is left alone (data/context.toml says by which words). Digit runs
longer than any real number are passed over, so that the work stays linear in the text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from summarizer.model import Quantity, Span
from summarizer.quantities import numerals
from summarizer.quantities.comparing import Found
from summarizer.quantities.ids import checked_ids
from summarizer.quantities.measuring import MeasuringReader
from summarizer.quantities.numbers import (
    ARABIC,
    DIGIT,
    HAN,
    MAX_DIGITS,
    Number,
)

_TRIGGER = re.compile(rf"[{DIGIT}]+|[{HAN}]+|翻|过半|半数|半小时|首位|榜首|减半")
_CONTINUES = re.compile(rf"[{DIGIT}][千百万亿]$|[{HAN}]点$")  # behind a number that could not be read whole
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚΑ-Ωα-ω_]")
_JOINING = ("、", "和")
_RANKING = ("第", "前", "、", "和")
_DIVIDING = (":", "：", "∶", ".", "．", ",", "比")
_FIGURES = f"[{DIGIT}{HAN}]"
_WITHIN = re.compile(
    f"(?:(?<={_FIGURES})|(?<={_FIGURES}[.．,，点]))(?={_FIGURES})|(?<={_FIGURES})(?=[.．点]{_FIGURES})"
)


def find_quantities(text: str, ignore: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """All quantities of a text in order, with ids `q1x`, `q2y`…; none inside the `ignore` spans.

    Source of the rules: tests/gold/GUIDELINES.md. Linear in the length of the text.
    """
    starts = [span.start for span in ignore]

    def ignored(found: Found) -> bool:
        i = bisect_right(starts, found.start) - 1
        return i >= 0 and found.start < ignore[i].end

    kept = [found for found in scan(text) if not ignored(found)]
    names = checked_ids(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), "q", len(kept))
    return tuple(
        Quantity(
            id=name,
            start=f.start,
            end=f.end,
            raw=text[f.start : f.end],
            value=f.value,
            value_high=f.value_high,
            unit=f.unit,
            dimension=f.dimension,
            counter=f.counter,
            per=f.per,
            comparator=f.comparator,
        )
        for name, f in zip(names, kept, strict=True)
    )


def cuts_number(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends inside a number of the text (23年 of 2023年, 3号 of 13号, 三 of 二十三)."""
    return any(_WITHIN.match(text[max(0, at - 2) : at + 2], min(at, 2)) is not None for at in (start, end))


def scan(text: str) -> Iterator[Found]:
    """The quantities of a text as they stand, left to right, never overlapping."""
    scanner = _Scanner(text)
    position = 0
    while match := _TRIGGER.search(text, position):
        found = list(scanner.at(match))
        yield from found
        position = max([match.end(), *(f.end for f in found)])


class _Scanner(MeasuringReader):
    """Reads what stands at one trigger; keeps no state but the text."""

    def at(self, match: re.Match[str]) -> Iterable[Found]:
        """The quantities that start at a trigger (several for a list under one unit)."""
        word, start = match.group(), match.start()
        if word == "翻":
            return self._one(self._doubling(start))
        if word in ("过半", "半数", "半小时", "首位", "榜首", "减半"):
            return self._one(self._set_phrase(word, start))
        if len(word) > MAX_DIGITS or self._is_part_of_name(start) or _CONTINUES.search(self._before(start, 2)):
            return ()
        if found := self._formed(word, start):
            return (found,)
        number = self._number(start)
        if number is None or self._is_listed_ordinal(number):
            return ()
        own = self._half(number) or self._cheng(number) or self._discount(number)
        return self._list(number) or self._one(own or self._measured(number))

    def _is_listed_ordinal(self, number: Number) -> bool:
        """The 2 of 第1、2位 is an ordinal, too; that of 第一、2项 counts."""
        listed = self._before(number.start, 1) in _JOINING and self._after(number.end, 1) in (*_JOINING, "位", "名")
        return listed and self._start_of_ranks(number.start) is not None

    def _formed(self, word: str, start: int) -> Found | None:
        """What is read by its form and not by a unit; a look at the neighbours spares most tries."""
        before, after = self._before(start, 1), self._after(start + len(word), 1)
        if before in _RANKING and (found := self._rank(start)):
            return found
        if word[0] in HAN:
            return self._fraction(start) if after == "分" else None
        if after == "/":
            return self._division(start)
        if (after in _DIVIDING) and (found := self._parts(start)):
            return found
        return self._one_in(start) if "每" in self._before(start, 4) else None

    @staticmethod
    def _one(found: Found | None) -> Iterable[Found]:
        return () if found is None else (found,)

    def _is_part_of_name(self, start: int) -> bool:
        before = self.text[max(0, start - 2) : start]
        if before and (_LETTER.match(before[-1]) or before[-1] in "+＋_."):
            return not self.text.endswith(self.words.measured_letters, 0, start)
        if len(before) == 2 and before[-1] in "-/—" and (_LETTER.match(before[0]) or before[0].isdigit()):
            return True
        return before.endswith(self.words.label_before) and not before.endswith("第")

    def _list(self, number: Number) -> list[Found]:
        """1、3、5分钟: bare numbers joined by 、 or 和 share the unit of the last."""
        items = [number]
        if self._before(number.start, 1) == "第":
            return []
        while not items[-1].chinese and not items[-1].scaled and self._after(items[-1].end, 1) in _JOINING:
            following = ARABIC.match(self.text, items[-1].end + 1)
            if not following or len(items) > 12:
                return []
            read = self._arabic(following)
            if read is None:
                return []
            items.append(read)
        if len(items) < 2:
            return []
        last = self._measured(items[-1])
        if last is None or last.dimension == "factor":
            return []
        scale = self._scale_of(items[-1]) if items[-1].scaled else Decimal(1)
        values = (numerals.plain(numerals.EXACT.multiply(n.value, scale)) for n in items[:-1])
        heads = [
            last._replace(start=n.start, end=n.end, value=v, comparator="=", value_high=None)
            for n, v in zip(items, values, strict=False)
        ]
        return [*heads, last]
