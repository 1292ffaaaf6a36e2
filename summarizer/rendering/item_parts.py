"""The parts of a brief that list projects, risks, conflicts and disputed items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from summarizer.model import (
    BriefContent,
    Conflict,
    Mention,
    Project,
    ProjectStatus,
    Risk,
    RiskStatus,
    Stage,
)
from summarizer.rendering.phrases import (
    Shown,
    doubts,
    heading,
    id_cell,
    name_of,
    none_found,
    position,
    source_cell,
    table,
)
from summarizer.rendering.shapes import Block, BulletList, Cell, Heading, Language, Line, Run
from summarizer.rendering.wording import Wording, enumerated, label_run, reference, run, side_by_side

STAGES: tuple[Stage, ...] = get_args(Stage)
Standing = tuple[ProjectStatus, Stage]


def projects(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Projects by how far they are: what is reported before what is promised, furthest first."""
    blocks: list[Block] = [heading(wording, 2, "projects")]
    groups: dict[Standing, list[Project]] = {}
    for project in sorted(content.projects, key=position):
        groups.setdefault(standing(project), []).append(project)
    for status in get_args(ProjectStatus):
        for stage in reversed(STAGES):
            if found := groups.get((status, stage)):
                blocks += [_standing_heading(wording, (status, stage)), _project_table(wording, found)]
    return tuple(blocks) if len(blocks) > 1 else (*blocks, none_found(wording))


def standing(project: Project) -> Standing:
    """The furthest stage that is reported; where none is, the furthest promised one.

    So a bridge that is under construction and promised for next year never reads as completed.
    """
    reported = [mention.stage for mention in project.mentions if mention.status == "reported"]
    stages = reported or [mention.stage for mention in project.mentions] or [STAGES[0]]
    return "reported" if reported else "promised", max(stages, key=STAGES.index)


def _standing_heading(wording: Wording, of: Standing) -> Heading:
    def line(language: Language) -> Line:
        words = _standing_run(of, language)
        return (replace(words, text=words.text[0].upper() + words.text[1:]),)

    return Heading(3, side_by_side(wording.each(line)))


def _standing_run(of: Standing, language: Language) -> Run:
    status, stage = of
    fields = {
        "stage": label_run("stages", stage, language).text,
        "status": label_run("project_statuses", status, language).text,
    }
    return label_run("lines", "standing", language, "plain", **fields)


def _project_table(wording: Wording, found: Sequence[Project]) -> Block:
    columns = ("id", "project", "mentions", "numbers", "source")
    return table(wording, columns, [_project_row(wording, project) for project in found])


def _project_row(wording: Wording, project: Project) -> tuple[Cell, ...]:
    evidence = [*project.evidence, *(mention.evidence for mention in project.mentions)]
    return (
        id_cell(wording, project),
        Cell((*wording.text(project.name.zh, project.name.en), *doubts(project))),
        Cell(_mention_lines(wording, project.mentions)),
        Cell(wording.each(lambda language: wording.number_list(project.quantities, language))),
        source_cell(evidence),
    )


def _mention_lines(wording: Wording, mentions: Sequence[Mention]) -> tuple[Line, ...]:
    ordered = sorted(mentions, key=lambda mention: mention.evidence.start)
    stages: list[Standing] = list(dict.fromkeys((mention.status, mention.stage) for mention in ordered))
    return wording.each(lambda language: enumerated([(_standing_run(of, language),) for of in stages], language))


def risks(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Open risks first; those reported as handled stand apart."""
    blocks: list[Block] = [heading(wording, 2, "risks")]
    for status in get_args(RiskStatus):
        found = sorted((risk for risk in content.risks if risk.status == status), key=position)
        if found:
            rows = [_risk_row(wording, risk) for risk in found]
            blocks += [heading(wording, 3, f"risks_{status}")]
            blocks += [table(wording, ("id", "risk", "type", "source"), rows)]
    return tuple(blocks) if len(blocks) > 1 else (*blocks, none_found(wording))


def _risk_row(wording: Wording, risk: Risk) -> tuple[Cell, ...]:
    return (
        id_cell(wording, risk),
        Cell((*wording.text(risk.statement.zh, risk.statement.en), *doubts(risk))),
        Cell(wording.label("risk_types", risk.type)),
        source_cell(risk.evidence),
    )


def conflicts(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Different values for the same thing, side by side; nobody resolves them here."""
    title = heading(wording, 2, "conflicts")
    if not content.conflicts:
        return title, none_found(wording)
    items = items_by_id(content)
    rows = [_conflict_row(wording, conflict, items) for conflict in content.conflicts]
    return title, table(wording, ("items", "reason", "source"), rows)


def _conflict_row(wording: Wording, conflict: Conflict, items: dict[str, Shown]) -> tuple[Cell, ...]:
    lines: list[Line] = []
    for item_id in conflict.items:
        lines += _referred(wording, item_id, items)
    evidence = [found for item_id in conflict.items if item_id in items for found in items[item_id].evidence]
    return Cell(tuple(lines)), Cell(((run(conflict.reason),),)), source_cell(evidence)


def _referred(wording: Wording, item_id: str, items: dict[str, Shown]) -> tuple[Line, ...]:
    item = items.get(item_id)
    if item is None:
        return ((reference(item_id),),)
    return wording.each(lambda language: (reference(item_id), Run(" "), *name_of(wording, item, language)))


def disputed(content: BriefContent, wording: Wording) -> tuple[Block, ...]:
    """Every item that a check doubts, with the reasons."""
    title = heading(wording, 2, "disputed")
    found = sorted((item for item in items_by_id(content).values() if item.disputed), key=position)
    if not found:
        return title, none_found(wording)
    return title, BulletList(tuple(_disputed_cell(wording, item) for item in found))


def _disputed_cell(wording: Wording, item: Shown) -> Cell:
    return Cell((*_referred(wording, item.id, {item.id: item}), *doubts(item)))


def items_by_id(content: BriefContent) -> dict[str, Shown]:
    """All items of a brief, in the order of its lists, those of own types last."""
    own = [record for each in content.own.values() for record in each.items]
    everything: tuple[Shown, ...] = (*content.figures, *content.goals, *content.projects, *content.risks, *own)
    return {item.id: item for item in everything}
