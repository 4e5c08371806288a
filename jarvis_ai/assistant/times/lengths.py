"""Stretches of time, and what is counted with them: "1h30m", "in 2 hours", "3 days after Friday"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from jarvis_ai.assistant.times import wall
from jarvis_ai.assistant.times.lexicon import DAYS, MONTHS_IN, SECONDS, UNITS, either
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Clock, Day, Length, Moment, Period, Value

AMOUNT = rf"([0-9]{{1,6}}(?:\.[0-9]{{1,4}})?)[ -]?({either(UNITS)})(?![a-z])"
PLAIN_AMOUNT = AMOUNT.replace("([0-9]", "(?:[0-9]").replace(f"({either(UNITS)})", f"(?:{either(UNITS)})")
ONE = re.compile(AMOUNT, re.ASCII)
FORTNIGHTS = (Length(days=7), Length(days=14))
DAYS_A_MONTH = 30
"""What half a month is counted with."""

CONVERTED = re.compile(rf"\bhow many (?:{either(UNITS)}) (?:\w+ ){{0,2}}in\b")
"""Who asks how many minutes are in an hour means no time to come."""

L = r"<L[0-9]+>"
ABOUT = r"(?:(?:about|around|approximately|roughly|exactly|just|only|like|maybe|another|the|at least) ){0,2}"
ANCHOR = r"(?P<anchor><[DMC][0-9]+>)"


def length_of(text: str) -> Length:
    """The sum of the amounts in `text`, such as `1h30m` or `24 hour and 20 minute`."""
    months = days = seconds = 0.0
    for number, unit in ONE.findall(text):
        amount, name = float(number), UNITS[unit]
        months += amount * MONTHS_IN.get(name, 0)
        days += amount * DAYS.get(name, 0)
        seconds += amount * SECONDS.get(name, 0)
    days += months % 1 * DAYS_A_MONTH
    return Length(int(months), int(days), seconds + days % 1 * 86400)


def _length(match: re.Match[str], reading: Reading) -> Value:
    length = length_of(match[0])
    rest = match["rest"]
    return length._replace(seconds=length.seconds + 60 * int(rest)) if rest else length


def _counted(reading: Reading, mark: str, sign: int) -> Value:
    """So far from the present: a moment when hours or minutes are said, else a day."""
    length = reading.value(mark, Length)
    moment = wall.shifted(reading.now, length, sign)
    return Moment(moment) if length.seconds else Day(moment.date(), shift=True)


def _from_now(match: re.Match[str], reading: Reading) -> Value:
    found = _counted(reading, match["length"], 1)
    return replace(found, to_the_minute=True) if isinstance(found, Day) and "from" in match[0] else found


def _ahead(match: re.Match[str], reading: Reading) -> Value | None:
    if CONVERTED.search(reading.source):
        return None
    return _counted(reading, match["length"], 1)


def _ago(match: re.Match[str], reading: Reading) -> Value:
    return _counted(reading, match["length"], -1)


def _signed(match: re.Match[str], reading: Reading) -> Value:
    return _counted(reading, match["length"], -1 if match["sign"] == "-" else 1)


def _anchored(match: re.Match[str], reading: Reading) -> Value | None:
    """So far before or after a day or a time."""
    sign = -1 if match["side"] in {"before", "prior to", "ahead of", "ago", "to", "-"} else 1
    return _moved(reading, reading.value(match["length"], Length), sign, match["anchor"])


def _moved(reading: Reading, length: Length, sign: int, mark: str) -> Value | None:
    anchor = reading.values[int(mark[2:-1])]
    if isinstance(anchor, Day) and not length.seconds:
        day = wall.add_days(wall.add_months(anchor.date, sign * length.months), sign * length.days)
        others = tuple(wall.add_days(each, sign * length.days) for each in anchor.others if not length.months)
        return Day(day, others=others, shift=anchor.shift)
    if isinstance(anchor, Day):
        midnight = wall.at(reading.now, anchor.date, time(0))
        return Moment(wall.shifted(midnight, length, sign)) if sign < 0 else None
    if isinstance(anchor, Clock) and not length.months and not length.days:
        moved = datetime.combine(reading.today, anchor.at) + timedelta(seconds=sign * length.seconds)
        return Clock(moved.time(), open=anchor.open)
    if isinstance(anchor, Moment):
        return Moment(wall.shifted(anchor.at, length, sign))
    return None


def _before_event(match: re.Match[str], reading: Reading) -> Value | None:
    """So far before something whose time is told: "ten minutes before my call at 4pm"."""
    length, anchor = reading.value(match["length"], Length), reading.values[int(match["anchor"][2:-1])]
    return None if isinstance(anchor, Day) and length.seconds else _moved(reading, length, -1, match["anchor"])


def _anchored_time(match: re.Match[str], reading: Reading) -> Value | None:
    """Three hours before Friday at noon."""
    day, clock = reading.value(match["day"], Day), reading.value(match["clock"], Clock)
    if clock.open:
        return None
    sign = -1 if match["side"] == "before" else 1
    return Moment(wall.shifted(wall.at(reading.now, day.date, clock.at), reading.value(match["length"], Length), sign))


def _neighbour(match: re.Match[str], reading: Reading) -> Value | None:
    """The day before Christmas, the week after the 5th."""
    return _moved(reading, length_of(f"1 {match['unit']}"), -1 if match["side"] == "before" else 1, match["anchor"])


def _weekday_then(match: re.Match[str], reading: Reading) -> Value | None:
    """A weekday of the week that is so far away: "Monday, two weeks from now"."""
    day, length = reading.value(match["day"], Day), reading.value(match["length"], Length)
    if day.weekday is None or length.seconds:
        return None
    then = wall.shifted(reading.now, length).date()
    return Day(wall.add_days(then, day.weekday - then.weekday()))


def _weekday_by(match: re.Match[str], reading: Reading) -> Value | None:
    """A weekday on the near side of another day: "the Friday before Christmas"."""
    day, anchor = reading.value(match["day"], Day), reading.value(match["anchor"], Day)
    if day.weekday is None or anchor.weekday is not None:
        return None
    if match["side"] == "after":
        return Day(wall.add_days(anchor.date, (day.weekday - anchor.date.weekday() - 1) % 7 + 1))
    return Day(wall.add_days(anchor.date, -((anchor.date.weekday() - day.weekday - 1) % 7 + 1)))


def _weeks_on(match: re.Match[str], reading: Reading) -> Value | None:
    """One or two weeks beyond a day, as the British say: "a week on Tuesday", "a fortnight today"."""
    length = reading.value(match["length"], Length)
    return _moved(reading, length, 1, match["anchor"]) if length in FORTNIGHTS else None


def _upcoming(match: re.Match[str], reading: Reading) -> Value:
    return _counted(reading, match["length"], 1)


def _now(_: re.Match[str], reading: Reading) -> Value:
    return Moment(reading.now)


def _next_unit(match: re.Match[str], reading: Reading) -> Value:
    return Moment(wall.shifted(reading.now, Length(seconds=SECONDS[UNITS[match["unit"]]])))


def _last_unit(match: re.Match[str], reading: Reading) -> Value:
    length = Length(seconds=SECONDS[UNITS[match["unit"]]])
    return Moment(wall.shifted(reading.now, length, -1), reading.now)


def _stretch(match: re.Match[str], reading: Reading) -> Value:
    """The days or hours just before the present, or just after it."""
    length = reading.value(match["length"], Length)
    before = match["which"] in {"last", "past", "previous", "this past"}
    if length.seconds:
        begin, end = (wall.shifted(reading.now, length, -1), reading.now) if before else (reading.now, None)
        return Moment(begin, end or wall.shifted(reading.now, length))
    if before:
        return Period(_beginning(reading, length), reading.today, "day")
    tomorrow = wall.add_days(reading.today, 1)
    return Period(tomorrow, wall.add_days(wall.add_months(tomorrow, length.months), length.days), "day")


def _beginning(reading: Reading, length: Length) -> date:
    """The first of the past days: whole months and years begin with their first day."""
    day = wall.add_days(wall.add_months(reading.today, -length.months), -length.days)
    if not length.months:
        return day
    return day.replace(month=1, day=1) if length.months % 12 == 0 else day.replace(day=1)


AMOUNTS: tuple[Rule, ...] = (
    rule(
        rf"(?<![\w.:$#/]){PLAIN_AMOUNT}(?:(?:,? and |, ?| )?{PLAIN_AMOUNT}){{0,5}}"
        r"(?: and (?P<rest>[0-9]{1,2})(?=$| (?:ago|later|hence|from)))?",
        _length,
    ),
)
"""Read before anything else: a number with a unit is no time of the day."""

COUNTED: tuple[Rule, ...] = (
    rule(
        rf"(?P<length>{L}) (?P<side>before|after) (?P<day><D[0-9]+>),? (?:at )?(?P<clock><C[0-9]+>)",
        _anchored_time,
    ),
    rule(r"(?P<day><D[0-9]+>) (?P<side>before|after) (?:the )?(?P<anchor><D[0-9]+>)", _weekday_by),
    rule(rf"\b(?:the )?(?P<unit>day|week|month|year) (?P<side>after|before) (?:the )?{ANCHOR}", _neighbour),
    rule(
        rf"(?<!for )(?<!last )(?<!takes )(?P<length>{L}),? "
        rf"(?P<side>before|after|from|past|prior to|ahead of|following|ago|to) (?:the |my |our |that |your )?{ANCHOR}",
        _anchored,
    ),
    rule(
        rf"(?P<length>{L}) (?:before|prior to|ahead of) (?:the |my |our |a |an )?(?:[a-z']+ ){{1,3}}(?:at|on) {ANCHOR}",
        _before_event,
    ),
    rule(rf"(?<!in )(?<!for )(?<!last )(?<!next )(?P<length>{L}) (?:on )?(?P<anchor><D[0-9]+>)", _weeks_on),
    rule(rf"(?P<day><D[0-9]+>),? (?P<length>{L}) (?:from (?:now|today)|hence|later)\b", _weekday_then),
    rule(
        rf"\b(?:timer|snooze|countdown|reminder for|alarm for)(?: me| it)?(?: for| of)? {ABOUT}(?P<length>{L})"
        rf"(?! (?:before|ahead|prior|early|from|after))",
        _ahead,
    ),
    rule(rf"(?P<length>{L}) (?:timer|countdown|snooze)\b", _ahead),
    rule(rf"\bnow ?(?P<sign>[+-]) ?(?P<length>{L})", _signed),
    rule(rf"^(?P<sign>[+-]) ?(?P<length>{L})", _signed),
    rule(rf"{ANCHOR} ?(?P<side>[+-]) ?(?P<length>{L})", _anchored),
    rule(
        rf"(?:\bin )?{ABOUT}(?P<length>{L}) (?:from (?:right )?(?:now|today|here|this "
        rf"(?:moment|second|minute))|hence|later|after now|out)\b",
        _from_now,
    ),
    rule(rf"{ABOUT}(?P<length>{L}) (?:ago|back|before now)\b", _ago),
    rule(rf"^(?P<length>{L}) before$", _ago),
    rule(
        rf"\b(?:(?:in|within|over|during|for) )?(?:the )?"
        rf"(?P<which>this past|next|last|past|previous|coming|following) (?P<length>{L})",
        _stretch,
    ),
    rule(rf"\b(?:in|within|inside)(?: of)? {ABOUT}(?P<length>{L})(?: time)?", _ahead),
    rule(rf"\bafter {ABOUT}(?P<length>{L})(?! of)", _ahead),
    rule(rf"\bupcoming (?P<length>{L})", _upcoming),
    rule(
        r"\b(?:right now|just now|at present|at the (?:moment|minute)|at this (?:moment|minute)|asap|now"
        r"(?=$|[.!?]$))\b",
        _now,
    ),
    rule(
        r"\b(?:(?:in|within|for|over|during) )?(?:the )?(?:last|past|previous) "
        r"(?P<unit>hour|hr|minute|min|second|sec)\b",
        _last_unit,
    ),
    rule(r"\bnext (?P<unit>hour|hr|hrs|minute|min|second|sec|secs)\b", _next_unit),
)
"""Read when days and times of the day are known: they may be what is counted from."""
