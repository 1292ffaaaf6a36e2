"""Quantities with a form of their own (翻一番, 三分之一, 第一, 三成, 6:55:39), and the comparators around any."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from summarizer.model import Comparator
from summarizer.quantities import numerals
from summarizer.quantities.numbers import ARABIC, DIGIT, HAN, Number, NumberReader

_PARTS = re.compile(rf"[:：∶]([{DIGIT}]+(?:[.．][{DIGIT}]+)?)")
_FRACTION = re.compile(
    rf"([{HAN}]{{1,16}})分之([{HAN}]{{1,16}}(?:点[{HAN}]{{1,16}})?|[{DIGIT}]{{1,16}}(?:[.．][{DIGIT}]{{1,16}})?)"
)
_DOUBLING = re.compile(r"翻了?(近)?([一两二三四])?番")
_ONE_IN = re.compile(r"(\d+)([^\d，。；,;]{1,14}?)就?有(\d+)(辆|台|个|家|名|人|件|户|条|部|套|瓶|块|吨)")
_DIVISION = re.compile(r"(?<![\d/.．])([1-9])/([2-9]|10)(?![\d/月日号.．])(?=[，。；、,;）)的以左上多强弱]|$|\s)")
_CHENG_STOPS = "立为功果效员都本分绩型千百因交长年熟就品套活"


@dataclass(frozen=True, slots=True)
class Found:
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


class FormReader(NumberReader):
    """Reads quantities that carry no unit, and adds comparators."""

    def _doubling(self, start: int) -> Found | None:
        match = _DOUBLING.match(self.text, start)
        if not match:
            return None
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
        return self._compared(Found(start, start + 2, "1/2", "ratio", "share"))

    def _division(self, start: int) -> Found | None:
        """占全市2/3 is a fraction; 3/4月 and a path are none."""
        match = _DIVISION.match(self.text, start)
        if not match or int(match.group(1)) >= int(match.group(2)):
            return None
        return self._compared(Found(start, match.end(), f"{match.group(1)}/{match.group(2)}", "ratio", "share"))

    def _one_in(self, start: int) -> Found | None:
        """每2辆新能源汽车就有1辆 is one ratio."""
        if not re.search("每[^，。；,;]{0,3}$", self._before(start, 4)):
            return None
        match = _ONE_IN.match(self.text, start)
        if not match or match.group(1) == "0" or len(match.group(1)) > 6 or len(match.group(3)) > 6:
            return None
        return Found(start, match.end(), f"{int(match.group(3))}/{int(match.group(1))}", "ratio", "share")

    def _fraction(self, start: int) -> Found | None:
        match = _FRACTION.match(self.text, start)
        if not match:
            return None
        whole, part = match.groups()
        if part[0].isdigit():
            value = numerals.parse_arabic(part)
        else:
            integer, _, decimals = part.partition("点")
            digits = "".join(str(numerals.parse_chinese(c)) for c in decimals)
            parsed = numerals.parse_chinese(integer)
            if parsed is None:
                return None
            value = Decimal(f"{parsed}.{digits}") if digits else Decimal(parsed)
        known = {"百": "percent", "千": "permille"}
        more: Comparator | None = None
        end = match.end()
        if self._after(end, 1) in ("几", "多", "余"):
            more, end = ">", end + 1
        if whole in known:
            return self._compared(Found(start, end, numerals.plain(value), known[whole], "share"), more)
        under = numerals.parse_chinese(whole)
        if not under:
            return None
        return self._compared(Found(start, match.end(), f"{numerals.plain(value)}/{under}", "ratio", "share"))

    def _rank(self, start: int) -> Found | None:
        """第一 and 第3位 where they rank the place, and 前五; any other 第N is an ordinal."""
        if self._before(start, 1) == "前":
            return self._top(start)
        if self._before(start, 1) != "第":
            return None
        number = self._number(start)
        if number is None or number.bare or number.value != number.value.to_integral_value() or number.value > 999:
            return None
        end = number.end
        if self._after(end, 1) in ("位", "名"):
            end += 1
        closed = end >= len(self.text) or self._after(end, 2).startswith(self.words.rank_after)
        if not closed or not self.words.rank_before.search(self._before(start - 1, 12)):
            return None
        return Found(start - 1, end, numerals.plain(number.value), "rank", "rank")

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

    def _parts(self, start: int) -> Found | None:
        """6.0:55.0:39.0, and 1:2 behind 比; a time of day is neither."""
        first = ARABIC.match(self.text, start)
        if not first:
            return None
        parts, end = [first.group()], first.end()
        while len(parts) <= 4 and (match := _PARTS.match(self.text, end)):
            parts.append(match.group(1))
            end = match.end()
        two_parts_of_a_ratio = len(parts) == 2 and re.search("比[例为是达调整约]{0,3}$", self._before(start, 5))
        if (len(parts) < 3 and not two_parts_of_a_ratio) or len(parts) > 4:
            return None
        value = ":".join(str(numerals.parse_arabic(p)) for p in parts)
        return Found(start, end, value, "ratio", "share")

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

    def _comparator_before(self, start: int) -> tuple[Comparator | None, int]:
        before = self._before(start, 6)
        for word, sign in self.words.before:
            if before.endswith(word):
                stem = before[: -len(word)][-1:]
                glued = self.words.glued.get(word, "")
                if stem and stem in glued:
                    continue
                return sign, start - len(word)
        return None, start

    def _comparator_after(self, end: int) -> tuple[Comparator | None, int]:
        after = self._after(end, 6)
        for word, sign in self.words.after:
            if after.startswith(word):
                return sign, end + len(word)
        return None, end

    def _compared(self, found: Found, own: Comparator | None = None) -> Found:
        before, start = self._comparator_before(found.start)
        after, end = self._comparator_after(found.end)
        return replace(found, start=start, end=end, comparator=before or after or own or found.comparator)
