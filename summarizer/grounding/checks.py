"""The checks of a draft, item by item: what the model points at must be there, and say so.

`problems` make an item invalid (it goes back once, then becomes a gap); `doubts` leave it in the
brief, marked as disputed: there the words around a quantity tell something else than the model.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from summarizer import cues
from summarizer.chunking import ChunkIndex, escape
from summarizer.grounding.english import Problem, check_english, numbers_of_names
from summarizer.headings import without_number
from summarizer.model import (
    Draft,
    DraftFigure,
    DraftProject,
    DraftSkip,
    Quantity,
    Section,
    Sentence,
)
from summarizer.naming import likeness, name_quantities
from summarizer.periods import PLAN_PERIODS, plans_in
from summarizer.quantities.grammar import cuts_number, scan
from summarizer.terms.dictionary import Terms

if TYPE_CHECKING:
    from summarizer.grounding.own import OwnReader

_PUNCTUATION = re.compile(r"[\s，。；：、,.;:·“”‘’\"'（）()《》〈〉「」【】\-—~～/]")
_NUMERAL = re.compile("[0-9０-９]+(?:[.．,，][0-9０-９]+)*[%％‰]?|[零〇一二三四五六七八九十百千万亿两]{2,}")
_LABEL = re.compile(  # 10号线, 二期, 第3届
    "(?:第[0-9０-９一二三四五六七八九十百]+|[0-9０-９一二三四五六七八九十百]+(?=[期号级线路环区中院厂楼段届]))[期号级线路环区中院厂楼段届]?"
)
_MAX_SPAN = 400
_MAX_NAME = 60
_NEIGHBOURS = 8  # a name is held against those of as many quantities on either side
_MASS_SKIPPING = (5, 0.4)


@dataclass(frozen=True, slots=True)
class Violation:
    """A problem of one item of a draft: `kind` and `index` say which (index -1: the answer as a whole)."""

    kind: str
    index: int
    problem: Problem


class Statement(Protocol):
    """A pointer with the English of what stands there."""

    @property
    def c(self) -> str: ...
    @property
    def c2(self) -> str | None: ...
    @property
    def part(self) -> str | None: ...
    @property
    def en(self) -> str | None: ...


@lru_cache(maxsize=4096)
def _numbers_in(name: str) -> tuple[str, ...]:
    return tuple(name[found.start : found.end] for found in scan(name))


class Checker:
    """Checks the items of one chunk's draft. One object a draft; it reads, and changes nothing."""

    def __init__(self, draft: Draft, index: ChunkIndex, terms: Terms):
        self.draft = draft
        self.index = index
        self.chunk = index.chunk
        self.text = index.text
        self.terms = terms
        self._named: dict[int, dict[int, str]] = {}
        self._around: dict[int, dict[int, cues.Around]] = {}
        self._inside: dict[int, dict[str, Quantity]] = {}
        self._words: dict[int, tuple[str, set[str]]] = {}

    @cached_property
    def own(self) -> OwnReader:
        """The reading of items of a user's own types."""
        from summarizer.grounding.own import OwnReader

        return OwnReader(self)

    @cached_property
    def _skips(self) -> set[str]:
        return {s.q for s in self.draft.skipped}

    @cached_property
    def _figured(self) -> set[int]:
        """Where the quantities start that a figure points at."""
        return {start for f in self.draft.figures for start in self._start_of(f.q)}

    def violations(self) -> Iterator[Violation]:
        """Everything that is wrong, in the order of the answer."""
        used: set[int] = set()  # where the quantities start that are in a figure
        for i, figure in enumerate(self.draft.figures):
            problems = list(self.figure_problems(figure, used))
            yield from (Violation("figures", i, problem) for problem in problems)
            used.update(() if problems else self._start_of(figure.q))
        for i, goal in enumerate(self.draft.goals):
            for problem in self.statement_problems(goal):
                yield Violation("goals", i, problem)
        for i, project in enumerate(self.draft.projects):
            for problem in self.project_problems(project):
                yield Violation("projects", i, problem)
        for i, risk in enumerate(self.draft.risks):
            for problem in self.statement_problems(risk):
                yield Violation("risks", i, problem)
        for i, skip in enumerate(self.draft.skipped):
            for problem in self.skip_problems(skip, used):
                yield Violation("skipped", i, problem)
        for kind, rows in self.draft.own.items():
            for i, row in enumerate(rows):
                yield from (Violation(kind, i, problem) for problem in self.own.problems(row))
        yield from self._mass_skipping()

    def unaccounted(self) -> list[str]:
        """Ids of quantities that are neither in a figure nor skipped."""
        return [n for n, q in self.chunk.quantities.items() if n not in self._skips and q.start not in self._figured]

    def _start_of(self, pointer: str) -> tuple[int, ...]:
        try:
            return (self.quantity(pointer).start,)
        except ValueError:
            return ()

    def _mass_skipping(self) -> Iterator[Violation]:
        skipped = [s for s in self.draft.skipped if s.q in self.chunk.quantities]
        floor, share = _MASS_SKIPPING
        if len(skipped) > floor and len(skipped) > share * len(self.chunk.quantities):
            detail = f"{len(skipped)} of {len(self.chunk.quantities)} quantities are skipped; read them as figures"
            yield Violation("skipped", -1, Problem("mass_skipping", detail))

    # --- figures ---------------------------------------------------------------------------

    def quantity(self, pointer: str) -> Quantity:
        """The quantity that a pointer stands for; `c12k:text` cites one that the grammar missed, verbatim.

        Raises ValueError with the reason where it stands for nothing.
        """
        if pointer in self.chunk.quantities:
            return self.chunk.quantities[pointer]
        clause, colon, verbatim = pointer.partition(":")
        if not colon or not verbatim:
            raise ValueError(f"there is no quantity {pointer}")
        start, end = self.index.span(clause, None, verbatim)
        found = next(iter(scan(self.text[start:end])), None)
        if found is None:
            raise ValueError(f"no number can be read from {verbatim!r}")
        for known in self.chunk.quantities.values():
            if known.start < start + found.end and start + found.start < known.end:
                return known  # it has a mark after all
        if cuts_number(self.text, start + found.start, start + found.end):
            raise ValueError(f"{verbatim!r} is a piece of a longer number")
        return Quantity(
            id=f"v{start}",
            start=start + found.start,
            end=start + found.end,
            raw=self.text[start + found.start : start + found.end],
            value=found.value,
            value_high=found.value_high,
            unit=found.unit,
            dimension=found.dimension,
            counter=found.counter,
            per=found.per,
            comparator=found.comparator,
        )

    def figure_problems(self, figure: DraftFigure, used: set[int]) -> Iterator[Problem]:
        try:
            quantity = self.quantity(figure.q)
        except ValueError as error:
            yield Problem("unknown_pointer", str(error))
            return
        if quantity.start in used:
            yield Problem("second_use", f"{figure.q} is in another figure already; a quantity belongs to one")
        yield from self.name_problems(figure.zh, quantity.start)
        if figure.scope:
            yield from self.name_problems(figure.scope, quantity.start)
        if figure.en is not None:
            yield from check_english(figure.en, {}, (), numbers_of_names(figure.zh), self.years)
        if figure.m == "change" and figure.d is None:
            yield Problem("direction_missing", "a change is up or down")
        if figure.m != "change" and figure.d is not None:
            yield Problem("direction_extra", "only a change has a direction; d is null")
        if figure.y is not None and not self._plausible_year(figure.y, quantity.start):
            yield Problem("year_not_in_text", f"neither the text nor the report's years give {figure.y}")

    def name_problems(self, name: str, position: int) -> Iterator[Problem]:
        """A Chinese name uses only characters of its sentence or heading path."""
        shown = escape(name)
        plain = _PUNCTUATION.sub("", shown)
        hidden = not name.isprintable() and any(unicodedata.category(c) == "Cf" for c in name)
        if not plain:
            yield Problem("name_empty", "the Chinese name is empty")
        elif shown != shown.strip() or hidden:
            yield Problem("name_hidden", "the Chinese name holds characters that do not show; leave them out")
        elif len(name) > _MAX_NAME:
            yield Problem("name_long", f"the Chinese name has {len(name)} characters; give the shortest name")
        elif strange := sorted(set(plain) - set(self._words_at(position)[0])):
            yield Problem("name_not_in_text", f"{''.join(strange)!r} is not in the sentence or its headings")
        elif numbers := self._strange_numbers(name, position):
            yield Problem("name_not_in_text", f"{'、'.join(numbers)!r} is no number of the sentence or its headings")

    def _strange_numbers(self, name: str, position: int) -> list[str]:
        """Numbers of a name that do not stand in its sentence or headings as they are, digit for digit."""
        words, known = self._words_at(position)
        plain = escape(name)
        numbers = [n for n in _NUMERAL.findall(plain) if n not in known and len(n) + n.isascii() > 1]
        return numbers or [number for number in _numbers_in(plain) if number not in words]

    def _words_at(self, position: int) -> tuple[str, set[str]]:
        """The text of a sentence and its headings, and their numbers; read once."""
        sentence, section = self.index.sentence_at(position)
        if sentence.start not in self._words:
            words = escape(" ".join(self._unnumbered(sentence, section)))
            self._words[sentence.start] = words, set(_NUMERAL.findall(words))
        return self._words[sentence.start]

    def _unnumbered(self, sentence: Sentence, section: Section) -> list[str]:
        """A sentence and its headings without their numbers: (七) before a heading is no seven of anything."""
        words = [self.text[sentence.start : sentence.end], *(h.heading for h in section.path)]
        return [without_number(each) for each in words]

    def sentence_quantities(self, sentence: Sentence) -> Mapping[str, Quantity]:
        if sentence.start not in self._inside:
            self._inside[sentence.start] = dict(self.index.quantities_in(sentence.start, sentence.end))
        return self._inside[sentence.start]

    def statement_numbers(self, start: int, end: int) -> frozenset[float]:
        """The numbers that the English of a statement may have: those of names in its own words."""
        sentence, _ = self.index.sentence_at(start)
        own = self._without_quantities(start, end)
        return numbers_of_names(without_number(own) if start == sentence.start else own)

    def statement_labels(self, start: int, end: int) -> frozenset[float]:
        """The numbers of labels (10号线, 二期) in its headings and the rest of its sentence."""
        sentence, section = self.index.sentence_at(start)
        outside = [self._without_quantities(sentence.start, start), self._without_quantities(end, sentence.end)]
        outside += [heading.heading for heading in section.path]
        labels = " ".join(label for each in outside for label in _LABEL.findall(without_number(each)))
        return numbers_of_names(labels)

    def _without_quantities(self, start: int, end: int) -> str:
        pieces, position = [], start
        for _, quantity in self.index.quantities_in(start, end):
            pieces.append(self.text[position : quantity.start])
            position = quantity.end
        return " ".join([*pieces, self.text[position:end]])

    @cached_property
    def years(self) -> frozenset[str]:
        meta = self.chunk.report.metadata
        return frozenset(str(y) for y in (meta.review_year, meta.target_year) if y)

    def _plausible_year(self, year: int, position: int) -> bool:
        meta = self.chunk.report.metadata
        known = {y for y in (meta.review_year, meta.target_year) if y is not None}
        if not 1900 <= year <= 2100:
            return False
        if known and min(known) - 1 <= year <= max(known) + 1:
            return True
        if not known and 1949 <= year <= 2100:
            return True
        sentence, section = self.index.sentence_at(position)
        words = self.text[sentence.start : sentence.end] + " ".join(h.heading for h in section.path)
        around = unicodedata.normalize("NFKC", words)
        planned = year in [PLAN_PERIODS[name][1] for name in plans_in(around) if name in PLAN_PERIODS]
        return planned or re.search(rf"(?<!\d){year}(?!\d)", around) is not None

    def figure_doubts(self, figure: DraftFigure, quantity: Quantity) -> list[str]:
        """Where the words around the quantity tell something else: reasons, sorted."""
        doubts: list[str] = []
        sentence, section = self.index.sentence_at(quantity.start)
        around = self.around(sentence, quantity)
        if around is None:
            return doubts
        measure, direction = cues.measure_of(around)
        if measure != figure.m and {"rank", "change"} & {measure, figure.m}:
            doubts.append("measure")
        if measure == figure.m == "change" and direction != figure.d:
            doubts.append("direction")
        reading = cues.kind_of(around, section.tense, self.chunk.report.metadata)
        if reading.kind != figure.k:
            doubts.append("kind")
        both_dated = figure.k != "reference" and figure.y is not None and reading.year is not None
        if figure.y != reading.year and (reading.year_sure or both_dated):
            doubts.append("year")
        term = self.terms.indicator(figure.zh)
        if term and term.families and figure.m == "level" and quantity.dimension not in term.families:
            doubts.append("unit")
        if self._names_another(figure.zh, sentence, quantity) or not self._named_nearby(figure.zh, sentence, quantity):
            doubts.append("name")
        return sorted(doubts)

    def around(self, sentence: Sentence, quantity: Quantity) -> cues.Around | None:
        """What stands around a quantity of a sentence; None for one that the grammar did not find there."""
        return self._surroundings(sentence.start).get(quantity.start)

    def _surroundings(self, position: int) -> dict[int, cues.Around]:
        """What stands around each quantity of a sentence, by where the quantity starts; read once."""
        if position not in self._around:
            sentence, section = self.index.sentence_at(position)
            inside = tuple(self.sentence_quantities(sentence).values())
            clauses = tuple((c.start, c.end) for c in sentence.clauses)
            heading = " ".join(h.heading for h in section.path)
            found = cues.surroundings(self.text, (sentence.start, sentence.end), clauses, inside, heading)
            self._around[position] = {a.quantity.start: a for a in found}
        return self._around[position]

    def _names_another(self, name: str, sentence: Sentence, quantity: Quantity) -> bool:
        """Whether the name fits a neighbouring quantity of the sentence better than its own, by the rules' reading."""
        readings = self._readings(sentence.start)
        starts = list(readings)
        if readings.get(quantity.start, name) == name:
            return False
        at = bisect_left(starts, quantity.start)
        near = [*starts[max(0, at - _NEIGHBOURS) : at], *starts[at + 1 : at + 1 + _NEIGHBOURS]]
        own = likeness(name, readings[quantity.start])
        others = [likeness(name, readings[start]) for start in near]
        best = max(others, default=0.0)
        return (own < 0.5 and own + 0.1 < best) or (best > 0.95 and own < 0.9)

    def _named_nearby(self, name: str, sentence: Sentence, quantity: Quantity) -> bool:
        """Whether the name is like what rules read for its quantity."""
        readings = self._readings(sentence.start)
        return quantity.start not in readings or likeness(name, readings[quantity.start]) > 0.3

    def _readings(self, position: int) -> dict[int, str]:
        """What each quantity of a sentence measures by the rules, by where it starts; read once."""
        if position not in self._named:
            sentence, _ = self.index.sentence_at(position)
            inside = tuple(self.sentence_quantities(sentence).values())
            names = name_quantities(self.text, sentence, inside)
            self._named[position] = {q.start: n for q, n in zip(inside, names, strict=True)}
        return self._named[position]

    # --- statements and projects -----------------------------------------------------------

    def statement_problems(self, item: Statement) -> Iterator[Problem]:
        """A goal, risk or statement of one's own: its pointer resolves to a bounded span, and its English is clean."""
        try:
            start, end = self.index.span(item.c, item.c2, item.part)
        except ValueError as error:
            yield Problem("unknown_pointer", str(error))
            return
        if end - start > _MAX_SPAN:
            yield Problem("span_long", f"the span has {end - start} characters; point at the one clause")
        if item.en is not None:
            inside = dict(self.index.quantities_in(start, end))
            required = tuple(n for n, q in inside.items() if n not in self._skips or q.start in self._figured)
            numbers, labels = self.statement_numbers(start, end), self.statement_labels(start, end)
            yield from check_english(item.en, inside, required, numbers, self.years, labels)

    def project_problems(self, project: DraftProject) -> Iterator[Problem]:
        clause = self.chunk.clauses.get(project.c)
        if clause is None:
            yield Problem("unknown_pointer", f"there is no clause {project.c}")
            return
        yield from self.named_problems(project.zh, project.en, clause.start)

    def named_problems(self, zh: str, en: str | None, position: int) -> Iterator[Problem]:
        """A name in both languages: in its sentence as it is, else of characters of it and its headings."""
        sentence, _ = self.index.sentence_at(position)
        plain = escape(self.text[sentence.start : sentence.end])
        if escape(zh) not in plain or not 0 < len(escape(zh).strip()) <= _MAX_NAME:
            yield from self.name_problems(zh, position)
        if en is not None:
            yield from check_english(en, {}, (), numbers_of_names(zh), self.years)

    def skip_problems(self, skip: DraftSkip, used: set[int]) -> Iterator[Problem]:
        if skip.q not in self.chunk.quantities:
            yield Problem("unknown_pointer", f"there is no quantity {skip.q}")
        elif self.chunk.quantities[skip.q].start in used:
            yield Problem("second_use", f"{skip.q} is a figure already; do not skip it too")
