"""Whether a number with a unit is a quantity here: spans of years, policies, slogans, idioms, names of places."""

from __future__ import annotations

import re

from summarizer.quantities.forms import FormReader
from summarizer.quantities.numbers import CLOSE_QUOTES, OPEN_QUOTES, Number
from summarizer.quantities.units import Unit, numeral_units

# 七台河市, 五台山 and 六户镇 are places.
_PLACE = re.compile("山|(?:河|渠|子|店|房)?(?:市|县|区|镇|乡)(?!级|域|长|直|属|场|民|内|外|管)")


class JudgingReader(FormReader):
    """Tells quantities from what only looks like one; what decides are the words around (data/context.toml)."""

    def _is_meant(self, number: Number, unit: Unit) -> bool:
        """Whether an ambiguous word (度, P) is a unit here."""
        words = self.words.conditional[unit.zh]
        near = self._before(number.start, 14) + "|" + self._after(number.end + len(unit.zh), 4)
        return number.scaled or any(word in near for word in words)

    def _is_quantity(self, number: Number, unit: Unit, end: int) -> bool:
        before, after = self._before(number.start), self._after(end)
        if before.endswith(self.words.denominator_before) or after.startswith(self.words.denominator_after):
            return False
        graded = before.endswith(self.words.graded) or (number.chinese and after.startswith(("以上", "及以上")))
        if unit.zh == "类" and graded:
            return False
        if before.endswith("第") or (before.endswith(("前", "后")) and unit.zh in ("名", "位", "家")):
            return False
        if unit.zh in self.words.arabic_only and (number.chinese or number.value < self.words.least.get(unit.zh, 0)):
            return False
        if number.chinese and before.endswith(self.words.indefinite_always):
            return False
        if unit.zh == "年":
            return self._is_span_of_years(number, before, after)
        if unit.zh == "条" and self._is_policy(number, end):
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
        named = self.words.policy.search(re.split("[，。；、]", self._after(end, 6))[0])
        return bool(quoted or listed or named)

    def _is_chinese_quantity(self, number: Number, unit: Unit, before: str, after: str) -> bool:
        """Chinese numerals are idioms and slogans far more often than Arabic digits are."""
        if before.endswith(("届", "·", "十")) or (number.bare and before.endswith(self.words.indefinite)):
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
        broken = before.endswith("突破")  # 突破一批关键技术 is a verb and no comparison
        if number.value == 1 and unit.zh not in ("倍", "个半月", "个多月") and (broken or not compared):
            return False
        if self._in_quotes(number.start) or self.words.abstract.match(after):
            return False
        if unit.zh in numeral_units() or number.high is not None:
            return True
        if compared or number.value > 10:
            return True
        concrete = self.words.concrete.match(after) or self.words.concrete_single.match(after)
        return unit.zh == "个" and concrete is not None

    def _end_of(self, number: Number, unit: Unit) -> int:
        return self.text.index(unit.zh, number.end) + len(unit.zh)

    def _is_bare_quantity(self, number: Number, unit: Unit, after: str, compared: bool) -> bool:
        """千亿元 and 亿元以上 are amounts; 百个 and 千人 only with a comparator."""
        if unit.dimension == "money":
            large = number.value >= 10**9 and not after.startswith(self.words.bare_class)
            return large or compared
        physical = unit.dimension in ("power", "mass", "area", "energy", "length", "volume", "people", "households")
        return compared and (physical or unit.zh in numeral_units() | {"个", "项", "次", "场"} or bool(unit.plural))

    def _is_sum(self, number: Number) -> bool:
        """三亿多农村劳动力 counts people; 百万 and 万千 are words."""
        run = self.text[number.start : number.end].rstrip("多余")
        return run != "十万" and run[-1] in "万亿" and number.value >= 10**5 and not self._in_quotes(number.start)
