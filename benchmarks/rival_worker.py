"""One other reader of quantities, in an interpreter that has it: a request on stdin, what it found on stdout.

Runs under the interpreter of .bench/rivals (see rivals.py), where nothing of ours is installed; so it
imports nothing of ours. The request is `{"reader", "pieces", "texts", "seconds", "rounds"}`: what is found in
the pieces is given back as it is, and the texts are for the clock alone.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

Find = dict[str, Any]
Extract = Callable[[str], list[Find]]
WARM_UP = "总产值1509.2亿元，增长5.5%，新建公园3个"
CULTURE = "zh-cn"


def jionlp() -> Extract:
    """Amounts of money, the one kind of quantity that jionlp finds in running text."""
    from jionlp import ner

    def extract(text: str) -> list[Find]:
        return [_money(text, row) for row in ner.extract_money(text)]

    return extract


def _money(text: str, row: dict[str, Any]) -> Find:
    (start, end), number = row["offset"], row["detail"]["num"]
    low, high = number if isinstance(number, list) else (number, None)
    return _find(text, start, end, low, high, row["detail"]["case"], money=True)


def recognizers() -> Extract:
    """Numbers with a unit that Recognizers-Text knows: currency, dimension, age, temperature, percentage."""
    from recognizers_number import recognize_percentage
    from recognizers_number_with_unit import (
        recognize_age,
        recognize_currency,
        recognize_dimension,
        recognize_temperature,
    )

    kinds = (recognize_currency, recognize_dimension, recognize_age, recognize_temperature, recognize_percentage)
    return lambda text: _longest([f for kind in kinds for f in _recognized(text, kind(text, CULTURE))])


def recognizers_with_numbers() -> Extract:
    """The same, and every bare number and ordinal."""
    from recognizers_number import recognize_number, recognize_ordinal

    measured = recognizers()
    kinds = (recognize_number, recognize_ordinal)
    return lambda text: _longest(
        [*measured(text), *(f for kind in kinds for f in _recognized(text, kind(text, CULTURE)))]
    )


READERS = {
    "jionlp": ("jionlp", jionlp),
    "recognizers": ("recognizers-text-number-with-unit", recognizers),
    "recognizers_with_numbers": ("recognizers-text-number-with-unit", recognizers_with_numbers),
}


def _recognized(text: str, results: list[Any]) -> Iterator[Find]:
    """What has a value; a unit that stands alone is no find."""
    for result in results:
        resolution = result.resolution or {}
        if resolution.get("value") is not None:
            money = result.type_name == "currency"
            unit = resolution.get("unit")
            yield _find(text, result.start, result.end + 1, resolution["value"], None, unit, money)


def _find(text: str, start: int, end: int, value: str, high: str | None, unit: str | None, money: bool) -> Find:
    own = {"start": start, "end": end, "text": text[start:end]}
    return own | {"value": value, "high": high, "unit": unit, "money": money}


def _longest(finds: list[Find]) -> list[Find]:
    """Finds that do not overlap: the longest first, then the earlier kind."""
    kept: list[Find] = []
    taken: set[int] = set()
    for find in sorted(finds, key=lambda f: f["start"] - f["end"]):
        if taken.isdisjoint(span := range(find["start"], find["end"])):
            taken.update(span)
            kept.append(find)
    return sorted(kept, key=lambda f: f["start"])


def _safely(extract: Extract, text: str) -> list[Find] | None:
    try:
        return extract(text)
    except Exception:  # a reader that fails on a text has found nothing there; how often is counted
        return None


def timed(extract: Extract, texts: list[str], seconds: float, rounds: int) -> tuple[float, int]:
    """CPU seconds of the best round and how many texts a round reads: the first as many as fill the time."""
    started, read = time.process_time(), 0
    while read < len(texts) and time.process_time() - started < seconds:
        _safely(extract, texts[read])
        read += 1
    best = time.process_time() - started
    for _ in range(rounds - 1):
        started = time.process_time()
        for text in texts[:read]:
            _safely(extract, text)
        best = min(best, time.process_time() - started)
    return best, read


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What a reader finds and costs."""
    package, make = READERS[request["reader"]]
    started = time.process_time()
    extract = make()
    imported = time.process_time() - started
    _safely(extract, WARM_UP)
    found = [_safely(extract, piece) for piece in request["pieces"]]
    seconds, read = timed(extract, request["texts"], request["seconds"], request["rounds"])
    return {
        "version": version(package),
        "import_seconds": imported,
        "found": [finds or [] for finds in found],
        "failed": sum(finds is None for finds in found),
        "seconds": seconds,
        "read": read,
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # jionlp greets on import
        answered = answer(json.load(sys.stdin))
    json.dump(answered, sys.stdout)
