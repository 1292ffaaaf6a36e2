"""English by dictionary and glossary; None where they do not know: never Chinese passed off as English."""

from __future__ import annotations

import re
from functools import cache

from summarizer.model import DraftFigure
from summarizer.naming import names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms


def figure_english(name: str, terms: Terms, national: bool = False) -> str | None:
    """The English of an indicator's name: known as a whole, or a known noun behind a known verb.

    A nation's product is its GDP, where a place's is its GRP.
    """
    found = _figure_english(re.sub("[“”‘’\"']", "", name), terms)
    if found is None or any(number not in name for number in re.findall(r"\d[\d,]*", found)):
        return None  # a term's own number (per 100 people) that this text does not write so
    if not national:
        return found
    return found.replace("gross regional product (GRP)", "gross domestic product (GDP)").replace("GRP", "GDP")


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(f"({alternation(list(names()['english']))})(.+)")


def _figure_english(plain: str, terms: Terms) -> str | None:
    if known := terms.english(plain):
        return known
    verbs = names()["english"]
    match = _verbs().match(plain)
    if match and (noun := terms.english(match.group(2))):
        return str(verbs[match.group(1)]).replace("{}", noun)
    return terms.composed(plain)


def goal_english(figures: list[DraftFigure | None], on_average: bool = False) -> str | None:
    """Targets in English: each indicator with its value, where the English of all is known."""
    parts = [_target(figure, on_average) for figure in figures]
    known = [part for part in parts if part]
    if not known or len(known) < len(parts):
        return None
    return "; ".join([known[0][0].upper() + known[0][1:], *known[1:]])


def _target(figure: DraftFigure | None, on_average: bool) -> str | None:
    if figure is None or not figure.en or "{" in figure.en:
        return None
    name = figure.en
    if figure.m == "change":
        tail = " a year on average" if on_average else ""
        return f"{name} {'up' if figure.d == 'up' else 'down'} {{{figure.q}}}{tail}"
    return f"{name}: {{{figure.q}}}"
