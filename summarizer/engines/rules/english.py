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
    if found is None or not national:
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
    return None


def goal_english(figures: list[DraftFigure | None], on_average: bool = False) -> str | None:
    """A target in English, where its only quantity is the value of one indicator whose English is known."""
    figure = figures[0] if len(figures) == 1 else None
    if figure is None or not figure.en or "{" in figure.en:
        return None
    name = figure.en[0].upper() + figure.en[1:]
    if figure.m == "change":
        tail = " a year on average" if on_average else ""
        return f"{name} {'up' if figure.d == 'up' else 'down'} {{{figure.q}}}{tail}"
    return f"{name}: {{{figure.q}}}"
