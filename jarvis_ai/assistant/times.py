"""When the caller means, from words alone. Wall-clock arithmetic in the zone of `now`, across its changes of clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from jarvis_ai.assistant.results import NO_TIME, TimeInfo

UNITS = {
    **dict.fromkeys(("second", "sec"), 1),
    **dict.fromkeys(("minute", "min", "m"), 60),
    **dict.fromkeys(("hour", "hr", "h"), 3600),
    "day": 86400,
    "week": 604800,
}
"""Seconds in each."""

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS = {
    **{word: float(value) for value, word in enumerate(NUMBERS, start=1)},
    **{"a": 1.0, "an": 1.0, "a couple of": 2.0, "half an": 0.5, "half a": 0.5},
    **{"fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty-five": 45.0},
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PARTS = {
    "morning": time(9),
    "noon": time(12),
    "midday": time(12),
    "lunch": time(12),
    "afternoon": time(15),
    "evening": time(19),
    "tonight": time(20),
    "night": time(21),
    "midnight": time(0),
}
"""What a part of the day means when no hour is named."""

FREQUENCIES = {
    **dict.fromkeys(("day", "morning", "evening", "night", "daily"), "DAILY"),
    **dict.fromkeys(("week", "weekly"), "WEEKLY"),
    **dict.fromkeys(("month", "monthly"), "MONTHLY"),
    **dict.fromkeys(("year", "yearly"), "YEARLY"),
    "hour": "HOURLY",
}


def _either(names: Iterable[str]) -> str:
    """A pattern for any of `names`, longer ones first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


NUMBER = rf"(\d+(?:\.\d+)?|{_either(WORDS)})"
UNIT = rf"({_either(UNITS)})s?(?![a-z])"
ONE_AMOUNT = rf"{NUMBER}[\s-]*{UNIT}"
DAY_NAMES = _either([*DAYS, *(day[:3] for day in DAYS)])
MONTH_NAMES = rf"(?:{_either(MONTHS)})[a-z]*"
HOUR = r"(\d{1,2}(?::\d{2})?)\s*([ap]m)?"

AMOUNT = _words(ONE_AMOUNT)
AHEAD = _words(
    rf"\b(?:in|after|within)\s+(?:{ONE_AMOUNT}\s*(?:and|,)?\s*)+|\b(?:{ONE_AMOUNT}\s*)+(?:from now|later|hence)\b"
)
DURATION = _words(rf"\bfor\s+{ONE_AMOUNT}")
CLOCK = _words(
    r"\b(\d{1,2})(?::(\d{2}))?\s*([ap])\.?\s?m\b|\b(\d{1,2}):(\d{2})\b|\b(?:at|by|around)\s+(\d{1,2})\b(?!\s*[ap]\.?\s?m\b|[:\d%/])"
)
RANGE = _words(rf"\b(?:from|between)\s+{HOUR}\s*(?:to|and|until|till|-)\s*{HOUR}")
EVERY = _words(
    rf"\b(?:every|each)\s+(?P<other>other\s+)?(?P<what>{_either(FREQUENCIES)}|weekday|{_either(DAYS)})s?\b"
    r"|\b(?P<adverb>daily|weekly|monthly|yearly)\b"
)
WEEKDAY = _words(rf"\b({DAY_NAMES})\b")
MONTH_DAY = _words(
    rf"\b({MONTH_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTH_NAMES})\b"
)
ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
PART = _words(rf"\b({_either(PARTS)})\b")
EVENING_WORDS = _words(r"\b(dinner|drinks|party|movie|reservation|tonight|evening|supper)\b")
MORNING_WORDS = _words(r"\b(wake|alarm|breakfast|morning)\b")

Reader = Callable[[str, datetime], TimeInfo | None]


def extract(text: str, now: datetime, *, intent: str | None = None) -> TimeInfo:
    """The time that `text` speaks of; `now` is aware, and its zone is the caller's. Past times roll forward.

    A time that no calendar holds, such as a billion years from now, is none.
    """
    readers: tuple[Reader, ...] = (_recurring, _relative, _range, _absolute, _duration)
    try:
        return next((found for reader in readers if (found := reader(text, now))), NO_TIME)
    except OverflowError:
        return NO_TIME


def readable(moment: datetime, now: datetime) -> str:
    """A moment in words, such as `tomorrow (Wed 25 Nov 2026) at 7:00 AM`."""
    days = (moment.date() - now.date()).days
    name = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    day = f"{moment:%a} {moment.day} {moment:%b %Y}"
    return f"{f'{name} ({day})' if name else day} at {clock(moment)}"


def clock(moment: datetime) -> str:
    """The time of a day, such as `7:00 AM`."""
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


def _found(kind: str, moment: datetime, now: datetime, confidence: float) -> TimeInfo:
    return TimeInfo(kind, readable(moment, now), moment.isoformat(timespec="seconds"), confidence=confidence)


def _seconds(text: str) -> float:
    pairs = AMOUNT.findall(text)
    return sum((WORDS.get(number.lower()) or float(number)) * UNITS[unit.lower()] for number, unit in pairs)


def _relative(text: str, now: datetime) -> TimeInfo | None:
    match = AHEAD.search(text)
    if match is None:
        return None
    seconds = _seconds(match.group(0))
    # Whole days pass on the wall's clock, hours and minutes on the world's.
    whole_days = seconds % UNITS["day"] == 0
    moment = now + timedelta(seconds=seconds) if whole_days else _elapsed(now, seconds)
    return _found("relative", moment, now, 0.95)


def _elapsed(now: datetime, seconds: float) -> datetime:
    return (now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(now.tzinfo)


def _duration(text: str, now: datetime) -> TimeInfo | None:
    match = DURATION.search(text)
    return TimeInfo("duration", match.group(0)[4:], confidence=0.8) if match else None


def _range(text: str, now: datetime) -> TimeInfo | None:
    match = RANGE.search(text)
    if match is None:
        return None
    first, first_half, last, last_half = match.groups()
    day = _day(text, now) or now.date()
    begin = _at(now, day, _clock_time(first, first_half or last_half or ""))
    end = _at(now, day, _clock_time(last, last_half or first_half or ""))
    if end <= begin:
        end = _at(now, day + timedelta(days=1), end.time())
    found = _found("range", begin, now, 0.85)
    return replace(found, end=end.isoformat(timespec="seconds"), readable_time=f"{found.readable_time} to {clock(end)}")


def _clock_time(text: str, half: str) -> time:
    hour, _, minute = text.partition(":")
    return _time(int(hour), int(minute or 0), half[:1].lower()) or time(0)


def _recurring(text: str, now: datetime) -> TimeInfo | None:
    match = EVERY.search(text)
    if match is None:
        return None
    what = (match["what"] or match["adverb"]).lower()
    rule = _rule(what, other=match["other"] is not None)
    day = _next_weekday(now, DAYS.index(what)) if what in DAYS else now.date()
    moment = _at(now, day, _time_of(text) or PARTS.get(what) or time(9))
    if moment <= now:
        moment = _at(now, day + timedelta(days=7 if what in DAYS else 1), moment.time())
    found = _found("recurring", moment, now, 0.9)
    return replace(found, recurrence=rule, readable_time=f"{match.group(0).lower()} at {clock(moment)}")


def _rule(what: str, *, other: bool) -> str:
    every = ";INTERVAL=2" if other else ""
    if what in DAYS:
        return f"FREQ=WEEKLY{every};BYDAY={what[:2].upper()}"
    if what == "weekday":
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    return f"FREQ={FREQUENCIES[what]}{every}"


def _absolute(text: str, now: datetime) -> TimeInfo | None:
    day, at = _day(text, now), _time_of(text)
    if day is None and at is None:
        return None
    moment = _at(now, day or now.date(), at or time(9))
    if day is None and moment <= now:
        moment = _at(now, now.date() + timedelta(days=1), moment.time())
    return _found("absolute", moment, now, 0.95 if day and at else 0.8)


def _at(now: datetime, day: date, at: time) -> datetime:
    """A wall-clock time in the zone of `now`; one that a change of clock leaves out is moved past the gap."""
    moment = datetime.combine(day, at, now.tzinfo)
    return moment.astimezone(UTC).astimezone(now.tzinfo)


def _time_of(text: str) -> time | None:
    for match in CLOCK.finditer(text):
        twelve, minutes, half, hour, minute, bare = match.groups()
        if bare:
            return _bare_hour(int(bare), text)
        found = _time(int(twelve or hour), int(minutes or minute or 0), (half or "").lower())
        if found:
            return found
    part = PART.search(text)
    return PARTS[part.group(1).lower()] if part else None


def _time(hour: int, minute: int, half: str) -> time | None:
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _bare_hour(hour: int, text: str) -> time | None:
    """An hour without AM or PM, judged by what it is for: waking is in the morning, dinner in the evening."""
    if hour > 12 or hour == 0:
        return _time(hour, 0, "")
    if MORNING_WORDS.search(text):
        return _time(hour, 0, "a")
    late = hour < 8 or EVENING_WORDS.search(text) is not None
    return _time(hour, 0, "p" if late else "a" if hour != 12 else "p")


def _day(text: str, now: datetime) -> date | None:
    lowered = text.lower()
    if match := ISO_DAY.search(text):
        return _valid(*(int(part) for part in match.groups()))
    if re.search(r"\bday after tomorrow\b", lowered):
        return now.date() + timedelta(days=2)
    if re.search(r"\b(tomorrow|tmrw)\b", lowered):
        return now.date() + timedelta(days=1)
    if match := MONTH_DAY.search(text):
        return _month_day(match, now)
    if match := WEEKDAY.search(text):
        return _next_weekday(now, _weekday(match.group(1)))
    return now.date() if re.search(r"\b(today|tonight|this (morning|afternoon|evening))\b", lowered) else None


def _month_day(match: re.Match[str], now: datetime) -> date | None:
    month_first, day_after, day_first, month_after = match.groups()
    month, day = MONTHS.index((month_first or month_after)[:3].lower()) + 1, int(day_after or day_first)
    this_year = _valid(now.year, month, day)
    return this_year if this_year is None or this_year >= now.date() else _valid(now.year + 1, month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(name: str) -> int:
    return [day[:3] for day in DAYS].index(name[:3].lower())


def _next_weekday(now: datetime, weekday: int) -> date:
    """The coming one, never today."""
    return now.date() + timedelta(days=(weekday - now.weekday() - 1) % 7 + 1)
