"""Items of a user's own types into the brief: the same one said twice is one item, by the key that its type declares.

Items are the same where all key fields have values and these are equal; without a key, or where a key's value is
missing, where all fields are equal. Same items that differ in a number, date or label stay apart, as a conflict.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence

from summarizer.itemtypes.declaring import FieldForm, Form, OwnItem, form_of
from summarizer.itemtypes.typed import declined
from summarizer.model import (
    Bilingual,
    BriefContent,
    Conflict,
    Coverage,
    Date,
    Evidence,
    Gap,
    Items,
    OwnList,
    OwnRecord,
    OwnValue,
    Quantity,
    Reading,
)

UNREAD = "own_types_unread"
_NOISE = re.compile(r"[\s“”‘’\"'，。；：、,.;:·（）()《》]")
_EXACT = ("quantity", "date", "label")
Quantities = Mapping[str, Quantity]


def with_own(content: BriefContent, items: Sequence[Items], types: Sequence[type[OwnItem]]) -> BriefContent:
    """The brief with the items of own types, merged and numbered, and their conflicts."""
    quantities = _quantities(content, items)
    lists: dict[str, OwnList] = {}
    conflicts = list(content.conflicts)
    for item_type in types:
        form = form_of(item_type)
        found = [record for each in items for record in each.own.get(form.name, ())]
        merged = _Merger(item_type, quantities).merged([_standing(record, form, quantities) for record in found])
        lists[form.name] = OwnList(title=form.title, fields=tuple(f.published for f in form.fields), items=merged)
        conflicts += _conflicts(merged, form, quantities)
    coverage = _coverage(content.coverage, items, lists)
    return content.model_copy(update={"own": lists, "conflicts": tuple(conflicts), "coverage": coverage})


def _coverage(coverage: Coverage, items: Sequence[Items], lists: Mapping[str, OwnList]) -> Coverage:
    """The coverage where numbers without a mark, that only own items cite, count as used."""
    cited = {q.id for each in items for q in each.quantities}
    values = [value for own in lists.values() for record in own.items for value in record.values.values()]
    named = {each for value in values for each in (value if isinstance(value, tuple) else (value,))}
    used = [name for name in coverage.unaccounted if name in cited and name in named]
    left = tuple(name for name in coverage.unaccounted if name not in used)
    return coverage.model_copy(update={"used": coverage.used + len(used), "unaccounted": left})


def unread_gaps(types: Sequence[type[OwnItem]], readings: Sequence[Reading], engine: str) -> tuple[Gap, ...]:
    """Gaps for own types that nobody read: rules can read none of them, in a whole report or in a part."""
    names = ", ".join(form_of(each).name for each in types)
    if not types:
        return ()
    if engine == "rules":
        detail = f"{names}: only a model reads own types; set OPENAI_API_KEY or give --base-url, and --engine chat"
        return (Gap(stage="reading", reason=UNREAD, detail=detail),)
    return tuple(
        Gap(
            stage="reading",
            reason=UNREAD,
            start=reading.chunk.start,
            end=reading.chunk.end,
            detail=f"{names}: this part was read by rules, which read no own types",
        )
        for reading in readings
        if reading.by == "rules"
    )


def _quantities(content: BriefContent, items: Sequence[Items]) -> Quantities:
    """The brief's quantities, also by the ids of cited ones in whose place a correction put another."""
    by_id = {q.id: q for q in content.quantities}
    for cited in (q for each in items for q in each.quantities if q.id not in by_id):
        other = next((q for q in content.quantities if q.start < cited.end and cited.start < q.end), None)
        if other is not None:
            by_id[cited.id] = other
    return by_id


def _standing(record: OwnRecord, form: Form, quantities: Quantities) -> OwnRecord:
    """A record whose quantities are those that stand in the brief."""

    def standing(value: OwnValue) -> OwnValue:
        if isinstance(value, tuple):
            return tuple(quantities[str(each)].id for each in value)
        return None if value is None else quantities[str(value)].id

    changed = {f.name: standing(record.values[f.name]) for f in form.fields if f.kind == "quantity"}
    return record.model_copy(update={"values": {**record.values, **changed}})


class _Merger:
    """Merges the records of one type."""

    def __init__(self, item_type: type[OwnItem], quantities: Quantities):
        self._type = item_type
        self._form = form_of(item_type)
        self._quantities = quantities

    def merged(self, records: Sequence[OwnRecord]) -> tuple[OwnRecord, ...]:
        groups = _same(records, self._form, self._quantities)
        kept = [record for group in groups for record in self._merged_group(group)]
        ordered = sorted(kept, key=lambda record: (record.evidence[0].start, record.evidence[0].end))
        name = self._form.name
        return tuple(record.model_copy(update={"id": f"{name}-{n}"}) for n, record in enumerate(ordered, 1))

    def _merged_group(self, group: Sequence[OwnRecord]) -> list[OwnRecord]:
        """Records of the same thing as one, or as many as contradict each other."""
        kept: list[OwnRecord] = []
        for record in group:
            for i, other in enumerate(kept):
                if (made := self._joined(other, record)) is not None:
                    kept[i] = made
                    break
            else:
                kept.append(record)
        return kept

    def _joined(self, a: OwnRecord, b: OwnRecord) -> OwnRecord | None:
        """Two records as one; None where they differ, or the class's own rules decline the whole."""
        if _differ(a, b, self._form, self._quantities):
            return None
        evidence = sorted({(e.start, e.end): e for e in (*a.evidence, *b.evidence)}.items())
        update = {
            "values": {f.name: _either(f, a.values[f.name], b.values[f.name]) for f in self._form.fields},
            "evidence": tuple(e for _, e in evidence),
            "disputed": tuple(sorted({*a.disputed, *b.disputed})),
        }
        made = a.model_copy(update=update)
        return None if declined(self._type, made, self._quantities) else made


def _same(records: Sequence[OwnRecord], form: Form, quantities: Quantities) -> list[list[OwnRecord]]:
    """The records grouped by what they are of."""
    groups: dict[Hashable, list[OwnRecord]] = defaultdict(list)
    for record in records:
        keyed = form.key and all(_has_value(record.values[name]) for name in form.key)
        fields = [f for f in form.fields if f.name in form.key or not keyed]
        groups[tuple((f.name, _told(f, record.values[f.name], quantities)) for f in fields)].append(record)
    return list(groups.values())


def _differ(a: OwnRecord, b: OwnRecord, form: Form, quantities: Quantities) -> bool:
    """Whether both say a number, date or label of some field, and not the same."""
    return any(
        _told(f, a.values[f.name], quantities) != _told(f, b.values[f.name], quantities)
        for f in form.fields
        if f.kind in _EXACT and not f.many
        if _has_value(a.values[f.name]) and _has_value(b.values[f.name])
    )


def _conflicts(records: Sequence[OwnRecord], form: Form, quantities: Quantities) -> Iterator[Conflict]:
    """For each field of each thing that several items tell differently: those items, and what they say."""
    for group in _same(records, form, quantities):
        for f in (f for f in form.fields if f.kind in _EXACT and not f.many):
            told = {r.id: r.values[f.name] for r in group if _has_value(r.values[f.name])}
            said = {_told(f, value, quantities): _written(value, quantities) for value in told.values()}
            if len(said) > 1:
                yield Conflict(items=tuple(told), reason=f"{f.name}: {' / '.join(said.values())}")


def _written(value: OwnValue, quantities: Quantities) -> str:
    """A number, date or label in the report's words."""
    if isinstance(value, Date):
        return value.quote
    return quantities[str(value)].raw if str(value) in quantities else str(value)


def _either(form: FieldForm, a: OwnValue, b: OwnValue) -> OwnValue:
    """The first of two values; lists joined; a text with English before the same without."""
    if form.many and isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(dict.fromkeys((*a, *b)))
    if isinstance(a, Bilingual) and isinstance(b, Bilingual) and a.en is None:
        return a.model_copy(update={"en": b.en}) if _normal(a.zh) == _normal(b.zh) else a
    return a if _has_value(a) else b


def _has_value(value: OwnValue) -> bool:
    return value is not None and value != ()


def _told(form: FieldForm, value: OwnValue, quantities: Quantities) -> Hashable:
    """What a value says, whatever the place and words that it is said in."""
    if isinstance(value, tuple):
        return frozenset(_told(form, each, quantities) for each in value)
    if isinstance(value, Date):
        return value.iso
    if isinstance(value, Evidence):
        return _normal(value.quote)
    if isinstance(value, Bilingual):
        return _normal(value.zh)
    if form.kind == "quantity" and value is not None:
        q = quantities[value]
        return q.value, q.value_high, q.unit, q.counter, q.per, q.comparator
    return value


def _normal(text: str) -> str:
    return _NOISE.sub("", text).lower()
