"""Whether an endpoint read the whole prompt.

Local servers drop the front of a prompt that is longer than their context, and answer as if nothing had happened;
the prompt tokens that they report give it away.
"""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.chunking import count_tokens
from summarizer.clients.base import Message, Reply

_FEWEST_TOKENS = 0.3  # of the prompt's characters: below it a prompt is counted exactly
_READ_WHOLE = 0.6  # of the tokens that we count: tokenizers differ, but not by so much


def cut_prompt(messages: Sequence[Message], reply: Reply) -> tuple[int, int] | None:
    """The tokens that were read and those that were sent, where far fewer were read; else None."""
    told = reply.read_tokens or reply.usage.prompt_tokens
    if not told or told > _FEWEST_TOKENS * sum(len(m.content) for m in messages):
        return None
    sent = sum(count_tokens(m.content) for m in messages)
    return (told, sent) if told < _READ_WHOLE * sent else None
