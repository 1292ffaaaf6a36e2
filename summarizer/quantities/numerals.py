"""Chinese and Arabic numerals to exact numbers."""

from __future__ import annotations

import unicodedata
from decimal import Context, Decimal

EXACT = Context(prec=80)
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
CHINESE = frozenset(DIGITS) | frozenset(SMALL) | frozenset(LARGE)
# 万亿 is one scale (10^12); a scale word after Arabic digits multiplies them.
SCALES = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "亿": 10**8,
    "兆": 10**12,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
}


def parse_arabic(digits: str) -> Decimal:
    """The value of Arabic digits, full-width ones and separators included ("1,234.5", "１５．６")."""
    plain = unicodedata.normalize("NFKC", digits).replace(",", "").replace(" ", "")
    return EXACT.create_decimal(plain)


def parse_chinese(numeral: str) -> int | None:
    """The value of a Chinese numeral; None where the characters form none.

    Takes positional digits (二〇二三), units (三亿零四百七十五万), a bare scale (千亿) and the
    short forms where the last unit is left out (一亿两千, 三万五 = 35000).
    """
    if all(c in DIGITS for c in numeral):
        return int("".join(str(DIGITS[c]) for c in numeral)) if numeral else None
    total = section = 0
    digit: int | None = None
    last_unit, skipped = 1, False
    for c in numeral:
        if c in DIGITS:
            if digit not in (None, 0):
                return None
            digit = DIGITS[c]
            if digit == 0:
                last_unit, skipped = 1, True
        elif c in SMALL:
            section += (1 if digit is None or digit == 0 else digit) * SMALL[c]
            last_unit, digit = SMALL[c], None
        else:
            section += digit or 0
            if not section and total:  # 万亿: the scale multiplies what is already there
                total *= LARGE[c]
            elif LARGE[c] > 10**4 and 0 < total < LARGE[c]:
                total = (total + section) * LARGE[c]
            else:
                total += (section or 1) * LARGE[c]
            section, digit, last_unit, skipped = 0, None, LARGE[c], False
    if total % 10**8 == 0 and total and section >= 1000 and not digit and not skipped and last_unit == 1000:
        return total + section * 10**4  # 一亿两千 leaves its 万 out; 一亿零两千 does not
    if digit:
        section += digit * (last_unit // 10 if last_unit >= 10 else 1)
    return total + section


def adjacent_pair(numeral: str) -> tuple[int, int] | None:
    """The range that two neighbouring digits give: 二三十 is 20 to 30, 七八 is 7 to 8."""
    for i in range(len(numeral) - 1):
        a, b = DIGITS.get(numeral[i]), DIGITS.get(numeral[i + 1])
        if a and b and b == a + 1 and not any(c in DIGITS for c in numeral[i + 2 :]):
            low, high = numeral[:i] + numeral[i] + numeral[i + 2 :], numeral[:i] + numeral[i + 1 :]
            if not numeral[i + 2 :] and numeral[:i] and numeral[i - 1] != "十":
                return None  # 十二三 is 12 to 13; what 三百四五 means is anybody's guess
            first, second = parse_chinese(low), parse_chinese(high)
            return (first, second) if first is not None and second is not None else None
    return None


def plain(value: Decimal) -> str:
    """A decimal without exponent, as it goes into a brief: -0.60 stays as written, 345000.00 is 345000."""
    whole, _, fraction = format(value, "f").partition(".")
    return f"{whole}.{fraction}" if fraction.strip("0") else whole
