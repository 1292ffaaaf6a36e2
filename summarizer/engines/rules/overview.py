"""The overview without a model: sentences put together by code, each citing its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from summarizer.model import BriefContent, Figure, OverviewSentence, Quantity
from summarizer.quantities.rendering import chinese, english

# The indicators that a reader looks for first, by their codes in the dictionary.
_HEADLINES = (
    "gdp",
    "grp",
    "industrial_value_added",
    "industrial_output",
    "fixed_asset_investment",
    "retail_sales",
    "budget_revenue",
    "foreign_trade",
    "resident_income",
    "new_urban_jobs",
    "surveyed_unemployment",
    "air_good_days",
)
_MOST = 4


def rules_overview(brief: BriefContent) -> tuple[OverviewSentence, ...]:
    """What was achieved, what is promised, projects and risks; a sentence only where there are items for it."""
    quantities = {q.id: q for q in brief.quantities}
    sentences = [
        _figures(
            "已完成",
            "Achieved",
            [f for f in brief.figures if f.kind == "actual" and f.measure != "rank"],
            quantities,
        ),
        _figures("目标", "Targets", [f for f in brief.figures if f.kind == "target"], quantities),
        _projects(brief),
        _risks(brief),
    ]
    return tuple(s for s in sentences if s is not None)


def _headlines(figures: Iterable[Figure]) -> list[Figure]:
    known = [
        f for f in figures if f.indicator.code and f.indicator.en and f.year and f.basis in (None, "annual", "point")
    ]
    order = {code: i for i, code in enumerate(_HEADLINES)}
    chosen = sorted(known, key=lambda f: order.get(f.indicator.code or "", len(order)))[:_MOST]
    return sorted(chosen, key=lambda f: f.evidence[0].start)


def _figures(zh: str, en: str, figures: Sequence[Figure], quantities: dict[str, Quantity]) -> OverviewSentence | None:
    chosen = _headlines(figures)
    if not chosen:
        return None
    zh_parts, en_parts = [], []
    for figure in chosen:
        quantity = quantities[figure.quantities[0]]
        change = {"up": "增长", "down": "下降", None: ""}[figure.direction]
        year = f"{figure.year}年" if figure.year else ""
        zh_parts.append(f"{year}{figure.indicator.zh}{change}{chinese(quantity)}")
        moved = {"up": "up ", "down": "down ", None: ""}[figure.direction]
        en_year = f" ({figure.year})" if figure.year else ""
        en_parts.append(f"{figure.indicator.en} {moved}{english(quantity)}{en_year}")
    cites = tuple(f.id for f in chosen)
    return OverviewSentence(zh=f"{zh}:{';'.join(zh_parts)}。", en=f"{en}: {'; '.join(en_parts)}.", cites=cites)


def _projects(brief: BriefContent) -> OverviewSentence | None:
    if not brief.projects:
        return None
    finished = [
        p
        for p in brief.projects
        if any(m.stage in ("completed", "operating") and m.status == "reported" for m in p.mentions)
    ]
    named = (finished or list(brief.projects))[:_MOST]
    count = len(brief.projects)
    zh = f"报告提到{count}个具名项目,如{'、'.join(p.name.zh for p in named)}。"
    en = f"The report names {count} {'project' if count == 1 else 'projects'}."
    return OverviewSentence(zh=zh, en=en, cites=tuple(p.id for p in named))


def _risks(brief: BriefContent) -> OverviewSentence | None:
    risks = [r for r in brief.risks if r.status == "open"]
    if not risks:
        return None
    named = risks[:3]
    zh = f"未了的问题和风险有{len(risks)}项,如“{'”“'.join(r.statement.zh for r in named)}”。"
    en = f"{len(risks)} open {'problem or risk is' if len(risks) == 1 else 'problems and risks are'} stated."
    return OverviewSentence(zh=zh, en=en, cites=tuple(r.id for r in named))
