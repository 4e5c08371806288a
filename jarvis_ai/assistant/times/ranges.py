"""Two times beside each other: two names of one day, or the first and the last of a range."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.periods import under_way
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Clock, Day, Moment, Period, Value

RECENT = 60
"""Days for which a date that has passed is still meant when its weekday says so."""
D = r"<D[0-9]+>"
TO = r" ?(?:-|to|through|until|and) ?(?:the )?"


def _both(match: re.Match[str], reading: Reading) -> Value | None:
    """Two names of one day: a weekday gives way to a date, and helps to find the month of a bare number."""
    one, other = reading.value(match["one"], Day), reading.value(match["other"], Day)
    by_name, by_date = (one, other) if one.weekday is not None else (other, one)
    if by_name.weekday is None:
        return one
    if by_date.weekday is not None:
        return None
    if by_date.of_month is not None:
        return Day(_matching(by_date.date, by_date.of_month, by_name.weekday))
    return _year_of_weekday(by_date, by_name.weekday, reading) if by_date.rolled else by_date


def _year_of_weekday(day: Day, weekday: int, reading: Reading) -> Day:
    """A weekday tells which year is meant: the last one for a date that has just passed."""
    before = wall.add_months(day.date, -12)
    recent = wall.add_days(before, RECENT) > reading.today
    return Day(before) if recent and day.date.weekday() != weekday == before.weekday() else day


def _either(match: re.Match[str], reading: Reading) -> Value:
    one, other = reading.value(match["one"], Day), reading.value(match["other"], Day)
    return replace(one, others=(other.date, *one.others))


def _day_number(match: re.Match[str], reading: Reading) -> Value | None:
    """A number after a weekday that is too great for an hour of the morning: "Friday 31"."""
    by_name = reading.value(match["name"], Day)
    if by_name.weekday is None:
        return None
    return Day(_matching(wall.add_days(reading.today, 1), int(match["day"]), by_name.weekday))


def _matching(start: date, number: int, weekday: int) -> date:
    first = start.replace(day=1)
    for away in range(14):
        month = wall.add_months(first, away)
        day = wall.valid(month.year, month.month, number)
        if day and day >= start and day.weekday() == weekday:
            return day
    return start


def _from_to(match: re.Match[str], reading: Reading) -> Value | None:
    """From one day to another; "Monday and Thursday" are two days, "Saturday and Sunday" one stretch."""
    begin, end = _in_one_year(reading.value(match["one"], Day), reading.value(match["other"], Day))
    last = _after(begin.date, end)
    apart = " and " in match[0] and not match[0].startswith("between") and (last - begin.date).days > 1
    return Period(begin.date, wall.add_days(last, 1), "day") if last > begin.date and not apart else None


def _in_one_year(begin: Day, end: Day) -> tuple[Day, Day]:
    """A year that is said with one of two dates is the other's too; when none is, the range may have begun."""
    years = end.date.year - begin.date.year
    if begin.rolled and not end.rolled and end.weekday is None and end.of_month is None:
        return replace(begin, date=wall.add_months(begin.date, 12 * years)), end
    if end.rolled and not begin.rolled and begin.weekday is None:
        return begin, replace(end, date=wall.add_months(end.date, -12 * years))
    if begin.rolled and end.rolled and end.date < begin.date:
        return replace(begin, date=wall.add_months(begin.date, -12)), end
    return begin, end


def _after(begin: date, end: Day) -> date:
    """The day `end`, or the next that has its name or number, when it is not after `begin`."""
    if end.date > begin:
        return end.date
    if end.weekday is not None:
        return wall.add_days(end.date, 7)
    return wall.add_months(end.date, 1) if end.of_month is not None else end.date


def _periods(match: re.Match[str], reading: Reading) -> Value | None:
    begin, end = (reading.values[int(match[side][2:-1])] for side in ("one", "other"))
    if isinstance(begin, Day) and isinstance(end, Day):
        return None
    first = begin.begin if isinstance(begin, Period) else begin.date if isinstance(begin, Day) else None
    last = end.end if isinstance(end, Period) else wall.add_days(end.date, 1) if isinstance(end, Day) else None
    if first is None or last is None:
        return None
    return under_way(Period(first, last if last > first else wall.add_months(last, 12), "month"), reading.today)


def _over_days(match: re.Match[str], reading: Reading) -> Value:
    """From an hour of today to an hour of the day that is named."""
    begin, end = reading.value(match["one"], Clock), reading.value(match["other"], Clock)
    day = reading.value(match["day"], Day)
    return Moment(wall.at(reading.now, reading.today, begin.at), wall.at(reading.now, day.date, end.at))


TWO_DAYS: tuple[Rule, ...] = (
    rule(rf"(?:\b(?:from|between) )?(?P<one><[RD][0-9]+>){TO}(?P<other><[RD][0-9]+>)", _periods),
    rule(rf"(?P<one>{D}),? or (?:on )?(?P<other>{D})", _either),
    rule(rf"(?P<name>{D}),? (?P<day>1[3-9]|2[0-9]|3[01])(?=$|[,.!?;)]| at\b)", _day_number),
    rule(rf"(?P<one>{D})(?:,? |, ?| ?\(| ?- ?)(?:on |the ){{0,2}}(?P<other>{D})", _both),
    rule(rf"(?:\b(?:from|between) )?(?P<one>{D}){TO}(?P<other>{D})", _from_to),
    rule(
        rf"\b(?:from )?(?P<one><C[0-9]+>) ?(?:to|until|through|-) ?(?P<day>{D}),? (?:at )?(?P<other><C[0-9]+>)",
        _over_days,
    ),
)
