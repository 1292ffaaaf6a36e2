"""Corrections of one text, carried over to another version of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from summarizer.correcting.fixes import Fix, Fixes
from summarizer.correcting.placing import places_of, shown
from summarizer.model import Report
from summarizer.quantities.grammar import find_quantities

_AROUND = 40  # more than any number's length


@dataclass(frozen=True, slots=True)
class Carried:
    """The corrections at their new places, and a sentence for each that has none or several."""

    fixes: Fixes
    left: tuple[str, ...]


def carry(old: Fixes, report: Report) -> Carried:
    """Every correction whose quote the report has exactly once; no other place is guessed."""
    kept: list[Fix] = []
    left: list[str] = []
    for number, fix in enumerate(old.fixes, 1):
        places = places_of(fix.quote, report.text)
        if len(places) == 1 and fix.what == "figure" and not _reads_alike(fix.quote, places[0], report.text):
            left.append(
                f"entry {number}, {fix.do} figure “{shown(fix.quote)}”: part of another number in {report.source}"
            )
        elif len(places) == 1:
            kept.append(fix.model_copy(update={"start": places[0], "end": places[0] + len(fix.quote)}))
        else:
            where = f"at {len(places)} places" if places else "nowhere"
            left.append(f"entry {number}, {fix.do} {fix.what} “{shown(fix.quote)}”: {where} in {report.source}")
    return Carried(Fixes(version="1", text_sha256=report.text_sha256, fixes=tuple(kept)), tuple(left))


def _reads_alike(quote: str, start: int, text: str) -> bool:
    """Whether the place's numbers are the quote's own: 5.8% is not in 15.8%, nor 120亿元 in 120亿元以内."""
    window = max(0, start - _AROUND)
    found = find_quantities(text[window : start + len(quote) + _AROUND])
    low, high = start - window, start - window + len(quote)
    return all(low <= q.start and q.end <= high for q in found if q.start < high and low < q.end)


def fixes_text(fixes: Fixes) -> str:
    """Corrections as their file holds them: what was not said is not written."""
    return (
        json.dumps(fixes.model_dump(mode="json", by_alias=True, exclude_unset=True), ensure_ascii=False, indent=1)
        + "\n"
    )
