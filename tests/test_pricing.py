"""Tokens times prices, exactly."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.domain import UNKNOWN_COST, Cost, CostSource, Usage
from jarvis_ai.pricing import direct_estimate, estimate, nanos

GPT_4O = {"input_price": Decimal("0.0000025"), "output_price": Decimal("0.00001")}


def test_an_estimate_is_tokens_times_prices():
    assert estimate(Usage(1000, 100), **GPT_4O) == Cost(3_500_000, CostSource.ESTIMATED)


def test_cached_tokens_have_a_price_of_their_own():
    cost = estimate(Usage(1000, 0, cache_read_tokens=1000), **GPT_4O, cache_read_price=Decimal("0.00000125"))
    assert cost.nanos == 1_250_000


def test_a_missing_price_makes_the_cost_unknown_and_not_nothing():
    assert estimate(Usage(1, 1), input_price=None, output_price=Decimal(1)) == UNKNOWN_COST


def test_a_vendor_price_is_that_of_the_day():
    assert direct_estimate("openai", "gpt-4o", Usage(1000, 100), 1_790_000_000) == Cost(3_500_000, CostSource.ESTIMATED)


def test_a_model_that_no_price_list_knows_has_an_unknown_cost():
    assert direct_estimate("openai", "no-such-model", Usage(1, 1), 1_790_000_000) == UNKNOWN_COST


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_halves_cost_what_the_whole_costs(first: int, second: int, output: int):
    """Prices with at most nine decimals leave nothing to round."""
    parts = [estimate(Usage(first, output), **GPT_4O), estimate(Usage(second, 0), **GPT_4O)]
    assert estimate(Usage(first + second, output), **GPT_4O).nanos == sum(part.nanos or 0 for part in parts)


@given(st.decimals("0", "1000", places=9))
def test_dollars_with_nine_decimals_become_nanos_exactly(dollars: Decimal):
    assert Decimal(nanos(dollars)) == dollars * 10**9
