"""Five-year plans by the names that reports call them by (“十四五”)."""

from __future__ import annotations

import re

PLAN_PERIODS = {
    "七五": (1986, 1990),
    "八五": (1991, 1995),
    "九五": (1996, 2000),
    "十五": (2001, 2005),
    "十一五": (2006, 2010),
    "十二五": (2011, 2015),
    "十三五": (2016, 2020),
    "十四五": (2021, 2025),
    "十五五": (2026, 2030),
}
"""First and last year of each."""

PLAN_NAME = "(?<![一二三四五六七八九十百千第])(十[一二三四五]?五|[七八九]五)(?!五)"
"""The pattern of a name, in a group of its own; 十五 is none within 十五五, nor in 第十五个五年规划."""

_NAME = re.compile(PLAN_NAME)


def plans_in(text: str) -> list[str]:
    """The names of plans in a text, in order."""
    return _NAME.findall(text)
