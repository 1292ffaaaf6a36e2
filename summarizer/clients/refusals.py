"""What a refusal teaches: the next way to ask, read from the endpoint's own words."""

from __future__ import annotations

from dataclasses import replace

from summarizer.clients.base import Mode
from summarizer.clients.ways import LIMITS, Ways
from summarizer.clients.wordings import matches, matches_any, patterns
from summarizer.errors import EndpointError

_REFUSING = frozenset({400, 404, 405, 422, 500, 501})
_VAGUE = frozenset({400, 422, 500, 501})


def told(error: EndpointError) -> EndpointError:
    """The error that the endpoint itself gave, below what retries made of it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EndpointError) and cause.status is not None:
            return cause
        cause = cause.__cause__
    return error


def is_refusal(mode: Mode, words: str) -> bool:
    """Whether an error is about the mode that was asked for, so that the same request again is of no use."""
    return matches("modes", mode, words) and not matches_any("elsewhere", words)


def ways_after(ways: Ways, error: EndpointError) -> Ways | None:
    """The next way to ask after a refusal that names what it refuses; None where it names nothing that was sent.

    A wrong model or key, content that is filtered and a prompt that is too long are not about the way of asking.
    """
    cause = told(error)
    if cause.status not in _REFUSING:
        return None
    words = f"{cause.parameter} {cause.detail}"
    if limited := _limited(ways, words):
        return limited
    if matches_any("elsewhere", words):
        return None
    if ways.sends("thinking") and matches("switches", "thinking", words):
        return ways.without("thinking")
    for name in ("temperature", "seed"):
        if ways.sends(name) and matches("parameters", name, words):
            return ways.without(name)
    for name in ("strict", "tool_choice"):
        if ways.sends(name) and matches("tool_details", name, words):
            return ways.without(name)
    return ways.below() if matches("modes", ways.mode, words) else None


def ways_after_vague(ways: Ways, error: EndpointError) -> Ways | None:
    """The next way to ask after a refusal without words: bare of parameters first, then mode by mode."""
    cause = told(error)
    if cause.status not in _VAGUE or matches_any("elsewhere", f"{cause.parameter} {cause.detail}"):
        return None
    if ways.sends("temperature") or ways.sends("seed"):
        return ways.without("temperature", "seed")
    return ways.below()


def _limited(ways: Ways, words: str) -> Ways | None:
    """With the limit of an answer as the endpoint wants it: smaller, under its other name, or not at all."""
    name = ways.limit_name
    if not ways.sends(name) or not matches("limit", name, words):
        return None
    for pattern in patterns("limit", "most"):
        found = pattern.search(words)
        if found and 0 < int(found.group(1)) < ways.limit:
            return replace(ways, limit=int(found.group(1)), ceiling=int(found.group(1)))
    if matches("elsewhere", "context", words):
        return ways.without(*LIMITS)  # prompt and limit together are too long: the endpoint knows what is left
    other = LIMITS[1 - LIMITS.index(name)]
    dropped = ways.without(name)
    return dropped if other in ways.dropped else replace(dropped, limit_name=other)
