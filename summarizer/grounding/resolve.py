"""A checked draft becomes items and gaps: pointers turn into spans, placeholders into numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cache

from summarizer import cues
from summarizer.chunking import ChunkIndex, flat
from summarizer.grounding.checks import Checker, Violation
from summarizer.grounding.english import Problem, render_english
from summarizer.model import (
    Bilingual,
    Chunk,
    Clause,
    Draft,
    DraftFigure,
    DraftGoal,
    DraftOwn,
    DraftProject,
    DraftRisk,
    Evidence,
    Figure,
    Gap,
    Goal,
    Indicator,
    Items,
    Mention,
    Project,
    ProjectStatus,
    Quantity,
    Reader,
    Risk,
    RiskStatus,
    RiskType,
    Skipped,
    Stage,
    Theme,
)
from summarizer.naming import plain_names
from summarizer.quantities.units import alternation
from summarizer.terms.dictionary import Terms

_MAX_EVIDENCE = 300


def check(draft: Draft, chunk: Chunk, terms: Terms) -> tuple[Violation, ...]:
    """Everything in a draft that does not hold."""
    return tuple(Checker(draft, ChunkIndex(chunk), terms).violations())


def unaccounted(draft: Draft, chunk: Chunk, terms: Terms) -> tuple[str, ...]:
    """The quantities of a chunk that a draft neither uses nor skips."""
    return tuple(Checker(draft, ChunkIndex(chunk), terms).unaccounted())


def resolve(draft: Draft, chunk: Chunk, terms: Terms, by: Reader) -> Items:
    """The items that hold, and a gap for each that does not."""
    return Resolver(Checker(draft, ChunkIndex(chunk), terms), by).items()


@cache
def _verbs() -> re.Pattern[str]:
    """The verbs that a list of commitments shares."""
    words = cues.words()["goal"]
    return re.compile(f"(?:{alternation(words['outcome'] + words['pledge'])})+")


def unchecked(chunk: Chunk, terms: Terms, by: Reader) -> Resolver:
    """A resolver for items that nobody drafted: what it makes of a place is what it makes of a pointer there."""
    return Resolver(Checker(Draft(), ChunkIndex(chunk), terms), by)


class Resolver:
    """Makes items of one chunk: those of a draft that hold, or single ones at a place."""

    def __init__(self, checker: Checker, by: Reader):
        self.checker = checker
        self.index = checker.index
        self.draft = checker.draft
        self.by: Reader = by
        self.text = checker.text
        self.broken: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        for violation in checker.violations():
            self.broken[violation.kind, violation.index].append(violation.problem)

    def items(self) -> Items:
        figures = [self.figure(f) for i, f in enumerate(self.draft.figures) if not self._bad("figures", i)]
        goals = [self._goal(g) for i, g in enumerate(self.draft.goals) if not self._bad("goals", i)]
        projects = [self._project(p) for i, p in enumerate(self.draft.projects) if not self._bad("projects", i)]
        risks = [self._risk(r) for i, r in enumerate(self.draft.risks) if not self._bad("risks", i)]
        skipped = [
            Skipped(id=self.checker.chunk.quantities[s.q].id, reason=s.why)
            for i, s in enumerate(self.draft.skipped)
            if not self._bad("skipped", i)
        ]
        own = self._own()
        known = {q.id for q in self.checker.chunk.quantities.values()}
        cited = [f.q for i, f in enumerate(self.draft.figures) if not self._bad("figures", i)]
        cited += [q for rows in own.values() for row in rows for q in self.checker.own.cited(row)]
        found = {q.id: q for q in map(self.checker.quantity, cited) if q.id not in known}
        return Items(
            tuple(figures),
            tuple(goals),
            tuple(projects),
            tuple(risks),
            tuple(found.values()),
            tuple(skipped),
            self._gaps(),
            {kind: tuple(self.checker.own.record(row, self.by) for row in rows) for kind, rows in own.items()},
        )

    def _own(self) -> dict[str, list[DraftOwn]]:
        """The items of own types that hold."""
        return {
            kind: [row for i, row in enumerate(rows) if not self._bad(kind, i)] for kind, rows in self.draft.own.items()
        }

    def _bad(self, kind: str, index: int) -> bool:
        return bool(self.broken.get((kind, index)))

    def _gaps(self) -> tuple[Gap, ...]:
        gaps = []
        for (kind, index), problems in self.broken.items():
            detail = "; ".join(f"{p.reason}: {p.detail}" for p in problems)
            start, end = self._where(kind, index)
            gaps.append(
                Gap(
                    stage="grounding",
                    reason=problems[0].reason,
                    start=start,
                    end=end,
                    detail=f"{kind}: {detail}",
                )
            )
        return tuple(gaps)

    def _where(self, kind: str, index: int) -> tuple[int, int]:
        """The place of a broken item as far as its pointer resolves, else its chunk."""
        chunk = self.checker.chunk
        if index >= 0:
            item = self.draft.lists[kind][index]
            name = str(getattr(item, "q", None) or getattr(item, "c", None))
            place = chunk.quantities.get(name) or chunk.clauses.get(name)
            if place is not None:
                return place.start, place.end
        return chunk.start, chunk.end

    def _english(self, text: str | None, position: int) -> str | None:
        if text is None:
            return None
        sentence, _ = self.index.sentence_at(position)
        return render_english(text, self.checker.sentence_quantities(sentence)) or None

    def figure(self, draft: DraftFigure) -> Figure:
        """The figure of a reading: its quantity, what the words around it say, and what is doubted."""
        quantity = self.checker.quantity(draft.q)
        terms = self.checker.terms
        names = (draft.zh, *plain_names(draft.zh))
        term = next((known for name in names if (known := terms.indicator(name))), None)
        sentence, _ = self.index.sentence_at(quantity.start)
        around = self.checker.around(sentence, quantity)
        english = self._english(draft.en, quantity.start)
        return Figure(
            id=quantity.id,
            quantities=(quantity.id,),
            indicator=Indicator(
                zh=flat(draft.zh), en=english or (term.en if term else None), code=term.code if term else None
            ),
            measure=draft.m,
            direction=draft.d,
            kind=draft.k,
            year=draft.y,
            period=cues.period_of(around, self.checker.chunk.report.metadata) if around else None,
            basis=cues.basis_of(around) if around else None,
            base=cues.base_of(around) if around and draft.m == "change" else None,
            scope=draft.scope,
            evidence=(self.figure_evidence(draft.zh, quantity),),
            by=self.by,
            disputed=tuple(self.checker.figure_doubts(draft, quantity)),
        )

    def figure_evidence(self, name: str, quantity: Quantity) -> Evidence:
        """The quantity's clause, and as many clauses before it as the name needs."""
        sentence, _ = self.index.sentence_at(quantity.start)
        inside = sentence.clauses[: bisect_right(sentence.clauses, quantity.start, key=lambda c: c.start)]
        start = inside[-1].start if inside else quantity.start
        end = max(quantity.end, inside[-1].end if inside else quantity.end)
        end = min(end, max(start + _MAX_EVIDENCE, quantity.end))
        for clause in reversed(inside[:-1]):
            covered = set(name) <= set(self.text[start:end])
            if covered or end - clause.start > _MAX_EVIDENCE:
                break
            start = clause.start
        if end - start > _MAX_EVIDENCE:
            start = max(start, quantity.end - _MAX_EVIDENCE // 2)
        return self.index.evidence(start, end)

    def _goal(self, draft: DraftGoal) -> Goal:
        start, end = self.index.span(draft.c, draft.c2, draft.part)
        return self.goal_at(start, end, draft.t, self._english(draft.en, start))

    def goal_at(self, start: int, end: int, theme: Theme, english: str | None) -> Goal:
        """The goal that a span states, with the quantities inside it and the verb that it inherits."""
        carried = self._carried(start)
        quote = flat(self.text[start:end])
        _, section = self.index.sentence_at(start)
        return Goal(
            id=f"{start}:{end}",
            statement=Bilingual(zh=(carried.quote if carried else "") + quote, en=english),
            theme=theme,
            quantities=tuple(q.id for _, q in self.index.quantities_in(start, end)),
            evidence=(self.index.evidence(start, end),),
            carried=carried,
            by=self.by,
            disputed=("review",) if section.tense == "review" else (),
        )

    def _carried(self, start: int) -> Evidence | None:
        """The verb that a later member of a list inherits from the head of its clause or sentence."""
        verb = _verbs()
        if verb.match(self.text, start) or cues.pattern("goal", "adverbs").match(self.text, start):
            return None
        _, clause = self.index.clause_at(start)
        if clause.start == start:
            return None
        head = verb.search(self.text, clause.start, start)
        if head is None or head.start() - clause.start > 8 or "、" not in self.text[head.end() : start]:
            return None
        return self.index.evidence(head.start(), head.end())

    def _project(self, draft: DraftProject) -> Project:
        clause = self.checker.chunk.clauses[draft.c]
        alone = sum(p.c == draft.c for p in self.draft.projects) == 1
        name = Bilingual(zh=flat(draft.zh), en=self._english(draft.en, clause.start))
        return self.project_at(clause, name, draft.stage, draft.status, alone)

    def project_at(self, clause: Clause, name: Bilingual, stage: Stage, status: ProjectStatus, alone: bool) -> Project:
        """The project that a clause names; its quantities are the clause's where no other project is in it."""
        evidence = self.index.evidence(clause.start, clause.end)
        inside = self.index.quantities_in(clause.start, clause.end) if alone else []
        return Project(
            id=f"{clause.start}:{name.zh}",
            name=name,
            mentions=(Mention(stage=stage, status=status, evidence=evidence),),
            quantities=tuple(q.id for _, q in inside if q.unit != "rank"),
            evidence=(evidence,),
            by=self.by,
        )

    def _risk(self, draft: DraftRisk) -> Risk:
        start, end = self.index.span(draft.c, draft.c2, draft.part)
        return self.risk_at(start, end, draft.type, draft.status, self._english(draft.en, start))

    def risk_at(self, start: int, end: int, kind: RiskType, status: RiskStatus, english: str | None) -> Risk:
        """The risk that a span states."""
        return Risk(
            id=f"{start}:{end}",
            statement=Bilingual(zh=flat(self.text[start:end]), en=english),
            type=kind,
            status=status,
            evidence=(self.index.evidence(start, end),),
            by=self.by,
        )
