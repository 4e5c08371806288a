"""Hours make days and months, each hour once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.usage_log.levels import DAY, HOUR, HOUR_MS, LEVELS, MONTH, Level, Span, end_of, spans, start_of

SOME_TIME = st.integers(0, 2_000_000_000_000)
YEAR_MS = 366 * 24 * HOUR_MS


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("level", "start", "end"),
    [
        (HOUR, "2028-02-29T23:00", "2028-03-01T00:00"),
        (DAY, "2028-02-29T00:00", "2028-03-01T00:00"),
        (MONTH, "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_a_step_ends_where_the_next_one_begins(level: Level, start: str, end: str) -> None:
    moment = at("2028-02-29T23:59:59")
    assert (start_of(level, moment), end_of(level, moment)) == (at(start), at(end))
    assert start_of(level, at(end)) == at(end)


def test_a_year_is_months_with_days_and_hours_at_its_edges() -> None:
    found = spans(at("2026-01-30T22:10"), at("2027-01-02T01:30"), sealed=at("2027-01-02T00:00"))
    assert found == [
        Span(HOUR, at("2026-01-30T22:00"), at("2026-01-31T00:00")),
        Span(DAY, at("2026-01-31T00:00"), at("2026-02-01T00:00")),
        Span(MONTH, at("2026-02-01T00:00"), at("2027-01-01T00:00")),
        Span(DAY, at("2027-01-01T00:00"), at("2027-01-02T00:00")),
        Span(HOUR, at("2027-01-02T00:00"), at("2027-01-02T02:00")),
    ]


def test_what_is_not_sealed_is_read_by_the_hour() -> None:
    day = at("2026-05-01T00:00"), at("2026-05-02T00:00")
    assert spans(*day, sealed=day[1]) == [Span(DAY, *day)]
    assert spans(*day, sealed=day[1] - 1) == [Span(HOUR, *day)]


@given(SOME_TIME, st.integers(0, YEAR_MS), SOME_TIME, st.sampled_from(LEVELS))
def test_the_spans_are_one_unbroken_row_of_whole_steps(start: int, length: int, sealed: int, coarsest: Level) -> None:
    found = spans(start, start + length, sealed, coarsest=coarsest)
    edges = [span.start for span in found[:1]] + [span.end for span in found]
    if length:
        assert edges[0] == start_of(HOUR, start)
        assert start + length <= edges[-1] < start + length + HOUR_MS
    assert [span.start for span in found] == edges[:-1]
    assert all(span.start == start_of(span.level, span.start) < span.end for span in found)
    assert all(span.end <= sealed for span in found if span.level != HOUR)
    assert all(LEVELS.index(span.level) <= LEVELS.index(coarsest) for span in found)
