"""The overview without a model: sentences put together by code, each citing its items."""

from __future__ import annotations

import re
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
    """The first few known indicators of a year; an average, or growth against an earlier year, would mislead here."""
    known = [f for f in figures if f.indicator.code and f.indicator.en and _of_a_year(f)]
    order = {code: i for i, code in enumerate(_HEADLINES)}
    chosen = sorted(known, key=lambda f: order.get(f.indicator.code or "", len(order)))[:_MOST]
    return sorted(chosen, key=lambda f: f.evidence[0].start)


def _of_a_year(figure: Figure) -> bool:
    dated = figure.year is not None and figure.period is None and figure.basis in (None, "annual", "point")
    return dated and not re.search(r"\d{4}|十|目标|高于|低于|快于", figure.base or "")


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
    return OverviewSentence(zh=f"{zh}：{'；'.join(zh_parts)}。", en=f"{en}: {'; '.join(en_parts)}.", cites=cites)


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
    """Problems that the government admits, and dangers that it names, counted apart."""
    risks = [r for r in brief.risks if r.status == "open"]
    problems = [r for r in risks if r.type != "hazard"]
    dangers = [r for r in risks if r.type == "hazard"]
    if not risks:
        return None
    named = (problems or dangers)[:3]
    examples = "”“".join(r.statement.zh for r in named)
    zh = f"承认的问题和短板{len(problems)}项，要防范的风险{len(dangers)}项，如“{examples}”。"
    en = f"Problems and shortcomings stated: {len(problems)}; dangers to be guarded against: {len(dangers)}."
    return OverviewSentence(zh=zh, en=en, cites=tuple(r.id for r in named))
