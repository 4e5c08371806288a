"""Every hour of a stretch is read once, and nothing that does not hold what it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.analytics import Bucket, Period
from jarvis_ai.analytics.buckets import Stretch, stretches
from jarvis_ai.analytics.steps import LIVE, Piece, Sealed, Use, steps
from jarvis_ai.usage_log.levels import DAY, HOUR, HOUR_MS, LEVELS, MONTH, Level, end_of, start_of

HOURS = st.integers(480_000, 490_000)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def stretch(start: str, end: str) -> Stretch:
    return Stretch(at(start) // 1000, at(start) // 1000, at(end) // 1000)


def chunks_of(piece: Piece) -> Iterator[tuple[Level, int]]:
    """The levels and starts of the chunks that are read."""
    at = piece.start
    while piece.kind != LIVE and at < piece.until:
        yield piece.kind, at
        at = end_of(piece.kind, at)


@given(
    period=st.tuples(HOURS, st.integers(1, 3000)).map(lambda hours: Period(hours[0] * 3600.0, sum(hours) * 3600.0)),
    sealed=HOURS,
    late=st.frozensets(st.integers(480_000, 493_000), max_size=5),
    bucket=st.sampled_from(["hour", "day", "week"]),
    zone=ZONES,
)
def test_each_hour_is_in_its_bucket_once_whatever_is_stale(
    period: Period, sealed: int, late: frozenset[int], bucket: Bucket, zone: ZoneInfo
) -> None:
    stale = frozenset((level, start_of(level, hour * HOUR_MS)) for hour in late for level in LEVELS)
    asked = stretches(period, bucket, zone)
    read = steps(asked, Sealed(sealed * HOUR_MS, stale))
    counted: Counter[tuple[int, int]] = Counter()
    for piece, uses in read.items():
        for hour in range(piece.start, piece.until, HOUR_MS):
            counted.update({(use.bucket, hour): use.sign for use in uses})
    wanted = {(one.bucket * 1000, hour * 1000) for one in asked for hour in range(one.start, one.end, 3600)}
    assert {place: times for place, times in counted.items() if times} == dict.fromkeys(wanted, 1)
    for chunk in (chunk for piece in read for chunk in chunks_of(piece)):
        assert end_of(*chunk) <= sealed * HOUR_MS
        assert chunk not in stale


def test_a_year_is_months_with_days_and_hours_at_its_edges() -> None:
    year = stretch("2026-01-30T22:00", "2027-01-02T02:00")
    read = steps([year], Sealed(at("2027-01-02T01:00")))
    assert list(read) == [
        Piece(HOUR, at("2026-01-30T22:00"), at("2026-01-31T00:00")),
        Piece(DAY, at("2026-01-31T00:00"), at("2026-02-01T00:00")),
        Piece(MONTH, at("2026-02-01T00:00"), at("2027-01-01T00:00")),
        Piece(DAY, at("2027-01-01T00:00"), at("2027-01-02T00:00")),
        Piece(HOUR, at("2027-01-02T00:00"), at("2027-01-02T01:00")),
        Piece(LIVE, at("2027-01-02T01:00"), at("2027-01-02T02:00")),
    ]


def test_a_local_day_is_the_nearest_day_less_the_hours_that_are_too_many() -> None:
    first = stretch("2026-07-01T22:00", "2026-07-02T22:00")
    second = stretch("2026-07-02T22:00", "2026-07-03T22:00")
    read = steps([first, second], Sealed(at("2026-08-01T00:00")))
    day = first.bucket * 1000
    assert read[Piece(DAY, at("2026-07-02T00:00"), at("2026-07-03T00:00"))] == [Use(day, 1)]
    edge = Piece(HOUR, at("2026-07-02T22:00"), at("2026-07-03T00:00"))
    assert read[edge] == [Use(day, -1), Use(second.bucket * 1000, 1)]


def test_of_a_stale_day_the_hours_are_read_and_of_a_stale_hour_the_cells() -> None:
    hour = at("2026-07-02T05:00")
    stale = frozenset((level, start_of(level, hour)) for level in LEVELS)
    read = steps([stretch("2026-07-01T00:00", "2026-07-04T00:00")], Sealed(at("2026-08-01T00:00"), stale))
    assert list(read) == [
        Piece(DAY, at("2026-07-01T00:00"), at("2026-07-02T00:00")),
        Piece(HOUR, at("2026-07-02T00:00"), hour),
        Piece(LIVE, hour, hour + HOUR_MS),
        Piece(HOUR, hour + HOUR_MS, at("2026-07-03T00:00")),
        Piece(DAY, at("2026-07-03T00:00"), at("2026-07-04T00:00")),
    ]
