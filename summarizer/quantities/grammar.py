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
from dataclasses import dataclass, replace
from decimal import Decimal

from summarizer.model import Comparator, Quantity, Span
from summarizer.quantities import numerals
from summarizer.quantities.ids import checked_ids
from summarizer.quantities.units import Unit, alternation, context, numeral_units, unit_pattern, unit_table

_HAN = "零〇○一二三四五六七八九十百千万亿兆两"
_DIGIT = "0-9０-９"
_TRIGGER = re.compile(rf"[{_DIGIT}]+|[{_HAN}]+|翻|过半|半数|首位|榜首")
_ARABIC = re.compile(rf"[{_DIGIT}]+(?:,[0-9]{{3}}(?![0-9])){{0,8}}(?:(?: [.．] |[.．])[{_DIGIT}]+)?")
_CHINESE = re.compile(rf"[{_HAN}]+")
_SCALE = re.compile("万亿|千亿|百亿|十亿|千万|百万|十万|亿|兆(?!瓦)|万|千(?![瓦克米伏分])|百(?!分)")
_MORE = re.compile("余|多")
_RANGE = re.compile(r"至|到|~|～|-|—{1,2}|–|－|―")
_PARTS = re.compile(rf"[:：∶]([{_DIGIT}]+(?:[.．][{_DIGIT}]+)?)")
_FRACTION = re.compile(rf"([{_HAN}]+)分之([{_HAN}]+(?:点[{_HAN}]+)?|[{_DIGIT}]+(?:[.．][{_DIGIT}]+)?)")
_DOUBLING = re.compile(r"翻了?(近)?([一两二三四])?番")
_ONE_IN = re.compile(r"(\d+)([^\d，。；,;]{1,14}?)就?有(\d+)(辆|台|个|家|名|人|件|户|条|部|套|瓶|块|吨)")
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚΑ-Ωα-ω_]")
_MAX_DIGITS = 24
_OPEN_QUOTES, _CLOSE_QUOTES = "“‘「『《", "”’」』》"
_PER = re.compile(r"[/／]([一-鿿㎡]{1,4}?)(?=[，。；、：,;:（(）)的以左\s]|$)")
_YI = re.compile("个(多)?亿(?!元)")
_CHENG_STOPS = "立为功果效员都本分绩型千百因交长年熟就品套活"


@dataclass(frozen=True, slots=True)
class _Number:
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


@dataclass(frozen=True, slots=True)
class _Found:
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


class _Words:
    """The context words, compiled once."""

    def __init__(self) -> None:
        data = context()
        comparators = data["comparators"]
        self.before = self._rows(comparators["before"])
        self.after = self._rows(comparators["after"])
        self.glued: dict[str, str] = comparators["glued"]
        self.more = tuple(comparators["more"])
        self.indefinite = tuple(data["indefinite"]["before"])
        names = data["names"]
        self.label_before = tuple(names["before"])
        self.span_before, self.period_before = tuple(names["span_before"]), tuple(names["period_before"])
        self.period_after = tuple(names["period_after"])
        self.denominator_before = tuple(names["denominator_before"])
        self.denominator_after = tuple(names["denominator_after"])
        self.abstract = re.compile(f"(?:{alternation(data['abstract']['after'])})")
        self.concrete = re.compile(f".{{0,3}}?(?:{alternation(data['abstract']['concrete'])})")
        self.policy = re.compile(alternation(data["abstract"]["policy"]))
        self.rank_before = re.compile(f"(?:{alternation(data['rank']['before'])})[^，。；,;、]{{0,4}}$")
        self.rank_after = tuple(data["rank"]["after"])
        self.added = re.compile(f"(?:{alternation(data['factor']['added'])})[了近约超过到达逾将 ]{{0,3}}$")
        self.firms = re.compile(alternation(data["firms"]["before"]))
        self.bare_class = tuple(data["money"]["bare_class_after"])
        self.continued: dict[str, str] = data["continued"]
        self.scale_only_not = tuple(data["scale_only"]["not_after"])

    @staticmethod
    def _rows(table: dict[str, list[str]]) -> list[tuple[str, Comparator]]:
        rows: list[tuple[str, Comparator]] = []
        for sign, words in table.items():
            rows.extend((word, _comparator(sign)) for word in words)
        return sorted(rows, key=lambda row: -len(row[0]))


def _comparator(sign: str) -> Comparator:
    signs: dict[str, Comparator] = {"=": "=", ">=": ">=", ">": ">", "<=": "<=", "<": "<", "~": "~"}
    return signs[sign]


_words: list[_Words] = []


def _context_words() -> _Words:
    if not _words:
        _words.append(_Words())
    return _words[0]


def find_quantities(text: str, ignore: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """All quantities of a text in order, with ids `q1x`, `q2y`…; none inside the `ignore` spans.

    Source of the rules: tests/gold/GUIDELINES.md. Linear in the length of the text.
    """
    starts = [span.start for span in ignore]

    def ignored(found: _Found) -> bool:
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


def scan(text: str) -> Iterator[_Found]:
    """The quantities of a text as they stand, left to right, never overlapping."""
    scanner = _Scanner(text)
    position = 0
    while match := _TRIGGER.search(text, position):
        found = list(scanner.at(match))
        yield from found
        position = max([match.end(), *(f.end for f in found)])


class _Scanner:
    """Reads what stands at one trigger; keeps no state but the text."""

    def __init__(self, text: str):
        self.text = text
        self.words = _context_words()

    def at(self, match: re.Match[str]) -> Iterable[_Found]:
        """The quantities that start at a trigger (several for a list under one unit)."""
        word, start = match.group(), match.start()
        if word == "翻":
            return self._one(self._doubling(start))
        if word in ("过半", "半数", "首位", "榜首"):
            return self._one(self._set_phrase(word, start))
        if len(word) > _MAX_DIGITS or self._is_part_of_name(start):
            return ()
        for read in (self._one_in, self._fraction, self._rank, self._parts):
            if found := read(start):
                return (found,)
        number = self._number(start)
        if number is None:
            return ()
        return self._list(number) or self._one(self._half(number) or self._cheng(number) or self._measured(number))

    @staticmethod
    def _one(found: _Found | None) -> Iterable[_Found]:
        return () if found is None else (found,)

    # --- what is no number -----------------------------------------------------------------

    def _is_part_of_name(self, start: int) -> bool:
        before = self.text[max(0, start - 2) : start]
        if before and (_LETTER.match(before[-1]) or before[-1] in "+＋_."):
            return True
        if len(before) == 2 and before[-1] in "-/—" and (_LETTER.match(before[0]) or before[0].isdigit()):
            return True
        return before.endswith(self.words.label_before) and not before.endswith("第")

    def _before(self, start: int, size: int = 8) -> str:
        return self.text[max(0, start - size) : start]

    def _after(self, end: int, size: int = 8) -> str:
        return self.text[end : end + size]

    def _in_quotes(self, start: int) -> bool:
        for c in reversed(self._before(start, 14)):
            if c in _OPEN_QUOTES:
                return True
            if c in _CLOSE_QUOTES:
                return False
        return False

    # --- numerals --------------------------------------------------------------------------

    def _number(self, start: int) -> _Number | None:
        arabic = _ARABIC.match(self.text, start)
        return self._arabic(arabic) if arabic else self._chinese(start)

    def _arabic(self, match: re.Match[str]) -> _Number | None:
        digits, end = match.group(), match.end()
        if "," in digits and len(digits.split(",")[0]) > 3:
            end = match.start() + digits.index(",")
            digits = self.text[match.start() : end]
        if len(digits) > _MAX_DIGITS or re.match("0[0-9]", digits):
            return None  # no real number, or the tail of one that a space or a break has cut
        number = self._scaled(_Number(match.start(), end, numerals.parse_arabic(digits)))
        return self._signed(self._composite(number))

    def _scaled(self, number: _Number) -> _Number:
        """Adds 余 or 多 and a scale word: 30余万, 1.2万余, 1.02万亿."""
        end, more = number.end, False
        if match := _MORE.match(self.text, end):
            end, more = match.end(), True
        gap = 1 if self._after(end, 1) == " " and _SCALE.match(self.text, end + 1) else 0
        scale = _SCALE.match(self.text, end + gap)
        value = number.value
        if scale:
            value = numerals.EXACT.multiply(value, Decimal(numerals.SCALES[scale.group()]))
            end = scale.end()
            if match := _MORE.match(self.text, end):
                end, more = match.end(), True
        return replace(number, end=end, value=value, more=more, scaled=scale is not None)

    def _composite(self, number: _Number) -> _Number:
        """5万6566 is one number: a scaled part and a smaller one behind it."""
        if not number.scaled or self.text[number.end - 1] not in "万亿":
            return number
        match = _ARABIC.match(self.text, number.end)
        if not match or len(match.group()) > 9:
            return number
        rest = self._scaled(_Number(match.start(), match.end(), numerals.parse_arabic(match.group())))
        smaller = rest.value < (10**4 if self.text[number.end - 1] == "万" else 10**8)
        if not smaller:
            return number
        return replace(rest, start=number.start, value=numerals.EXACT.add(number.value, rest.value), scaled=True)

    def _signed(self, number: _Number) -> _Number:
        """A minus belongs to a rate, and is the direction's business behind 增长."""
        sign = self._before(number.start, 1)
        below_zero = self._before(number.start, 2) == "零下"
        if below_zero or (sign == "负" and self._before(number.start, 2) not in ("担负", "自负", "背负")):
            start = number.start - (2 if below_zero else 1)
            return replace(number, start=start, value=numerals.EXACT.minus(number.value))
        if sign not in ("-", "－", "−") or self._before(number.start - 1, 1).isdigit():
            return number
        if re.search(rf"[{_HAN}%％‰A-Za-z]$", self._before(number.start - 1, 1)):
            return number
        changed = re.search(r"(增长|增幅|增速|同比|下降)\s*$", self._before(number.start - 1, 4))
        value = number.value if changed else numerals.EXACT.minus(number.value)
        return replace(number, start=number.start - 1, value=value)

    def _chinese(self, start: int) -> _Number | None:
        match = _CHINESE.match(self.text, start)
        if not match:
            return None
        run, end, more = match.group(), match.end(), False
        pair = numerals.adjacent_pair(run)
        value = numerals.parse_chinese(run)
        if value is None and pair is None:
            return None
        number = Decimal(pair[0] if pair else value or 0)
        if found := _MORE.match(self.text, end):
            more, end = True, found.end()
            if scale := re.compile("万亿|亿|万").match(self.text, end):
                number, end = number * numerals.SCALES[scale.group()], scale.end()
        bare = all(c in numerals.SMALL or c in numerals.LARGE for c in run) and run[0] != "十"
        high = Decimal(pair[1]) if pair else None
        return _Number(match.start(), end, number, high, more, True, bare, approximate=pair is not None)

    # --- forms of their own ----------------------------------------------------------------

    def _doubling(self, start: int) -> _Found | None:
        match = _DOUBLING.match(self.text, start)
        if not match:
            return None
        times = numerals.DIGITS[match.group(2)] if match.group(2) else 1
        near: Comparator | None = "~" if match.group(1) else None
        return self._compared(_Found(start, match.end(), str(2**times), "multiple", "factor"), near)

    def _set_phrase(self, word: str, start: int) -> _Found | None:
        if word in ("首位", "榜首"):
            if not re.search("[居列位]|排名|排", self._before(start, 10)) or self._after(start + 2, 1) == "度":
                return None
            return _Found(start, start + 2, "1", "rank", "rank")
        if word == "过半":
            if self._before(start, 2) == "时间" or self._before(start, 1) in ("超", "经"):
                return None
            return _Found(start, start + 2, "1/2", "ratio", "share", comparator=">")
        return self._compared(_Found(start, start + 2, "1/2", "ratio", "share"))

    def _one_in(self, start: int) -> _Found | None:
        """每2辆新能源汽车就有1辆 is one ratio."""
        if not re.search("每[^，。；,;]{0,3}$", self._before(start, 4)):
            return None
        match = _ONE_IN.match(self.text, start)
        if not match or match.group(1) == "0" or len(match.group(1)) > 6 or len(match.group(3)) > 6:
            return None
        return _Found(start, match.end(), f"{int(match.group(3))}/{int(match.group(1))}", "ratio", "share")

    def _fraction(self, start: int) -> _Found | None:
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
        if whole in known:
            return self._compared(_Found(start, match.end(), numerals.plain(value), known[whole], "share"))
        under = numerals.parse_chinese(whole)
        if not under:
            return None
        return self._compared(_Found(start, match.end(), f"{numerals.plain(value)}/{under}", "ratio", "share"))

    def _rank(self, start: int) -> _Found | None:
        """第一 and 第3位 where they rank the place; any other 第N is an ordinal."""
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
        return _Found(start - 1, end, numerals.plain(number.value), "rank", "rank")

    def _parts(self, start: int) -> _Found | None:
        """6.0:55.0:39.0, and 1:2 behind 比; a time of day is neither."""
        first = _ARABIC.match(self.text, start)
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
        return _Found(start, end, value, "ratio", "share")

    def _half(self, number: _Number) -> _Found | None:
        """一半, and the bare 半 behind a unit is handled with the unit."""
        if number.chinese and number.value == 1 and self._after(number.end, 1) == "半":
            return self._compared(_Found(number.start, number.end + 1, "1/2", "ratio", "share"))
        return None

    def _cheng(self, number: _Number) -> _Found | None:
        """三成 is 30%, 三成半 35%."""
        after = self._after(number.end, 3)
        if not after.startswith("成") or number.value > 10 or number.bare or number.value < 1:
            return None
        value, end = number.value * 10, number.end + 1
        if after[1:2] == "半":
            value, end = value + 5, end + 1
        elif after[1:2] in _CHENG_STOPS and after[1:2]:
            return None
        if number.value == 1 and number.chinese and after[1:2] == "不":
            return None
        return self._compared(_Found(number.start, end, numerals.plain(value), "percent", "share"))

    # --- numbers with units ----------------------------------------------------------------

    def _unit(self, end: int) -> tuple[Unit, int] | None:
        gap = 1 if self._after(end, 1) == " " else 0
        match = unit_pattern().match(self.text, end + gap)
        if not match:
            return None
        stop = self._after(match.end(), 1)
        if stop and stop in self.words.continued.get(match.group(), ""):
            return None
        return unit_table()[match.group()], match.end()

    def _list(self, number: _Number) -> list[_Found]:
        """1、3、5分钟: bare numbers joined by 、 or 和 share the unit of the last."""
        items = [number]
        while not items[-1].chinese and not items[-1].scaled and self._after(items[-1].end, 1) in ("、", "和"):
            following = _ARABIC.match(self.text, items[-1].end + 1)
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
        values = (numerals.plain(n.value) for n in items[:-1])
        heads = [
            replace(last, start=n.start, end=n.end, value=v, comparator="=", value_high=None)
            for n, v in zip(items, values, strict=False)
        ]
        return [*heads, last]

    def _measured(self, number: _Number) -> _Found | None:
        if number.high is None:
            number, sized = self._range(number)
        else:
            sized = self._unit(number.end)
        if sized is not None and sized[0].zh == "个" and (colloquial := _YI.match(self.text, number.end)):
            return self._amount_in_yi(number, colloquial)
        if sized is None:
            return self._scale_only(number)
        unit, end = sized
        if not self._is_quantity(number, unit, end):
            return None
        return self._finish(number, unit, end)

    def _amount_in_yi(self, number: _Number, match: re.Match[str]) -> _Found:
        """3个亿 is 300 million yuan, as people say it."""
        value = numerals.plain(numerals.EXACT.multiply(number.value, Decimal(10**8)))
        more: Comparator | None = ">" if number.more or match.group(1) else None
        return self._compared(_Found(number.start, match.end(), value, "CNY", "money"), more)

    def _range(self, number: _Number) -> tuple[_Number, tuple[Unit, int] | None]:
        """Takes a second number behind 至, 到, - where both can have the same unit."""
        own = self._unit(number.end)
        end = own[1] if own else number.end
        separator = _RANGE.match(self.text, end)
        if not separator or re.search("[从由自]$", self._before(number.start, 1)):
            return number, own
        second = _ARABIC.match(self.text, separator.end()) or _CHINESE.match(self.text, separator.end())
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
        return replace(number, end=high.end, value=low, high=abs(high.value), more=high.more), sized

    def _scale_of(self, number: _Number) -> Decimal:
        match = re.search(_SCALE.pattern + "$", self.text[number.start : number.end])
        return Decimal(numerals.SCALES[match.group()]) if match else Decimal(1)

    def _scale_only(self, number: _Number) -> _Found | None:
        """3.5万残疾人: a scaled Arabic number that counts the noun behind it."""
        after = self._after(number.end, 4)
        if number.chinese or not number.scaled or number.high is not None or not after:
            return None
        if not "一" <= after[0] <= "鿿" or after.startswith(self.words.scale_only_not):
            return None
        if self._before(number.start, 1) in ("每", "约") and self._before(number.start, 2) != "大约":
            return None
        return self._finish(number, Unit("count", "count", "", "", ""), number.end)

    def _is_quantity(self, number: _Number, unit: Unit, end: int) -> bool:
        before, after = self._before(number.start), self._after(end)
        if before.endswith(self.words.denominator_before) or after.startswith(self.words.denominator_after):
            return False
        if before.endswith("第") or (before.endswith("前") and unit.zh in ("名", "位", "强", "家")):
            return False
        if unit.zh == "年":
            return self._is_span_of_years(number, before, after)
        if unit.zh == "条" and self._is_policy(number, end):
            return False
        if unit.code == "percent" and before.endswith(self.words.indefinite[:2]):
            return False
        return not number.chinese or self._is_chinese_quantity(number, unit, before, after)

    def _is_span_of_years(self, number: _Number, before: str, after: str) -> bool:
        if number.value >= 1000 or number.bare or (number.chinese and number.value == 1 and after[:1] != "半"):
            return False
        compared = after.startswith(("以上", "以内", "左右", "半", "多", "时间")) or number.high is not None
        spanned = before.endswith(self.words.span_before)
        if before.endswith(self.words.period_before) and not spanned:
            return False
        if after.startswith(self.words.period_after) and not spanned:
            return False
        return compared or spanned or not number.chinese

    def _is_policy(self, number: _Number, end: int) -> bool:
        quoted = self._before(number.start, 1) in {*_OPEN_QUOTES} and self._after(end, 1) in {*_CLOSE_QUOTES}
        listed = re.match("[、以和及等]", self._after(end, 1)) and self.words.policy.search(self._after(end, 24))
        return bool(quoted or listed or self.words.policy.match(self._after(end, 4)))

    def _is_chinese_quantity(self, number: _Number, unit: Unit, before: str, after: str) -> bool:
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
        if number.value == 1 and unit.zh not in ("倍",) and not compared:
            return False
        if self._in_quotes(number.start) or self.words.abstract.match(after):
            return False
        if unit.zh in numeral_units() or number.high is not None:
            return True
        return compared or number.value > 10 or (unit.zh == "个" and self.words.concrete.match(after) is not None)

    def _end_of(self, number: _Number, unit: Unit) -> int:
        return self.text.index(unit.zh, number.end) + len(unit.zh)

    def _is_bare_quantity(self, number: _Number, unit: Unit, after: str, compared: bool) -> bool:
        """千亿元 and 亿元以上 are amounts; 百个 and 千人 only with a comparator."""
        if unit.dimension == "money":
            large = number.value >= 10**9 and not after.startswith(self.words.bare_class)
            return large or compared
        return compared and unit.zh in numeral_units() | {"个", "项", "次", "场"}

    def _finish(self, number: _Number, unit: Unit, end: int) -> _Found:
        """Adds halves, denominators and comparators, and settles what the unit is."""
        value, more = number.value, number.more
        if unit.zh in ("年", "倍", "天") and re.match("半(?![数载])", self._after(end, 2)):
            value, end = value + Decimal("0.5"), end + 1
        if unit.zh == "个" and self._after(end, 2) == "多月":
            unit, end, more = unit_table()["个月"], end + 2, True
        if unit.dimension in ("duration", "length", "money", "mass", "area", "factor", "age"):
            match = _MORE.match(self.text, end)
            if match and not re.match("[余多](年来|[一-鿿]?种)", self._after(end, 4)):
                end, more = match.end(), True
        per = _PER.match(self.text, end)
        found = _Found(
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

    def _settle(self, unit: Unit, number: _Number) -> tuple[str, str]:
        if unit.zh == "倍" and self.words.added.search(self._before(number.start, 10)):
            return "times_more", "factor"
        return unit.code, unit.dimension

    def _counted(self, found: _Found) -> _Found:
        """户 of firms is a count."""
        if found.unit != "household":
            return found
        clause = re.split("[，。；,;：:]", self._before(found.start, 24))[-1] + self._after(found.end, 4)
        if self.words.firms.search(clause):
            return replace(found, unit="count", dimension="count", counter="户")
        return found

    # --- comparators -----------------------------------------------------------------------

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

    def _compared(self, found: _Found, own: Comparator | None = None) -> _Found:
        before, start = self._comparator_before(found.start)
        after, end = self._comparator_after(found.end)
        return replace(found, start=start, end=end, comparator=before or after or own or found.comparator)
