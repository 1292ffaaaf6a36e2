"""`summarizer eval`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, FAILED, BaseUrl, Model, NoCache, Offline, Terms, make_summarizer, say
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from summarizer.evaluating import EvaluationResult


def evaluate(
    gold: Annotated[
        Path | None,
        typer.Argument(help="A folder of annotated reports (<stem>.gold.json).", show_default=False),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", help="The folder of the reports (default: the gold folder).", metavar="DIR"),
    ] = None,
    briefs: Annotated[
        list[str] | None,
        typer.Option(
            "--briefs",
            help="Score the briefs (<stem>.json) of this folder, under its name or NAME; may be repeated.",
            metavar="[NAME=]DIR",
        ),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Score on the sample reports that ship with the package.")
    ] = False,
    misses: Annotated[int, typer.Option("--misses", help="Show the first N misses.", min=0, metavar="N")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    html: Annotated[
        str | None,
        typer.Option("--html", help="Write a page with the scores and every miss in its sentence.", metavar="FILE"),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            "--engine",
            help="auto (default), rules, chat or chat:MODEL; may be repeated, to set engines side by side.",
            metavar="ENGINE",
        ),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", help="What chat costs: USD per million prompt/answer tokens.", metavar="IN/OUT"),
    ] = None,
    model: Model = None,
    base_url: BaseUrl = None,
    terms: Terms = None,
    no_cache: NoCache = False,
    offline: Offline = False,
) -> None:
    """Score engines or finished briefs on annotated reports, several side by side."""
    from summarizer import outputs
    from summarizer.evaluating import (
        EvaluationRequest,
        briefs_contestant,
        engine_choices,
        engine_contestant,
        run_evaluation,
    )
    from summarizer.pricing import parse_price
    from summarizer.settings import CacheOptions

    if (gold is None) == (not sample):
        raise SettingsError("Say what to score on: a folder of annotated reports, or --sample.")
    if html == "-":
        raise SettingsError("--html takes a file name; standard output has the table.")
    if html is not None:
        if outputs.format_of(html, None) != "html":
            raise SettingsError(f"--html writes a page: give {html!r} a name that ends in .html.")
        outputs.check_writable(html)
    own_price = parse_price(price) if price else None
    engines = engine_choices(engine or ([] if briefs else [None]), model, base_url)
    cache = CacheOptions(use=not no_cache, offline=offline)
    contestants = [engine_contestant(make_summarizer(*choice, terms=terms, cache=cache)) for choice in engines]
    contestants += map(briefs_contestant, briefs or [])
    result = run_evaluation(EvaluationRequest(gold, texts, tuple(contestants), own_price))
    if html is not None:
        outputs.write(html, result.as_html())
    typer.echo(result.as_json() if as_json else result.table(misses))
    _report_evaluation(result)
    if html is not None:
        say(f"Written: {html}")
    raise typer.Exit(FAILED if any(each.scores.missing for each in result.results) else DONE)


def _report_evaluation(result: EvaluationResult) -> None:
    for problem in result.problems[:10]:
        say(f"Annotation: {problem}")
    if len(result.results) > 1:
        for note in (note for each in result.results for note in each.notes()):
            say(note)
        return
    for stem in result.results[0].scores.missing:
        say(f"No brief for {stem}; it counts as an empty one.")
