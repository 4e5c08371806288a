"""Local hours, days and weeks, true across daylight saving, made of the hours of UTC that roll-ups count.

Where a zone is off by a part of an hour (India, Nepal), a local day is taken to begin with the first hour of UTC that
begins in it: at 00:30 in India, at 00:45 in Nepal. So each hour is in exactly one bucket, and the parts make up the
whole in every zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from jarvis_ai.analytics.period import HOUR, Period

Bucket = Literal["hour", "day", "week"]


class Stretch(NamedTuple):
    """The part of a bucket that a period has, in UTC seconds."""

    bucket: int
    """Where the whole bucket starts."""
    start: int
    end: int


def bucket_start(second: float, bucket: Bucket, zone: ZoneInfo) -> int:
    """Where the bucket starts that holds the hour of UTC that holds `second`."""
    hour = int(second // HOUR * HOUR)
    if bucket == "hour":
        return hour
    local = datetime.fromtimestamp(hour, zone)
    days = local.weekday() if bucket == "week" else 0
    return _next_hour(_midnight(local - timedelta(days=days), zone))


def bucket_end(start: int, bucket: Bucket, zone: ZoneInfo) -> int:
    """Where the bucket that starts at `start` ends: a day may have 23 or 25 hours."""
    if bucket == "hour":
        return int(start + HOUR)
    local = datetime.fromtimestamp(start, zone)
    return _next_hour(_midnight(local + timedelta(days=7 if bucket == "week" else 1), zone))


def stretches(period: Period, bucket: Bucket, zone: ZoneInfo) -> list[Stretch]:
    """The buckets of a period in order; the first and the last may be in it only partly."""
    period = period.whole_hours
    found, at = list[Stretch](), int(period.start)
    while at < period.end:
        start = bucket_start(at, bucket, zone)
        end = min(bucket_end(start, bucket, zone), int(period.end))
        found.append(Stretch(start, at, end))
        at = end
    return found


def keeps_whole_hours(zone: ZoneInfo, second: float) -> bool:
    """Whether the zone's hours are those of UTC at that time."""
    offset = datetime.fromtimestamp(second, zone).utcoffset() or timedelta()
    return offset % timedelta(hours=1) == timedelta()


def _midnight(local: datetime, zone: ZoneInfo) -> float:
    # By way of naive time: arithmetic on local time must not carry the offset of another day along.
    return datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC).timestamp()


def _next_hour(second: float) -> int:
    return int(-(-second // HOUR) * HOUR)
