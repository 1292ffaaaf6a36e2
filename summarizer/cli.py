"""The command line. Commands parse, call and print; the work is done elsewhere."""

from __future__ import annotations

import io
import signal
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from summarizer.commands.brief import brief
from summarizer.commands.bulk import bulk, status
from summarizer.commands.cache import cache
from summarizer.commands.common import DONE, FAILED, INTERRUPTED, USAGE, say
from summarizer.commands.corrections import fixes, gold
from summarizer.commands.doctor import doctor
from summarizer.commands.evaluate import evaluate
from summarizer.commands.outline import outline
from summarizer.commands.table import table
from summarizer.commands.track import track
from summarizer.commands.verify import verify
from summarizer.errors import SettingsError, SummarizerError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Long Chinese government reports into structured, bilingual briefs in which every number is proven.",
    epilog="Exit codes: 0 done; 1 failed; 2 usage; 3 done, but text was lost, or a correction, an own type or an "
    "imported line not used.",
)


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from summarizer.pipeline import package_version

        typer.echo(package_version())
        raise typer.Exit(DONE)


app.command()(brief)
app.command()(outline)
app.command()(bulk)
app.command()(status)
app.command()(table)
app.command()(track)
app.command(name="eval")(evaluate)
app.command()(gold)
app.command()(fixes)
app.command()(doctor)
app.add_typer(cache, name="cache")
app.command()(verify)


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
    say(message)
    raise SystemExit(code)
