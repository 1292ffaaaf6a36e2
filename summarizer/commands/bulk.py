"""`summarizer bulk` and `summarizer status`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import (
    DONE,
    INTERRUPTED,
    LOST,
    BaseUrl,
    Budget,
    Check,
    Concurrency,
    Deadline,
    Model,
    Price,
    Rpm,
    Terms,
    Timeout,
    Tpm,
    make_limits,
    make_summarizer,
    say,
)
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from summarizer.bulk.job import Job, On
    from summarizer.model import Usage
    from summarizer.outputs import Format
    from summarizer.pipeline import Summarizer

Out = Annotated[Path, typer.Option("-o", "--output", help="The output folder.", metavar="OUT")]


def bulk(
    places: Annotated[
        list[Path] | None, typer.Argument(help="Folders of reports, or single files.", show_default=False)
    ] = None,
    output: Out = Path("out"),
    engine: Annotated[
        str,
        typer.Option(
            "--engine", help="rules (default) or chat; nothing is sent to an endpoint without chat.", metavar="ENGINE"
        ),
    ] = "rules",
    pattern: Annotated[
        list[str] | None,
        typer.Option("--pattern", help="Only files that fit, as '2024/*.txt'; may be repeated.", metavar="GLOB"),
    ] = None,
    flat: Annotated[bool, typer.Option("--flat", help="Leave folders within folders out.")] = False,
    from_list: Annotated[
        Path | None, typer.Option("--list", help="A text file with one report's path a line.", metavar="FILE")
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help="md, html or json; may be repeated (default: all).", metavar="FORMAT"),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="zh, en or both.", metavar="LANG")] = "both",
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Processes that read (default: one a core).", min=1, metavar="N")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Read those again that failed, wholly or in part.")
    ] = False,
    on: Annotated[
        str,
        typer.Option(
            "--on",
            help="local (default); batch: a model's requests as batches of the endpoint's, at half the price and "
            "within a day each (docs/batch.md); ray: on a Ray cluster (docs/ray.md).",
            metavar="WHERE",
        ),
    ] = "local",
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address",
            help="The Ray cluster (RAY_ADDRESS; without either, one of --jobs workers is begun here, and ended).",
            metavar="ADDRESS",
        ),
    ] = None,
    model: Model = None,
    base_url: BaseUrl = None,
    terms: Terms = None,
    check: Check = False,
    budget: Budget = None,
    price: Price = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    deadline: Deadline = None,
) -> None:
    """Make the briefs of many reports; run again, it does only what changed or was not done."""
    from summarizer.bulk.batching.state import under_way
    from summarizer.bulk.inputs import listed
    from summarizer.bulk.job import REPLIES, Job
    from summarizer.bulk.progress import display
    from summarizer.bulk.runner import Stop
    from summarizer.bulk.running import run_job
    from summarizer.outputs import chosen_lang
    from summarizer.settings import CacheOptions

    named = [*(places or []), *(listed(from_list) if from_list else [])]
    if not named:
        raise SettingsError("Say what to read: a folder, files, or --list FILE.")
    if engine not in ("rules", "chat"):
        raise SettingsError(f"There is no engine {engine!r} for bulk; choose rules or chat.")
    where = _where(on, engine, rpm or tpm or concurrency or deadline, ray_address)
    limits = make_limits(budget, price, rpm=rpm, tpm=tpm, concurrency=concurrency, timeout=timeout, deadline=deadline)
    cache = CacheOptions(file=output / REPLIES, retry_failed=retry_failed)
    summarizer = make_summarizer(engine, model, base_url, terms=terms, cache=cache, limits=limits, check=check)
    if where == "batch":
        say(f"Requests go as batches of {summarizer.settings.host}; each may take a day, and Ctrl-C loses nothing.")
    job = Job(
        places=named,
        out=output,
        terms=terms,
        patterns=pattern or (),
        recursive=not flat,
        forms=_forms(form),
        lang=chosen_lang(lang),
        jobs=jobs or os.cpu_count() or 1,
        retry_failed=retry_failed,
        on=where,
        ray_address=ray_address,
        ray_workers=jobs,
    )
    if where == "local" and (flying := under_way(output)):
        say(f"{flying}, and this run does not use them; --on batch collects them.")
    stop = Stop()
    summary = run_job(job, summarizer, display(say, _cost(job, summarizer)), stop)
    for line in summary.lines():
        say(line)
    _say_where(job)
    if stop.interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(DONE if summary.is_whole else LOST)


def _where(on: str, engine: str, pace: float | None, ray_address: str | None) -> On:
    """Where it is done. Raises SettingsError where that does not go with the other options."""
    from summarizer.bulk.job import PLACES

    where = next((place for place in PLACES if place == on), None)
    if where is None:
        raise SettingsError(f"There is no --on {on!r}; choose {' or '.join(PLACES)}.")
    if ray_address and where != "ray":
        raise SettingsError("--ray-address goes with --on ray; give both, or leave it out.")
    if where == "batch" and engine != "chat":
        raise SettingsError("--on batch asks a model; give --engine chat, or leave --on out.")
    if where == "batch" and pace:
        raise SettingsError(
            "--rpm, --tpm, --concurrency and --deadline are for requests that are sent one by one; leave them out with "
            "--on batch."
        )
    return where


def _cost(job: Job, summarizer: Summarizer) -> Callable[[Usage], Decimal | None]:
    """What gives the US dollars of a usage: batches cost a share of what requests cost one by one."""
    from summarizer.pricing import BATCH_SHARE

    if job.on != "batch":
        return summarizer.cost

    def cost(usage: Usage) -> Decimal | None:
        usd = summarizer.cost(usage)
        return None if usd is None else usd * BATCH_SHARE

    return cost


def _say_where(job: Job) -> None:
    say(f"Written: {job.out / 'index.html'} and {job.briefs}/")


def _forms(values: list[str] | None) -> tuple[Format, ...]:
    """The forms to write; json always, since tables and `verify` are made from it."""
    from summarizer.outputs import chosen_format

    forms: list[Format] = ["json", "md", "html"]
    wanted = {chosen_format(value) for value in values or forms} | {"json"}
    return tuple(form for form in forms if form in wanted)


def status(
    output: Annotated[Path, typer.Argument(help="The output folder of a bulk run.", show_default=False)],
) -> None:
    """Show how a bulk run stands, also while it goes on."""
    from summarizer.bulk.batching.state import under_way
    from summarizer.bulk.ledger import NAME, open_ledger
    from summarizer.bulk.summary import summarize_run
    from summarizer.errors import InputError

    if not (output / NAME).is_file():
        raise InputError(f"{output} is no output folder of a bulk run; start one with: summarizer bulk DIR -o {output}")
    with open_ledger(output) as ledger:
        ledger.resume()
        summary = summarize_run(ledger, {}, 0, ledger.usage(), 0.0, None)
    for line in summary.lines(with_unchanged=False):
        typer.echo(line)
    if flying := under_way(output):
        typer.echo(f"{flying}; the same command, run again, collects them.")
    raise typer.Exit(DONE if summary.is_whole else LOST)
