"""The sum of the parts is the whole, in every zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.analytics import Bucket, Period
from jarvis_ai.analytics.buckets import bucket_end, bucket_start, keeps_whole_hours, stretches

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
HOUR, DAY = 3600, 86400
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
buckets = st.sampled_from(["hour", "day", "week"])
# 2000 to 2037: until then the rules are known.
hours = st.integers(min_value=946_684_800 // HOUR, max_value=2_114_380_800 // HOUR).map(lambda hour: hour * HOUR)


def local(text: str, zone: ZoneInfo, *, second_time: int = 0) -> int:
    """The UTC second of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=second_time).timestamp())


@given(zones, buckets, hours, st.integers(1, 24 * 40))
def test_the_buckets_of_a_period_hold_each_of_its_hours_once(
    zone: ZoneInfo, bucket: Bucket, start: int, length: int
) -> None:
    found = stretches(Period(start, start + length * HOUR), bucket, zone)
    assert [found[0].start, *(one.end for one in found)] == [*(one.start for one in found), start + length * HOUR]
    assert len({one.bucket for one in found}) == len(found)
    assert all(one.start % HOUR == 0 and one.bucket <= one.start < one.end for one in found)


@given(zones, buckets, hours)
def test_every_hour_of_a_bucket_is_in_it(zone: ZoneInfo, bucket: Bucket, hour: int) -> None:
    start = bucket_start(hour, bucket, zone)
    end = bucket_end(start, bucket, zone)
    assert start <= hour < end
    assert {bucket_start(at, bucket, zone) for at in (start, hour, end - HOUR)} == {start}


@given(zones, hours)
def test_an_hour_is_in_the_local_day_in_which_it_begins(zone: ZoneInfo, hour: int) -> None:
    start = bucket_start(hour, "day", zone)
    assert datetime.fromtimestamp(start, zone).date() == datetime.fromtimestamp(hour, zone).date()
    assert hour - start < 26 * HOUR


def test_the_hour_that_autumn_repeats_is_two_hours() -> None:
    first = bucket_start(local("2026-10-25 02:15", BERLIN), "hour", BERLIN)
    second = bucket_start(local("2026-10-25 02:15", BERLIN, second_time=1), "hour", BERLIN)
    assert second - first == HOUR


def test_a_day_of_25_hours_is_one_day() -> None:
    start = local("2026-10-25 00:00", BERLIN)
    assert bucket_start(local("2026-10-25 23:45", BERLIN), "day", BERLIN) == start
    assert bucket_end(start, "day", BERLIN) - start == 25 * HOUR


def test_a_week_begins_on_monday() -> None:
    assert bucket_start(local("2026-10-25 23:00", BERLIN), "week", BERLIN) == local("2026-10-19 00:00", BERLIN)


@pytest.mark.parametrize(("zone", "begins"), [("Asia/Kolkata", "00:30"), ("Asia/Kathmandu", "00:45")])
def test_where_hours_begin_at_half_past_a_day_begins_with_its_first_hour_of_utc(zone: str, begins: str) -> None:
    there = ZoneInfo(zone)
    start = bucket_start(local("2026-05-02 12:00", there), "day", there)
    assert f"{datetime.fromtimestamp(start, there):%Y-%m-%d %H:%M}" == f"2026-05-02 {begins}"
    assert bucket_end(start, "day", there) - start == DAY


def test_a_zone_says_whether_its_hours_are_those_of_utc() -> None:
    noon = local("2026-05-02 12:00", BERLIN)
    assert keeps_whole_hours(BERLIN, noon)
    assert not keeps_whole_hours(KOLKATA, noon)


def test_a_period_may_begin_and_end_within_a_bucket() -> None:
    noon = local("2026-05-02 12:00", BERLIN)
    [first, last] = stretches(Period(noon, noon + DAY), "day", BERLIN)
    assert first == (local("2026-05-02 00:00", BERLIN), noon, local("2026-05-03 00:00", BERLIN))
    assert timedelta(seconds=last.end - last.start) == timedelta(hours=12)
