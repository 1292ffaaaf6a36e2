"""An evaluation as one self-contained HTML page: scores side by side, then every miss in its sentence.

Every text passes through `shown`, which escapes markup and makes hidden characters visible, names and quotes
of a brief included: a scored folder may come from anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from summarizer.evaluation.comparison import Line, LineGroup, Result, SharedMiss, shared_misses, side_by_side
from summarizer.evaluation.matching import sentence_around
from summarizer.evaluation.misses import KINDS, MissKind
from summarizer.rendering.page import page, shown
from summarizer.sentences import sentences_of

CONTEXT = 60
"""How many characters of its sentence a place shows on each side, at most."""
LONGEST = 120
"""A marked text that is longer shows this many characters, half of them from its end."""
MOST_PROBLEMS = 10
NOTHING_EXPECTED = "evidence"
"""The wrong reading that has neither an expected value nor a given one."""
_VERBS = {"missed": ("missed by", "found by"), "false": ("given by", "not given by"), "wrong": ("wrong in", "right in")}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a page is about: what was scored, the texts by stem, the results, and what is wrong with the gold."""

    title: str
    texts: Mapping[str, str]
    results: tuple[Result, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place in its sentence; `before` and `after` begin and end with … where the sentence goes on."""

    before: str
    marked: str
    after: str


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """The sentence around a place; a longer one is cut at clauses within CONTEXT characters, else at that many."""
    start, end = max(0, start), min(end, len(text))
    first, last = sentence_around(text, start, end)
    clauses = [clause for sentence in sentences_of(text, first, last) for clause in sentence.clauses]
    left, right = first, last
    if start - first > CONTEXT:
        left = min((c.start for c in clauses if start - CONTEXT <= c.start <= start), default=start - CONTEXT)
    if last - end > CONTEXT:
        right = max((c.end for c in clauses if end <= c.end <= end + CONTEXT), default=end + CONTEXT)
    before, after = text[left:start].lstrip(), text[end:right].rstrip()
    return Excerpt("…" * (left > first) + before, _shortened(text[start:end]), after + "…" * (right < last))


def _shortened(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def evaluation_page(evaluated: Evaluated) -> str:
    """The page; it ends with a newline."""
    names = [result.name for result in evaluated.results]
    misses = shared_misses(evaluated.results)
    parts = [
        *_head(evaluated),
        "<h2>Scores</h2>",
        _table("measure", names, side_by_side(evaluated.results)),
        *_legend(evaluated.results),
        "<h2>Misses by kind</h2>",
        _table("kind", [*names, "shared by all"] if len(names) > 1 else names, _kinds(misses, names)),
        *_reports(evaluated, misses),
    ]
    return page(f"Evaluation: {', '.join(names)}", "\n".join(parts), "en", "scores.css")


# --- head and tables --------------------------------------------------------------------------


def _head(evaluated: Evaluated) -> Iterable[str]:
    names = ", ".join(result.name for result in evaluated.results)
    gold = [f"{row.gold} {row.name}" for row in evaluated.results[0].scores.rows if row.gold is not None]
    yield f'<h1><span class="line">Evaluation: {shown(names)}</span></h1>'
    count = _counted(len(evaluated.texts), "report")
    yield f"<p>Scored on {shown(evaluated.title)}: {count} with {shown(', '.join(gold))} annotated.</p>"
    yield "<ul>"
    for result in evaluated.results:
        engines = "; ".join(result.engines) or "its briefs do not say what made them"
        yield f"<li><b>{shown(result.name)}</b>: {shown(engines)}</li>"
    yield "</ul>"
    yield from (_note(note) for result in evaluated.results for note in result.notes())
    told = [f"Annotation: {problem}" for problem in evaluated.problems[:MOST_PROBLEMS]]
    if more := len(evaluated.problems) - len(told):
        told.append(f"{more} more annotations are wrong.")
    yield from map(_note, told)


def _note(text: str) -> str:
    return f'<aside class="note" role="note">{shown(text)}</aside>'


def _table(first: str, columns: Sequence[str], groups: Iterable[LineGroup]) -> str:
    head = "".join(f'<th scope="col">{shown(name)}</th>' for name in (first, *columns))
    bodies = "\n".join(_table_body(group, 1 + len(columns)) for group in groups)
    return f'<div class="scroll scores"><table>\n<thead><tr>{head}</tr></thead>\n{bodies}\n</table></div>'


def _table_body(group: LineGroup, width: int) -> str:
    rows = [_row(line) for line in group.lines]
    if group.title:
        title = f'<th scope="rowgroup" colspan="{width}">{shown(group.title)}</th>'
        rows.insert(0, f'<tr class="group">{title}</tr>')
    return "<tbody>\n" + "\n".join(rows) + "\n</tbody>"


def _row(line: Line) -> str:
    cells = (
        f'<td class="best">{shown(cell)}</td>' if index in line.best else f"<td>{shown(cell)}</td>"
        for index, cell in enumerate(line.cells)
    )
    return f'<tr><th scope="row">{shown(line.name)}</th>{"".join(cells)}</tr>'


def _legend(results: Sequence[Result]) -> Iterable[str]:
    if len(results) > 1:
        said = "★ the best of a row, where the columns differ; – not known (finished briefs do not tell)."
        yield f'<p class="muted">{said}</p>'


def _kinds(misses: Sequence[SharedMiss], names: Sequence[str]) -> tuple[LineGroup, ...]:
    lines = []
    for kind in KINDS:
        own = [miss for miss in misses if miss.kind == kind]
        counts = [sum(len(miss.given.get(name, ())) for miss in own) for name in names]
        if len(names) > 1:
            counts.append(sum(len(miss.given) == len(names) for miss in own))
        if own:
            lines.append(Line(kind.title, tuple(map(str, counts))))
    return (LineGroup("", tuple(lines)),)


# --- misses -----------------------------------------------------------------------------------


def _reports(evaluated: Evaluated, misses: Sequence[SharedMiss]) -> Iterable[str]:
    for stem, text in evaluated.texts.items():
        own = [miss for miss in misses if miss.miss.stem == stem]
        yield f"<h2>{shown(stem)}</h2>"
        yield f'<p class="muted">{_counted(len(own), "entry", "entries")}</p>'
        for kind, group in groupby(own, key=lambda miss: miss.kind):
            yield _section(kind, [_entry(miss, text) for miss in group])


def _section(kind: MissKind, entries: Sequence[str]) -> str:
    return f'<h3>{shown(kind.title)} ({len(entries)})</h3>\n<ul class="misses">\n' + "\n".join(entries) + "\n</ul>"


def _entry(shared: SharedMiss, text: str) -> str:
    place, marked = _place(shared, text)
    return f'<li><p>{place}</p><p class="verdict">{"; ".join(_verdicts(shared, marked))}</p></li>'


def _place(shared: SharedMiss, text: str) -> tuple[str, str]:
    """The marked sentence as markup, and the marked text."""
    miss = shared.miss
    if miss.start is None or miss.end is None:
        return f"<mark>{shown(miss.quote)}</mark>", miss.quote
    part = excerpt(text, miss.start, miss.end)
    sentence = f"{shown(part.before)}<mark>{shown(part.marked)}</mark>{shown(part.after)}"
    return f'<span lang="zh">{sentence}</span> <span class="range">{miss.start}–{miss.end}</span>', part.marked


def _verdicts(shared: SharedMiss, marked: str) -> Iterable[str]:
    """Who went wrong here and how, who did not, and who was not asked since it had missed the item."""
    by, others = _VERBS[shared.kind.fault]
    if shared.kind.fault == "wrong" and shared.kind.name != NOTHING_EXPECTED:
        yield f"expected {_said(shared.miss.expected)}"
        yield from (f"{_names([name])} gave {_all_said(given)}" for name, given in shared.given.items())
    else:
        yield f"{by} {', '.join(_with_given(name, given, marked) for name, given in shared.given.items())}"
    if shared.right:
        yield f"{others} {_names(shared.right)}"
    if shared.unasked:
        yield f"not found by {_names(shared.unasked)}"


def _with_given(name: str, given: Sequence[str], marked: str) -> str:
    """The name, how often it did so, and what it gave where that is not the marked text."""
    said = [each for each in given if each and _shortened(each) != marked]
    times = f" {len(given)} times" if len(given) > 1 else ""
    return _names([name]) + times + (f" as {_all_said(said)}" if said else "")


def _all_said(given: Iterable[str]) -> str:
    return ", ".join(map(_said, dict.fromkeys(given)))


def _said(text: str) -> str:
    return f'<span class="said">{shown(_shortened(text))}</span>' if text else "nothing"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"<b>{shown(name)}</b>" for name in names)


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
