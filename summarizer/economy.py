"""What reading a report with a model costs in tokens, before anything is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from summarizer.model import Chunk, Quantity, Report, Usage
from summarizer.tokens import count_tokens

# Measured on the sample reports (docs/economy.md): tokens of an item's answer, and statements in a text.
_FIGURE, _STATEMENT, _STATEMENTS = 36, 25, 0.028
_MOST_REQUESTS = 3  # of a chunk that gives no trouble with its form: read, repair, complete


class Divided(Protocol):
    """A report divided into what is asked for at once (pipeline.Prepared is one)."""

    @property
    def report(self) -> Report: ...
    @property
    def quantities(self) -> Sequence[Quantity]: ...
    @property
    def chunks(self) -> Sequence[Chunk]: ...


@dataclass(frozen=True, slots=True)
class Economy:
    """Tokens of a report's text, of the text with its marks, of one stable prefix, of all prompts and answers.

    Prompts are those of one request a chunk; repairs, completions and the overview come on top, up to
    `most_requests`. Answers are an estimate.
    """

    document: int
    marked: int
    prefix: int
    requests: int
    most_requests: int
    prompts: int
    answers: int

    @property
    def stable(self) -> int:
        """Tokens of the stable prefixes of all prompts."""
        return self.requests * self.prefix

    def usage(self, cached: bool) -> Usage:
        """The usage to expect; `cached`: all prefixes but the first come from the endpoint's cache."""
        kept = self.stable - self.prefix if cached and self.requests else 0
        return Usage(self.requests, self.prompts, kept, self.answers)


def economy_of(divided: Divided) -> Economy:
    """The tokens to expect of a report's reading."""
    from summarizer.prompting import instructions, read_messages

    prompts = [sum(count_tokens(m.content) for m in read_messages(chunk)) for chunk in divided.chunks]
    document = count_tokens(divided.report.text)
    return Economy(
        document=document,
        marked=sum(count_tokens(chunk.marked) for chunk in divided.chunks),
        prefix=count_tokens(instructions()),
        requests=len(prompts),
        most_requests=_MOST_REQUESTS * len(prompts) + 1,
        prompts=sum(prompts),
        answers=round(_FIGURE * len(divided.quantities) + _STATEMENT * _STATEMENTS * document),
    )
