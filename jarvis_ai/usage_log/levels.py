"""Hours, days and months in UTC: the steps in which roll-ups count, and the fewest that make up a stretch of time.

Pure: no clock, no database. All times are UTC milliseconds. Local days are not stored: whoever needs one asks for its
`spans`, which are hours at its edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LENGTH_MS = {"hour": HOUR_MS, "day": DAY_MS}


Level = Literal["hour", "day", "month"]
"""How long the time is that a cell counts."""

HOUR: Final = "hour"
DAY: Final = "day"
MONTH: Final = "month"
LEVELS: tuple[Level, ...] = (HOUR, DAY, MONTH)
"""From short to long."""


class Span(NamedTuple):
    """Cells of `level` that start at or after `start` and before `end`."""

    level: Level
    start: int
    end: int


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


def spans(start: int, end: int, sealed: int, *, coarsest: Level = MONTH) -> list[Span]:
    """The fewest cells that hold exactly the hours that begin before `end`, from the one of `start` on.

    In order of time, each hour in one span. Days and months lie before `sealed`, where they are complete. `coarsest`
    is the longest step wanted: `HOUR` for a chart by local days.
    """
    start, end = start_of(HOUR, start), -(-end // HOUR_MS) * HOUR_MS
    if coarsest == HOUR:
        return [Span(HOUR, start, end)] if start < end else []
    return _joined(_steps(start, end, sealed, coarsest))


def _steps(at: int, end: int, sealed: int, coarsest: Level) -> Iterator[Span]:
    longest_first = LEVELS[LEVELS.index(coarsest) :: -1]
    while at < end:
        level = next(level for level in longest_first if level == HOUR or _fits(level, at, min(end, sealed)))
        yield Span(level, at, end_of(level, at))
        at = end_of(level, at)


def _fits(level: Level, at: int, end: int) -> bool:
    return at == start_of(level, at) and end_of(level, at) <= end


def _joined(steps: Iterator[Span]) -> list[Span]:
    """Neighbours of one level as one span."""
    joined: list[Span] = []
    for step in steps:
        if joined and joined[-1].level == step.level:
            joined[-1] = joined[-1]._replace(end=step.end)
        else:
            joined.append(step)
    return joined
