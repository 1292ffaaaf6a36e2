"""The parts of a brief that hold numbers: targets, figures reported, reference values.

A numeric target is one thing seen twice, as a goal and as figures; here it is one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from summarizer.model import BriefContent, Figure, Goal
from summarizer.rendering.phrases import (
    details,
    doubts,
    goal_evidence,
    heading,
    id_cell,
    named_value,
    none_found,
    position,
    qualifiers,
    source_cell,
    table,
    value,
    year_cell,
)
from summarizer.rendering.shapes import Block, Cell, Heading, Language, Line
from summarizer.rendering.wording import Wording, enumerated, label_run, run

# A group of figures longer than this is cut at the next deeper heading, where there is one.
LONGEST_GROUP = 25

Row = tuple[Cell, ...]
Path = tuple[str, ...]


def targets(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Every target once, those with numbers first."""
    attached = attached_figures(content)
    shown = {figure.id for figures in attached.values() for figure in figures}
    numeric: list[Goal | Figure] = [goal for goal in content.goals if attached[goal.id] or goal.quantities]
    other = [goal for goal in content.goals if not (attached[goal.id] or goal.quantities)]
    numeric += [figure for figure in content.figures if figure.kind == "target" and figure.id not in shown]
    blocks: list[Block] = [heading(wording, 2, "targets")]
    if numeric:
        rows = [_target_row(wording, item, attached) for item in sorted(numeric, key=position)]
        columns = ("id", "target", "value", "year", "details", "source")
        blocks += [heading(wording, 3, "targets_numeric"), table(wording, columns, rows)]
    if other:
        rows = [_commitment_row(wording, goal) for goal in sorted(other, key=position)]
        blocks += [heading(wording, 3, "targets_other")]
        blocks += [table(wording, ("id", "commitment", "theme", "source"), rows)]
    return tuple(blocks) if numeric or other else (*blocks, none_found(wording))


def attached_figures(content: BriefContent) -> dict[str, list[Figure]]:
    """The target and reference figures of each goal.

    An actual value inside a goal stays with the figures reported: it is no promise.
    """
    attached: dict[str, list[Figure]] = {goal.id: [] for goal in content.goals}
    for figure in content.figures:
        if figure.goal in attached and figure.kind != "actual":
            attached[figure.goal].append(figure)
    return attached


def _target_row(wording: Wording, item: Goal | Figure, attached: dict[str, list[Figure]]) -> Row:
    if isinstance(item, Goal):
        return _goal_row(wording, item, attached[item.id])
    return _figure_row(wording, item)


def _goal_row(wording: Wording, goal: Goal, figures: Sequence[Figure]) -> Row:
    notes = wording.each(partial(_goal_notes, wording, goal, figures))
    return (
        id_cell(wording, goal, *figures),
        Cell(wording.text(goal.statement.zh, goal.statement.en)),
        Cell(_goal_values(wording, goal, figures)),
        year_cell(figures),
        Cell((*notes, *doubts(goal, *figures))),
        source_cell(goal_evidence(goal, figures)),
    )


def _goal_notes(wording: Wording, goal: Goal, figures: Sequence[Figure], language: Language) -> Line:
    """The theme, then what qualifies any of the values, each once."""
    theme: Line = (label_run("themes", goal.theme, language),)
    found = [part for figure in figures for part in qualifiers(wording, figure, language)]
    return enumerated(list(dict.fromkeys([theme, *found])), language)


def _goal_values(wording: Wording, goal: Goal, figures: Sequence[Figure]) -> tuple[Line, ...]:
    """The values of a goal; more than one are told apart by their indicators, and a user's own name is shown."""
    if not figures:
        return wording.each(lambda language: wording.number_list(goal.quantities, language))
    say = value if len(figures) == 1 and figures[0].by != "user" else named_value
    lines: list[Line] = []
    for figure in figures:
        lines += wording.each(partial(say, wording, figure))
    return tuple(lines)


def _commitment_row(wording: Wording, goal: Goal) -> Row:
    return (
        id_cell(wording, goal),
        Cell(wording.text(goal.statement.zh, goal.statement.en)),
        Cell((*wording.label("themes", goal.theme), *doubts(goal))),
        source_cell(goal_evidence(goal)),
    )


def figures_reported(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """The actual figures under the headings of the report, in its order."""
    found = sorted((figure for figure in content.figures if figure.kind == "actual"), key=position)
    if not found:
        return heading(wording, 2, "actual"), none_found(wording)
    blocks: list[Block] = [heading(wording, 2, "actual")]
    for path, figures in grouped_by_section(found).items():
        blocks += [_section_heading(wording, path), _figure_table(wording, figures)]
    return tuple(blocks)


def reference_values(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Standards, thresholds and constants that no goal's row shows; no part where there are none."""
    shown = {figure.id for figures in attached_figures(content).values() for figure in figures}
    found = [figure for figure in content.figures if figure.kind == "reference" and figure.id not in shown]
    if not found:
        return ()
    return heading(wording, 2, "reference"), _figure_table(wording, sorted(found, key=position))


def grouped_by_section(figures: Sequence[Figure], depth: int = 1) -> dict[Path, list[Figure]]:
    """Figures by heading path, each group cut no deeper than needed to keep it short."""
    groups: dict[Path, list[Figure]] = {}
    for figure in figures:
        groups.setdefault(_path(figure)[:depth], []).append(figure)
    cut: dict[Path, list[Figure]] = {}
    for path, group in groups.items():
        deeper = len(group) > LONGEST_GROUP and any(len(_path(figure)) > depth for figure in group)
        cut |= grouped_by_section(group, depth + 1) if deeper else {path: group}
    return cut


def _path(figure: Figure) -> Path:
    return figure.evidence[0].path if figure.evidence else ()


def _section_heading(wording: Wording, path: Path) -> Heading:
    if not path:
        return heading(wording, 3, "no_section")
    language = wording.languages[0]
    return Heading(3, (label_run("lines", "section", language), run(" › ".join(path), "zh")))


def _figure_table(wording: Wording, figures: Sequence[Figure]) -> Block:
    columns = ("id", "indicator", "value", "year", "details", "source")
    return table(wording, columns, [_figure_row(wording, figure) for figure in figures])


def _figure_row(wording: Wording, figure: Figure) -> Row:
    return (
        id_cell(wording, figure),
        Cell(wording.text(figure.indicator.zh, figure.indicator.en)),
        Cell(wording.each(lambda language: value(wording, figure, language))),
        year_cell([figure]),
        Cell((*details(wording, figure), *doubts(figure))),
        source_cell(figure.evidence),
    )
