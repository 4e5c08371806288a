"""Rules of RFC 5545: how they are written, and the first time that they give. Reads no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.every import CODES
from jarvis_ai.assistant.times.values import Day, Every, Length

FINE = {"HOURLY": 3600, "MINUTELY": 60}
"""Seconds of the frequencies that pass several times a day."""
HORIZON = 1500
"""Days within which a rule has its first: four years hold every date of the calendar."""


def merged(every: Every, day: Day | None) -> tuple[Every, date | None]:
    """The rule with what a day beside it says, and the first date that it may begin on."""
    if day is None:
        return every, None
    if day.weekday is not None:
        plain = every.frequency == "WEEKLY" and not every.days
        return (replace(every, days=(CODES[day.weekday],)) if plain else every), None
    if day.of_month and every.frequency == "MONTHLY" and not every.days and not every.month_days:
        return replace(every, month_days=(day.of_month,)), None
    if every.frequency == "YEARLY" and not every.month:
        every = replace(every, month=day.date.month, month_days=(day.date.day,))
    return every, day.date


def rrule(every: Every, until: datetime | None = None, count: int | None = None) -> str:
    """The RRULE; UNTIL is in UTC, as RFC 5545 wants it where DTSTART has a zone."""
    parts = {
        "FREQ": every.frequency,
        "INTERVAL": str(every.interval) if every.interval > 1 else "",
        "BYMONTH": str(every.month or ""),
        "BYMONTHDAY": ",".join(map(str, every.month_days)),
        "BYDAY": ",".join(every.days),
        "BYHOUR": ",".join(map(str, every.hours)),
        "COUNT": str(count or ""),
        "UNTIL": f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}" if until and not count else "",
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def first(every: Every, now: datetime, clocks: Sequence[time], start: date | None) -> datetime:
    """The first time after `now` that the rule gives at one of `clocks`, on or after `start`.

    Raises OverflowError where no date of the next years fits, as with a 31 February.
    """
    if every.frequency in FINE and start is None:
        return _fine(every, now)
    begin = max(start or now.date(), now.date())
    days = (day for day in _days(begin) if falls_on(every, day))
    found = next((at for day in days for at in sorted(wall.at(now, day, each) for each in clocks) if at > now), None)
    if found is None:
        raise OverflowError("the rule has no first time")
    return found


def _fine(every: Every, now: datetime) -> datetime:
    """One interval from now, or the first full hour that the rule holds."""
    if not every.hours:
        return wall.shifted(now, Length(seconds=FINE[every.frequency] * every.interval))
    full = now.replace(minute=0, second=0, microsecond=0)
    hours = (wall.shifted(full, Length(seconds=3600 * away)) for away in range(1, 50))
    return next(hour for hour in hours if hour.hour in every.hours)


def _days(start: date) -> Iterator[date]:
    return (wall.add_days(start, away) for away in range(HORIZON))


def falls_on(every: Every, day: date) -> bool:
    """Whether the rule's days hold `day`, whatever its interval: the first date sets where counting begins."""
    if every.month and day.month != every.month:
        return False
    if every.month_days and not any(_is_month_day(number, day) for number in every.month_days):
        return False
    return not every.days or any(_is_weekday(code, day) for code in every.days)


def _is_month_day(number: int, day: date) -> bool:
    return wall.add_days(day, 1).day == 1 if number == -1 else day.day == number


def _is_weekday(code: str, day: date) -> bool:
    if CODES[day.weekday()] != code[-2:]:
        return False
    nth = int(code[:-2] or 0)
    if nth < 0:
        return wall.add_days(day, 7).month != day.month
    return nth in (0, (day.day + 6) // 7)
