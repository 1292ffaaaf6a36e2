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
from dataclasses import replace
from decimal import Decimal

from summarizer.model import Comparator, Quantity, Span
from summarizer.quantities import numerals
from summarizer.quantities.forms import FormReader, Found
from summarizer.quantities.ids import checked_ids
from summarizer.quantities.numbers import (
    ARABIC,
    CHINESE,
    CLOSE_QUOTES,
    DIGIT,
    HAN,
    MAX_DIGITS,
    MORE,
    OPEN_QUOTES,
    SCALE,
    Number,
)
from summarizer.quantities.units import Unit, numeral_units, unit_pattern, unit_table

_TRIGGER = re.compile(rf"[{DIGIT}]+|[{HAN}]+|翻|过半|半数|半小时|首位|榜首")
_RANGE = re.compile(r"(?:左右)?(?:至|到|~|～|-|—{1,2}|–|－|―)")
_CONTINUES = re.compile(rf"[{DIGIT}][千百万亿]$|[{HAN}]点$")  # behind a number that could not be read whole
_PLACE = re.compile("山|(?:河|渠|子|店|房)?(?:市|县|区|镇|乡)(?!级|域|长|直)")  # 七台河市, 五台山, 六户镇
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚΑ-Ωα-ω_]")
_PER = re.compile(r"[/／]([一-鿿㎡]{1,4}?(?:·[年月日天])?)(?=[，。；、：,;:（(）)的以左\s]|$)")
_FIGURES = f"[{DIGIT}{HAN}]"
_WITHIN = re.compile(
    f"(?:(?<={_FIGURES})|(?<={_FIGURES}[.．,，点]))(?={_FIGURES})|(?<={_FIGURES})(?=[.．点]{_FIGURES})"
)
_YI = re.compile("个(多)?亿(?!元)")


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


class _Scanner(FormReader):
    """Reads what stands at one trigger; keeps no state but the text."""

    def at(self, match: re.Match[str]) -> Iterable[Found]:
        """The quantities that start at a trigger (several for a list under one unit)."""
        word, start = match.group(), match.start()
        if word == "翻":
            return self._one(self._doubling(start))
        if word in ("过半", "半数", "半小时", "首位", "榜首"):
            return self._one(self._set_phrase(word, start))
        if len(word) > MAX_DIGITS or self._is_part_of_name(start) or _CONTINUES.search(self._before(start, 2)):
            return ()
        for read in (self._one_in, self._fraction, self._division, self._rank, self._parts):
            if found := read(start):
                return (found,)
        number = self._number(start)
        if number is None:
            return ()
        own = self._half(number) or self._cheng(number) or self._discount(number)
        return self._list(number) or self._one(own or self._measured(number))

    @staticmethod
    def _one(found: Found | None) -> Iterable[Found]:
        return () if found is None else (found,)

    def _is_part_of_name(self, start: int) -> bool:
        before = self.text[max(0, start - 2) : start]
        if before and (_LETTER.match(before[-1]) or before[-1] in "+＋_."):
            return True
        if len(before) == 2 and before[-1] in "-/—" and (_LETTER.match(before[0]) or before[0].isdigit()):
            return True
        return before.endswith(self.words.label_before) and not before.endswith("第")

    def _unit(self, end: int) -> tuple[Unit, int] | None:
        gap = 1 if self._after(end, 1) == " " else 0
        match = unit_pattern().match(self.text, end + gap)
        if not match:
            return None
        stop = self._after(match.end(), 1)
        if stop and stop in self.words.continued.get(match.group(), ""):
            return None
        return unit_table()[match.group()], match.end()

    def _list(self, number: Number) -> list[Found]:
        """1、3、5分钟: bare numbers joined by 、 or 和 share the unit of the last."""
        items = [number]
        while not items[-1].chinese and not items[-1].scaled and self._after(items[-1].end, 1) in ("、", "和"):
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
            replace(last, start=n.start, end=n.end, value=v, comparator="=", value_high=None)
            for n, v in zip(items, values, strict=False)
        ]
        return [*heads, last]

    def _measured(self, number: Number) -> Found | None:
        if number.high is None:
            number, sized = self._range(number)
        else:
            sized = self._unit(number.end)
        if sized is not None and sized[0].zh == "个" and (colloquial := _YI.match(self.text, number.end)):
            return self._amount_in_yi(number, colloquial)
        if sized is None:
            return self._scale_only(number)
        unit, end = sized
        if unit.zh in self.words.conditional and not self._is_meant(number, unit):
            return None
        if not self._is_quantity(number, unit, end):
            return None
        return self._finish(number, unit, end)

    def _is_meant(self, number: Number, unit: Unit) -> bool:
        """Whether an ambiguous word (度, P) is a unit here."""
        before = self._before(number.start, 14)
        return number.scaled or any(word in before for word in self.words.conditional[unit.zh])

    def _amount_in_yi(self, number: Number, match: re.Match[str]) -> Found:
        """3个亿 is 300 million yuan, as people say it."""
        value = numerals.plain(numerals.EXACT.multiply(number.value, Decimal(10**8)))
        more: Comparator | None = ">" if number.more or match.group(1) else None
        return self._compared(Found(number.start, match.end(), value, "CNY", "money"), more)

    def _range(self, number: Number) -> tuple[Number, tuple[Unit, int] | None]:
        """Takes a second number behind 至, 到, - where both can have the same unit."""
        own = self._unit(number.end)
        end = own[1] if own else number.end
        separator = _RANGE.match(self.text, end)
        if not separator or re.search("[从由自]$", self._before(number.start, 1)):
            return number, own
        second = ARABIC.match(self.text, separator.end()) or CHINESE.match(self.text, separator.end())
        high = self._number(second.start()) if second else None
        sized = self._unit(high.end) if high else None
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
        return replace(number, end=high.end, value=low, high=abs(high.value), more=high.more, approximate=about), sized

    def _scale_of(self, number: Number) -> Decimal:
        match = re.search(SCALE.pattern + "$", self.text[number.start : number.end])
        return Decimal(numerals.SCALES[match.group()]) if match else Decimal(1)

    def _scale_only(self, number: Number) -> Found | None:
        """3.5万残疾人, 用户3.4亿: a scaled Arabic number counts the noun behind it, or else before it."""
        after = self._after(number.end, 4)
        if number.chinese and number.bare:
            return self._round_sum(number, after)
        if number.chinese or not number.scaled or number.high is not None or not after:
            return None
        behind = "一" <= after[0] <= "鿿" and not after.startswith(self.words.scale_only_not)
        ends = after[0] in "、，。；,;" and re.search("[一-鿿]$", self._before(number.start, 1)) is not None
        if not behind and not ends:
            return None
        if self._before(number.start, 1) in ("每", "约") and self._before(number.start, 2) != "大约":
            return None
        return self._finish(number, Unit("count", "count", "", "", ""), number.end)

    def _round_sum(self, number: Number, after: str) -> Found | None:
        """规模超千亿: a round number behind a comparator that ends its clause."""
        compared, _ = self._comparator_before(number.start)
        if compared is None or number.value < 10**8 or (after[:1] or "。") not in "，。；、,;":
            return None
        return self._finish(number, Unit("count", "count", "", "", ""), number.end)

    def _is_quantity(self, number: Number, unit: Unit, end: int) -> bool:
        before, after = self._before(number.start), self._after(end)
        if before.endswith(self.words.denominator_before) or after.startswith(self.words.denominator_after):
            return False
        if unit.zh == "类" and before.endswith(self.words.graded):
            return False
        if before.endswith("第") or (before.endswith(("前", "后")) and unit.zh in ("名", "位", "家")):
            return False
        if unit.zh == "年":
            return self._is_span_of_years(number, before, after)
        if unit.zh == "条" and self._is_policy(number, end):
            return False
        if number.chinese and unit.code == "percent" and before.endswith(self.words.indefinite[:2]):
            return False
        if number.chinese and number.value < 10 and unit.zh in self.words.place_units and _PLACE.match(after):
            return False
        return not number.chinese or self._is_chinese_quantity(number, unit, before, after)

    def _is_span_of_years(self, number: Number, before: str, after: str) -> bool:
        if number.value >= 1000 or number.bare or (number.chinese and number.value == 1 and after[:1] != "半"):
            return False
        compared = number.more or number.high is not None
        compared = compared or after.startswith(("以上", "以内", "左右", "半", "多", "时间"))
        spanned = before.endswith(self.words.span_before)
        if before.endswith(self.words.period_before) and not spanned:
            return False
        if after.startswith(self.words.period_after) and not spanned:
            return False
        return compared or spanned or not number.chinese

    def _is_policy(self, number: Number, end: int) -> bool:
        quoted = self._after(end, 1) in {*CLOSE_QUOTES} and (
            self._before(number.start, 1) in {*OPEN_QUOTES} or self._before(number.start, 2)[:1] in {*OPEN_QUOTES}
        )
        listed = re.match("[、以和及等]", self._after(end, 1)) and self.words.policy.search(self._after(end, 24))
        return bool(quoted or listed or self.words.policy.match(self._after(end, 4)))

    def _is_chinese_quantity(self, number: Number, unit: Unit, before: str, after: str) -> bool:
        """Chinese numerals are idioms and slogans far more often than Arabic digits are."""
        if before.endswith((*self.words.indefinite, "届", "·", "十")):
            return False
        compared = (
            self._comparator_before(number.start)[0] is not None
            or number.more
            or bool(self._comparator_after(number.end if not unit.zh else self._end_of(number, unit))[0])
        )
        if number.bare:
            return self._is_bare_quantity(number, unit, after, compared)
        if unit.code == "CNY" and number.value < 10:
            return False
        if unit.zh == "大":
            return number.value > 1 and not self._in_quotes(number.start) and bool(self.words.concrete.match(after))
        if number.value == 1 and unit.zh not in ("倍", "个半月", "个多月") and not compared:
            return False
        if self._in_quotes(number.start) or self.words.abstract.match(after):
            return False
        if unit.zh in numeral_units() or number.high is not None:
            return True
        return compared or number.value > 10 or (unit.zh == "个" and self.words.concrete.match(after) is not None)

    def _end_of(self, number: Number, unit: Unit) -> int:
        return self.text.index(unit.zh, number.end) + len(unit.zh)

    def _is_bare_quantity(self, number: Number, unit: Unit, after: str, compared: bool) -> bool:
        """千亿元 and 亿元以上 are amounts; 百个 and 千人 only with a comparator."""
        if unit.dimension == "money":
            large = number.value >= 10**9 and not after.startswith(self.words.bare_class)
            return large or compared
        physical = unit.dimension in ("power", "mass", "area", "energy", "length", "volume", "people", "households")
        return compared and (physical or unit.zh in numeral_units() | {"个", "项", "次", "场"} or bool(unit.plural))

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
        found = Found(
            number.start,
            per.end() if per else end,
            numerals.plain(value),
            *self._settle(unit, number),
            value_high=numerals.plain(number.high) if number.high is not None else None,
            counter=unit.counter,
            per=per.group(1) if per else None,
        )
        found = self._counted(found)
        return self._compared(found, ">" if more else "~" if number.approximate else None)

    def _settle(self, unit: Unit, number: Number) -> tuple[str, str]:
        if unit.zh in ("位", "名", "个名次") and self.words.moved.search(self._before(number.start, 6)):
            return "rank", "rank"
        if unit.zh == "倍" and self.words.added.search(self._before(number.start, 10)):
            return "times_more", "factor"
        return unit.code, unit.dimension

    def _counted(self, found: Found) -> Found:
        """户 of firms is a count."""
        if found.unit != "household":
            return found
        clause = re.split("[，。；,;：:]", self._before(found.start, 24))[-1] + self._after(found.end, 4)
        if self.words.firms.search(clause):
            return replace(found, unit="count", dimension="count", counter="户")
        return found
