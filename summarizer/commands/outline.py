"""`summarizer outline`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from summarizer.commands.common import Report


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
