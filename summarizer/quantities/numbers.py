"""Numerals at a position: Arabic and Chinese, with scale words, 余 and 多, signs and ranges of neighbours."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from summarizer.quantities import numerals
from summarizer.quantities.words import context_words

HAN = "零〇○一二三四五六七八九十百千万亿兆两"
DIGIT = "0-9０-９"
ARABIC = re.compile(rf"[{DIGIT}]+(?:[,，][{DIGIT}]{{3}}(?![{DIGIT}])){{0,8}}(?:(?: [.．] |[.．])[{DIGIT}]+)?")
CHINESE = re.compile(rf"[{HAN}]+")
# 兆 is 10^12 of money alone; elsewhere it is a million (500兆瓦, 1000兆宽带).
SCALE = re.compile(
    "万亿|千亿|百亿|十亿|千万|百万|十万|亿|兆(?=[美日韩欧港澳]?元|新台币|人民币)|万|千(?![瓦克米伏分卡])|百(?!分)"
)
MORE = re.compile("余|多")
MAX_DIGITS = 24
# What may stand between a number and its unit: a space, or the end of a line or page (with its page number).
BREAK = re.compile(
    r"[ \t\u00a0\u3000]{0,4}\r?\n[\s\u00a0]{0,6}(?:[—－-]{1,2} ?[0-9]{1,4} ?[—－-]{1,2}[\s\u00a0]{1,6})?"
)
_SPACE = re.compile("[ \u00a0\u3000\u2002-\u200b]")
_WORD = re.compile("[一-鿿、，：；（]")
OPEN_QUOTES, CLOSE_QUOTES = "“‘「『《", "”’」』》"


_LARGER = re.compile("万亿|亿|万")
_PARTS = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100}


_CHANGED = re.compile(r"(?:增长|增幅|增速|涨幅|同比|下降)(?:为|是|达|达到)?\s*$")
_DECIMALS = re.compile("点([零〇一二三四五六七八九]+)(?![十百千])(万亿|千亿|百亿|亿|千万|百万|万)?")
_OF_UNIT = re.compile("千[瓦米克伏卡]|兆瓦")
_PART_AND_LARGER = re.compile(rf"([{DIGIT}])(千|百|十)([余多])?(万亿|亿|万)")


def _scale_of(word: str) -> Decimal:
    return Decimal(10 if word == "十" else numerals.SCALES[word])


def _scale(match: re.Match[str]) -> Decimal:
    return _scale_of(match.group())


def _multiplied(run: str, number: Decimal, scale: Decimal) -> Decimal:
    """七亿七千 before 多万: the scale is that of the part behind a larger one."""
    at = max(run.rfind("亿"), run.rfind("兆")) + 1
    if not 0 < at < len(run) or scale >= 10**8:
        return number * scale
    head, tail = numerals.parse_chinese(run[:at]), numerals.parse_chinese(run[at:])
    return number * scale if head is None or tail is None else Decimal(head) + Decimal(tail) * scale


class Number(NamedTuple):
    """A numeral as read: its span, value, and what it looks like."""

    start: int
    end: int
    value: Decimal
    high: Decimal | None = None
    more: bool = False
    chinese: bool = False
    bare: bool = False
    scaled: bool = False
    approximate: bool = False


class NumberReader:
    """Reads numerals of a text; keeps no state but the text."""

    def __init__(self, text: str):
        self.words = context_words()
        for written, plain in self.words.variants.items():
            text = text.replace(written, plain)
        self.text = text

    def _before(self, start: int, size: int = 8) -> str:
        return self.text[max(0, start - size) : start]

    def _after(self, end: int, size: int = 8) -> str:
        return self.text[end : end + size]

    def _gap(self, start: int, end: int) -> int:
        """How many characters stand between a number and its unit: a space, or a line break inside a sentence."""
        following = self.text[end : end + 1]
        if following and not following.isspace() and following != "\u200b":
            return 0
        if _WORD.match(self._before(start, 1)) and (broken := BREAK.match(self.text, end)):
            return broken.end() - end
        return 1 if _SPACE.match(following) else 0

    def _in_quotes(self, start: int) -> bool:
        for c in reversed(self._before(start, 14)):
            if c in OPEN_QUOTES:
                return True
            if c in CLOSE_QUOTES:
                return False
        return False

    def _number(self, start: int) -> Number | None:
        arabic = ARABIC.match(self.text, start)
        return self._arabic(arabic) if arabic else self._chinese(start)

    def _arabic(self, match: re.Match[str]) -> Number | None:
        digits, end = match.group(), match.end()
        groups = re.split("[,，]", digits)
        if len(groups) > 1 and len(groups[0]) > 3:  # a clause mark between two numbers, no thousands separator
            end = match.start() + len(groups[0])
            digits = groups[0]
        if len(digits) > MAX_DIGITS or re.match("0[0-9]", digits):
            return None  # no real number, or the tail of one that a space or a break has cut
        number = self._scaled(Number(match.start(), end, numerals.parse_arabic(digits)))
        return self._signed(self._composite(number))

    def _scaled(self, number: Number) -> Number:
        """Adds 余 or 多 and a scale word: 30余万, 1.2万余, 1.02万亿."""
        end, more = number.end, False
        if match := MORE.match(self.text, end):
            end, more = match.end(), True
        scale = SCALE.match(self.text, end + self._gap(number.start, end))
        value = number.value
        if scale:
            value = numerals.EXACT.multiply(value, Decimal(numerals.SCALES[scale.group()]))
            end = scale.end()
            if scale.group() == "万" and self.text.startswith(" 亿", end):
                value, end = numerals.EXACT.multiply(value, Decimal(10**8)), end + 2
            if match := MORE.match(self.text, end):
                end, more = match.end(), True
                if larger := _LARGER.match(self.text, end):  # 3千多万, 3万多亿
                    value, end = numerals.EXACT.multiply(value, _scale(larger)), larger.end()
        return number._replace(end=end, value=value, more=more, scaled=scale is not None)

    def _composite(self, number: Number) -> Number:
        """5万6566 is one number: a scaled part and a smaller one behind it, in digits or characters."""
        last = self.text[number.end - 1]
        if not number.scaled or last not in _PARTS:
            return number
        if whole := self._multiplied_whole(number):
            return whole
        rest = self._part_behind(number.end)
        if rest is None or rest.value >= _PARTS[last] or (last in "千百" and not rest.scaled):
            return number
        joined = numerals.EXACT.add(number.value, rest.value)
        return rest._replace(start=number.start, value=joined, scaled=True, chinese=False, bare=False)

    def _decimal(self, start: int, whole: int, decimals: re.Match[str]) -> Number:
        """三点五亿: a decimal in characters."""
        digits = "".join(str(numerals.DIGITS[c]) for c in decimals.group(1)[:MAX_DIGITS])
        scale = Decimal(numerals.SCALES[decimals.group(2)]) if decimals.group(2) else Decimal(1)
        value = numerals.EXACT.multiply(Decimal(f"{whole}.{digits}"), scale)
        end, more = decimals.end(), False
        if found := MORE.match(self.text, end):
            end, more = found.end(), True
        return Number(start, end, value, None, more, True)

    def _multiplied_whole(self, number: Number) -> Number | None:
        """3百5十万, 1万3千多亿: the last scale is that of the parts before it."""
        match = _PART_AND_LARGER.match(self.text, number.end)
        if not match or number.value >= _scale_of(match.group(4)):
            return None
        part = numerals.EXACT.multiply(numerals.parse_arabic(match.group(1)), _scale_of(match.group(2)))
        value = numerals.EXACT.multiply(numerals.EXACT.add(number.value, part), _scale_of(match.group(4)))
        return number._replace(end=match.end(), value=value, more=bool(match.group(3)))

    def _part_behind(self, start: int) -> Number | None:
        match = ARABIC.match(self.text, start)
        if (match and 3 <= len(match.group()) <= 9) or (match and SCALE.match(self.text, match.end())):
            return self._scaled(Number(match.start(), match.end(), numerals.parse_arabic(match.group())))
        run = CHINESE.match(self.text, start)
        read = self._numeral(run) if run and run.group()[0] in numerals.DIGITS else None
        return read._replace(scaled=True) if read and not read.high and read.value >= 10 else None

    def _signed(self, number: Number) -> Number:
        """A minus belongs to a rate, and is the direction's business behind 增长."""
        sign = self._before(number.start, 1)
        below_zero = self._before(number.start, 2) == "零下"
        ahead = self._before(number.start - 1, 1) if sign == "负" else "x"
        if below_zero or not ahead or ahead in self.words.negative_after:
            start = number.start - (2 if below_zero else 1)
            changed = not below_zero and _CHANGED.search(self._before(start, 6))
            return number._replace(start=start, value=number.value if changed else numerals.EXACT.minus(number.value))
        if sign not in ("-", "－", "−") or self._before(number.start - 1, 1).isdigit():
            return number
        if re.search(rf"[{HAN}%％‰A-Za-z]$", self._before(number.start - 1, 1)):
            return number
        changed = _CHANGED.search(self._before(number.start - 1, 6))
        value = number.value if changed else numerals.EXACT.minus(number.value)
        return number._replace(start=number.start - 1, value=value)

    def _chinese(self, start: int) -> Number | None:
        match = CHINESE.match(self.text, start)
        if not match or re.match("[0-9０-９]", self._before(start, 1)):
            return None  # behind digits a scale word is theirs, or the digits were no number
        return self._numeral(match)

    def _numeral(self, match: re.Match[str]) -> Number | None:
        run, end, more = match.group(), match.end(), False
        if len(run) > MAX_DIGITS:
            return None
        if run[-2:-1] in ("万", "亿") and _OF_UNIT.match(self.text, end - 1):
            run, end = run[:-1], end - 1  # 千万千瓦: the last 千 is the unit's
        pair = numerals.adjacent_pair(run)
        value = numerals.parse_chinese(run)
        if value is None and pair is None:
            return None
        number = Decimal(pair[0] if pair else value or 0)
        if value is not None and (decimals := _DECIMALS.match(self.text, end)):
            return self._decimal(match.start(), value, decimals)
        if found := MORE.match(self.text, end):
            more, end = True, found.end()
            if scale := _LARGER.match(self.text, end):
                number, end = _multiplied(run, number, _scale(scale)), scale.end()
        bare = all(c in numerals.SMALL or c in numerals.LARGE for c in run) and run[0] != "十"
        high = Decimal(pair[1]) if pair else None
        return Number(match.start(), end, number, high, more, True, bare, approximate=pair is not None)
