"""Chunks: whole sections within budgets, with the marks that an engine points at.

A mark is `c12k>` before a clause and `{q7c:1509亿元}` around a quantity: both are paid for in every
request, and `>` is escaped in the text, so that nothing else ends in one. The last letter of an id is
a check: a neighbour's id, a slip or another chunk's id does not resolve.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, groupby, takewhile

from summarizer.model import Chunk, Clause, Evidence, Heading, Outline, Quantity, Report, Section, Sentence
from summarizer.quantities.ids import checked_ids
from summarizer.tokens import count_tokens

# What would look like a mark, or like the control words of a chat template ([INST], <|im_start|>, [gMASK]).
_ESCAPES = str.maketrans({"<": "＜", ">": "＞", "{": "｛", "}": "｝", "#": "＃", "[": "［", "]": "］"})
_MARKS = re.compile(r"[<>{}#\[\]]")
# What does not show, or reorders what does: controls but tab and line breaks, lone surrogates, format characters (tags
# too, in which whole sentences hide), fillers and variation selectors (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile(r"\s*(?:\\r\\n|\\n|[\r\n\f\v\x1c-\x1e\x85\u2028\u2029])\s*")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a chunk may hold: tokens of marked text, and quantities (an answer must fit).

    `tokens` is None where no model is asked: then none are counted.
    """

    tokens: int | None = 2600
    quantities: int = 40

    def is_within(self, tokens: int, quantities: int) -> bool:
        return (self.tokens is None or tokens <= self.tokens) and quantities <= self.quantities


def flat(text: str) -> str:
    """A text without the line breaks of its page."""
    if text.isprintable() and "\\" not in text:
        return text
    return _BREAKS.sub("", text)


def make_chunks(
    report: Report, outline: Outline, quantities: Sequence[Quantity], budget: Budget | None = None
) -> tuple[Chunk, ...]:
    """The report's sections in order, packed into chunks; a section that is too large is split at sentences.

    Only a single sentence may exceed the budget, since none is cut.
    """
    packer = _Packer(report.text, quantities, budget or Budget())
    groups = packer.pack(outline.sections)
    return tuple(_chunk(i, report, group, quantities) for i, group in enumerate(groups))


def halves(chunk: Chunk) -> tuple[Chunk, ...]:
    """The chunk as two, cut where a section or sentence ends, nearest to its middle; none where it is one sentence."""
    report = chunk.report
    quantities = tuple(chunk.quantities.values())
    rows = [(section, sentence) for section in chunk.sections for sentence in section.sentences]
    if len(rows) < 2:
        return ()
    ends = list(accumulate(len(_inside(quantities, s.start, s.end)) * 20 + s.end - s.start for _, s in rows))
    cut = min(range(1, len(rows)), key=lambda at: abs(2 * ends[at - 1] - ends[-1]))
    pieces = (_sections(rows[:cut]), _sections(rows[cut:]))
    return tuple(_chunk(chunk.index, report, piece, quantities) for piece in pieces)


def _sections(rows: Sequence[tuple[Section, Sentence]]) -> list[Section]:
    """The sections of a run of sentences, each with those of its sentences that are in the run."""
    grouped = groupby(rows, key=lambda row: id(row[0]))
    runs = [list(run) for _, run in grouped]
    return [replace(run[0][0], sentences=tuple(sentence for _, sentence in run)) for run in runs]


class _Packer:
    """Packs sections within a budget; what a sentence or heading line costs is counted once."""

    def __init__(self, text: str, quantities: Sequence[Quantity], budget: Budget):
        self._text = text
        self._quantities = quantities
        self._budget = budget

    def pack(self, sections: Sequence[Section]) -> list[list[Section]]:
        groups: list[list[Section]] = []
        tokens = count = 0
        for section in (piece for s in sections for piece in self._pieces(s)):
            more_tokens, more = self._cost(section)
            if groups and self._budget.is_within(tokens + more_tokens, count + more):
                groups[-1].append(section)
                tokens, count = tokens + more_tokens, count + more
            else:
                groups.append([section])
                tokens, count = more_tokens, more
        return groups

    def _pieces(self, section: Section) -> Iterator[Section]:
        """The section, or where it is too large runs of its sentences."""
        taken: list[Sentence] = []
        head = self._heading_cost(section)
        tokens, count = head, 0
        for sentence in section.sentences:
            more_tokens, more = self._sentence_cost(sentence)
            if taken and not self._budget.is_within(tokens + more_tokens, count + more):
                yield Section(section.path, tuple(taken), section.tense)
                taken, tokens, count = [], head, 0
            taken.append(sentence)
            tokens, count = tokens + more_tokens, count + more
        yield Section(section.path, tuple(taken), section.tense)

    def _cost(self, section: Section) -> tuple[int, int]:
        costs = [self._sentence_cost(s) for s in section.sentences]
        return self._heading_cost(section) + sum(c[0] for c in costs), sum(c[1] for c in costs)

    def _heading_cost(self, section: Section) -> int:
        return self._count(heading_line([h.heading for h in section.path])) + 1

    def _sentence_cost(self, sentence: Sentence) -> tuple[int, int]:
        """Tokens of a sentence with its marks (5 at most for a clause, 7 for a quantity), and its quantities."""
        inside = len(_inside(self._quantities, sentence.start, sentence.end))
        plain = self._count(self._text[sentence.start : sentence.end])
        return plain + 5 * len(sentence.clauses) + 7 * inside + 1, inside

    def _count(self, text: str) -> int:
        return 0 if self._budget.tokens is None else count_tokens(text)


def heading_line(headings: Sequence[str]) -> str:
    """The line that stands over what is under these headings."""
    return "# " + escape(" / ".join(headings)) if headings else "#"


def _said(section: Section, above: Sequence[Heading]) -> list[str] | None:
    """The headings that the line over a section has to say; None where it needs no line.

    One that stands over the lines before (`above`) is not said again, nor one that opens the section as its first
    sentence. Those that others stand under are said by their first clause.
    """
    if section.path == above:
        return None
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(above, section.path, strict=False)))
    new = section.path[shared:] or section.path[-1:]
    opened = bool(new) and new[-1].end > section.sentences[0].start
    names = [re.split("[，,：:；;。]", h.heading)[0] or h.heading for h in new[:-1]]
    names += [h.heading for h in new[-1:] if not opened]
    return None if opened and not names else names


def _inside(quantities: Sequence[Quantity], start: int, end: int) -> Sequence[Quantity]:
    low = bisect_right(quantities, start - 1, key=lambda q: q.start)
    high = bisect_right(quantities, end - 1, key=lambda q: q.start)
    return quantities[low:high]


def _chunk(index: int, report: Report, sections: Sequence[Section], quantities: Sequence[Quantity]) -> Chunk:
    sentences = [s for section in sections for s in section.sentences]
    plain = "".join(report.text[s.start : s.end] for s in sentences)
    seed = hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
    clauses = [c for s in sentences for c in s.clauses]
    inside = [q for s in sentences for q in _inside(quantities, s.start, s.end)]
    clause_ids = dict(zip(checked_ids(seed, "c", len(clauses)), clauses, strict=True))
    quantity_ids = dict(zip(checked_ids(seed, "q", len(inside)), inside, strict=True))
    marked = _mark(report.text, sections, clause_ids, quantity_ids)
    return Chunk(index, report, tuple(sections), clause_ids, quantity_ids, marked)


def _mark(text: str, sections: Sequence[Section], clauses: dict[str, Clause], quantities: dict[str, Quantity]) -> str:
    marks: list[tuple[int, int, str]] = [(c.start, 1, f"{name}>") for name, c in clauses.items()]
    for name, q in quantities.items():
        marks.append((q.start, 2, f"{{{name}:"))
        marks.append((q.end, 0, "}"))
    marks.sort()
    at = 0
    lines: list[str] = []
    above: tuple[Heading, ...] = ()
    for section in sections:
        said = _said(section, above)
        lines += [] if said is None else [heading_line(said)]
        above = section.path
        for sentence in section.sentences:
            out, position = [], sentence.start
            while at < len(marks) and marks[at][0] <= sentence.end:
                offset, _, mark = marks[at]
                if offset == sentence.end and mark != "}":
                    break
                out.append(escape(text[position:offset]))
                out.append(mark)
                position, at = offset, at + 1
            out.append(escape(text[position : sentence.end]))
            lines.append("".join(out))
    return "\n".join(lines)


def shown(text: str) -> str:
    """A text without what does not show or reorders what does."""
    return _INVISIBLE.sub("", text)


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Report text that cannot be taken for a mark; hidden characters are left out."""
    plain = shown(flat(text))
    return plain.translate(_ESCAPES) if _MARKS.search(plain) else plain


def _positions(text: str, part: str) -> list[int]:
    """Where a part occurs in a text; nowhere if it is empty."""
    return [m.start() for m in re.finditer(f"(?={re.escape(part)})", text)] if part else []


class ChunkIndex:
    """Look-ups on a chunk: what an id stands for, and what stands around a position."""

    def __init__(self, chunk: Chunk):
        self.chunk = chunk
        self.text = chunk.report.text

    @cached_property
    def sentences(self) -> list[tuple[Sentence, Section]]:
        return [(s, section) for section in self.chunk.sections for s in section.sentences]

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s, _ in self.sentences]

    @cached_property
    def clause_list(self) -> list[tuple[str, Clause]]:
        return list(self.chunk.clauses.items())

    @cached_property
    def _clause_starts(self) -> list[int]:
        return [c.start for _, c in self.clause_list]

    @cached_property
    def _quantity_list(self) -> list[tuple[str, Quantity]]:
        return list(self.chunk.quantities.items())

    @cached_property
    def _quantity_starts(self) -> list[int]:
        return [q.start for _, q in self._quantity_list]

    @cached_property
    def _names(self) -> dict[int, str]:
        return {c.start: name for name, c in self.clause_list}

    def name_of(self, clause: Clause) -> str:
        """The id of one of the chunk's clauses."""
        return self._names[clause.start]

    def sentence_at(self, position: int) -> tuple[Sentence, Section]:
        """The sentence, and its section, that a position of this chunk is in."""
        return self.sentences[max(0, bisect_right(self._starts, position) - 1)]

    def clause_at(self, position: int) -> tuple[str, Clause]:
        """The clause that starts last at or before a position."""
        return self.clause_list[max(0, bisect_right(self._clause_starts, position) - 1)]

    def quantities_in(self, start: int, end: int) -> list[tuple[str, Quantity]]:
        """The chunk's quantities that lie in a range, in order."""
        low = bisect_left(self._quantity_starts, start)
        high = bisect_left(self._quantity_starts, end, low)
        return [(n, q) for n, q in self._quantity_list[low:high] if q.end <= end]

    def span(self, c: str, c2: str | None, part: str | None) -> tuple[int, int]:
        """The range that a pointer stands for. Raises ValueError with the reason where it does not resolve."""
        first = self._clause(c)
        last = self._clause(c2) if c2 else first
        if last.start < first.start:
            raise ValueError(f"clause {c2} comes before {c}")
        if self.sentence_at(last.start)[0] is not self.sentence_at(first.start)[0]:
            raise ValueError(f"clauses {c} and {c2} are not in one sentence")
        if part is None:
            return first.start, last.end
        return self._part(first.start, last.end, part)

    def _clause(self, name: str) -> Clause:
        try:
            return self.chunk.clauses[name]
        except KeyError:
            raise ValueError(f"there is no clause {name}") from None

    def _part(self, start: int, end: int, part: str) -> tuple[int, int]:
        head, dots, tail = (p.strip() for p in part.replace("...", "…").replace("……", "…").partition("…"))
        plain, offsets = self._plain(start, end)
        head = escape(head)
        heads = _positions(plain, head)
        if not heads:
            raise ValueError(f"the clause has no {head!r}")
        tail = escape(tail) if dots else head
        ends = [at + len(tail) for at in _positions(plain, tail)]
        pairs = [(at, stop) for at in heads for stop in ends if stop >= at + len(head)]
        if not dots:
            pairs = [(at, at + len(head)) for at in heads]
        if not pairs:
            raise ValueError(f"the clause has no {tail!r} behind {head!r}")
        if len(pairs) > 1:
            raise ValueError(f"{part!r} is ambiguous in the clause; give more characters")
        at, stop = pairs[0]
        return offsets[at], offsets[stop - 1] + 1

    def _plain(self, start: int, end: int) -> tuple[str, list[int]]:
        """A range as the engine sees it (escaped, without breaks), with the offset of each character."""
        skipped = {i for m in _BREAKS.finditer(self.text, start, end) for i in range(*m.span())}
        kept = [i for i in range(start, end) if i not in skipped and not _INVISIBLE.match(self.text[i])]
        return "".join(self.text[i].translate(_ESCAPES) for i in kept), kept

    def pointer(self, start: int, end: int) -> tuple[str, str | None, str | None]:
        """The pointer (c, c2, part) that resolves to a range; the inverse of `span`."""
        first_name, first = self.clause_at(start)
        last_name, last = self.clause_at(max(start, end - 1))
        c2 = None if last_name == first_name else last_name
        if (start, end) == (first.start, last.end):
            return first_name, c2, None
        plain, offsets = self._plain(first.start, last.end)
        inside = [k for k, offset in enumerate(offsets) if start <= offset < end]
        low, high = inside[0], inside[-1] + 1
        for size in range(3, high - low + 1):
            part = f"{plain[low : low + size]}…{plain[high - size : high]}"
            try:
                if self.span(first_name, c2, part) == (start, end):
                    return first_name, c2, part
            except ValueError:
                continue
        return first_name, c2, plain[low:high]

    def evidence(self, start: int, end: int) -> Evidence:
        """A range as evidence, with the headings above it."""
        section = self.sentence_at(start)[1]
        path = tuple(h.heading for h in section.path)
        return Evidence(start=start, end=end, quote=self.text[start:end], path=path)
