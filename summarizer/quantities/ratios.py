"""Shares and ratios that carry no unit (三分之一, 2/3, 6:55:39, 1.98:1), and values of an index (指数为102.1)."""

from __future__ import annotations

import re
from decimal import Decimal

from summarizer.model import Comparator
from summarizer.quantities import numerals
from summarizer.quantities.comparing import ComparingReader, Found
from summarizer.quantities.numbers import ARABIC, DIGIT, HAN, Number

_DECIMAL = rf"[{DIGIT}]+(?:[.．][{DIGIT}]+)?"
_PARTS = re.compile(rf"[:：∶]({_DECIMAL})")
_VERSUS = re.compile(rf"(?:[:：∶]|比)({_DECIMAL})(?![{DIGIT}.．:：∶])")
_FRACTION = re.compile(
    rf"([{HAN}]{{1,16}})分之([{HAN}]{{1,16}}(?:点[{HAN}]{{1,16}})?|[{DIGIT}]{{1,16}}(?:[.．][{DIGIT}]{{1,16}})?)"
)
_ONE_IN = re.compile(r"(\d+)([^\d，。；,;]{1,14}?)就?有(\d+)(辆|台|个|家|名|人|件|户|条|部|套|瓶|块|吨)")
_EACH = re.compile("每[^，。；,;]{0,3}$")
_DIVISION = re.compile(r"(?<![\d/.．])([1-9])/([1-9]\d{0,3})(?![\d/.．号室栋楼幢期])(?!(?:月|日)(?!均))")
_YEAR = re.compile("(?:19|20)[0-9]{2}")


class RatioReader(ComparingReader):
    """Reads shares, ratios and index values."""

    def _division(self, start: int) -> Found | None:
        """占全市2/3 is a fraction; 3/4月 and a path are none."""
        match = _DIVISION.match(self.text, start)
        if not match or int(match.group(1)) >= int(match.group(2)):
            return None
        if len(match.group(2)) > 1 and match.group(2) != "10" and self._before(start, 1) not in self.words.share_before:
            return None
        return self._compared(Found(start, match.end(), f"{match.group(1)}/{match.group(2)}", "ratio", "share"))

    def _one_in(self, start: int) -> Found | None:
        """每2辆新能源汽车就有1辆 is one ratio."""
        if not _EACH.search(self._before(start, 4)):
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

    def _parts(self, start: int) -> Found | None:
        """6.0:55.0:39.0, and 1:2 behind 比; a time of day is neither."""
        first = ARABIC.match(self.text, start)
        if not first:
            return None
        parts, end = [first.group()], first.end()
        while len(parts) <= 4 and (match := _PARTS.match(self.text, end)):
            parts.append(match.group(1))
            end = match.end()
        if len(parts) > 4:
            return None
        if len(parts) < 3:
            return self._two_parts(first)
        value = ":".join(str(numerals.parse_arabic(p)) for p in parts)
        return self._compared(Found(start, end, value, "ratio", "share"))

    def _two_parts(self, first: re.Match[str]) -> Found | None:
        """收入比缩小到1.98:1, 由1.03比1改为1比1: two parts are a ratio where a word or a decimal says so."""
        second = _VERSUS.match(self.text, first.end())
        if not second or len(first.group()) > 9 or len(second.group(1)) > 9:
            return None
        left, right = numerals.parse_arabic(first.group()), numerals.parse_arabic(second.group(1))
        spoken = second.group()[0] == "比"
        decimal = right == 1 and left != left.to_integral_value()
        if not decimal and not self.words.ratio_before.search(self._before(first.start(), 20)):
            return None
        if spoken and right != 1 and left != 1:
            return None
        return self._compared(Found(first.start(), second.end(), f"{left}:{right}", "ratio", "share"))

    def _bare_value(self, number: Number) -> Found | None:
        """指数为102.1, 倍差从2.42缩小至2.12: a number without unit that a word before it gives a meaning."""
        if number.chinese or number.scaled or number.high is not None or number.more:
            return None
        after = self._after(number.end, 2)
        if after and not after.startswith(self.words.bare_after):
            return None
        before = self._before(number.start, 24)
        said = self.words.bare_before.search(before)
        if not said or _YEAR.fullmatch(self.text[number.start : number.end]):
            return None
        unit, dimension = ("ratio", "share") if said.group(1) in self.words.bare_ratios else ("count", "count")
        return self._compared(Found(number.start, number.end, numerals.plain(number.value), unit, dimension))
