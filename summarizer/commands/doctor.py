"""`summarizer doctor`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import DONE, FAILED, BaseUrl, Model, say

if TYPE_CHECKING:
    from summarizer.doctor import Diagnosis
    from summarizer.settings import Settings


def doctor(
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Show what the configured endpoint can do, with a few cheap requests. Exit code 1: it is not usable."""
    from summarizer.doctor import as_text
    from summarizer.settings import resolve_settings

    settings = resolve_settings(os.environ, engine="chat", model=model, base_url=base_url)
    say(f"Asking {settings.host} (model {settings.model}).")
    found = asyncio.run(_examined(settings))
    typer.echo(found.as_json() if as_json else as_text(found))
    raise typer.Exit(DONE if found.usable else FAILED)


async def _examined(settings: Settings) -> Diagnosis:
    from summarizer.clients.openai_chat import OpenAIChat
    from summarizer.doctor import examine

    endpoint = OpenAIChat(settings)
    try:
        return await examine(settings, endpoint)
    finally:
        await endpoint.close()
