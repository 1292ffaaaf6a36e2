"""What the commands share: exit codes, options, and what is said on stderr."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from summarizer.limits import Limits
    from summarizer.model import Usage
    from summarizer.pipeline import Summarizer

DONE, FAILED, USAGE, LOST, INTERRUPTED = 0, 1, 2, 3, 130

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
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--types",
        help="Your own type of items, may be repeated: package.module:Class or file.py:Class (docs/own-types.md).",
        metavar="WHERE",
    ),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", help="The most that the run may cost, in US dollars (SUMMARIZER_BUDGET).", metavar="USD"),
]
Price = Annotated[
    str | None,
    typer.Option("--price", help="What chat costs: USD per million prompt/answer tokens.", metavar="IN/OUT"),
]
Rpm = Annotated[int | None, typer.Option("--rpm", help="Requests a minute, at most (SUMMARIZER_RPM).", metavar="N")]
Tpm = Annotated[
    int | None, typer.Option("--tpm", help="Tokens a minute, prompts and answers (SUMMARIZER_TPM).", metavar="N")
]
Concurrency = Annotated[
    int | None, typer.Option("--concurrency", help="Requests in flight at once, at most (default: 8).", metavar="N")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", help="Seconds for one request (default: 120).", metavar="SECONDS")
]
Deadline = Annotated[
    float | None,
    typer.Option("--deadline", help="Seconds for one answer, retries included (default: 600).", metavar="SECONDS"),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Ask everything anew, and keep no replies (see `summarizer cache`).")
]
Offline = Annotated[bool, typer.Option("--offline", help="Send nothing: kept replies answer alone.")]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Ask again where a kept reply holds no answer (refused, empty, cut off).")
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show gaps one by one, and tracebacks of faults.")]


Check = Annotated[
    bool, typer.Option("--check", help="Let rules read every part too; where they differ, items are disputed.")
]


def say(line: str) -> None:
    """A notice: standard output is for results."""
    typer.echo(line, err=True)


def make_limits(budget: str | None, price: str | None, **numbers: float | None) -> Limits:
    """The limits that the options name. Raises SettingsError that says which cannot be."""
    from summarizer.limits import Limits, parse_budget
    from summarizer.pricing import parse_price

    money = {"budget": parse_budget(budget) if budget else None, "price": parse_price(price) if price else None}
    return Limits(**money, **numbers)  # type: ignore[arg-type]


def spending(summarizer: Summarizer, usage: Usage) -> str:
    """What a run cost, "$0.0123" or "$0.0123 of $0.50"; empty where no price is known."""
    if summarizer.spent is not None:
        return f"${summarizer.spent:.4f} of ${summarizer.settings.budget:f}"
    cost = summarizer.cost(usage)
    return "" if cost is None else f"${cost:.4f}"


def make_summarizer(engine: str | None, model: str | None, base_url: str | None, **options: Any) -> Summarizer:
    """A summarizer by its options (see `Summarizer`), and a line that says which engine it has and whom it asks."""
    from summarizer.pipeline import Summarizer

    made = Summarizer(engine, model=model, base_url=base_url, **options)
    if made.settings.offline:
        say(f"Engine: chat, offline; kept replies of {made.settings.model} at {made.settings.host} answer alone.")
    elif made.settings.engine == "chat":
        say(f"Engine: chat; the report's text goes to {made.settings.host} (model {made.settings.model}).")
    elif engine in (None, "auto"):
        say("Engine: rules, the embedded default; with OPENAI_API_KEY or --base-url set a model is asked.")
    return made
