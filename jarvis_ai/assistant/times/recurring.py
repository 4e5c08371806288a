"""What comes again: its rule, its first time to come, and where it ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jarvis_ai.assistant.results import TimeInfo
from jarvis_ai.assistant.times import wall, words
from jarvis_ai.assistant.times.found import Found
from jarvis_ai.assistant.times.halves import Hour, judged
from jarvis_ai.assistant.times.lexicon import PARTS
from jarvis_ai.assistant.times.rrules import FINE, first, merged, rrule
from jarvis_ai.assistant.times.values import Clock, Day, Every, Length, Moment, Part, Period, Span
from jarvis_ai.assistant.times.wall import iso, isos

NO_HOUR = time(9)
"""When what comes on a day comes, where no hour is named."""
UNTIL_WORDS = {"until", "through", "to"}
FROM_THEN = {"starting", "beginning"}
START_WORDS = {*FROM_THEN, "from", "since"}
COUNT = re.compile(r"\b([0-9]{1,3}) (?:times|occurrences)\b(?! (?:a|per|in|every|each|[0-9])\b)")


def recurring(found: Found) -> TimeInfo | None:
    """Its first time to come, and the rule; what merely describes a thing on a day gives way to the day."""
    every = found.first(Every)
    if every is None or (every.loose and _describes(found, every)):
        return None
    every, start = merged(every, _day_beside(found))
    start = _start(found) or start
    every = replace(every, hours=_hours(found, every))
    hour = _hour(found, every)
    clocks = [hour.at.replace(hour=each) for each in every.hours] if every.frequency not in FINE else []
    begin = first(every, found.now, clocks or [hour.at], start)
    others = [first(every, found.now, [hour.other], start)] if hour.other and not every.hours else []
    count = COUNT.search(found.source)
    return TimeInfo(
        "recurring",
        _words(every, begin, found.now),
        iso(begin),
        recurrence=rrule(every, _until(found), int(count[1]) if count else None),
        confidence=round(hour.confidence - 0.05, 2),
        alternatives=isos([other for other in others if other != begin]),
    )


def _describes(found: Found, every: Every) -> bool:
    """Whether it says only what a thing is like that is on a day: "my weekly review tomorrow"."""
    if any(word in FROM_THEN and isinstance(value, Day | Period) for word, value in found.values):
        return False
    if found.day is None:
        return found.first(Moment) is not None
    article = next(word for word, value in found.values if value is every)
    told = found.day.weekday is not None if every.frequency == "WEEKLY" else found.day.of_month is not None
    return not (told and article in {"a", "an"})


def _words(every: Every, begin: datetime, now: datetime) -> str:
    if every.frequency in FINE:
        return f"{words.every(every)}, first {words.readable(begin, now)}"
    hours = " and ".join(words.clock(begin.replace(hour=hour)) for hour in every.hours) or words.clock(begin)
    return f"{words.every(every)} at {hours}, first {words.day(begin.date(), now)}"


def _start(found: Found) -> date | None:
    """What "starting Monday" or "from next week" names."""
    named = next((value for word, value in found.values if word in START_WORDS), None)
    return named.date if isinstance(named, Day) else named.begin if isinstance(named, Period) else None


def _day_beside(found: Found) -> Day | None:
    return next((value for word, value in found.values if isinstance(value, Day) and word not in UNTIL_WORDS), None)


def _hours(found: Found, every: Every) -> tuple[int, ...]:
    """BYHOUR: the hours of "every hour from 9 to 5", and of "at 8 am and 8 pm"."""
    span = found.first(Span)
    if every.frequency in FINE:
        return _within(found, span, last=every.frequency == "HOURLY") if span else ()
    clocks = [value for _, value in found.values if isinstance(value, Clock)]
    told = all(not clock.open and clock.zone is None and clock.at.minute == clocks[0].at.minute for clock in clocks)
    return tuple(sorted({clock.at.hour for clock in clocks})) if len(clocks) > 1 and told else ()


def _within(found: Found, span: Span, *, last: bool) -> tuple[int, ...]:
    """The hours of `span`; what comes each hour comes in the last one as well."""
    begin = judged(span.begin, found.source, found.part, found.intent).at.hour
    end = span.end.at.hour if not span.end.open or span.end.at.hour > begin else span.end.at.hour + 12
    return tuple(range(begin, end + last)) if begin < end < 24 else ()


def _hour(found: Found, every: Every) -> Hour:
    span = found.first(Span)
    clock = found.first(Clock) or (span.begin if span else None)
    part = Part(every.part) if every.part else found.part
    if clock:
        hour = judged(clock, found.source, part, found.intent)
        other = hour.other and _local(found, clock, hour.other)
        return replace(hour, at=_local(found, clock, hour.at), other=other)
    return Hour(time(PARTS[part.name][0]), 0.8) if part else Hour(NO_HOUR, 0.75)


def _local(found: Found, clock: Clock, at: time) -> time:
    """That time of today in the zone that it was told in, as the caller's clocks show it."""
    if clock.zone is None:
        return at
    there = found.now.astimezone(ZoneInfo(clock.zone))
    return wall.at(there, there.date(), at).astimezone(found.now.tzinfo).time()


def _until(found: Found) -> datetime | None:
    """Where it ends: "until Friday", "for the next four weeks", "for two months"."""
    for word, value in found.values:
        if isinstance(value, Period) and word not in {"in", "during", *START_WORDS}:
            return _last_second(found, value.begin if word == "until" else value.end)
        if isinstance(value, Day) and word in UNTIL_WORDS:
            return _last_second(found, wall.add_days(value.date, 1))
        if isinstance(value, Length) and word == "for" and (value.days or value.months):
            return wall.shifted(found.now, value)
    return None


def _last_second(found: Found, day: date) -> datetime:
    return wall.at(found.now, day, time(0)) - timedelta(seconds=1)
