"""The overview by a model: the one place where it writes Chinese prose, checked sentence by sentence.

A sentence rests on the items it cites: its numbers are placeholders of their quantities, and what
fails is left out, with a gap.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from summarizer.clients.base import Client
from summarizer.engines.chat.answers import answer_of
from summarizer.errors import BudgetError, CutOffError, EngineError, RefusedError, ReplyError
from summarizer.grounding.english import PLACEHOLDER, Problem, check_english, numbers_of_names, render_english
from summarizer.model import (
    BriefContent,
    Figure,
    Gap,
    Goal,
    Metadata,
    OverviewSentence,
    Project,
    Quantity,
    Risk,
    Usage,
)
from summarizer.prompting import OverviewAnswer, OverviewAnswerSentence, overview_messages, overview_schema
from summarizer.quantities.grammar import scan
from summarizer.quantities.rendering import chinese, english

_MOST = {"figures": 24, "goals": 16, "projects": 10, "risks": 8}
_MOST_SENTENCES = 8
_FORMAL = "廿卅壹贰叁肆伍陆柒捌玖拾佰仟"
_BESIDE = re.compile(r"(?:超过|不低于|不少于|不超过|至少|超|近|约|逾|达到?以上)\{|\}(?:以上|以下|以内|左右)")


async def chat_overview(
    brief: BriefContent, metadata: Metadata, client: Client
) -> tuple[tuple[OverviewSentence, ...], tuple[Gap, ...], Usage]:
    """The sentences that hold, a gap for each that does not (or one for the whole), and the cost."""
    try:
        reply = await client.complete(overview_messages(metadata, _listed(brief)), overview_schema())
    except EngineError as error:
        reason = "not_afforded" if isinstance(error, BudgetError) else "failed"
        return (), (_gap(reason, str(error)),), Usage(requests=error.requests)
    try:
        found = answer_of(reply, OverviewAnswer.model_fields)
        answer = OverviewAnswer.model_validate(found.value)
    except ReplyError as error:
        malformed = reply.content.strip() and not isinstance(error, CutOffError | RefusedError)
        return (), (_gap("malformed" if malformed else "failed", str(error)),), reply.usage
    except ValidationError as error:
        gap = _gap("malformed", f"the answer is no list of sentences ({error.error_count()} errors)")
        return (), (gap,), reply.usage
    good: list[OverviewSentence] = []
    gaps = [_gap("mended", "the answer was broken JSON and was mended")] if found.mended else []
    if surplus := answer.sentences[_MOST_SENTENCES:]:
        gaps.append(_gap("surplus", f"{len(surplus)} sentences beyond {_MOST_SENTENCES} were left out"))
    for sentence in answer.sentences[:_MOST_SENTENCES]:
        problems = list(sentence_problems(sentence, brief))
        if problems:
            detail = "; ".join(f"{p.reason}: {p.detail}" for p in problems)
            gaps.append(_gap(problems[0].reason, detail))
        else:
            good.append(_rendered(sentence, brief))
    return tuple(good), tuple(gaps), reply.usage


def _gap(reason: str, detail: str) -> Gap:
    return Gap(stage="overview", reason=reason, detail=detail)


def _items(brief: BriefContent) -> dict[str, Figure | Goal | Project | Risk]:
    return {i.id: i for group in (brief.figures, brief.goals, brief.projects, brief.risks) for i in group}


def _listed(brief: BriefContent) -> str:
    """The items as the model sees them: headline figures first, each with its placeholder."""
    rows: list[dict[str, object]] = []
    figures = sorted(brief.figures, key=lambda f: (f.indicator.code is None, f.evidence[0].start))
    for f in figures[: _MOST["figures"]]:
        rows.append(
            {
                "id": f.id,
                "zh": f.indicator.zh,
                "en": f.indicator.en,
                "kind": f.kind,
                "direction": f.direction,
                "year": f.year,
                "value": f"{{{f.quantities[0]}}}",
            }
        )
    for g in brief.goals[: _MOST["goals"]]:
        rows.append(
            {
                "id": g.id,
                "goal": PLACEHOLDER.sub("", g.statement.zh),
                "values": [f"{{{q}}}" for q in g.quantities],
            }
        )
    for p in brief.projects[: _MOST["projects"]]:
        rows.append(
            {
                "id": p.id,
                "project": p.name.zh,
                "en": p.name.en,
                "stage": p.mentions[-1].stage,
                "status": p.mentions[-1].status,
            }
        )
    for r in [r for r in brief.risks if r.status == "open"][: _MOST["risks"]]:
        rows.append({"id": r.id, "risk": r.statement.zh, "en": r.statement.en, "type": r.type})
    return "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)


def sentence_problems(sentence: OverviewAnswerSentence, brief: BriefContent) -> Iterator[Problem]:
    """Everything that is wrong with a sentence, held against the items that it cites."""
    items = _items(brief)
    unknown = [c for c in sentence.cites if c not in items]
    if unknown or not sentence.cites:
        yield Problem("unknown_pointer", f"no item {', '.join(unknown)}" if unknown else "it cites nothing")
        return
    cited = [items[c] for c in sentence.cites]
    quantities = _quantities(brief, cited)
    names = _names(cited)
    in_zh = [name for name, _ in PLACEHOLDER.findall(sentence.zh)]
    if sorted(in_zh) != sorted(name for name, _ in PLACEHOLDER.findall(sentence.en)):
        yield Problem("languages_differ", "the Chinese and the English have different quantities")
    yield from (
        Problem("placeholder_outside", f"{{{n}}} is not of the items cited") for n in in_zh if n not in quantities
    )
    yield from check_english(sentence.en, quantities, (), names, _years(cited))
    bare = PLACEHOLDER.sub("＃", unicodedata.normalize("NFKC", sentence.zh))
    if not re.search("[一-鿿]", bare):
        yield Problem("chinese_missing", "zh is to be Chinese")
    if strange := [
        c for c in sentence.zh if c in "廿卅壹贰叁肆伍陆柒捌玖拾佰仟" or unicodedata.category(c) in ("No", "Nl", "Cf")
    ]:
        yield Problem("number_word", f"{''.join(strange)!r} is a number; use the quantity's placeholder")
    if re.search(r"[\d万亿千百十成倍%％.]\{|\}[\d万亿千百十成倍%％]|\}\s*\{", sentence.zh):
        yield Problem("placeholder_joined", "put words around a placeholder; it says scale and unit itself")
    for run in re.findall("[二三四五六七八九十百千万亿两几数]{2,}|[上数几][十百千万亿]", bare):
        if not any(run in zh for zh in _texts(cited)):
            yield Problem("number_word", f"{run!r} is a number; use the quantity's placeholder")
    for digits in re.findall(r"\d+(?:\.\d+)?", bare):
        if digits not in _years(cited) and float(digits) not in names:
            yield Problem("digits_in_chinese", f"{digits} is written out; use the quantity's placeholder")
    if found := next(iter(scan(bare)), None):
        yield Problem("number_word", f"{bare[found.start : found.end]!r} is a number; use the quantity's placeholder")
    if match := _BESIDE.search(sentence.zh):
        yield Problem("comparator_doubled", f"leave out what stands beside the placeholder in {match.group()!r}")


def _quantities(brief: BriefContent, cited: Iterable[Figure | Goal | Project | Risk]) -> dict[str, Quantity]:
    wanted = {q for item in cited if not isinstance(item, Risk) for q in item.quantities}
    return {q.id: q for q in brief.quantities if q.id in wanted}


def _names(cited: Iterable[Figure | Goal | Project | Risk]) -> frozenset[float]:
    """Numbers that the cited items' names and years hold."""
    found: frozenset[float] = frozenset()
    for item in cited:
        if isinstance(item, Figure):
            found |= numbers_of_names(item.indicator.zh)
        elif isinstance(item, Project):
            found |= numbers_of_names(item.name.zh)
    return found


def _years(cited: Iterable[Figure | Goal | Project | Risk]) -> frozenset[str]:
    return frozenset(str(item.year) for item in cited if isinstance(item, Figure) and item.year)


def _texts(cited: Iterable[Figure | Goal | Project | Risk]) -> list[str]:
    """The Chinese of the cited items."""
    return [
        item.indicator.zh
        if isinstance(item, Figure)
        else item.name.zh
        if isinstance(item, Project)
        else item.statement.zh
        for item in cited
    ]


def _rendered(sentence: OverviewAnswerSentence, brief: BriefContent) -> OverviewSentence:
    quantities = {q.id: q for q in brief.quantities}
    zh = PLACEHOLDER.sub(lambda m: chinese(quantities[m.group(1)]), sentence.zh)
    return OverviewSentence(zh=zh, en=render_english(sentence.en, quantities, english), cites=tuple(sentence.cites))
