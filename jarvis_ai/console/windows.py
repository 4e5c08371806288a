"""Which stretch of time a page is about, and how a person says it. The choice lives in the URL."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import streamlit as st

from jarvis_ai.analytics import Bucket, Period
from jarvis_ai.analytics.buckets import bucket_end, bucket_start, keeps_whole_hours

PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "24h": "Last 24 hours",
        "7d": "Last 7 days",
        "30d": "Last 30 days",
        "90d": "Last 90 days",
        "1y": "Last year",
    }
)
DEFAULT_PERIOD, WIDEST = "7d", "1y"
PERIOD, FROM, TO, BEFORE = "period", "from", "to", "before"
DAY = 86400

LONGEST: Mapping[Bucket, float] = MappingProxyType({"hour": 3 * DAY, "day": 100 * DAY})
"""Seconds of a period up to which it is drawn in such buckets; in weeks beyond."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a picture shows, in buckets of a zone."""

    period: Period
    bucket: Bucket
    zone: ZoneInfo

    @classmethod
    def of(cls, period: Period, zone: ZoneInfo) -> Window:
        """Hours for up to three days, then days, then weeks: between one and a hundred bars."""
        fitting = (bucket for bucket, longest in LONGEST.items() if period.seconds <= longest)
        return cls(period, next(fitting, "week"), zone)

    def span(self, start: float) -> Period:
        """The hour, the local day or the week that starts at `start`, as far as it is in the period."""
        end = bucket_end(int(start), self.bucket, self.zone)
        return Period(max(start, self.period.start), min(end, self.period.end))

    @property
    def whole(self) -> Period:
        """The period, widened to whole buckets."""
        first = bucket_start(self.period.start, self.bucket, self.zone)
        last = bucket_start(self.period.end - 1, self.bucket, self.zone)
        return Period(first, bucket_end(last, self.bucket, self.zone))

    @property
    def remark(self) -> str:
        """What is to be known of the buckets where the zone's hours are not those of UTC; else empty."""
        if keeps_whole_hours(self.zone, self.period.start):
            return ""
        begins = datetime.fromtimestamp(self.whole.start, self.zone)
        if self.bucket == "hour":
            return f"Hours begin at {begins:%M} past, because counts are kept by the hour of UTC."
        return f"Days begin at {begins:%H:%M}, because counts are kept by the hour of UTC."


def key(page: str, name: str) -> str:
    """The name of a control of a page, in the session and in the URL."""
    return f"{page}_{name}"


def picker(page: str) -> str:
    """The control that chooses one of `PERIODS`."""
    preset = st.segmented_control(
        "Period",
        list(PERIODS),
        default=DEFAULT_PERIOD,
        required=True,
        key=key(page, PERIOD),
        bind="query-params",
        on_change=forget,
        args=(FROM, TO, BEFORE),
        help="Whole hours up to now, the one under way included.",
    )
    return preset or DEFAULT_PERIOD


def period_of(preset: str, stretch: Period | None) -> Period:
    """The stretch that a click has picked, or the preset."""
    return stretch or Period.preset(preset, now=time.time())


def stretch() -> Period | None:
    """The stretch in the URL; whatever is not two numbers in order is none."""
    try:
        start, end = (float(st.query_params.get(name, "")) for name in (FROM, TO))
    except ValueError:
        return None
    return Period(start, end) if 0 <= start < end < 2**40 else None


def forget(*names: str) -> None:
    """Take parts out of the URL that belong to an earlier choice."""
    for name in names:
        st.query_params.pop(name, None)


def stretch_words(part: Period, zone: ZoneInfo) -> str:
    """A local hour, or local days, as a person reads them."""
    start, end = (datetime.fromtimestamp(second, zone) for second in (part.start, part.end))
    one_day = (end.date() - start.date()).days <= 1
    if part.seconds > 2 * 3600:
        return f"{start:%a %d %b %Y}" if one_day else f"{start:%a %d %b %Y} to {end:%a %d %b %Y}"
    return f"{start:%a %d %b %Y %H:%M} to {end:%H:%M}"
