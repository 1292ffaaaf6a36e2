"""The brief in memory: the published content with its report's text and what the run cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from summarizer.errors import SettingsError
from summarizer.itemtypes.declaring import form_of
from summarizer.itemtypes.typed import T, typed
from summarizer.model import (
    BriefContent,
    Conflict,
    Figure,
    Gap,
    Goal,
    OverviewSentence,
    Part,
    Project,
    Quantity,
    Report,
    Risk,
    Usage,
)

if TYPE_CHECKING:
    from summarizer.rendering.blocks import Block, Lang


def _known(lang: Lang) -> Lang:
    if lang not in ("zh", "en", "both"):
        raise SettingsError(f"There is no language {lang!r}; choose zh, en or both.")
    return lang


@dataclass(frozen=True, slots=True)
class Brief:
    """A finished brief. `content` is the published contract; renderings are made from it alone.

    `usage` is what it cost, `parts` the stretches that were read at once; neither is published.
    """

    content: BriefContent
    report: Report = field(repr=False)
    usage: Usage = field(default_factory=Usage)
    parts: tuple[Part, ...] = field(default=(), repr=False)
    _shown: dict[Lang, tuple[Block, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return self.content.figures

    @property
    def quantities(self) -> dict[str, Quantity]:
        """The numbers by id, in the report's order: a figure names those that state it."""
        return {quantity.id: quantity for quantity in self.content.quantities}

    @property
    def goals(self) -> tuple[Goal, ...]:
        return self.content.goals

    @property
    def projects(self) -> tuple[Project, ...]:
        return self.content.projects

    @property
    def risks(self) -> tuple[Risk, ...]:
        return self.content.risks

    @property
    def overview(self) -> tuple[OverviewSentence, ...]:
        return self.content.overview

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return self.content.gaps

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return self.content.conflicts

    def items(self, item_type: type[T]) -> tuple[T, ...]:
        """The items of an own type, as objects of its class. Raises SettingsError where it was not asked for."""
        name = form_of(item_type).name
        if name not in self.content.own:
            raise SettingsError(
                f"The brief was made without {item_type.__name__}; give Summarizer(types=[{item_type.__name__}])."
            )
        quantities = self.quantities
        return tuple(typed(item_type, record, quantities) for record in self.content.own[name].items)

    @property
    def is_complete(self) -> bool:
        """Whether every part of the report was read by somebody (no gap has lost text)."""
        return not any(gap.lost for gap in self.content.gaps)

    def to_markdown(self, lang: Lang = "both") -> str:
        """The brief as Markdown."""
        from summarizer.rendering.markdown import blocks_to_markdown

        return blocks_to_markdown(self._blocks(_known(lang)))

    def to_html(self, lang: Lang = "both") -> str:
        """The brief as one self-contained HTML page."""
        from summarizer.rendering.html import blocks_to_html

        return blocks_to_html(self._blocks(_known(lang)), lang)

    def _blocks(self, lang: Lang) -> tuple[Block, ...]:
        """What all formats of a language show, made once."""
        from summarizer.rendering.blocks import report_numbers, to_blocks

        if lang not in self._shown:
            self._shown[lang] = to_blocks(self.content, lang, report_numbers())
        return self._shown[lang]

    def to_json(self) -> str:
        """The brief by the published contract (schemas/brief.schema.json)."""
        from summarizer.rendering.jsonform import to_json

        return to_json(self.content)
