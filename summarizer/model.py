"""The frozen types that travel between the stages.

Offsets everywhere are Unicode code points into `Report.text`, half open. The
types of one stage are never changed by a later one. What is published as JSON
(`Brief` and all it holds) is a pydantic model; what stays inside is a dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = "1"

Level = Literal["nation", "province", "city", "district", "county", "township", "zone"]
DocType = Literal["work_report", "plan", "budget", "bulletin", "notice", "other"]
Comparator = Literal["=", ">=", ">", "<=", "<", "~"]
Measure = Literal["level", "change", "share", "rank"]
Direction = Literal["up", "down"]
Kind = Literal["actual", "target", "reference"]
Basis = Literal["annual", "cumulative", "average", "point"]
Theme = Literal[
    "economy",
    "industry",
    "finance",
    "innovation",
    "digital",
    "reform",
    "opening_up",
    "urban",
    "transport",
    "rural",
    "environment",
    "education",
    "health",
    "employment",
    "social_security",
    "housing",
    "culture",
    "safety",
    "governance",
]
Stage = Literal["planned", "started", "under_construction", "completed", "operating"]
ProjectStatus = Literal["reported", "promised"]
RiskType = Literal["shortcoming", "missed_target", "hazard"]
RiskStatus = Literal["open", "handled"]
SkipReason = Literal["not_a_quantity", "repeat", "trivial"]
Tense = Literal["review", "plan"]
Reader = Literal["chat", "rules", "user"]
OwnKind = Literal["name", "statement", "clause", "quantity", "date", "label"]


class Published(BaseModel):
    """Base of all published types: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the report and its outline ---------------------------------------------------------------


class Span(Published):
    """A half-open range of code points in the report's text."""

    start: int
    end: int


class Bilingual(Published):
    """A text in both languages; `en` is null where nobody could translate it."""

    zh: str
    en: str | None = None


class Place(Published):
    """The place that the report is of, outermost part first in Chinese."""

    zh: str | None
    en: str | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a report says of itself. Years are calendar years; `published` is ISO 8601, or a year."""

    title: str | None
    place: Place
    level: Level | None
    doc_type: DocType
    published: str | None
    review_year: int | None
    target_year: int | None
    partial: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A report as loaded. `text` is exactly what was decoded; `boilerplate` marks what is not report."""

    source: str
    text: str
    file_sha256: str
    text_sha256: str
    boilerplate: tuple[Span, ...]
    metadata: Metadata


class Heading(Published):
    """A heading; `start` and `end` bound its own text, `level` 1 is the outermost."""

    level: int
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between clause marks (，。；：), without its closing mark."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its clauses; a page break inside does not end it."""

    start: int
    end: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading path and the sentences under it, up to the next heading.

    `path` holds the headings from the outermost to the section's own; empty before the first.
    `tense` says whether the section reports or promises, as far as headings and wording tell.
    """

    path: tuple[Heading, ...]
    sentences: tuple[Sentence, ...]
    tense: Tense


@dataclass(frozen=True, slots=True)
class Outline:
    """All headings in order, and the sections between them."""

    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]


# --- quantities -------------------------------------------------------------------------------


class Quantity(Published):
    """A number with its unit as the report writes it.

    `value` is an exact decimal, a fraction ("1/3") or a ratio of parts ("6.0:55.0:39.0");
    scale words are applied (1509亿元 is "150900000000"). `unit` is an open code, `dimension`
    its family, `counter` the measure word of a count, `per` the denominator of a rate (人).
    """

    id: str
    start: int
    end: int
    raw: str
    value: str
    value_high: str | None = None
    unit: str
    dimension: str
    counter: str | None = None
    per: str | None = None
    comparator: Comparator = "="


# --- chunks and drafts ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole sections (or runs of whole sentences) that are read together.

    `clauses` and `quantities` map the ids that are local to this chunk, check letter included,
    to what they stand for. `marked` is the text as an engine sees it.
    """

    index: int
    report: Report
    sections: tuple[Section, ...]
    clauses: dict[str, Clause]
    quantities: dict[str, Quantity]
    marked: str

    @property
    def start(self) -> int:
        return self.sections[0].sentences[0].start

    @property
    def end(self) -> int:
        return self.sections[-1].sentences[-1].end


class DraftFigure(Published):
    """An engine's reading of one quantity. `zh` names what is measured, in the text's characters.

    Keys are short, as in what a model writes (`answerform`): `q` quantity, `m` measure, `d` direction,
    `k` kind, `y` year.
    """

    q: str
    zh: str
    en: str | None
    m: Measure
    d: Direction | None
    k: Kind
    y: int | None
    scope: str | None = None


class DraftGoal(Published):
    """A pointer to a commitment: clause `c`, to `c2` where it spans several, or a `part` of it."""

    c: str
    c2: str | None
    part: str | None
    en: str | None
    t: Theme


class DraftProject(Published):
    """A named undertaking in clause `c`."""

    c: str
    zh: str
    en: str | None
    stage: Stage
    status: ProjectStatus


class DraftRisk(Published):
    """A pointer to a problem or danger."""

    c: str
    c2: str | None
    part: str | None
    en: str | None
    type: RiskType
    status: RiskStatus


class DraftSkip(Published):
    """A quantity that is no figure, and why."""

    q: str
    why: SkipReason


class DraftOwn(Published):
    """An item of a user's own type in clause `c`; a type's fields follow (itemtypes.rows)."""

    c: str


LISTS = ("figures", "goals", "projects", "risks", "skipped")
"""The lists that every answer has."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine answered for a chunk: pointers, labels, names and English; nothing proven yet.

    `own` holds the items of a user's own types, by the name of their list.
    """

    figures: tuple[DraftFigure, ...] = ()
    goals: tuple[DraftGoal, ...] = ()
    projects: tuple[DraftProject, ...] = ()
    risks: tuple[DraftRisk, ...] = ()
    skipped: tuple[DraftSkip, ...] = ()
    own: Mapping[str, tuple[DraftOwn, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, lists: Mapping[str, tuple[Any, ...]]) -> Draft:
        """A draft of lists by their names, own ones among them."""
        own = {name: rows for name, rows in lists.items() if name not in LISTS}
        return cls(**{name: rows for name, rows in lists.items() if name in LISTS}, own=own)

    @property
    def lists(self) -> dict[str, tuple[Any, ...]]:
        """Every list by its name, own ones last."""
        return {**{name: getattr(self, name) for name in LISTS}, **self.own}


# --- items ------------------------------------------------------------------------------------


class Evidence(Published):
    """A span of the report and its exact text, with the headings above it."""

    start: int
    end: int
    quote: str
    path: tuple[str, ...] = ()


class Indicator(Published):
    """What a figure measures; `code` is the indicator dictionary's, where it knows it."""

    zh: str
    en: str | None
    code: str | None = None


class Period(Published):
    """A span of years that a value covers; either end may be open."""

    from_: int | None
    to: int | None

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_"),
    )


class Figure(Published):
    """One fact: a value of an indicator, with every place that states it."""

    id: str
    quantities: tuple[str, ...]
    indicator: Indicator
    measure: Measure
    direction: Direction | None
    kind: Kind
    year: int | None
    period: Period | None = None
    basis: Basis | None = None
    scope: str | None = None
    base: str | None = None
    goal: str | None = None
    evidence: tuple[Evidence, ...]
    by: Reader
    disputed: tuple[str, ...] = ()


class Goal(Published):
    """A checkable commitment. `carried` is the span of a verb or subject that it inherits."""

    id: str
    statement: Bilingual
    theme: Theme
    quantities: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]
    carried: Evidence | None = None
    by: Reader
    disputed: tuple[str, ...] = ()


class Mention(Published):
    """One place where a project is named, with the stage given there."""

    stage: Stage
    status: ProjectStatus
    evidence: Evidence


class Project(Published):
    """A named undertaking with all its mentions."""

    id: str
    name: Bilingual
    mentions: tuple[Mention, ...]
    quantities: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]
    by: Reader
    disputed: tuple[str, ...] = ()


class Risk(Published):
    """A problem admitted or a danger guarded against."""

    id: str
    statement: Bilingual
    type: RiskType
    status: RiskStatus
    evidence: tuple[Evidence, ...]
    by: Reader
    disputed: tuple[str, ...] = ()


Item = Figure | Goal | Project | Risk


class Name(Bilingual):
    """A short name in the report's own characters, and its English."""


class Date(Published):
    """A date as exactly as the report gives it: `iso` is a day, a month or a year (2024-06-30, 2024-06, 2024)."""

    iso: str
    start: int
    end: int
    quote: str


OwnSingle = str | Date | Evidence | Bilingual
OwnValue = OwnSingle | tuple[OwnSingle, ...] | None


class OwnField(Published):
    """A field of a user's own type: what kind of value it holds (`many`: a list of them), and its column's heading."""

    name: str
    kind: OwnKind
    many: bool
    title: Bilingual


class OwnRecord(Published):
    """An item of a user's own type as it is published.

    By its field's kind a value is a name or statement (zh, en), a clause (its span, quote and headings), a
    quantity's id, a date, or a label; null or an empty list where the report does not say.
    """

    id: str
    values: dict[str, OwnValue]
    evidence: tuple[Evidence, ...]
    by: Reader
    disputed: tuple[str, ...] = ()


class OwnList(Published):
    """All items of one of a user's own types, with what is needed to show them."""

    title: Bilingual
    fields: tuple[OwnField, ...]
    items: tuple[OwnRecord, ...]


class Gap(Published):
    """Something that was not taken into the brief, and why. `lost`: text that nobody read."""

    stage: str
    reason: str
    start: int | None = None
    end: int | None = None
    detail: str | None = None
    lost: bool = False


PART_FAILED = frozenset({"endpoint_failed", "budget_spent", "reply_failed", "cut_off", "refused", "context_cut"})
"""Reasons of gaps for a part that the model should have read and rules did."""

BUDGET_SPENT = frozenset({"budget_spent", "not_afforded"})
"""Reasons of gaps for requests that the budget did not allow: the reading of a part, or what comes after it."""


@dataclass(frozen=True, slots=True)
class Items:
    """What grounding made of one chunk's draft. Ids are provisional until merging."""

    figures: tuple[Figure, ...] = ()
    goals: tuple[Goal, ...] = ()
    projects: tuple[Project, ...] = ()
    risks: tuple[Risk, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    own: Mapping[str, tuple[OwnRecord, ...]] = field(default_factory=dict)


# --- the brief --------------------------------------------------------------------------------


class ReportInfo(Published):
    """The report as the brief describes it; `source` is a file name without its folder."""

    source: str
    file_sha256: str
    text_sha256: str
    chars: int
    title: str | None
    place: Place
    level: Level | None
    doc_type: DocType
    published: str | None
    review_year: int | None
    target_year: int | None
    partial: bool
    boilerplate: tuple[Span, ...]


class OverviewSentence(Published):
    """A sentence of the overview and the ids of the items that it rests on."""

    zh: str
    en: str | None
    cites: tuple[str, ...]


class Conflict(Published):
    """Items that state different values for the same key; shown, not resolved."""

    items: tuple[str, ...]
    reason: str


class Skipped(Published):
    """A quantity that is no figure, with the reason; `rejected` is the user's own decision."""

    id: str
    reason: SkipReason | Literal["rejected"]


class Coverage(Published):
    """What became of the quantities; `unaccounted` ones were neither used nor skipped."""

    quantities: int
    used: int
    skipped: tuple[Skipped, ...]
    unaccounted: tuple[str, ...]


class EngineInfo(Published):
    """What made the brief; digests of the prompts, answer schema and terms it used."""

    name: str
    model: str | None
    version: str
    prompts: str | None
    schema_: str | None
    terms: str

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_"),
    )


class Corrections(Published):
    """What a user's corrections did to the brief.

    `unused` ones found nothing to reject, or lack what would be needed to make the item that no
    engine found (a gap says which). `sha256` is that of the file; null where they came from memory.
    """

    sha256: str | None
    rejected: int
    relabelled: int
    added: int
    unused: int


class BriefContent(Published):
    """The published contract (schemas/brief.schema.json): a brief without its report's text.

    `own` holds the items of a user's own types by the name of their list; it is absent where none were asked for.
    """

    schema_version: Literal["1"] = "1"
    report: ReportInfo
    outline: tuple[Heading, ...]
    quantities: tuple[Quantity, ...]
    figures: tuple[Figure, ...]
    goals: tuple[Goal, ...]
    projects: tuple[Project, ...]
    risks: tuple[Risk, ...]
    overview: tuple[OverviewSentence, ...]
    conflicts: tuple[Conflict, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    engine: EngineInfo
    corrections: Corrections | None = None
    own: dict[str, OwnList] = {}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run cost: never part of the brief, so that the same input gives the same bytes."""

    requests: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0
    reasoning_tokens: int = 0  # of the answer tokens
    stored: int = 0  # answers that came from the reply store, without a request

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a report that was read at once, and by whom."""

    start: int
    end: int
    by: Reader


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of a chunk: the draft, who wrote it, and what went wrong on the way.

    `chunk` is the one that the draft's pointers are of: a piece of the chunk that was asked for where
    the answer to the whole did not fit. `failure` is the error for which it had to be read by rules.
    """

    chunk: Chunk
    draft: Draft
    by: Reader
    gaps: tuple[Gap, ...] = ()
    usage: Usage = field(default_factory=Usage)
    failure: Exception | None = None
