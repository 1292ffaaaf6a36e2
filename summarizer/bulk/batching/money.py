"""What batches cost, and what the budget still allows: half of what the same requests cost one by one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from summarizer.bulk.batching.state import Batch, BatchState
from summarizer.clients.base import Request
from summarizer.clients.estimating import answer_limit, most_prompt_tokens
from summarizer.model import Usage
from summarizer.pricing import BATCH_SHARE, cost_of
from summarizer.settings import Settings


@dataclass(frozen=True, slots=True)
class Funds:
    """The money of a run of batches, on however many days. Without a budget nothing is counted.

    What is under way counts with the most that it can cost, what was collected with what it did.
    """

    settings: Settings
    state: BatchState

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars of a usage in batches; None where no price is known."""
        settings = self.settings
        usd = cost_of(usage, settings.model, settings.address, settings.price).usd
        return None if usd is None else usd * BATCH_SHARE

    def worst(self, request: Request) -> Decimal:
        """The most that a request can cost."""
        if self.settings.budget is None:
            return Decimal(0)
        tokens = most_prompt_tokens(request), answer_limit(request, self.settings.answer_limit)
        return self.price(Usage(1, tokens[0], 0, tokens[1])) or Decimal(0)

    def cost(self, usage: Usage, batch: Batch) -> Decimal:
        """What an answer of a batch cost; the most that it can where it does not tell its tokens.

        Nothing where no price is known, which a budget needs.
        """
        told = usage.prompt_tokens and usage.answer_tokens
        price = self.price(usage) if told else None
        return batch.worst / batch.lines if price is None else price

    def left(self) -> Decimal | None:
        """What may still be asked for; None without a budget."""
        budget = self.settings.budget
        return None if budget is None else budget - self.state.spent - self.state.aside

    def refusal(self, waiting: int) -> str:
        """The sentence for requests that the budget does not allow."""
        left = max(Decimal(0), self.left() or Decimal(0))
        return (
            f"the budget of ${self.settings.budget:f} has ${left:.4f} left, and {waiting:,} requests wait, each of "
            "which could cost more than that at half price. Run the same command again with a larger --budget to go on."
        )
