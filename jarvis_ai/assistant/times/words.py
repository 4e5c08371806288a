"""Times in words, as the caller's own clock and calendar show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jarvis_ai.assistant.times.every import CODES
from jarvis_ai.assistant.times.lexicon import MONTHS, WEEKDAYS
from jarvis_ai.assistant.times.numerals import ordinal
from jarvis_ai.assistant.times.values import Every, Length, Period

PART_OF_DAY = {
    "lunch": "at lunch",
    "dinner": "at dinner",
    "breakfast": "at breakfast",
    "work": "after work",
    "bed": "at bed time",
}
NEAR = {0: "today", 1: "tomorrow", -1: "yesterday"}
UNIT_OF = {
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}


def readable(moment: datetime, now: datetime) -> str:
    """A moment in words, such as `tomorrow (Wed 25 Nov 2026) at 7:00 AM`."""
    return f"{day(moment.date(), now)} at {clock(moment)}"


def day(date_: date, now: datetime) -> str:
    """A day in words, such as `today (Tue 24 Nov 2026)`."""
    name = NEAR.get((date_ - now.date()).days)
    words = f"{date_:%a} {date_.day} {date_:%b} {date_.year}"
    return f"{name} ({words})" if name else words


def clock(moment: datetime) -> str:
    """The time of a day, such as `7:00 AM`."""
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


def stretch(begin: datetime, end: datetime, now: datetime) -> str:
    """From one moment to another; the day is said once when it is the same."""
    last = clock(end) if end.date() == begin.date() else readable(end, now)
    return f"{readable(begin, now)} to {last}"


def period(found: Period, now: datetime) -> str:
    """Days in words, such as `March 2027` or `Mon 30 Nov 2026 to Sun 6 Dec 2026`."""
    if found.grain == "month" and found.begin.day == 1 and (found.end - found.begin).days <= 31:
        return f"{found.begin:%B} {found.begin.year}"
    if found.grain == "year" and (found.begin.month, found.end.year) == (1, found.begin.year + 1):
        return str(found.begin.year)
    last = found.end - timedelta(days=1)
    return day(found.begin, now) if last == found.begin else f"{day(found.begin, now)} to {day(last, now)}"


def every(found: Every) -> str:
    """A rule in words, such as `every Monday and Thursday` or `the 15th of every month`."""
    unit = UNIT_OF[found.frequency]
    span = {1: f"every {unit}", 2: f"every other {unit}"}.get(found.interval, f"every {found.interval} {unit}s")
    if found.month:
        month = MONTHS[found.month - 1].title()
        return f"{span} on {found.month_days[0]} {month}" if found.month_days else f"every {month}"
    if found.month_days:
        return f"the {' and '.join(map(_month_day, found.month_days))} of {span}"
    if not found.days:
        return span
    if found.frequency == "WEEKLY":
        return _weekdays(found, span)
    return f"the {', '.join(map(_nth, found.days))} of {span}"


def _weekdays(found: Every, span: str) -> str:
    names = [WEEKDAYS[CODES.index(code)].title() for code in found.days]
    together = {5: "weekday", 2: "weekend day"}.get(len(names)) if found.days in (CODES[:5], CODES[5:]) else None
    named = together or (" and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0])
    return f"every {named}" if found.interval == 1 else f"{span} on {named}"


def _month_day(number: int) -> str:
    return "last day" if number < 0 else ordinal(number)


def _nth(code: str) -> str:
    nth = int(code[:-2])
    return f"{'last' if nth < 0 else ordinal(nth)} {WEEKDAYS[CODES.index(code[-2:])].title()}"


def length(found: Length) -> str:
    """A length in words, such as `1 hour 30 minutes`."""
    years, months = divmod(found.months, 12)
    weeks, days = divmod(found.days, 7)
    minutes, seconds = divmod(round(found.seconds), 60)
    hours, minutes = divmod(minutes, 60)
    counts = {"year": years, "month": months, "week": weeks, "day": days, "hour": hours, "minute": minutes}
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for unit, n in (counts | {"second": seconds}).items() if n)
