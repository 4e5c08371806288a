"""Hours, days and months in UTC: the steps in which roll-ups count.

Pure: no clock, no database. All times are UTC milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LENGTH_MS = {"hour": HOUR_MS, "day": DAY_MS}


Level = Literal["hour", "day", "month"]
"""How long the time is that is counted together."""

HOUR: Final = "hour"
DAY: Final = "day"
MONTH: Final = "month"
LEVELS: tuple[Level, ...] = (HOUR, DAY, MONTH)
"""From short to long."""

BELOW: Mapping[Level, Level] = MappingProxyType({DAY: HOUR, MONTH: DAY})
"""What a level is made of."""


def start_of(level: Level, at: int) -> int:
    """Where the hour, day or month begins that holds `at`."""
    return month_of(at) if level == MONTH else at - at % LENGTH_MS[level]


def end_of(level: Level, at: int) -> int:
    """Where the next one begins."""
    start = start_of(level, at)
    return month_of(start + 32 * DAY_MS) if level == MONTH else start + LENGTH_MS[level]


@lru_cache(maxsize=1024)
def month_of(at: int) -> int:
    """Where the month begins that holds `at`."""
    day = datetime.fromtimestamp(at // 1000, UTC)
    return round(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp() * 1000)
