"""English by dictionary and glossary; None where they do not know: never Chinese passed off as English."""

from __future__ import annotations

import re

from summarizer.model import DraftFigure
from summarizer.naming import names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms


def figure_english(name: str, terms: Terms) -> str | None:
    """The English of an indicator's name: known as a whole, or a known noun behind a known verb."""
    plain = re.sub("[“”‘’\"']", "", name)
    if known := terms.english(plain):
        return known
    verbs = names()["english"]
    match = re.match(f"({alternation(list(verbs))})(.+)", plain)
    if match and (noun := terms.english(match.group(2))):
        return str(verbs[match.group(1)]).replace("{}", noun)
    return None


def goal_english(figures: list[DraftFigure]) -> str | None:
    """A target in English, where it is one known indicator and one value."""
    if len(figures) != 1 or figures[0].en is None:
        return None
    figure = figures[0]
    name = figure.en[0].upper() + figure.en[1:] if figure.en else ""
    if "{" in name:
        return None
    if figure.m == "change":
        return f"{name} {'up' if figure.d == 'up' else 'down'} {{{figure.q}}}"
    return f"{name}: {{{figure.q}}}"
