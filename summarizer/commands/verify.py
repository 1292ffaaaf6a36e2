"""`summarizer verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from summarizer.commands.common import DONE, FAILED, Terms


def verify(
    brief: Annotated[Path, typer.Argument(help="A brief as JSON.", show_default=False)],
    report: Annotated[Path, typer.Argument(help="The report that it is of.", show_default=False)],
    terms: Terms = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Prove a finished brief again against its report, without a model or a network.

    Exit codes: 0 proven, 1 not proven or another report, 2 usage.
    """
    from summarizer.verifying.proof import verify as proof

    found = proof(brief, report, terms)
    typer.echo(found.to_json() if as_json else found.to_text(), nl=False)
    raise typer.Exit(DONE if found.proven else FAILED)
