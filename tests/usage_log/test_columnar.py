"""Facts in columns count as they do one by one, and come out as they went in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.usage_log import cells
from jarvis_ai.usage_log.cells import ATTEMPT, MOST, OPERATION, Counted, Ended, EndedAttempt, EndedOperation
from jarvis_ai.usage_log.columnar import FACTS, Categorical, Column, Columns, Nullable, buckets_of, fold, matrix, take
from jarvis_ai.usage_log.histogram import BUCKETS, bucket_of, value_of
from jarvis_ai.usage_log.levels import HOUR_MS

NINE = 493_000 * HOUR_MS

counts = st.none() | st.integers(-3, 5000) | st.sampled_from([MOST, MOST + 1, -MOST, 2**63 - 1])
milliseconds = st.none() | st.integers(-5, 100_000)
keys = {
    "started_at": st.integers(NINE, NINE + 3 * HOUR_MS),
    "source": st.sampled_from(["api", "drill"]),
    "task": st.sampled_from(["", "fast"]),
    "simulated": st.integers(0, 1),
    "status": st.sampled_from(["ok", "failed"]),
}
operations = st.builds(
    EndedOperation, **keys, provider=st.sampled_from([None, "openai"]), model=st.sampled_from([None, "gpt-4o", "o3"]),
    failure=st.sampled_from([None, "stalled"]), fallback=st.integers(0, 1), attempts=st.integers(0, 9),
    latency_ms=milliseconds, ttft_ms=milliseconds, overhead_ms=st.none() | st.floats(-1, 1e7), cached=st.integers(0, 1),
)  # fmt: skip
attempts = st.builds(
    EndedAttempt, **keys, provider=st.just("openai"), model=st.sampled_from(["gpt-4o", "o3"]),
    failure=st.sampled_from([None, "stalled"]), hedge=st.integers(0, 1), resumed=st.integers(0, 1),
    latency_ms=milliseconds, ttft_ms=milliseconds, input_tokens=counts, output_tokens=counts, cache_read_tokens=counts,
    cache_write_tokens=counts, reasoning_tokens=counts, cost_nanos=counts,
    cost_source=st.sampled_from(["billed", "estimated", "unknown"]),
)  # fmt: skip
positive = st.floats(0, 1e300, exclude_min=True)


def column(values: Sequence[Any]) -> Column:
    """As somebody has it who thinks in columns: texts by their number, numbers with a mask where some are missing."""
    valid = np.array([value is not None for value in values], dtype=bool)
    if any(isinstance(value, str) for value in values):
        texts = sorted({value for value in values if value is not None})
        codes = [-1 if value is None else texts.index(value) for value in values]
        return Categorical(np.array(codes), np.array(texts, dtype=object))
    plain = np.array([0 if value is None else value for value in values])
    return plain if valid.all() else Nullable(plain, valid)


def columns(kind: type[Any], facts: Sequence[Ended]) -> Columns:
    return {name: column(values) for name, values in zip(kind._fields, zip(*facts, strict=True), strict=True)}


@pytest.mark.parametrize(("counted", "facts"), [(OPERATION, operations), (ATTEMPT, attempts)])
def test_a_fold_of_columns_is_the_fold_of_their_rows(counted: Counted, facts: st.SearchStrategy[Ended]) -> None:
    @given(st.lists(facts, min_size=1, max_size=30))
    def holds(some: list[Ended]) -> None:
        assert fold(counted, columns(FACTS[counted], some)) == cells.fold(some)

    holds()


def test_no_facts_are_no_cells() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert fold(OPERATION, dict.fromkeys(EndedOperation._fields, none)) == {}


def test_categories_that_say_the_same_are_one_cell() -> None:
    fact = EndedOperation(NINE, "api", "", 1, "ok", "openai", "gpt-4o", None, 0, 1, 900, 200, 0.5, 0)
    twice = columns(EndedOperation, [fact, fact])
    named = Categorical(np.array([0, 1]), np.array(["gpt-4o", "gpt-4o"], dtype=object))
    assert fold(OPERATION, {**twice, "model": named}) == cells.fold([fact, fact])


@given(st.lists(st.integers(-10, 10**12) | positive | st.integers(1, BUCKETS - 1).map(value_of), min_size=1))
def test_buckets_of_columns_are_those_of_their_values(values: list[float]) -> None:
    assert buckets_of(np.array(values)).tolist() == [bucket_of(value) for value in np.array(values).tolist()]


def test_the_edges_of_all_buckets_are_on_the_same_side() -> None:
    edges = [0.01 * 1.02**power for power in range(BUCKETS)]
    near = [float(np.nextafter(edge, edge + side)) for edge in edges for side in (-1, 1)]
    assert buckets_of(np.array(edges + near)).tolist() == [bucket_of(value) for value in edges + near]


def test_rows_are_made_of_columns_with_null_for_what_is_not_there() -> None:
    table = [
        np.array([3, 4]),
        Nullable(np.array([1.5, 0.0]), np.array([True, False])),
        Categorical(np.array([-1, 0]), np.array(["ok"], dtype=object)),
    ]
    assert matrix(table).tolist() == [[3, 1.5, None], [4, None, "ok"]]
    assert matrix([take(each, np.array([1])) for each in table]).tolist() == [[4, None, "ok"]]
    assert [type(value) for value in matrix(table)[0].tolist()] == [int, float, type(None)]
