"""Facts are counted once in each cell that holds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.usage_log.cells import (
    MOST,
    AttemptCell,
    Ended,
    EndedAttempt,
    EndedOperation,
    Key,
    OperationCell,
    Place,
    difference,
    fold,
    inverse,
    merge,
    tidy,
)
from jarvis_ai.usage_log.histogram import EMPTY, histogram
from jarvis_ai.usage_log.levels import HOUR_MS

NINE = 493_000 * HOUR_MS
ANSWERED = EndedOperation(
    started_at=NINE + 1,
    source="api",
    task="fast",
    simulated=0,
    status="ok",
    provider="openrouter",
    model="openai/gpt-4o",
    failure=None,
    fallback=1,
    attempts=2,
    cached=0,
    latency_ms=1200,
    ttft_ms=300,
    overhead_ms=0.8,
)
GOOD = EndedAttempt(
    started_at=NINE + 1,
    source="api",
    task="fast",
    simulated=0,
    status="ok",
    provider="openrouter",
    model="openai/gpt-4o",
    failure=None,
    hedge=0,
    resumed=0,
    latency_ms=1000,
    ttft_ms=200,
    input_tokens=10,
    output_tokens=40,
    cache_read_tokens=4,
    cache_write_tokens=None,
    reasoning_tokens=3,
    cost_nanos=700,
    cost_source="estimated",
)
BAD = GOOD._replace(
    model="openai/gpt-4o-mini", status="failed", failure="rate_limited", ttft_ms=None, input_tokens=None,
    output_tokens=None, cache_read_tokens=None, reasoning_tokens=None, cost_nanos=None, cost_source="unknown",
)  # fmt: skip
ANSWER_KEY = Key("operation", "openrouter", "openai/gpt-4o", "api", "fast", "ok", "", 0)
FACTS = st.lists(
    st.builds(
        lambda fact, minute, source, status: fact._replace(
            started_at=NINE + minute * 60_000, source=source, status=status
        ),
        st.sampled_from([ANSWERED, GOOD, BAD]),
        st.integers(0, 60 * 24 * 40),
        st.sampled_from(["api", "drill", "gateway"]),
        st.sampled_from(["ok", "failed"]),
    ),
    max_size=30,
)


def test_an_operation_and_its_attempts_are_counted_in_the_hour_in_which_it_began() -> None:
    cells = fold([ANSWERED, GOOD, BAD])
    good_key = ANSWER_KEY._replace(counted="attempt")
    bad_key = good_key._replace(model="openai/gpt-4o-mini", status="failed", failure="rate_limited")
    assert cells == {
        Place(ANSWER_KEY, NINE): OperationCell(1, 1, 2, 0, histogram(1200), histogram(300), histogram(0.8)),
        Place(good_key, NINE): AttemptCell(
            attempts=1, input_tokens=10, output_tokens=40, cache_read_tokens=4, reasoning_tokens=3, cost_nanos=700,
            estimated_nanos=700, written_tokens=40, written_ms=800, latency_ms=histogram(1000),
            ttft_ms=histogram(200), tokens_per_second=histogram(50.0),
        ),
        Place(bad_key, NINE): AttemptCell(attempts=1, unknown_costs=1, latency_ms=histogram(1000)),
    }  # fmt: skip


def test_only_answers_that_took_time_to_write_have_a_speed() -> None:
    at_once = GOOD._replace(ttft_ms=1000)
    silent = GOOD._replace(output_tokens=None)
    for fact in (at_once, silent, BAD):
        ((_, cell),) = fold([fact]).items()
        assert isinstance(cell, AttemptCell)
        assert (cell.written_tokens, cell.written_ms, cell.tokens_per_second) == (0, 0, EMPTY)


def test_numbers_that_no_call_can_have_are_not_believed() -> None:
    ((_, cell),) = fold([GOOD._replace(input_tokens=MOST + 1, output_tokens=MOST, cost_nanos=-MOST - 1)]).items()
    assert isinstance(cell, AttemptCell)
    assert (cell.input_tokens, cell.output_tokens, cell.cost_nanos, cell.unknown_costs) == (0, MOST, 0, 0)


@given(FACTS, FACTS)
def test_cells_of_parts_add_up_to_those_of_the_whole(one: list[Ended], other: list[Ended]) -> None:
    whole, first = fold(one + other), fold(one)
    added = {place: tidy(cell) for place, cell in whole.items()}
    change = difference(whole, first)
    for place, cell in change.items():
        first[place] = merge(first[place], cell) if place in first else cell
    assert {place: tidy(cell) for place, cell in first.items()} == added
    assert difference(whole, first) == {}


def test_what_a_key_does_not_tell_apart_is_counted_together() -> None:
    unlike = [ANSWERED, ANSWERED._replace(simulated=2), ANSWERED._replace(failure=""), ANSWERED._replace(simulated=1)]
    cells = fold(unlike)
    assert sorted(cell[0] for cell in cells.values()) == [2, 2]
    assert sorted(place.key.simulated for place in cells) == [0, 1]


def test_a_cell_without_what_it_holds_is_empty() -> None:
    for cell, empty in ((fold([GOOD, GOOD]), AttemptCell()), (fold([ANSWERED]), OperationCell())):
        (one,) = cell.values()
        assert tidy(merge(one, inverse(one))) == empty
