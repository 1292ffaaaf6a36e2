"""The published types of targets held against outcomes (schemas/track.schema.json)."""

from __future__ import annotations

from typing import Literal, get_args

from summarizer.model import EngineInfo, Figure, Goal, Project, Published, Quantity, ReportInfo, Risk

TRACK_VERSION = "1"

Verdict = Literal["missed", "met", "exceeded", "changed_wording", "not_comparable", "not_mentioned"]
"""missed, met, exceeded: decided by exact arithmetic, a project's stage or the report's own admission;
changed_wording: the later report speaks of the indicator in another measure, unit, base or basis; not_comparable: it
may speak of it, and `reason` says why nothing follows; not_mentioned: it gives no value for that year."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

Reason = Literal[
    "admitted",
    "approximate",
    "undecided",
    "better_unknown",
    "no_single_number",
    "direction_unstated",
    "other_measure",
    "other_unit",
    "other_base",
    "other_basis",
    "outcomes_disagree",
    "doubtful_name",
    "no_year",
    "other_year",
    "later_year_unknown",
    "stage_reached",
    "stage_behind",
    "promised_again",
    "no_number",
]
Caution = Literal["later_partial", "later_lost", "admitted_but_reached", "target_disputed", "outcome_disputed"]


class Outcome(Published):
    """What the later report says: a figure with its quantity, a project, or the same goal once more.

    `verdict` is what it would mean by itself, `reason` why, or why none follows. `difference` is the outcome less the
    target's value or bound, exact, in the target's unit and with the sign of the change; null where one of them is
    no single number.
    """

    figure: Figure | None = None
    project: Project | None = None
    goal: Goal | None = None
    quantity: Quantity | None = None
    verdict: Verdict
    reason: Reason | None = None
    difference: str | None = None


class Tracked(Published):
    """A target of the earlier report and what became of it.

    A numeric target is a figure with its quantity, and the goal that it belongs to; another is a goal alone.
    `admissions` are the later report's own words that it was missed.
    """

    id: str
    figure: Figure | None
    goal: Goal | None
    quantity: Quantity | None
    year: int | None
    verdict: Verdict
    reason: Reason | None
    outcomes: tuple[Outcome, ...]
    admissions: tuple[Risk, ...]
    cautions: tuple[Caution, ...]


class Pair(Published):
    """Two reports of a place, and every target of the earlier one in its order."""

    earlier: ReportInfo
    later: ReportInfo
    earlier_engine: EngineInfo
    later_engine: EngineInfo
    targets: tuple[Tracked, ...]


class Track(Published):
    """The published contract: pairs of reports. `terms` is the digest of the dictionary that matched them."""

    schema_version: Literal["1"] = "1"
    terms: str
    pairs: tuple[Pair, ...]
