"""A number with what it counts or measures: units, ranges, sums without unit, halves, denominators."""

from __future__ import annotations

import re
from decimal import Decimal

from summarizer.model import Comparator
from summarizer.quantities import numerals
from summarizer.quantities.comparing import Found
from summarizer.quantities.judging import JudgingReader
from summarizer.quantities.numbers import ARABIC, CHINESE, MORE, SCALE, Number
from summarizer.quantities.units import Unit, alternation, denominators, unit_pattern, unit_table

_RANGE = re.compile(r"(?:左右)?(?:至|到|~|～|-|—{1,2}|–|－|―)")
_AGE = re.compile("[0-9]{1,3}周?岁")  # 390万65岁以上老年人
_HEADED = re.compile("[0-9]{1,2}[.．](?=[1-9])")
_PER = re.compile(
    rf"[/／]((?:{alternation(denominators())})(?:[·/／][年月日天人户](?![一-鿿]))?)(?![次均·/／])"
    r"|[/／]([一-鿿㎡]{1,4}?(?:·[年月日天])?)(?=[，。；、：,;:（(）)的以左\s]|$)"
    r"|[（(]每?([人户月年亩][/／每][人户月年亩])[）)]"
)
_YI = re.compile("个(多)?亿(?!元)")


class MeasuringReader(JudgingReader):
    """Gives a number its unit, its denominator and its comparators."""

    def _unit(self, start: int, end: int) -> tuple[Unit, int] | None:
        match = unit_pattern().match(self.text, end + self._gap(start, end))
        if not match:
            return None
        word, last = match.group(), match.end()
        if word in self.words.closed and self._after(last, 1) not in self.words.closed[word]:
            word, last = word[0], last - len(word) + 1  # 八大项目 are projects, no 大项
            if len(match.group()) == 1 or word not in unit_table():
                return None
        stop = self._after(last, 1)
        if stop and stop in self.words.continued.get(word, ""):
            return None
        return unit_table()[word], last

    def _measured(self, number: Number) -> Found | None:
        if number.high is None:
            number, sized = self._range(number)
        else:
            sized = self._unit(number.start, number.end)
        if sized is not None and (numbered := self._behind_heading(number, sized[0])):
            number = numbered
        if sized is not None and sized[0].zh == "个" and (colloquial := _YI.match(self.text, number.end)):
            return self._amount_in_yi(number, colloquial)
        if sized is None:
            return self._scale_only(number) or self._bare_value(number)
        unit, end = sized
        if unit.zh in self.words.conditional and not self._is_meant(number, unit):
            return None
        if not self._is_quantity(number, unit, end):
            return None
        return self._finish(number, unit, end)

    def _behind_heading(self, number: Number, unit: Unit) -> Number | None:
        """1.14大产业 at the start of a line is heading 1 and the count 14."""
        match = _HEADED.match(self.text, number.start) if unit.counter and not number.scaled else None
        if match is None or self._before(number.start, 24).rstrip(" \t\u3000")[-1:] not in ("", "\n", "\r"):
            return None
        return self._number(match.end())

    def _amount_in_yi(self, number: Number, match: re.Match[str]) -> Found:
        """3个亿 is 300 million yuan, as people say it."""
        value = numerals.plain(numerals.EXACT.multiply(number.value, Decimal(10**8)))
        more: Comparator | None = ">" if number.more or match.group(1) else None
        return self._compared(Found(number.start, match.end(), value, "CNY", "money"), more)

    def _range(self, number: Number) -> tuple[Number, tuple[Unit, int] | None]:
        """Takes a second number behind 至, 到, - where both can have the same unit."""
        own = self._unit(number.start, number.end)
        end = own[1] if own else number.end
        separator = _RANGE.match(self.text, end)
        if not separator or re.search("[从由自]$", self._before(number.start, 1)):
            return number, own
        second = ARABIC.match(self.text, separator.end()) or CHINESE.match(self.text, separator.end())
        high = self._number(second.start()) if second else None
        sized = self._unit(high.start, high.end) if high else None
        if high is None or sized is None or high.high is not None or high.chinese != number.chinese:
            return number, own
        if (own and own[0] != sized[0]) or (sized[0].zh == "年" and high.value > 1900):
            return number, own
        low = number.value
        if not number.scaled and high.scaled and not own:
            low = numerals.EXACT.multiply(low, self._scale_of(high))
        if low >= abs(high.value):
            return number, own
        about = separator.group().startswith("左右")
        return number._replace(end=high.end, value=low, high=abs(high.value), more=high.more, approximate=about), sized

    def _scale_of(self, number: Number) -> Decimal:
        match = re.search(SCALE.pattern + "$", self.text[number.start : number.end])
        return Decimal(numerals.SCALES[match.group()]) if match else Decimal(1)

    def _scale_only(self, number: Number) -> Found | None:
        """3.5万残疾人, 用户3.4亿: a scaled Arabic number counts the noun behind it, or else before it."""
        after = self._after(number.end + (self._after(number.end, 1) == " "), 5)
        if number.chinese and number.bare:
            return self._round_sum(number, after)
        if not (self._is_sum(number) if number.chinese else number.scaled) or number.high is not None or not after:
            return None
        named = after.startswith(self.words.scale_only_not) and not after.startswith(self.words.scale_only)
        behind = ("一" <= after[0] <= "鿿" and not named) or _AGE.match(after)
        ends = after[0] in "、，。；,;" and re.search("[一-鿿]$", self._before(number.start, 1)) is not None
        if not behind and not ends:
            return None
        if self._before(number.start, 1) in ("每", "约") and self._before(number.start, 2) != "大约":
            return None
        return self._finish(number, Unit("count", "count", "", "", ""), number.end)

    def _round_sum(self, number: Number, after: str) -> Found | None:
        """规模超千亿: a round number behind a comparator that ends its clause."""
        compared, _ = self._comparator_before(number.start)
        if compared is None or number.value < 10**8 or (after and not after.startswith(self.words.round_after)):
            return None
        return self._finish(number, Unit("count", "count", "", "", ""), number.end)

    def _finish(self, number: Number, unit: Unit, end: int) -> Found:
        """Adds halves, denominators and comparators, and settles what the unit is."""
        value, more = number.value, number.more
        if unit.zh in ("年", "倍", "天") and re.match("半(?![数载])", self._after(end, 2)):
            value, end = value + Decimal("0.5"), end + 1
        if unit.zh == "个多月":
            unit, more = unit_table()["个月"], True
        elif unit.zh == "个半月":
            unit, value = unit_table()["个月"], value + Decimal("0.5")
        if unit.dimension in ("duration", "length", "money", "mass", "area", "factor", "age"):
            match = MORE.match(self.text, end)
            if match and not re.match("[余多](年来|[一-鿿]?种)", self._after(end, 4)):
                end, more = match.end(), True
        per = _PER.match(self.text, end)
        code, dimension = self._settle(unit, number, end)
        found = Found(
            number.start,
            per.end() if per else end,
            numerals.plain(value),
            code,
            dimension,
            value_high=numerals.plain(number.high) if number.high is not None else None,
            counter=unit.counter if code == unit.code else None,
            per=self._denominator(per) if per else None,
        )
        found = self._counted(found)
        return self._compared(found, ">" if more else "~" if number.approximate else None)

    @staticmethod
    def _denominator(per: re.Match[str]) -> str:
        """年/人 and （每人每月） are written with one kind of slash."""
        return re.sub("[／每]", "/", per.group(1) or per.group(2) or per.group(3))

    def _settle(self, unit: Unit, number: Number, end: int) -> tuple[str, str]:
        if unit.zh in ("位", "名") and self.words.moved.search(self._before(number.start, 6)):
            counted = self._after(end, 1)  # 提升5名 gains places, 提升5名干部 are people
            if not counted or counted in self.words.moved_after:
                return "rank", "rank"
        if unit.zh == "倍" and (number.value == 1 or self.words.added.search(self._before(number.start, 10))):
            return "times_more", "factor"
        return unit.code, unit.dimension

    def _counted(self, found: Found) -> Found:
        """户 of firms is a count."""
        if found.unit != "household":
            return found
        clause = re.split("[，。；,;：:]", self._before(found.start, 24))[-1] + self._after(found.end, 4)
        if self.words.firms.search(clause):
            return found._replace(unit="count", dimension="count", counter="户")
        return found
