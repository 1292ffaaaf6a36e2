"""What can become of a report in a run, and what the run knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from summarizer.model import Usage

State = Literal["waiting", "done", "gaps", "lost", "failed", "linked"]
"""waiting: not ended yet; done; gaps: done, with gaps that lost no text; lost: done, but text was read by nobody;
failed: no brief, `reason` says why; linked: the same text as another report's, whose brief serves."""

STATES: tuple[State, ...] = get_args(State)
FINISHED: tuple[State, ...] = ("done", "gaps", "lost")
"""States in which there is a brief."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What a brief is made of: the file with its corrections, and the text where there are none, as SHA-256.

    `run` stands for all the rest: engine, settings, terms, version.
    """

    run: str
    file: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index, the summary and tables say of a finished brief without opening it."""

    title: str | None = None
    place: str | None = None
    level: str | None = None
    review_year: int | None = None
    target_year: int | None = None
    figures: int = 0
    goals: int = 0
    projects: int = 0
    risks: int = 0
    gaps: Mapping[str, int] = field(default_factory=dict)  # how many, by reason


@dataclass(frozen=True, slots=True)
class ChunkState:
    """How one chunk ended: read by whom, and why not by the model."""

    start: int
    end: int
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one report ended. `usage` is what it cost in this run."""

    state: State
    digests: Digests
    reason: str | None = None
    facts: Facts = field(default_factory=Facts)
    usage: Usage = field(default_factory=Usage)
    chunks: tuple[ChunkState, ...] = ()
