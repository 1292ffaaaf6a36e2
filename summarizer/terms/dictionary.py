"""Official terms: the indicators of government reports, and a glossary for everything else.

Look-ups are exact, never by similarity. Names are compared after folding (width, case, spaces,
quotation marks, the few spellings that mean the same), so that 全区规模以上工业增加值 finds
规上工业增加值. The terms are the TSV files in `data`; a user's own file overrides them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Generic, Literal, TypeVar, cast

from summarizer.errors import ResourceError
from summarizer.terms.composing import Composer, Word, WordClass

_COLUMNS = ("code", "zh", "en", "variants", "family", "better", "kind", "source")
FAMILIES = frozenset(
    [
        "money",
        "share",
        "people",
        "households",
        "area",
        "length",
        "volume",
        "mass",
        "energy",
        "power",
        "concentration",
        "duration",
        "age",
        "factor",
        "rank",
        "count",
    ]
)
_BETTER: dict[str, Literal["higher", "lower"] | None] = {"higher": "higher", "lower": "lower", "": None}

_QUOTES = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ("《", "》"), ("〈", "〉"))
# 的 joins parts of a name without changing it: 占地区生产总值的比重. A line break is kept: names end there.
_LEFT_OUT = frozenset("".join(chain(*_QUOTES)) + "\"' \t\u00a0\u3000\u200b的")
_SPELLINGS = {"规模以上": "规上", "地区生产总值": "gdp", "生产总值": "gdp"}
_SPELLED = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_SCOPE = re.compile(r"(?:[全我本][国省市区县州盟旗镇乡]|全社会|全年|本地)+")
_TOTAL = re.compile(r"总[量数]$")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IndicatorTerm:
    """An indicator: its stable code, its names in reports, and its English inside a sentence.

    `families` are the unit families that a level of it may have (a rate of change is a percentage
    anyhow); `better` is the direction that is good, None where neither is.
    """

    code: str
    zh: str
    variants: tuple[str, ...]
    en: str
    families: tuple[str, ...]
    better: Literal["higher", "lower"] | None
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical name and its variants."""
        return (self.zh, *self.variants)


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term that is no indicator; a countable noun has the English that goes with a number."""

    zh: str
    en: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as names are compared; character i of it comes from `starts[i]` to `ends[i]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def _fold(text: str) -> _Folded:
    kept = [
        (char, offset)
        for offset, original in enumerate(text)
        if original not in _LEFT_OUT
        for char in unicodedata.normalize("NFKC", original).casefold()
        if char not in _LEFT_OUT
    ]
    plain = "".join(char for char, _ in kept)
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for match in _SPELLED.finditer(plain):
        pieces += [(char, offset, offset + 1) for char, offset in kept[at : match.start()]]
        start, end = kept[match.start()][1], kept[match.end() - 1][1] + 1
        pieces += [(char, start, end) for char in _SPELLINGS[match.group()]]
        at = match.end()
    pieces += [(char, offset, offset + 1) for char, offset in kept[at:]]
    return _Folded("".join(p[0] for p in pieces), tuple(p[1] for p in pieces), tuple(p[2] for p in pieces))


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return _fold(name).text


def _without_scope(key: str) -> str:
    match = _SCOPE.match(key)
    return key[match.end() :] if match else key


@lru_cache(maxsize=4096)
def _readings(name: str) -> tuple[str, ...]:
    """What an indicator may be called that `name` names, the likeliest first."""
    key = _key(name)
    bare = _without_scope(key)
    return key, bare, _TOTAL.sub("", key), _TOTAL.sub("", bare)


def name_key(name: str) -> str:
    """What two names are compared by: folded, without scope words (全市, 我县, 全年) before them."""
    return _without_scope(_key(name))


class _Matcher(Generic[T]):
    """Finds folded names in text, the longest at each place, in time linear in the text."""

    def __init__(self, values: Mapping[str, T]):
        self._values = values
        lengths: dict[str, set[int]] = {}
        for key in values:
            lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Non-overlapping mentions from left to right: start and end in `text`, and the value."""
        folded = _fold(text)
        at = 0
        while at < len(folded.text):
            length = self._longest(folded.text, at)
            if length:
                start, end = _with_quotes(text, folded.starts[at], folded.ends[at + length - 1])
                yield start, end, self._values[folded.text[at : at + length]]
            at += length or 1

    def _longest(self, text: str, at: int) -> int:
        for length in self._lengths.get(text[at], ()):
            end = at + length
            if end <= len(text) and text[at:end] in self._values and not _cuts_word(text, at, end):
                return length
        return 0


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends inside a Latin word or a number (5G in 15G)."""
    return any(
        0 < edge < len(text) and all(char.isascii() and char.isalnum() for char in text[edge - 1 : edge + 1])
        for edge in (start, end)
    )


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """A span widened by the quotation mark whose other half is inside: “小巨人”企业."""
    for opening, closing in _QUOTES:
        surplus = text.count(closing, start, end) - text.count(opening, start, end)
        if surplus > 0 and text[start - 1 : start] == opening:
            start -= 1
        elif surplus < 0 and text[end : end + 1] == closing:
            end += 1
    return start, end


class Terms:
    """All terms, looked up by name or found in text. `digest` identifies the data behind them.

    Where two indicators share a name, the later one has it.
    """

    def __init__(
        self,
        indicators: Iterable[IndicatorTerm],
        glossary: Iterable[GlossaryTerm],
        digest: str,
        own: Iterable[GlossaryTerm] = (),
    ):
        self.digest = digest
        self._own = {term.zh: term.en for term in own}
        self.indicators = tuple(indicators)
        self.glossary = tuple(glossary)
        self._indicators = {_key(name): term for term in self.indicators for name in term.names}
        for key, term in list(self._indicators.items()):
            self._indicators.setdefault(_without_scope(key), term)
        self._glossary = {_key(term.zh): term.en for term in self.glossary}
        self._mentions = _Matcher(self._indicators)
        self._all = _Matcher(self._glossary | {key: term.en for key, term in self._indicators.items()})

    def indicator(self, name: str) -> IndicatorTerm | None:
        """The indicator that `name` as a whole names, or None.

        Scope words (全市, 我县, 全年) and a trailing 总量 or 总数 are left out only where the name
        is unknown with them.
        """
        return next((self._indicators[key] for key in _readings(name) if key in self._indicators), None)

    def find(self, text: str) -> list[tuple[int, int, IndicatorTerm]]:
        """The indicators mentioned in `text`, the longest name at each place: start, end, term."""
        return list(self._mentions.find(text))

    def english(self, zh: str) -> str | None:
        """The English of a term named as a whole: the indicator's, else the glossary's."""
        term = self.indicator(zh)
        return term.en if term else self._glossary.get(_key(zh))

    def composed(self, zh: str) -> str | None:
        """The English of a name that is known as a whole or put together from known words; see `composing`."""
        return self.english(zh) or self._composer.english(zh)

    @cached_property
    def _composer(self) -> Composer:
        terms = {term.zh: term.en for term in self.glossary}
        wholes = {name: term.en for term in self.indicators for name in term.names}
        return Composer(lexicon(), terms, wholes, self._own)

    def gloss(self, text: str) -> list[tuple[str, str]]:
        """The terms that occur in `text`, as worded there, with their English; each once, in order."""
        found: dict[str, tuple[str, str]] = {}
        for start, end, en in self._all.find(text):
            found.setdefault(_key(text[start:end]), (text[start:end], en))
        return list(found.values())


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a terms file, by column; `place` names file and line for errors."""

    place: str
    cells: dict[str, str]

    def refuse(self, what: str) -> ResourceError:
        return ResourceError(f"{self.place}: {what}")


def load_terms(extra: Path | None = None) -> Terms:
    """The shipped terms; with `extra`, overridden by the rows of a user's TSV file.

    The file's header line tells its format: with a column `code` it holds indicators (`code`, `zh`,
    `en`; `variants`, `family`, `better` and `source` may be left out), without it glossary entries
    (`zh`, `en`; `kind` and `source` may be left out). An indicator replaces the one with its code and
    takes its names from all others; an entry that names an indicator changes that indicator's English.

    Raises ResourceError, with file and line, where the file is unreadable or a row is malformed.
    """
    shipped = _shipped()
    if extra is None:
        return shipped
    try:
        content = extra.read_bytes()
    except OSError as error:
        raise ResourceError(f"{extra}: cannot be read ({error.strerror}); check the path") from error
    indicators, glossary = _parse(content, str(extra))
    _refuse_numbers([*indicators, *glossary], str(extra))
    digest = hashlib.sha256(shipped.digest.encode() + content).hexdigest()[:16]
    own = _override(shipped.indicators, indicators, glossary)
    return Terms(own, (*shipped.glossary, *glossary), digest, glossary)


def _refuse_numbers(terms: Iterable[IndicatorTerm | GlossaryTerm], name: str) -> None:
    """A number in the English must stand in the Chinese: no name brings a number into a brief."""
    for term in terms:
        if strange := [n for n in re.findall(r"\d[\d.,]*\d|\d", term.en) if n not in term.zh]:
            raise ResourceError(
                f"{name}: the English {term.en!r} has the number {strange[0]}, {term.zh} has not; leave it out"
            )


def _override(
    shipped: Iterable[IndicatorTerm], indicators: Iterable[IndicatorTerm], glossary: Iterable[GlossaryTerm]
) -> Iterator[IndicatorTerm]:
    """The shipped indicators that stay, with the user's English, then the user's own."""
    own = {term.code: term for term in indicators}
    english = {_key(term.zh): term.en for term in glossary}
    for term in shipped:
        if term.code not in own:
            wanted = (english[_key(name)] for name in term.names if _key(name) in english)
            yield replace(term, en=next(wanted, term.en))
    yield from own.values()


@cache
def _shipped() -> Terms:
    folder = resources.files(__package__) / "data"
    contents = {name: (folder / name).read_bytes() for name in ("indicators.tsv", "glossary.tsv", "words.tsv")}
    indicators, _ = _parse(contents["indicators.tsv"], "indicators.tsv")
    _, glossary = _parse(contents["glossary.tsv"], "glossary.tsv")
    return Terms(indicators, glossary, hashlib.sha256(b"".join(contents.values())).hexdigest()[:16])


@cache
def lexicon() -> dict[str, Word]:
    """The lexicon for names that are put together (data/words.tsv; own translations)."""
    content = (resources.files(__package__) / "data" / "words.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in content.splitlines()[1:])
    return {zh: Word(cast(WordClass, kind), front, head) for zh, kind, front, head in rows}


def _parse(content: bytes, name: str) -> tuple[list[IndicatorTerm], list[GlossaryTerm]]:
    """The terms of a file; one of the two lists is empty."""
    header, rows = _read(content, name)
    _refuse_repeats(rows)
    if "code" in header:
        return [_indicator_term(row) for row in rows], []
    return [], [
        GlossaryTerm(row.cells["zh"], row.cells["en"], row.cells.get("kind", ""), row.cells.get("source", ""))
        for row in rows
    ]


def _read(content: bytes, name: str) -> tuple[list[str], list[_Row]]:
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ResourceError(f"{name}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    header = lines[0].rstrip("\r").split("\t")
    if not {"zh", "en"} <= set(header):
        raise ResourceError(f"{name}, line 1: the header must name the columns zh and en, separated by tabs")
    rows = [
        _row(f"{name}, line {number}", header, line.rstrip("\r").split("\t"))
        for number, line in enumerate(lines[1:], start=2)
        if line.strip()
    ]
    return header, rows


def _row(place: str, header: list[str], cells: list[str]) -> _Row:
    row = _Row(place, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
    if len(cells) != len(header):
        raise row.refuse(f"{len(cells)} columns, but the header has {len(header)}; part them by single tabs")
    for column in ("zh", "en", *(["code"] if "code" in header else [])):
        if not row.cells[column]:
            raise row.refuse(f"the column {column} is empty; fill it in or delete the line")
    if not all(_key(name) for name in _names(row)):
        raise row.refuse("a name is empty; write variants as a|b without a bar at the end")
    if unknown := [column for column in header if column not in _COLUMNS]:
        raise row.refuse(f"there is no column {unknown[0]!r}; the header may name {', '.join(_COLUMNS)}")
    if _HAN.search(row.cells["en"]):
        raise row.refuse(f"the English {row.cells['en']!r} holds Chinese characters; translate them")
    return row


def _names(row: _Row) -> list[str]:
    variants = row.cells.get("variants", "")
    return [row.cells["zh"], *(variants.split("|") if variants else [])]


def _refuse_repeats(rows: Iterable[_Row]) -> None:
    """Codes are unique, and a name belongs to one row."""
    owners: dict[str, _Row] = {}
    codes: set[str] = set()
    for row in rows:
        code = row.cells.get("code", "")
        if code in codes:
            raise row.refuse(f"the code {code} is given twice; delete one of the rows")
        codes.update({code} - {""})
        for name in _names(row):
            owner = owners.setdefault(_key(name), row)
            if owner is not row:
                raise row.refuse(f"{name} stands at {owner.place} already; keep one of them")


def _indicator_term(row: _Row) -> IndicatorTerm:
    cells = row.cells
    families = tuple(filter(None, cells.get("family", "").split("|")))
    if unknown := set(families) - FAMILIES:
        raise row.refuse(f"unknown family {', '.join(sorted(unknown))}; use {', '.join(sorted(FAMILIES))}")
    if cells.get("better", "") not in _BETTER:
        raise row.refuse(f"better is {cells['better']!r}; write higher, lower or nothing")
    return IndicatorTerm(
        code=cells["code"], zh=cells["zh"], variants=tuple(_names(row)[1:]), en=cells["en"],
        families=families, better=_BETTER[cells.get("better", "")], source=cells.get("source", ""),
    )  # fmt: skip
