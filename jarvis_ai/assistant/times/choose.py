"""From what was read in a text to what the caller means: one time, with its other readings and how sure it is.

A text may name several times. The first of each kind counts: the first day, the first time of the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from jarvis_ai.assistant.results import NO_TIME, TimeInfo
from jarvis_ai.assistant.times import wall, words
from jarvis_ai.assistant.times.found import Found
from jarvis_ai.assistant.times.halves import Hour, judged
from jarvis_ai.assistant.times.lexicon import PARTS
from jarvis_ai.assistant.times.recurring import recurring
from jarvis_ai.assistant.times.values import Clock, Day, Moment, Period, Span
from jarvis_ai.assistant.times.wall import iso, isos

NO_HOUR = time(9)
"""When a day begins for which no hour is named."""
SOON = re.compile(r"\b(?:remind|reminder|remember|alarm|timer|call|ring|text|message|nudge|ping)\b|^(?:at )?[0-9]")
"""What is wanted at the next chance: at ten in the morning, "remind me at 9" is this evening."""
QUESTION = re.compile(r"\b(?:what|when|which|who|where|how|do i|am i|is there|are there|show|list)\b")
APPOINTED = re.compile(r"\b(?:meeting|appointment|class|interview|work|school|office)\b")


def chosen(found: Found) -> TimeInfo:
    """What the values of a text mean together. Raises OverflowError where the calendar ends."""
    return next((info for answer in ANSWERS if (info := answer(found))), NO_TIME)


def _leading_moment(found: Found) -> TimeInfo | None:
    moment = found.first(Moment)
    return _moment(found) if moment and found.leads(moment) else None


def _moment(found: Found) -> TimeInfo | None:
    moment = found.first(Moment)
    if moment is None:
        return None
    if moment.end:
        text = words.stretch(moment.at, moment.end, found.now)
        return TimeInfo("range", text, iso(moment.at), iso(moment.end), confidence=0.8)
    return TimeInfo("relative", words.readable(moment.at, found.now), iso(moment.at), confidence=0.95)


def _span(found: Found) -> TimeInfo | None:
    span = found.first(Span)
    if span is None:
        return None
    hour = _hour(found, span.begin)
    begin = _placed(found, span.begin, hour.at)
    there = begin.astimezone(ZoneInfo(span.begin.zone)) if span.begin.zone else begin
    end = _end(span.end, there).astimezone(found.now.tzinfo)
    return TimeInfo(
        "range",
        words.stretch(begin, end, found.now),
        iso(begin),
        iso(end),
        confidence=_confidence(found, span.begin, hour, begin),
        alternatives=_others(found, span.begin, hour, begin),
    )


def _end(clock: Clock, begin: datetime) -> datetime:
    """The next time after `begin` at which the clocks show it."""
    at = clock.at
    choices = [at.replace(hour=at.hour % 12), at.replace(hour=at.hour % 12 + 12)] if clock.open else [at]
    days = [wall.add_days(begin.date(), away) for away in range(3)]
    return min(end for day in days for each in choices if (end := wall.at(begin, day, each)) > begin)


def _timed(found: Found) -> TimeInfo | None:
    """A time of the day, on the day that is named or the next one on which it is still to come."""
    clock = found.first(Clock)
    if clock is None:
        return None
    hour = _hour(found, clock)
    moment = _placed(found, clock, hour.at)
    lasts = found.length if found.length and found.length.seconds else None
    return TimeInfo(
        "relative" if found.day and found.day.shift else "absolute",
        words.readable(moment, found.now),
        iso(moment),
        iso(wall.shifted(moment, lasts)) if lasts else None,
        confidence=_confidence(found, clock, hour, moment),
        alternatives=_others(found, clock, hour, moment),
    )


def _hour(found: Found, clock: Clock) -> Hour:
    """The likelier half of the day; what is wanted soon is in the half that is still to come today."""
    hour = judged(clock, found.source, found.part, found.intent)
    another_day = found.date is not None and found.date != found.today
    if hour.other is None or another_day or found.past or hour.hinted or not _is_to_come(found):
        return hour
    return Hour(hour.other, hour.confidence, hour.at) if hour.at < found.now.time() <= hour.other else hour


def _is_to_come(found: Found) -> bool:
    """Whether an hour of today that has passed is not meant: who asks for what is on today may mean it."""
    if found.day:
        return found.first(Span) is None and not QUESTION.search(found.source)
    return SOON.search(found.source) is not None and not APPOINTED.search(found.source)


def _placed(found: Found, clock: Clock, at: time) -> datetime:
    """That time on the day that is named or the next one that has it, told in the zone of the caller."""
    if clock.zone:
        there = replace(found, now=found.now.astimezone(ZoneInfo(clock.zone)))
        return _placed(there, replace(clock, zone=None), at).astimezone(found.now.tzinfo)
    if found.date is not None:
        small_hours = found.part is not None and found.part.name == "night" and at.hour < 5
        return wall.at(found.now, wall.add_days(found.date, 1 if clock.next_day or small_hours else 0), at)
    moment = wall.at(found.now, found.today, at)
    if found.past:
        return moment if moment <= found.now else wall.at(found.now, wall.add_days(found.today, -1), at)
    return moment if moment > found.now else wall.at(found.now, wall.add_days(found.today, 1), at)


def _others(found: Found, clock: Clock, hour: Hour, moment: datetime) -> tuple[str, ...]:
    """The other readings: the other half of the day, another day, the second time that the clocks show the same."""
    others = [_placed(found, clock, hour.other)] if hour.other else []
    others += [wall.at(found.now, day, hour.at) for day in (found.day.others if found.day else ())]
    others += [wall.at(found.now, found.day.date, hour.at)] if clock.next_day and found.day else []
    twice = wall.second_time(moment)
    return isos([other for other in [*others, *([twice] if twice else [])] if other != moment or other is twice])


def _confidence(found: Found, clock: Clock, hour: Hour, moment: datetime) -> float:
    sure = hour.confidence - (0 if found.day else 0.03)
    sure -= 0.1 if found.day and (found.day.others or clock.next_day) else 0
    shown = (moment.time() == hour.at or clock.zone is not None) and wall.second_time(moment) is None
    return round(sure if shown else min(sure, 0.6), 2)


def _part(found: Found) -> TimeInfo | None:
    """A part of a day, from the hour that it usually means; one that is named with today is meant from now on."""
    part = found.part
    if part is None or not (part.firm or found.date):
        return None
    first, last = PARTS[part.name]
    day = found.date or found.today
    if found.date is None and not found.past and _edge(found.now, day, first) <= found.now:
        day = wall.add_days(day, 1)
    begin, end = _edge(found.now, day, first), _edge(found.now, day, last)
    if begin <= found.now < end and not found.past:
        begin = _this_minute(found.now)
    return TimeInfo(
        "absolute",
        f"{words.day(day, found.now)}, {words.PART_OF_DAY.get(part.name, part.name)}",
        iso(begin),
        iso(end),
        confidence=0.9 if found.date else 0.7,
        alternatives=_other_days(found, begin.time()),
        precision="part",
    )


def _edge(now: datetime, day: date, hour: int) -> datetime:
    return wall.at(now, wall.add_days(day, hour // 24), time(hour % 24))


def _day(found: Found) -> TimeInfo | None:
    """A day without an hour: from nine, and today from now on."""
    day = found.day
    if day is None:
        return None
    at = _hour_of(day, found.now)
    begin = wall.at(found.now, day.date, at)
    if day.date == found.today and not found.past:
        begin = max(begin, _this_minute(found.now))
    return TimeInfo(
        "relative" if day.shift else "absolute",
        words.day(day.date, found.now),
        iso(begin),
        confidence=0.85 if day.others else 0.95,
        alternatives=_other_days(found, at),
        precision="day",
    )


def _hour_of(day: Day, now: datetime) -> time:
    """A day that is counted from the present has its hour: "in 3 days" names no minute, "3 days from now" does."""
    if not day.shift:
        return NO_HOUR
    return _this_minute(now).time() if day.to_the_minute else time(now.hour)


def _other_days(found: Found, at: time) -> tuple[str, ...]:
    return isos([wall.at(found.now, day, at) for day in (found.day.others if found.day else ())])


def _period(found: Found) -> TimeInfo | None:
    period = found.first(Period)
    if period is None:
        return None
    begin, end = (wall.at(found.now, day, time(0)) for day in (period.begin, period.end))
    text = words.period(period, found.now)
    return TimeInfo("range", text, iso(begin), iso(end), confidence=0.8, precision=period.grain)


def _duration(found: Found) -> TimeInfo | None:
    return TimeInfo("duration", words.length(found.length), confidence=0.95) if found.length else None


def _this_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


ANSWERS: tuple[Callable[[Found], TimeInfo | None], ...] = (
    recurring,
    _leading_moment,
    _span,
    _timed,
    _part,
    _day,
    _period,
    _moment,
    _duration,
)
"""In this order: the more a value says, the earlier it is asked for."""
