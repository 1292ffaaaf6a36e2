"""The command line. Commands parse, call and print; the work is done elsewhere."""

from __future__ import annotations

import io
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from summarizer.errors import SettingsError, SummarizerError

if TYPE_CHECKING:
    from summarizer.annotating import GoldWritten
    from summarizer.brief import Brief
    from summarizer.evaluating import EvaluationResult
    from summarizer.model import Figure, Goal, Project, Risk
    from summarizer.outputs import Format, Lang
    from summarizer.pipeline import Summarizer

DONE, FAILED, USAGE, LOST, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Long Chinese government reports into structured, bilingual briefs in which every number is proven.",
    epilog="Exit codes: 0 done; 1 failed; 2 usage; 3 done, but text was lost or a correction not used.",
)

Report = Annotated[Path, typer.Argument(help="A report as a text file; - is standard input.", show_default=False)]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="auto (default), rules or chat; auto is chat where a key or base URL is set.",
        metavar="ENGINE",
    ),
]
Model = Annotated[str | None, typer.Option("--model", help="The model to ask (SUMMARIZER_MODEL).", metavar="MODEL")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="An OpenAI-compatible endpoint (OPENAI_BASE_URL).", metavar="URL"),
]
Terms = Annotated[
    Path | None,
    typer.Option("--terms", help="A TSV file of your own indicators or glossary entries.", metavar="FILE"),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show gaps one by one, and tracebacks of faults.")]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from summarizer.pipeline import package_version

        typer.echo(package_version())
        raise typer.Exit(DONE)


@app.command()
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
    fixes: Annotated[
        Path | None,
        typer.Option(
            "--fixes", help="Your corrections (default: <stem>.fixes.json beside the report).", metavar="FILE"
        ),
    ] = None,
    no_fixes: Annotated[bool, typer.Option("--no-fixes", help="Leave the corrections beside the report out.")] = False,
    verbose: Verbose = False,
) -> None:
    """Make the brief of one report."""
    from summarizer import outputs

    outputs_wanted = output or ["-"]
    chosen_form, chosen_lang = _format(form), _lang(lang)
    forms = [outputs.format_of(path, chosen_form) for path in outputs_wanted]
    corrections = _corrections(report, fixes, no_fixes)
    for path in outputs_wanted:
        outputs.check_writable(path, report, corrections, terms)
    summarizer = _summarizer(engine, model, base_url, terms)
    made = _made(summarizer, report, corrections)
    for path, each in zip(outputs_wanted, forms, strict=True):
        outputs.write(path, outputs.render(made, each, chosen_lang))
    _report_corrections(made, corrections)
    _report_run(made, [p for p in outputs_wanted if p != "-"], verbose)
    unused = any(gap.reason == "fix_unused" for gap in made.gaps)
    raise typer.Exit(DONE if made.is_complete and not unused else LOST)


@app.command()
def outline(
    report: Report,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List every quantity, and every number that was left alone.")
    ] = False,
) -> None:
    """Show the reading without a model: outline, chunks, quantities, and the requests and tokens to expect."""
    from summarizer.loading.text import load, load_bytes
    from summarizer.pipeline import prepare
    from summarizer.rendering.outline_text import outline_text

    read = load_bytes(sys.stdin.buffer.read(), "stdin.txt") if str(report) == "-" else load(report)
    typer.echo(outline_text(prepare(read), verbose))


@app.command(name="eval")
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
    contestants = [engine_contestant(_summarizer(*choice, terms)) for choice in engines]
    contestants += map(briefs_contestant, briefs or [])
    result = run_evaluation(EvaluationRequest(gold, texts, tuple(contestants), own_price))
    if html is not None:
        outputs.write(html, result.as_html())
    typer.echo(result.as_json() if as_json else result.table(misses))
    _report_evaluation(result)
    if html is not None:
        _say(f"Written: {html}")
    raise typer.Exit(FAILED if any(each.scores.missing for each in result.results) else DONE)


def _report_evaluation(result: EvaluationResult) -> None:
    for problem in result.problems[:10]:
        _say(f"Annotation: {problem}")
    if len(result.results) > 1:
        for note in (note for each in result.results for note in each.notes()):
            _say(note)
        return
    for stem in result.results[0].scores.missing:
        _say(f"No brief for {stem}; it counts as an empty one.")


@app.command()
def gold(
    brief: Annotated[Path, typer.Argument(help="A brief as JSON, best a corrected one.", show_default=False)],
    report: Annotated[Path, typer.Argument(help="The report that it is of.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The folder for <stem>.gold.json and <stem>.txt.", metavar="DIR"),
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Turn a corrected brief into annotations that `summarizer eval` scores on."""
    from summarizer.annotating import write_gold

    _report_gold(write_gold(brief, report, output, force))


@app.command()
def fixes(
    report: Annotated[Path, typer.Argument(help="The report that is to be corrected.", show_default=False)],
    output: Annotated[str, typer.Option("-o", "--output", help="The corrections file to write.", metavar="FILE")],
    carry: Annotated[
        Path | None,
        typer.Option(
            "--carry", help="Corrections of another version of this text, to be carried over.", metavar="FILE"
        ),
    ] = None,
) -> None:
    """Start a corrections file for a report, empty or with those of another version whose quotes it has once."""
    from summarizer import outputs
    from summarizer.correcting.carrying import carry as carried_over
    from summarizer.correcting.carrying import fixes_text
    from summarizer.correcting.fixes import Fixes, read_fixes
    from summarizer.loading.text import load

    outputs.check_writable(output, report, carry)
    if Path(output).exists():
        raise SettingsError(f"{output} is there already; give another name, or remove it.")
    loaded = load(report)
    old = read_fixes(carry).fixes if carry else Fixes(text_sha256=loaded.text_sha256, fixes=())
    carried = carried_over(old, loaded)
    outputs.write(output, fixes_text(carried.fixes))
    for line in carried.left:
        _say(f"Left behind: {line}")
    _say(f"Written: {output}, {len(carried.fixes.fixes)} corrections")
    raise typer.Exit(LOST if carried.left else DONE)


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


def _summarizer(engine: str | None, model: str | None, base_url: str | None, terms: Path | None) -> Summarizer:
    from summarizer.pipeline import Summarizer

    made = Summarizer(engine, model=model, base_url=base_url, terms=terms)
    if made.settings.engine == "chat":
        _say(f"Engine: chat; the report's text goes to {made.settings.host} (model {made.settings.model}).")
    elif engine in (None, "auto"):
        _say("Engine: rules, the embedded default; with OPENAI_API_KEY or --base-url set a model is asked.")
    return made


def _format(value: str | None) -> Format | None:
    if value is None or value in ("md", "html", "json"):
        return value  # type: ignore[return-value]
    raise SettingsError(f"There is no format {value!r}; choose md, html or json.")


def _lang(value: str) -> Lang:
    if value in ("zh", "en", "both"):
        return value  # type: ignore[return-value]
    raise SettingsError(f"There is no language {value!r}; choose zh, en or both.")


def _report_run(made: Brief, written: list[str], verbose: bool) -> None:
    from summarizer.model import PART_FAILED

    content = made.content
    coverage = content.coverage
    left = coverage.quantities - coverage.used
    _say(
        f"{len(content.figures)} figures, {len(content.goals)} goals, {len(content.projects)} projects, "
        f"{len(content.risks)} risks; "
        f"{coverage.used} of {coverage.quantities} quantities used, {left} skipped or left; {len(content.gaps)} gaps."
    )
    items: list[Figure | Goal | Project | Risk] = [*content.goals, *content.risks, *content.projects, *content.figures]
    english = sum(_english(item) is not None for item in items)
    if items:
        _say(f"In English: {english} of {len(items)} items; the others show their Chinese, marked as not translated.")
    else:
        _say("Nothing was found in it; is it a work report or a plan, in simplified Chinese?")
    if made.usage.requests:
        usage = made.usage
        _say(
            f"{usage.requests} requests, {usage.prompt_tokens} prompt tokens ({usage.cached_tokens} cached), "
            f"{usage.answer_tokens} answer tokens, {usage.seconds:.1f} s."
        )
    for path in written:
        _say(f"Written: {path}")
    read_by_rules = sum(gap.reason in PART_FAILED for gap in content.gaps)
    if read_by_rules:
        _say(f"{read_by_rules} parts were read by rules, since the model failed; the gaps say why.")
    if verbose:
        for gap in content.gaps:
            _say(f"gap: {gap.stage} {gap.reason} at {gap.start}-{gap.end}: {gap.detail}")


def _report_corrections(made: Brief, corrections: Path | None) -> None:
    done = made.content.corrections
    if done is None or corrections is None:
        return
    failed = sum(gap.reason == "fix_unused" for gap in made.gaps)
    absent = done.unused - failed
    _say(
        f"Corrections: {done.rejected + done.relabelled + done.added} applied from {corrections.name}"
        + (f"; {absent} had nothing to reject" if absent else "")
        + (f"; {failed} found no item and could not make one (the gaps say which)" if failed else "")
        + "."
    )


def _report_gold(made: GoldWritten) -> None:
    _say(
        f"{made.by_user} of {made.items} items are the user's own, {made.rejected} were rejected, {made.disputed} are "
        "still disputed; the rest is gold as the engine read it, so read it before you trust a score."
    )
    if made.unwritten:
        _say(f"Left out, since the name is not written there as it is: {'; '.join(made.unwritten[:5])}")
    for path in made.files:
        _say(f"Written: {path}")


def _english(item: Figure | Goal | Project | Risk) -> str | None:
    named = getattr(item, "indicator", None) or getattr(item, "statement", None) or getattr(item, "name", None)
    return named.en if named else None


def _say(line: str) -> None:
    typer.echo(line, err=True)


def main() -> NoReturn:
    """The entry point: errors become one sentence on stderr and an exit code, never a traceback."""
    signal.signal(signal.SIGINT, _interrupted)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(standalone_mode=True)
    except SettingsError as error:
        _leave(f"summarizer: {error}", USAGE)
    except SummarizerError as error:
        _leave(f"summarizer: {error}", FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(FAILED) from None
    except Exception as error:
        if "--verbose" in sys.argv:
            traceback.print_exc()
        _leave(
            f"summarizer: {type(error).__name__}: {str(error)[:200]}. This is a fault of the program; please report it "
            "with what --verbose shows.",
            FAILED,
        )
    raise SystemExit(DONE)


def _interrupted(*_: object) -> NoReturn:
    """Ctrl-C ends the run at once; nothing half-written is left, since outputs are renamed when whole."""
    raise SystemExit(INTERRUPTED)


def _leave(message: str, code: int) -> NoReturn:
    _say(message)
    raise SystemExit(code)
