"""A percentile from a histogram is within 1 % of the value that was measured, however the parts were put together."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.usage_log.histogram import (
    BUCKETS,
    EMPTY,
    ERROR,
    SMALLEST,
    bucket_of,
    compact,
    counts_of,
    histogram,
    merged,
    negated,
    percentile,
    percentiles,
    size,
    value_of,
)

MEASURED = st.one_of(st.integers(0, 5_400_000), st.floats(SMALLEST, 5_400_000))


def of(values: list[float]) -> bytes:
    return merged(histogram(value) for value in values)


def nearest_rank(values: list[float], share: float) -> float:
    return sorted(values)[max(1, ceil(round(len(values) * share, 6))) - 1]


@given(st.lists(MEASURED, min_size=1, max_size=300), st.sampled_from([0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_percentile_is_within_one_percent_of_the_nearest_rank(values: list[float], share: float) -> None:
    exact, read = nearest_rank(values, share), percentile(of(values), share)
    assert ERROR < 0.01
    assert read is not None
    assert abs(read - exact) <= exact * ERROR * (1 + 1e-9)


@given(st.lists(MEASURED, max_size=50), st.lists(MEASURED, max_size=50))
def test_the_order_and_the_grouping_of_parts_do_not_matter(one: list[float], other: list[float]) -> None:
    whole = compact(of(one + other))
    assert compact(of(other) + of(one)) == compact(compact(of(one)) + compact(of(other))) == whole
    assert size(whole) == len(one) + len(other)


@given(st.lists(MEASURED, max_size=50), st.lists(MEASURED, max_size=50))
def test_what_was_added_can_be_taken_away(kept: list[float], taken: list[float]) -> None:
    assert compact(of(kept + taken) + negated(of(taken))) == compact(of(kept))


@pytest.mark.parametrize("times", [1, 7, 8, 15, 16, 127, 128, 4095, 4096, 30_583, 30_584, 1_000_000])
def test_a_bucket_holds_any_number_of_values_in_few_bytes(times: int) -> None:
    many = compact(histogram(250) * times)
    assert counts_of(many)[bucket_of(250)] == size(many) == times
    assert len(many) <= 2 * (4 + times // 28_672)
    assert compact(many + negated(many)) == EMPTY


def test_an_empty_histogram_has_no_percentile() -> None:
    assert percentiles(EMPTY, (0.5, 0.99)) == [None, None]


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_not_counted(nothing: float | None) -> None:
    assert histogram(nothing) == EMPTY


def test_every_bucket_reads_as_a_value_that_it_holds() -> None:
    assert [bucket_of(value_of(bucket)) for bucket in range(BUCKETS)] == list(range(BUCKETS))


def test_what_is_out_of_range_lies_in_the_outermost_buckets() -> None:
    assert (bucket_of(-1), bucket_of(0), bucket_of(SMALLEST / 9)) == (0, 0, 1)
    assert bucket_of(1e12) == bucket_of(1.7e308) == BUCKETS - 1
