"""Comparators around a quantity (近, 超过, 以上, 左右), and what a quantity is before it has an id."""

from __future__ import annotations

import re
from typing import NamedTuple

from summarizer.model import Comparator
from summarizer.quantities.numbers import NumberReader

_ROUND = re.compile("[一二三四五六七八九十两]?[百千十]?[万亿]|[百千]|[0-9.]{1,6}万?亿")


class Found(NamedTuple):
    """A quantity before it gets an id."""

    start: int
    end: int
    value: str
    unit: str
    dimension: str
    value_high: str | None = None
    counter: str | None = None
    per: str | None = None
    comparator: Comparator = "="


class ComparingReader(NumberReader):
    """Reads the comparators that touch a quantity."""

    def _comparator_before(self, start: int) -> tuple[Comparator | None, int]:
        text = self.text
        for word, sign in self.words.before_by_end.get(text[start - 1 : start], ()):
            if not text.endswith(word, 0, start):
                continue
            at = start - len(word)
            stem = text[at - 1 : at]
            if stem and stem in self.words.glued.get(word, ""):
                continue
            if word in self.words.before_round and not _ROUND.match(text, start):
                continue
            return sign, at
        return None, start

    def _comparator_after(self, end: int) -> tuple[Comparator | None, int]:
        for word, sign in self.words.after_by_start.get(self.text[end : end + 1], ()):
            if self.text.startswith(word, end):
                return sign, end + len(word)
        return None, end

    def _compared(self, found: Found, own: Comparator | None = None) -> Found:
        before, start = self._comparator_before(found.start)
        after, end = self._comparator_after(found.end)
        if before and self._breaks_through(start, found):
            before, start = None, found.start
        return found._replace(start=start, end=end, comparator=before or after or own or found.comparator)

    def _breaks_through(self, start: int, found: Found) -> bool:
        """突破10项关键技术 overcomes ten, not more than ten."""
        word = self.text[start : found.start]
        return word in self.words.overcome and self.words.overcome_after.match(self.text, found.end) is not None
