"""`summarizer cache info|clear|export|import`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, LOST, say

if TYPE_CHECKING:
    from summarizer.clients.store import ReplyStore

cache = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The replies that are kept, so that no model is asked the same twice.",
)


@cache.command()
def info() -> None:
    """Show where the kept replies are, how many, of which models, and how old."""
    store = _store()
    if not _is_there(store):
        return
    held = store.summary()
    size = sum(path.stat().st_size for path in _files(store.path))
    typer.echo(f"{store.path}: {_count(held.replies, 'reply')}, {_megabytes(size)}")
    for model, count in held.models:
        typer.echo(f"  {count:>8,}  {model}")
    if held.failed:
        typer.echo(f"Without an answer (refused, empty, cut off, no JSON): {held.failed:,}")
    if held.oldest is not None and held.newest is not None:
        typer.echo(f"Oldest {_date(held.oldest)}, newest {_date(held.newest)}")
    typer.echo(f"Facts remembered of endpoints: {held.endpoints}")
    for path in _set_aside(store.path):
        typer.echo(f"Set aside as damaged: {path.name}, {_megabytes(path.stat().st_size)}")


@cache.command()
def clear(
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", help="Only what was made more than so many days ago.", min=0, metavar="DAYS"),
    ] = None,
) -> None:
    """Remove kept replies, and what is remembered of endpoints."""
    store = _store()
    if not _is_there(store):
        return
    replies, endpoints = store.clear(None if older_than is None else older_than * 86400)
    aside = _set_aside(store.path) if older_than is None else []
    for path in aside:
        path.unlink(missing_ok=True)
    store.close()
    typer.echo(
        f"Removed: {_count(replies, 'reply')}, {_count(endpoints, 'fact')} of endpoints"
        + (f", {_count(len(aside), 'file')} set aside as damaged" if aside else "")
        + f". {store.path} has {_megabytes(store.path.stat().st_size)} now."
    )


@cache.command(name="export")
def export(
    file: Annotated[Path, typer.Argument(help="The JSON-lines file to write.", show_default=False)],
) -> None:
    """Write all kept replies to a file, from which any run can be repeated offline."""
    from summarizer.clients.portable import export_replies
    from summarizer.errors import SettingsError
    from summarizer.outputs import check_writable

    store = _store()
    if str(file) == "-" or (file.exists() and store.path.exists() and file.samefile(store.path)):
        raise SettingsError(f"Replies are exported to a file of their own, not to {file}; give another name.")
    check_writable(str(file))
    if _is_there(store):
        say(f"Written: {file}, {_count(export_replies(store, file), 'reply')}")


@cache.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="What `summarizer cache export` wrote.", show_default=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take a reply also in the place of a kept one that differs.")
    ] = False,
) -> None:
    """Take the replies of a file into the store."""
    from summarizer.clients.portable import import_replies
    from summarizer.errors import StoreError

    store = _store()
    if not store.is_usable:
        raise StoreError(f"The reply store {store.path} cannot be written; set SUMMARIZER_CACHE to another file.")
    done = import_replies(store, file, replace)
    store.close()
    say(f"Taken: {_count(done.taken, 'reply')}; there already: {done.there:,}.")
    for reason, lines in done.refused.items():
        shown = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
        say(f"Refused: {_count(len(lines), 'line')} ({shown}): {reason}")
    raise typer.Exit(LOST if done.refused else DONE)


def _store() -> ReplyStore:
    """The store that runs use."""
    from summarizer.clients.store import ReplyStore
    from summarizer.errors import SettingsError
    from summarizer.settings import user_cache_file

    path = user_cache_file(os.environ)
    if path is None:
        raise SettingsError("No cache directory is known; set SUMMARIZER_CACHE to the file of the reply store.")
    return ReplyStore(path)


def _is_there(store: ReplyStore) -> bool:
    """Whether there is a store; where there is none, none is made. Raises StoreError where it cannot be used."""
    from summarizer.errors import StoreError

    if not store.path.exists():
        say(f"There is no reply store at {store.path} yet; the first run of the chat engine makes it.")
        return False
    if not store.is_usable:
        raise StoreError(f"The reply store {store.path} cannot be used; set SUMMARIZER_CACHE to another file.")
    return True


def _files(path: Path) -> list[Path]:
    return [each for each in (path, Path(f"{path}-wal")) if each.exists()]


def _set_aside(path: Path) -> list[Path]:
    from summarizer.clients.database import set_aside_files

    return set_aside_files(path)


def _count(number: int, what: str) -> str:
    plural = "replies" if what == "reply" else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _date(seconds: int) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
