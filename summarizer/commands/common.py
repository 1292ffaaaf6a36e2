"""What the commands share: exit codes, options, and what is said on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from summarizer.itemtypes.declaring import OwnItem
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
Verbose = Annotated[bool, typer.Option("--verbose", help="Show gaps one by one, and tracebacks of faults.")]


def say(line: str) -> None:
    """A notice: standard output is for results."""
    typer.echo(line, err=True)


def make_summarizer(
    engine: str | None,
    model: str | None,
    base_url: str | None,
    terms: Path | None,
    types: Sequence[type[OwnItem]] = (),
) -> Summarizer:
    from summarizer.pipeline import Summarizer

    made = Summarizer(engine, model=model, base_url=base_url, terms=terms, types=types)
    if made.settings.engine == "chat":
        say(f"Engine: chat; the report's text goes to {made.settings.host} (model {made.settings.model}).")
    elif engine in (None, "auto"):
        say("Engine: rules, the embedded default; with OPENAI_API_KEY or --base-url set a model is asked.")
    return made
