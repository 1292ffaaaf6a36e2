"""Items of a user's own types, held to the checks of the built-in ones, and made into records.

A name is of characters of its clause's sentence, a statement's English as clean as a goal's, a date written
in a sentence that the item points at. Whatever an item points at stands in the section of its clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from summarizer.chunking import flat
from summarizer.dates import FoundDate, agrees, find_dates, is_iso
from summarizer.grounding.checks import Checker
from summarizer.grounding.english import Problem, render_english
from summarizer.itemtypes.declaring import FieldForm, Form, OwnItem, form_of
from summarizer.itemtypes.rows import NameRow, Row, StatementRow
from summarizer.itemtypes.typed import declined
from summarizer.model import (
    Bilingual,
    Date,
    DraftOwn,
    Evidence,
    OwnRecord,
    OwnSingle,
    OwnValue,
    Reader,
    Section,
    Sentence,
)

_MOST_VALUES = 40  # of one list field
_LONGEST = 400
Value = tuple[FieldForm, Any]


class OwnReader:
    """Checks and resolves the rows of one chunk's draft."""

    def __init__(self, checker: Checker):
        self._checker = checker
        self._index = checker.index
        self._text = checker.text

    # --- checks ----------------------------------------------------------------------------

    def problems(self, row: DraftOwn) -> Iterator[Problem]:
        """Everything that is wrong with a row: its pointers, names, English, dates; then the class's own rules."""
        anchor = self._checker.chunk.clauses.get(row.c)
        if anchor is None:
            yield Problem("unknown_pointer", f"there is no clause {row.c}")
            return
        found = [
            Problem(problem.reason, f"{form.name}: {problem.detail}")
            for form, value in self._values(row)
            for problem in self._value_problems(form, value, row)
        ]
        found += [
            Problem("too_many", f"{form.name}: {len(getattr(row, form.name))} values; give at most {_MOST_VALUES}")
            for form in _form(row).fields
            if form.many and len(getattr(row, form.name)) > _MOST_VALUES
        ]
        if not any(True for _ in self._values(row)):
            found.append(Problem("empty", "none of its fields has a value; leave it out"))
        yield from found or self._declined(row)

    def _value_problems(self, form: FieldForm, value: Any, row: DraftOwn) -> Iterator[Problem]:
        position = self._checker.chunk.clauses[row.c].start
        if form.kind == "name":
            yield from self._checker.named_problems(value.zh, value.en, position)
        elif form.kind == "date":
            yield from self._date_problems(value, row)
        elif form.kind != "label":
            yield from self._pointer_problems(form, value, position)

    def _pointer_problems(self, form: FieldForm, value: Any, position: int) -> Iterator[Problem]:
        try:
            start, end = self._span(form, value)
        except ValueError as error:
            yield Problem("unknown_pointer", str(error))
            return
        if self._index.sentence_at(start)[1] is not self._index.sentence_at(position)[1]:
            yield Problem("elsewhere", "it stands in another section than the item's clause c")
        if form.kind == "statement":
            yield from self._checker.statement_problems(value)
        elif end - start > _LONGEST:
            yield Problem("span_long", f"the span has {end - start} characters; point at the one clause")

    def _date_problems(self, answered: str, row: DraftOwn) -> Iterator[Problem]:
        if not is_iso(answered):
            yield Problem("date_broken", f"{answered!r} is no date; write 2024-06-30, 2024-06 or 2024")
            return
        fitting = {date.iso for date in self._dates(answered, row)}
        if not fitting:
            yield Problem("date_not_in_text", f"no sentence that the item points at gives {answered}; else null")
        elif len(fitting) > 1:
            yield Problem("date_ambiguous", f"the text gives {', '.join(sorted(fitting))}; say which")

    def _declined(self, row: DraftOwn) -> Iterator[Problem]:
        """What the declared class's own validators say."""
        quantities = {q.id: q for q in map(self._checker.quantity, self.cited(row))}
        if said := declined(_item_type(row), self.record(row, "chat"), quantities):
            yield Problem("own_rule", said)

    # --- records ---------------------------------------------------------------------------

    def record(self, row: DraftOwn, by: Reader) -> OwnRecord:
        """The published form of a row that holds."""
        return OwnRecord(
            id=f"{self._checker.chunk.clauses[row.c].start}",
            values={form.name: self._value(form, getattr(row, form.name), row) for form in _form(row).fields},
            evidence=self._evidence(row),
            by=by,
            disputed=tuple(self._doubts(row)),
        )

    def cited(self, row: DraftOwn) -> list[str]:
        """The pointers to quantities of a row."""
        return [value for form, value in self._values(row) if form.kind == "quantity"]

    def _value(self, form: FieldForm, value: Any, row: DraftOwn) -> OwnValue:
        if value is None:
            return None
        if form.many:
            return tuple(dict.fromkeys(self._single(form, each, row) for each in value))
        return self._single(form, value, row)

    def _single(self, form: FieldForm, value: Any, row: DraftOwn) -> OwnSingle:
        if isinstance(value, NameRow):
            position = self._checker.chunk.clauses[row.c].start
            return Bilingual(zh=flat(value.zh), en=self._english(value.en, position))
        if form.kind == "quantity":
            return self._checker.quantity(value).id
        if form.kind == "date":
            date = self._date(value, row)
            return Date(iso=date.iso, start=date.start, end=date.end, quote=self._text[date.start : date.end])
        if form.kind == "label":
            return str(value)
        start, end = self._span(form, value)
        if isinstance(value, StatementRow):
            return Bilingual(zh=flat(self._text[start:end]), en=self._english(value.en, start))
        return self._index.evidence(start, end)

    def _english(self, text: str | None, position: int) -> str | None:
        if text is None:
            return None
        sentence, _ = self._index.sentence_at(position)
        return render_english(text, self._checker.sentence_quantities(sentence)) or None

    def _evidence(self, row: DraftOwn) -> tuple[Evidence, ...]:
        """The item's clause and all that it points at, in order, without what lies inside another."""
        spans = sorted(set(self._spans(row)), key=lambda span: (span[0], -span[1]))
        kept: list[tuple[int, int]] = []
        for start, end in spans:
            if not kept or end > kept[-1][1]:
                kept.append((start, end))
        return tuple(self._index.evidence(start, end) for start, end in kept)

    def _spans(self, row: DraftOwn) -> Iterator[tuple[int, int]]:
        anchor = self._checker.chunk.clauses[row.c]
        yield anchor.start, anchor.end
        for form, value in self._values(row):
            if form.kind in ("name", "label"):
                continue
            start, end = self._place(form, value, row)
            if form.kind in ("quantity", "date"):
                _, clause = self._index.clause_at(start)
                start, end = min(start, clause.start), max(end, clause.end)
            yield start, end

    def _doubts(self, row: DraftOwn) -> list[str]:
        """Numbers and dates that stand in another sentence than their item: whether they are its own is a reading."""
        own, _ = self._index.sentence_at(self._checker.chunk.clauses[row.c].start)
        apart = [
            f"{form.name}_apart"
            for form, value in self._values(row)
            if form.kind in ("quantity", "date")
            and self._index.sentence_at(self._place(form, value, row)[0])[0] is not own
        ]
        return sorted(set(apart))

    # --- places ----------------------------------------------------------------------------

    def _values(self, row: DraftOwn) -> Iterator[Value]:
        """Every single value of a row with its field."""
        for form in _form(row).fields:
            value = getattr(row, form.name)
            for each in value if form.many else (value,):
                if each is not None:
                    yield form, each

    def _place(self, form: FieldForm, value: Any, row: DraftOwn) -> tuple[int, int]:
        if form.kind == "date":
            date = self._date(value, row)
            return date.start, date.end
        return self._span(form, value)

    def _span(self, form: FieldForm, value: Any) -> tuple[int, int]:
        """Where a pointer points. Raises ValueError with the reason where it does not resolve."""
        if form.kind == "quantity":
            quantity = self._checker.quantity(value)
            return quantity.start, quantity.end
        return self._index.span(value.c, value.c2, value.part)

    def _date(self, answered: str, row: DraftOwn) -> FoundDate:
        return self._dates(answered, row)[0]

    def _dates(self, answered: str, row: DraftOwn) -> list[FoundDate]:
        """The dates of the item's sentences that agree with an answer, exact ones if there are any; the own first."""
        every = [date for sentence, section in self._sentences(row) for date in self._dates_of(sentence, section)]
        exact = [date for date in every if date.iso == answered]
        return exact or [date for date in every if agrees(answered, date.iso)]

    def _dates_of(self, sentence: Sentence, section: Section) -> Iterator[FoundDate]:
        """A sentence's dates; a month without a year can be of its heading's year, in a review of the reviewed one."""
        meta = self._checker.chunk.report.metadata
        headings = find_dates(" ".join(heading.heading for heading in section.path), None)
        named = int(headings[-1].iso[:4]) if headings else None
        year = meta.target_year or (meta.review_year + 1 if meta.review_year else None)
        if year is None:
            year = int(meta.published[:4]) if meta.published else named
        reviewed = meta.review_year if section.tense == "review" else None
        words = self._text[sentence.start : sentence.end]
        years = dict.fromkeys(spoken_of or year for spoken_of in (named, reviewed, year))
        for date in dict.fromkeys(date for each in years for date in find_dates(words, year, each)):
            yield FoundDate(sentence.start + date.start, sentence.start + date.end, date.iso)

    def _sentences(self, row: DraftOwn) -> list[tuple[Sentence, Section]]:
        """The sentences that an item points into, that of its clause first."""
        starts = [self._checker.chunk.clauses[row.c].start]
        for form, value in self._values(row):
            if form.kind in ("statement", "clause", "quantity"):
                try:
                    starts.append(self._span(form, value)[0])
                except ValueError:
                    continue  # said where the pointer itself is checked
        found = {sentence.start: (sentence, section) for sentence, section in map(self._index.sentence_at, starts)}
        return list(found.values())


def _item_type(row: DraftOwn) -> type[OwnItem]:
    return cast(Row, row).__own_item__


def _form(row: DraftOwn) -> Form:
    return form_of(_item_type(row))
