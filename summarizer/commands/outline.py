"""`summarizer outline`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from summarizer.commands.common import BaseUrl, Model, Price, Report

if TYPE_CHECKING:
    from summarizer.model import Usage
    from summarizer.pricing import Cost


def outline(
    report: Report,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List every quantity, and every number that was left alone.")
    ] = False,
    model: Model = None,
    base_url: BaseUrl = None,
    price: Price = None,
) -> None:
    """Show the reading without a model: outline, chunks, quantities, and the requests, tokens and cost to expect."""
    from summarizer.loading.text import load, load_bytes
    from summarizer.pipeline import prepare
    from summarizer.rendering.outline_text import outline_text

    known = _pricing(os.environ, model, base_url, price)
    read = load_bytes(sys.stdin.buffer.read(), "stdin.txt") if str(report) == "-" else load(report)
    typer.echo(outline_text(prepare(read), verbose, known))


def _pricing(
    environment: Mapping[str, str], model: str | None, base_url: str | None, price: str | None
) -> Callable[[Usage], Cost] | None:
    """What a usage costs with the model and at the endpoint that a brief would ask; None where there is neither."""
    from summarizer.commands.common import make_limits
    from summarizer.errors import SettingsError
    from summarizer.pricing import Cost, cost_of
    from summarizer.settings import resolve_settings

    limits = make_limits(None, price)
    if not (price or model or base_url or any(environment.get(name) for name in _CONFIGURED)):
        return None
    keyed = {**environment, "OPENAI_API_KEY": environment.get("OPENAI_API_KEY") or "none"}  # nothing is sent
    try:
        settings = resolve_settings(keyed, engine="chat", model=model, base_url=base_url, limits=limits)
    except SettingsError as error:
        why = str(error)
        return lambda _: Cost(None, why)
    return lambda usage: cost_of(usage, settings.model, settings.address, settings.price)


_CONFIGURED = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SUMMARIZER_MODEL", "SUMMARIZER_PRICE")
"""Where one of these is set, a model is meant to be asked."""
