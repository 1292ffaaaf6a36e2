"""`summarizer gold` and `summarizer fixes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, LOST, say
from summarizer.errors import SettingsError

if TYPE_CHECKING:
    from summarizer.annotating import GoldWritten


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
        say(f"Left behind: {line}")
    say(f"Written: {output}, {len(carried.fixes.fixes)} corrections")
    raise typer.Exit(LOST if carried.left else DONE)


def _report_gold(made: GoldWritten) -> None:
    say(
        f"{made.by_user} of {made.items} items are the user's own, {made.rejected} were rejected, {made.disputed} are "
        "still disputed; the rest is gold as the engine read it, so read it before you trust a score."
    )
    if made.unwritten:
        say(f"Left out, since the name is not written there as it is: {'; '.join(made.unwritten[:5])}")
    for path in made.files:
        say(f"Written: {path}")
