"""The JSON object of an answer, out of what models put around it, and mended where it is broken.

Thinking, fences and prose are passed over without loss. Mending guesses, so it is said (`mended`), and a text
that ends inside its JSON is never completed: what was cut off would be missing in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

_LONGEST = 400_000  # characters that are looked at
_LONGEST_MENDED = 100_000  # characters that are mended
_READS = 20  # look-ups of a character that mending may take for each; whole answers with broken rows take up to six
_MOST_READS = 500_000
_MOST_STARTS = 2_000  # braces at which an object may begin
_THINKING = re.compile(r"<(/?)(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value, and whether mending may have changed what was meant."""

    value: Any
    mended: bool = False


class UnclosedError(ValueError):
    """The text ends inside its JSON."""


def find_object(text: str, keys: Collection[str]) -> Found:
    """The object with any of these keys that a text holds; a text that is JSON as it stands is given whole.

    Several such objects are joined, a later one's lists in place of an earlier one's (then it counts as mended).
    Raises UnclosedError where the text ends inside its JSON, else ValueError where there is none.
    """
    try:
        return Found(_unwrapped(json.loads(text), keys))
    except (ValueError, RecursionError):
        pass
    said = without_thinking(text)[:_LONGEST]
    objects, rest = _whole_objects(said, keys)
    if is_unclosed(rest):
        raise UnclosedError("the text ends inside its JSON")
    if objects:
        joined = {key: value for each in objects for key, value in each.items()}
        return Found(joined, len(joined) < sum(map(len, objects)))
    value = _unwrapped(_mended(rest), keys)
    if not isinstance(value, dict):
        raise ValueError("there is no JSON object in it")
    return Found(value, True)


def without_thinking(text: str) -> str:
    """A text without what stands in think-tags, closed or not, and without what a lone closing tag ends."""
    kept: list[str] = []
    start, inside = 0, False
    for tag in _THINKING.finditer(text):
        if not inside:
            kept.append(text[start : tag.start()])
        if tag.group(1) and not inside:
            kept.clear()
        start, inside = tag.end(), not tag.group(1)
    return "".join(kept) + ("" if inside else text[start:])


def is_unclosed(text: str) -> bool:
    """Whether more is opened than closed. In doubt (brackets inside broken strings) the answer is yes."""
    bare = _STRING.sub("", text)
    return any(each.count(o) > each.count(c) for each in (text, bare) for o, c in ("{}", "[]"))


def _whole_objects(text: str, keys: Collection[str]) -> tuple[list[dict[str, Any]], str]:
    """The whole objects with any of the keys, and the text from the first brace after the last of them."""
    found: list[dict[str, Any]] = []
    end = 0
    for start in _starts(text):
        if start < end:
            continue
        try:
            value, stop = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        value = _unwrapped(value, keys)
        if set(value) & set(keys):
            found.append(value)
            end = stop
    first = text.find("{", end)
    return found, text[first:] if first >= 0 else ""


def _starts(text: str) -> Iterator[int]:
    start = -1
    for _ in range(_MOST_STARTS):
        start = text.find("{", start + 1)
        if start < 0:
            return
        yield start


def _unwrapped(value: Any, keys: Collection[str]) -> Any:
    """A value, or the one inside it that has the keys: some models answer {"answer": {…}}."""
    if isinstance(value, dict) and not set(value) & set(keys):
        inner = [v for v in value.values() if isinstance(v, dict) and set(v) & set(keys)]
        if len(inner) == 1:
            return inner[0]
    return value


class _Metered(str):
    """A text whose characters can be looked up only so many times: mending garbage takes quadratic time."""

    left: int = 0

    def __getitem__(self, key: Any) -> str:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it is too broken to be mended")
        return str.__getitem__(self, key)


def _mended(text: str) -> Any:
    if not text or len(text) > _LONGEST_MENDED:
        raise ValueError("there is no JSON object in it" if not text else "it is too long to be mended")
    from json_repair import repair_json

    metered = _Metered(text[: text.rfind("}") + 1])
    metered.left = min(_READS * len(text) + 1_000, _MOST_READS)
    try:
        return repair_json(metered, return_objects=True, skip_json_loads=True)
    except RecursionError as error:
        raise ValueError("it is nested too deeply to be mended") from error
