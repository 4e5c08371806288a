"""What an answer costs when its provider does not say: tokens times a price of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from jarvis_ai.domain import UNKNOWN_COST, Cost, CostSource, Usage

NANOS = Decimal(10) ** 9


def nanos(dollars: Decimal) -> int:
    """Dollars as an integer count of 10⁻⁹ dollars, halves to even."""
    return int((dollars * NANOS).to_integral_value(ROUND_HALF_EVEN))


def estimate(
    usage: Usage,
    *,
    input_price: Decimal | None,
    output_price: Decimal | None,
    cache_read_price: Decimal | None = None,
    cache_write_price: Decimal | None = None,
) -> Cost:
    """Tokens times prices in dollars a token; unknown when either main price is.

    Cached tokens are part of the input tokens and priced as fresh ones where they have no price of their own.
    """
    if input_price is None or output_price is None:
        return UNKNOWN_COST
    fresh = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens
    dollars = (
        max(fresh, 0) * input_price
        + usage.cache_read_tokens * (input_price if cache_read_price is None else cache_read_price)
        + usage.cache_write_tokens * (input_price if cache_write_price is None else cache_write_price)
        + usage.output_tokens * output_price
    )
    return Cost(nanos(dollars), CostSource.ESTIMATED)


def direct_estimate(provider: str, model: str, usage: Usage, at: float) -> Cost:
    """The vendor's own price on the day of the call, from genai-prices; unknown for a model it does not list."""
    import genai_prices  # noqa: PLC0415 - half a second and 1.6 MB that only direct fallbacks need

    tokens = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens or None,
        cache_write_tokens=usage.cache_write_tokens or None,
    )
    try:
        price = genai_prices.calc_price(
            tokens, model, provider_id=provider, genai_request_timestamp=datetime.fromtimestamp(at, UTC)
        )
    except LookupError:
        return UNKNOWN_COST
    return Cost(nanos(price.total_price), CostSource.ESTIMATED)
