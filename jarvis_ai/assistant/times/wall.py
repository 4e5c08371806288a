"""Arithmetic on the wall's clock and calendar, across changes of clock. Knows no words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from jarvis_ai.assistant.times.values import Length


def at(now: datetime, day: date, clock: time) -> datetime:
    """That time of that day in the zone of `now`; one that a change of clock leaves out is moved past the gap.

    One that the clocks show twice is the first.
    """
    return datetime.combine(day, clock, now.tzinfo).astimezone(UTC).astimezone(now.tzinfo)


def iso(moment: datetime) -> str:
    """ISO 8601 to the second, with the offset."""
    return moment.isoformat(timespec="seconds")


def isos(moments: Iterable[datetime]) -> tuple[str, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(map(iso, moments)))


def second_time(moment: datetime) -> datetime | None:
    """The later moment at which the clocks show the same again, or None."""
    later = moment.replace(fold=1)
    return later if later.utcoffset() != moment.replace(fold=0).utcoffset() and moment.fold == 0 else None


def exists(now: datetime, day: date, clock: time) -> bool:
    """Whether the clocks of that day ever show that time."""
    return at(now, day, clock).replace(tzinfo=None) == datetime.combine(day, clock)


def shifted(moment: datetime, length: Length, sign: int = 1) -> datetime:
    """`moment` moved by `length`: months and days on the wall's clock, seconds on the world's.

    Raises OverflowError where the calendar ends.
    """
    day = add_days(add_months(moment.date(), sign * length.months), sign * length.days)
    same = moment if day == moment.date() else at(moment, day, moment.time())
    return (same.astimezone(UTC) + timedelta(seconds=sign * length.seconds)).astimezone(moment.tzinfo)


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day that many months on, or the last of that month; raises OverflowError where the calendar ends."""
    years, month = divmod(day.month - 1 + months, 12)
    if not 1 <= day.year + years <= 9999:
        raise OverflowError("no such year")
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid(year: int, month: int, day: int) -> date | None:
    """That day, or None when the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
