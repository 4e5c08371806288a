"""The sum of the parts is the whole, in every zone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.analytics import EVERYTHING, Analytics, Period
from jarvis_ai.analytics.buckets import bucket_start, fold
from tests.usage_log.facts import answered, operation, store, whole

BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
# 2000 to 2037: since then all offsets are quarters of an hour, and until then the rules are known.
quarters = st.integers(min_value=946_684_800 // 900, max_value=2_114_380_800 // 900)
LONGEST_DAY = 26 * 4


def local(text: str, zone: ZoneInfo, *, second_time: int = 0) -> int:
    """The quarter of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=second_time).timestamp()) // 900


@given(zones, st.lists(quarters, min_size=1, max_size=30))
def test_hours_make_days_and_days_make_the_whole(zone: ZoneInfo, when: list[int]) -> None:
    table = pd.DataFrame({"quarter": when, "operations": 1})
    hours, days = (fold(table, [], bucket, zone) for bucket in ("hour", "day"))
    assert hours["operations"].sum() == days["operations"].sum() == len(when)
    assert days["start"].is_unique
    assert hours["start"].is_monotonic_increasing


@given(zones, quarters)
def test_a_moment_lies_in_its_own_bucket(zone: ZoneInfo, quarter: int) -> None:
    moment = datetime.fromtimestamp(quarter * 900, zone)
    hour, day = bucket_start(quarter, "hour", zone), bucket_start(quarter, "day", zone)
    assert 0 <= quarter * 900 - hour < 3600
    assert 0 <= quarter * 900 - day < LONGEST_DAY * 900
    assert datetime.fromtimestamp(day, zone).date() == moment.date()


def test_the_hour_that_autumn_repeats_is_two_hours() -> None:
    first = bucket_start(local("2026-10-25 02:15", BERLIN), "hour", BERLIN)
    second = bucket_start(local("2026-10-25 02:15", BERLIN, second_time=1), "hour", BERLIN)
    assert second - first == 3600


def test_a_day_of_25_hours_is_one_day() -> None:
    early, late = local("2026-10-25 00:00", BERLIN), local("2026-10-25 23:45", BERLIN)
    assert late - early == 25 * 4 - 1
    assert bucket_start(early, "day", BERLIN) == bucket_start(late, "day", BERLIN)


def test_india_begins_its_day_at_half_past() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    before, after = local("2026-05-01 23:45", kolkata), local("2026-05-02 00:00", kolkata)
    assert after - before == 1
    assert bucket_start(after, "day", kolkata) - bucket_start(before, "day", kolkata) == 86400


def test_a_chart_of_days_adds_up_to_the_summary(tmp_path: Path) -> None:
    start = local("2026-10-20 00:00", BERLIN) * 900
    ops = [operation(number, at=start + number * 4321.0) for number in range(200)]
    path = store(tmp_path / "usage.db", *[fact for op in ops for fact in whole(op, answered(op, nanos=7))])
    period, analytics = Period(start, start + 1e6), Analytics(path)
    summary = analytics.summary(period, EVERYTHING)
    for zone in (BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns")):
        rows = analytics.over_time(period, EVERYTHING, bucket="day", zone=zone)
        assert rows["operations"].sum() == summary.operations == 200
        assert round(rows["cost"].sum() * 1e9) == summary.cost_nanos == 1400
