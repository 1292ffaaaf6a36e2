"""Quantities with a form of their own: 翻一番, 减半, 过半, 第一, 前五, 三成, 八折."""

from __future__ import annotations

import re

from summarizer.model import Comparator
from summarizer.quantities import numerals
from summarizer.quantities.comparing import Found
from summarizer.quantities.numbers import HAN, Number
from summarizer.quantities.ratios import RatioReader

_DOUBLING = re.compile(r"翻了?(近)?([一两二三四])?番")
_ORDINAL = "[0-9０-９一二三四五六七八九十]{1,3}"
_RANKS = re.compile(f"(?:第{_ORDINAL}[位名]?[、和])(?:第?{_ORDINAL}[位名]?[、和]){{0,4}}第?$")
_CHENG_STOPS = "立为功果效员都本分绩型千百因交长年熟就品套活"


class FormReader(RatioReader):
    """Reads quantities that carry no unit of the table."""

    def _doubling(self, start: int) -> Found | None:
        match = _DOUBLING.match(self.text, start)
        if not match or (match.group() == "翻番" and self._before(start, 1) in tuple("一两二三四五六")):
            return None  # 两翻番 counts the things that double
        times = numerals.DIGITS[match.group(2)] if match.group(2) else 1
        near: Comparator | None = "~" if match.group(1) else None
        end = match.end()
        if self._after(end, 1) == "多":
            near, end = ">", end + 1
        return self._compared(Found(start, end, str(2**times), "multiple", "factor"), near)

    def _set_phrase(self, word: str, start: int) -> Found | None:
        if word in ("首位", "榜首"):
            if not re.search("[居列位]|排名|排", self._before(start, 10)) or self._after(start + 2, 1) == "度":
                return None
            return Found(start, start + 2, "1", "rank", "rank")
        if word == "过半":
            if self._before(start, 2) == "时间" or self._before(start, 1) in ("超", "经"):
                return None
            return Found(start, start + 2, "1/2", "ratio", "share", comparator=">")
        if word == "半小时":
            if self._before(start, 1) in ("个", "一", "两", "多"):
                return None
            return self._compared(Found(start, start + 3, "0.5", "hour", "duration"))
        if word == "减半":
            return self._compared(Found(start, start + 2, "0.5", "multiple", "factor"))
        return self._compared(Found(start, start + 2, "1/2", "ratio", "share"))

    def _rank(self, start: int) -> Found | None:
        """第一 and 第3位 where they rank the place, and 前五; any other 第N is an ordinal."""
        if self._before(start, 1) == "前":
            return self._top(start)
        stated = self._before(start, 1) == "第"
        first = self._start_of_ranks(start) or (start - 1 if stated else None)
        if first is None:
            return None
        number = self._number(start)
        if number is None or number.bare or number.value != number.value.to_integral_value() or number.value > 999:
            return None
        end = number.end
        word = self._after(end, 1) in ("位", "名")
        end += word
        closed = end >= len(self.text) or self._after(end, 2).startswith(self.words.rank_after)
        before = self._before(first, 12)
        if not closed or not self.words.rank_before.search(before) or self.words.rank_placed.search(before):
            return None
        return Found(start - stated, end - (word and not stated), numerals.plain(number.value), "rank", "rank")

    def _start_of_ranks(self, start: int) -> int | None:
        """Where the first of 第1、2位 stands, seen from a later one."""
        before = self._before(start, 24)
        listed = _RANKS.search(before) if before[-1:] in ("、", "和", "第") else None
        return start - len(listed.group()) if listed else None

    def _top(self, start: int) -> Found | None:
        """全国前五 is rank 5 or better."""
        number = self._number(start)
        if number is None or number.bare or number.scaled or not 1 < number.value <= 100:
            return None
        after = self._after(number.end, 1)
        if (after and after not in self.words.top_after) or not self.words.rank_before.search(
            self._before(start - 1, 6)
        ):
            return None
        end = number.end + (after in ("名", "位", "强"))
        if end != number.end and self._after(end, 1) not in ("", *self.words.top_after):
            return None
        return Found(start - 1, end, numerals.plain(number.value), "rank", "rank", comparator="<=")

    def _half(self, number: Number) -> Found | None:
        """一半, and the bare 半 behind a unit is handled with the unit."""
        if number.chinese and number.value == 1 and self._after(number.end, 1) == "半":
            return self._compared(Found(number.start, number.end + 1, "1/2", "ratio", "share"))
        return None

    def _cheng(self, number: Number) -> Found | None:
        """三成 is 30%, 三成半 35%."""
        after = self._after(number.end, 3)
        if not after.startswith("成") or number.value > 10 or number.bare or number.value < 1:
            return None
        value, end = number.value * 10, number.end + 1
        if after[1:2] == "半":
            value, end = value + 5, end + 1
        elif numerals.DIGITS.get(after[1:2]) and number.chinese and after[2:3] not in tuple(HAN):
            value, end = value + numerals.DIGITS[after[1]], end + 1  # 九成五
        elif after[1:2] in _CHENG_STOPS and after[1:2]:
            return None
        if number.value == 1 and number.chinese and after[1:2] == "不":
            return None
        return self._compared(Found(number.start, end, numerals.plain(value), "percent", "share"))

    def _discount(self, number: Number) -> Found | None:
        """八折 leaves 80% of the price, 八五折 85%."""
        after = self._after(number.end, 2)
        if not after.startswith("折") or after[1:] in self.words.no_discount or number.bare or number.scaled:
            return None
        value = number.value * 10 if number.value < 10 else number.value
        if not 10 <= value < 100 or (not number.chinese and number.value > 10):
            return None
        return self._compared(Found(number.start, number.end + 1, numerals.plain(value), "percent", "share"))
