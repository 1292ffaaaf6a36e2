"""How alike two Chinese names are.

The word lists are part of the measures' definition: changing one changes every score,
so that older scores can no longer be compared with newer ones.
"""

from __future__ import annotations

SAME_NAME = 0.6
"""Similarity from which two indicator names count as the same."""

IGNORED = frozenset(" \u3000,，、.。;；:：\"'“”‘’()（）《》-—")
"""Blanks and punctuation, which make no difference between names."""

OPPOSED = (
    ("收入", "支出"),
    ("总产值", "增加值"),
    ("城镇", "农村"),
    ("出口", "进口"),
    ("第一产业", "第二产业"),
    ("第二产业", "第三产业"),
    ("第一产业", "第三产业"),
    ("存款", "贷款"),
    ("养老", "医疗"),
    ("国家级", "市级"),
    ("省级", "市级"),
    ("人均", "总量"),
    ("户籍", "常住"),
)
"""Words of which one cannot stand for the other, however alike the rest of two names is."""


def similarity(name: str | None, gold: str | None) -> float:
    """Ordered similarity of two names, from 0 to 1.

    Twice the length of their longest common subsequence, divided by the sum of their lengths;
    case, blanks and punctuation do not count. It is 0 where either is empty, and where the one
    holds a word of an opposed pair and the other holds its opposite (each without the other's).

    >>> similarity("一般公共预算收入", "公共预算收入")
    0.8571428571428571
    >>> similarity("一般公共预算收入", "一般公共预算支出")
    0.0
    """
    one, other = _plain(name), _plain(gold)
    if not one or not other or _are_opposed(one, other):
        return 0.0
    return 2 * _common_subsequence(one, other) / (len(one) + len(other))


def same_name(name: str | None, gold: str) -> bool:
    """Whether `name` may stand for the indicator `gold`.

    It may if the two are similar enough (`SAME_NAME`), or if it holds the gold name as written
    and is at most 2.5 times as long plus 4 characters: a name may say more, but not everything.
    """
    if similarity(name, gold) >= SAME_NAME:
        return True
    return bool(name) and name is not None and gold in name and len(name) <= 2.5 * len(gold) + 4


def _plain(name: str | None) -> str:
    return "".join(character for character in (name or "").lower() if character not in IGNORED)


def _are_opposed(one: str, other: str) -> bool:
    return any(
        (_holds_only(one, left, right) and _holds_only(other, right, left))
        or (_holds_only(one, right, left) and _holds_only(other, left, right))
        for left, right in OPPOSED
    )


def _holds_only(name: str, word: str, opposite: str) -> bool:
    return word in name and opposite not in name


def _common_subsequence(one: str, other: str) -> int:
    """Length of the longest common subsequence, in memory of one row."""
    best = [0] * (len(other) + 1)
    for left in one:
        row = [0]
        for column, right in enumerate(other):
            row.append(best[column] + 1 if left == right else max(best[column + 1], row[column]))
        best = row
    return best[-1]
