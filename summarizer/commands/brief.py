"""`summarizer brief`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from summarizer.commands.common import (
    DONE,
    LOST,
    BaseUrl,
    Budget,
    Check,
    Concurrency,
    Deadline,
    Engine,
    Model,
    NoCache,
    Offline,
    Price,
    Report,
    RetryFailed,
    Rpm,
    Terms,
    Timeout,
    Tpm,
    Types,
    Verbose,
    make_limits,
    make_summarizer,
    say,
    spending,
)
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from summarizer.brief import Brief
    from summarizer.itemtypes.declaring import OwnItem
    from summarizer.model import BriefContent, Figure, Goal, Project, Risk
    from summarizer.pipeline import Summarizer


def brief(
    report: Report,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            help="Where to write; may be repeated, - is standard output (default).",
            metavar="FILE",
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="md, html or json; without it the output's suffix decides.", metavar="FORMAT"),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="zh, en or both.", metavar="LANG")] = "both",
    engine: Engine = None,
    model: Model = None,
    base_url: BaseUrl = None,
    terms: Terms = None,
    types: Types = None,
    check: Check = False,
    fixes: Annotated[
        Path | None,
        typer.Option(
            "--fixes", help="Your corrections (default: <stem>.fixes.json beside the report).", metavar="FILE"
        ),
    ] = None,
    no_fixes: Annotated[bool, typer.Option("--no-fixes", help="Leave the corrections beside the report out.")] = False,
    no_cache: NoCache = False,
    retry_failed: RetryFailed = False,
    offline: Offline = False,
    budget: Budget = None,
    price: Price = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    deadline: Deadline = None,
    verbose: Verbose = False,
) -> None:
    """Make the brief of one report."""
    from summarizer import outputs
    from summarizer.model import BUDGET_SPENT
    from summarizer.settings import CacheOptions

    outputs_wanted = output or ["-"]
    chosen_form, language = outputs.chosen_format(form), outputs.chosen_lang(lang)
    forms = [outputs.format_of(path, chosen_form) for path in outputs_wanted]
    corrections = _corrections(report, fixes, no_fixes)
    for path in outputs_wanted:
        outputs.check_writable(path, report, corrections, terms)
    cache = CacheOptions(use=not no_cache, retry_failed=retry_failed, offline=offline)
    limits = make_limits(budget, price, rpm=rpm, tpm=tpm, concurrency=concurrency, timeout=timeout, deadline=deadline)
    summarizer = make_summarizer(
        engine, model, base_url, terms=terms, cache=cache, limits=limits, check=check, types=_own_types(types)
    )
    made = _made(summarizer, report, corrections)
    for path, each in zip(outputs_wanted, forms, strict=True):
        outputs.write(path, outputs.render(made, each, language))
    _report_corrections(made, corrections)
    _report_run(made, [p for p in outputs_wanted if p != "-"], verbose)
    _report_cost(made, summarizer)
    unfinished = {"fix_unused", "own_types_unread", *BUDGET_SPENT} & {gap.reason for gap in made.gaps}
    raise typer.Exit(DONE if made.is_complete and not unfinished else LOST)


def _own_types(types: list[str] | None) -> tuple[type[OwnItem], ...]:
    if not types:
        return ()
    from summarizer.itemtypes.importing import import_types

    return import_types(types)


def _corrections(report: Path, fixes: Path | None, no_fixes: bool) -> Path | None:
    from summarizer.correcting.fixes import fixes_beside

    if fixes is not None and no_fixes:
        raise SettingsError("--fixes and --no-fixes contradict each other; give one of them.")
    if fixes is not None or no_fixes or str(report) == "-":
        return fixes
    return fixes_beside(report)


def _made(summarizer: Summarizer, report: Path, corrections: Path | None) -> Brief:
    fixes: Path | Literal[False] = corrections or False
    if str(report) == "-":
        return summarizer.summarize_bytes(sys.stdin.buffer.read(), "stdin.txt", fixes)
    return summarizer.summarize(report, fixes)


def _report_run(made: Brief, written: list[str], verbose: bool) -> None:
    from summarizer.model import PART_FAILED

    content = made.content
    coverage = content.coverage
    left = coverage.quantities - coverage.used
    say(
        f"{len(content.figures)} figures, {len(content.goals)} goals, {len(content.projects)} projects, "
        f"{len(content.risks)} risks; "
        f"{coverage.used} of {coverage.quantities} quantities used, {left} skipped or left; {len(content.gaps)} gaps."
    )
    items: list[Figure | Goal | Project | Risk] = [*content.goals, *content.risks, *content.projects, *content.figures]
    english = sum(_english(item) is not None for item in items)
    if items:
        say(f"In English: {english} of {len(items)} items; the others show their Chinese, marked as not translated.")
    else:
        say("Nothing was found in it; is it a work report or a plan, in simplified Chinese?")
    _report_own(content)
    for path in written:
        say(f"Written: {path}")
    read_by_rules = sum(gap.reason in PART_FAILED for gap in content.gaps)
    if read_by_rules:
        why = next(gap.detail for gap in content.gaps if gap.reason in PART_FAILED)
        say(f"{read_by_rules} parts were read by rules, since the model failed; the gaps say why. The first: {why}")
    if verbose:
        for gap in content.gaps:
            say(f"gap: {gap.stage} {gap.reason} at {gap.start}-{gap.end}: {gap.detail}")


def _report_cost(made: Brief, summarizer: Summarizer) -> None:
    from summarizer.model import BUDGET_SPENT

    usage = made.usage
    if usage.stored:
        say(f"{usage.stored} {'answer' if usage.stored == 1 else 'answers'} from the store, without a request.")
    if not usage.requests:
        return
    cost = spending(summarizer, usage)
    thought = f" ({usage.reasoning_tokens} of them thinking)" if usage.reasoning_tokens else ""
    say(
        f"{usage.requests} requests, {usage.prompt_tokens} prompt tokens ({usage.cached_tokens} cached), "
        f"{usage.answer_tokens} answer tokens{thought}, {usage.seconds:.1f} s" + (f", {cost}." if cost else ".")
    )
    if any(gap.reason in BUDGET_SPENT for gap in made.gaps):
        say("The budget did not allow every request; what was paid for is kept, and rules read what was not asked.")


def _report_own(content: BriefContent) -> None:
    """How many items of own types there are, or that nobody read for them."""
    unread = [gap for gap in content.gaps if gap.reason == "own_types_unread"]
    for gap in unread:
        where = "" if gap.start is None else f" (characters {gap.start}-{gap.end})"
        say(f"Own types were not read{where}: {gap.detail}.")
    if content.own and all(gap.start is not None for gap in unread):
        say("Own types: " + ", ".join(f"{len(own.items)} {name}" for name, own in content.own.items()) + ".")


def _report_corrections(made: Brief, corrections: Path | None) -> None:
    done = made.content.corrections
    if done is None or corrections is None:
        return
    failed = sum(gap.reason == "fix_unused" for gap in made.gaps)
    absent = done.unused - failed
    say(
        f"Corrections: {done.rejected + done.relabelled + done.added} applied from {corrections.name}"
        + (f"; {absent} had nothing to reject" if absent else "")
        + (f"; {failed} found no item and could not make one (the gaps say which)" if failed else "")
        + "."
    )


def _english(item: Figure | Goal | Project | Risk) -> str | None:
    named = getattr(item, "indicator", None) or getattr(item, "statement", None) or getattr(item, "name", None)
    return named.en if named else None
