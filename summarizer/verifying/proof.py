"""Re-proves a finished brief against its source: no model, no network, nothing taken from the engine that made it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from summarizer.brief import Brief
from summarizer.engines.chat.overview import sentence_problems
from summarizer.engines.rules.overview import rules_overview
from summarizer.errors import InputError
from summarizer.loading.text import load
from summarizer.model import BriefContent, Item, OverviewSentence, Report, Risk
from summarizer.pipeline import package_version
from summarizer.prompting import OverviewAnswerSentence, prompts_digest, schema_digest
from summarizer.rendering.jsonform import from_json
from summarizer.terms.dictionary import load_terms
from summarizer.verifying.facts import count_failures, quantity_failures, report_failures
from summarizer.verifying.findings import OTHER_REPORT, Failure, Verification
from summarizer.verifying.items import item_failures
from summarizer.verifying.numbers import unrendered_chinese, unrendered_english
from summarizer.verifying.source import Source

MAX_BYTES = 200 * 1024 * 1024


def verify(
    brief: Brief | BriefContent | str | Path, report: Report | str | Path, terms: str | Path | None = None
) -> Verification:
    """Holds a brief (in memory, or its JSON file) against the report it was made from.

    `terms` is the file of own indicators that it was made with. Raises InputError where a file cannot be read or
    is no brief; what does not hold is in the result's `failures`.
    """
    content = _content(brief)
    source = report if isinstance(report, Report) else load(Path(report))
    if content.report.text_sha256 != source.text_sha256:
        problem = f"the brief is of another text than {source.source}"
        return Verification(source.source, {}, (Failure("report.text_sha256", problem, OTHER_REPORT),), ())
    read = Source(source, content, load_terms(Path(terms) if terms else None))
    failures = tuple(_failures(read))
    return Verification(source.source, _counts(content), failures, tuple(_notes(read)))


def _content(brief: Brief | BriefContent | str | Path) -> BriefContent:
    if isinstance(brief, Brief):
        return brief.content
    return brief if isinstance(brief, BriefContent) else from_json(_text(Path(brief)))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES // 2**20} MB; that is no brief.")
        return path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path of the brief.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8; give the brief as JSON.") from error


def _failures(source: Source) -> Iterator[Failure]:
    yield from report_failures(source)
    broken = list(quantity_failures(source))
    yield from broken
    yield from count_failures(source)
    if not broken:
        yield from item_failures(source)
    if not broken and source.is_resolved:
        yield from _overview_failures(source)
    yield from _gap_failures(source)


def _gap_failures(source: Source) -> Iterator[Failure]:
    size = len(source.report.text)
    for number, gap in enumerate(source.content.gaps):
        start, end = (gap.start, gap.end) if gap.start is not None and gap.end is not None else (0, 0)
        if not 0 <= start <= end <= size or (gap.start is None) != (gap.end is None):
            yield Failure(f"gaps.{number}", f"its span is outside the text, which has {size} characters")


# --- the overview -----------------------------------------------------------------------------


def _overview_failures(source: Source) -> Iterator[Failure]:
    """It is what code puts together of the items, or each sentence is what a model may have written of those cited."""
    content = source.content
    if content.overview == rules_overview(content):
        return
    if content.engine.name == "rules":
        yield Failure("overview", "it is not what the items give")
        return
    for number, sentence in enumerate(content.overview):
        for problem in _sentence_problems(source, sentence):
            yield Failure(f"overview.{number}", problem)


def _sentence_problems(source: Source, sentence: OverviewSentence) -> Iterator[str]:
    content = source.content
    items = {i.id: i for group in (content.figures, content.goals, content.projects, content.risks) for i in group}
    cited = [items[name] for name in sentence.cites if name in items]
    names = [name for item in cited if not isinstance(item, Risk) for name in item.quantities]
    quantities = {name: source.quantities[name] for name in names if name in source.quantities}
    template = OverviewAnswerSentence(
        zh=unrendered_chinese(sentence.zh, quantities),
        en=unrendered_english(sentence.en or "", quantities),
        cites=list(sentence.cites),
    )
    yield from (f"{problem.reason}: {problem.detail}" for problem in sentence_problems(template, content))


# --- what is said, not failed -----------------------------------------------------------------


def _counts(content: BriefContent) -> dict[str, int]:
    """How much was held against the source."""
    items: list[Item] = [*content.figures, *content.goals, *content.projects, *content.risks]
    return {
        "quantities": len(content.quantities),
        "figures": len(content.figures),
        "goals": len(content.goals),
        "projects": len(content.projects),
        "risks": len(content.risks),
        "quotes": sum(len(item.evidence) for item in items),
        "overview sentences": len(content.overview),
    }


def _notes(source: Source) -> Iterator[str]:
    content, engine = source.content, source.content.engine
    if content.report.file_sha256 != source.report.file_sha256:
        yield "the file is another than the one read, with the same text"
    installed = {"version": package_version(), "terms": source.terms.digest}
    if engine.name != "rules":
        installed |= {"prompts": prompts_digest(), "schema": schema_digest()}
    given = engine.model_dump(by_alias=True)
    different = [name for name in installed if given[name] != installed[name]]
    yield f"made by {engine.name} {engine.version}{f' with {engine.model}' if engine.model else ''}"
    if equal := [name for name in installed if name not in different]:
        yield f"equal to the installed ones: {', '.join(equal)}"
    for name in different:
        yield f"its {name} {given[name]} is not the installed {installed[name]}; what code reads may have changed since"
    if own := [q.id for q in content.quantities if q.id.startswith("u")]:
        yield f"{len(own)} numbers are the user's word ({', '.join(own[:5])})"
