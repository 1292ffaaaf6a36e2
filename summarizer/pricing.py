"""What a run cost in US dollars, as far as its price is known.

List prices come from `genai-prices`, an extra that loads when a cost is first asked for. The endpoint's
address and the model's name decide: a name alone would price a server of one's own like its namesake.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from summarizer.errors import SettingsError
from summarizer.model import Usage

_MILLION = Decimal(1_000_000)
BATCH_SHARE = Decimal("0.5")
"""What a request costs in a batch, as a share of its price alone (OpenAI, Azure and others who have batches)."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price of one's own: US dollars per million prompt tokens and per million answer tokens."""

    prompt: Decimal
    answer: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, or null with a sentence that says why they are not known."""

    usd: Decimal | None
    why: str = ""


def parse_price(text: str) -> Price:
    """The price that "0.4/1.6" stands for. Raises SettingsError that shows the form."""
    prompt, _, answer = text.partition("/")
    try:
        price = Price(Decimal(prompt), Decimal(answer))
    except InvalidOperation:
        price = None
    if price is None or not all(part.is_finite() and part >= 0 for part in (price.prompt, price.answer)):
        raise SettingsError(f"--price {text!r} is no price; write USD per million prompt/answer tokens, as in 0.4/1.6.")
    return price


def checked_price(model: str | None, address: str, own: Price | None) -> None:
    """Raises SettingsError where no price is known by which a budget could be held."""
    cost = cost_of(Usage(1, 1, 0, 1), model, address, own)
    if cost.usd is None:
        raise SettingsError(f"A budget needs a price. {cost.why}")


def cost_of(usage: Usage, model: str | None, address: str, own: Price | None = None) -> Cost:
    """The cost of a run at an endpoint's address: at one's own price, else at the list price.

    Tokens that were read from the endpoint's cache have their own list price; one's own price is for all.
    """
    if not usage.requests:
        return Cost(Decimal(0))
    if not usage.prompt_tokens:
        return Cost(None, f"{_host(address)} did not say how many tokens it counted.")
    if own is not None:
        return Cost((usage.prompt_tokens * own.prompt + usage.answer_tokens * own.answer) / _MILLION)
    return _list_cost(usage, model or "", address)


def _list_cost(usage: Usage, model: str, address: str) -> Cost:
    try:
        import genai_prices
    except ImportError:
        return Cost(None, "Prices are not installed; pip install 'gov-report-summarizer[prices]', or give --price.")
    tokens = genai_prices.Usage(
        input_tokens=usage.prompt_tokens,
        cache_read_tokens=min(usage.cached_tokens, usage.prompt_tokens),
        output_tokens=usage.answer_tokens,
    )
    try:
        return Cost(genai_prices.calc_price(tokens, model, provider_api_url=address).total_price)
    except LookupError:
        return Cost(None, f"No price is known for {model} at {_host(address)}; give one with --price.")


def _host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2]
