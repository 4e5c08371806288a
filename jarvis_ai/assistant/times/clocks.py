"""Times of the day: "4pm", "half past three", "noon", "at 7", "from 3 to 5pm", "in the evening"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from jarvis_ai.assistant.times.lexicon import MONTHS, PARTS, UNITS, WEEKDAYS, ZONES, either
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Clock, Day, Part, Value
from jarvis_ai.assistant.times.wall import add_days

HOUR = r"(?:[01]?[0-9]|2[0-4])"
MINUTE = r"[0-5][0-9]"
AT = r"(?:at|by|around|about|before|after|until|since|from|between|@|for)"
C, D, P = (rf"<{letter}[0-9]+>" for letter in "CDP")
NO_THING = (
    rf"(?![0-9:/%$<.-]*[0-9%]|-[a-z]| ?(?:{either(UNITS)})\b| "
    r"(?:percent|degrees?|people|guests?|persons?|dollars?|bucks|euros?|"
    r"points?|times?|stars?|items?|miles?|km|pounds?|kids|meetings|events|emails|messages|st\b|street|avenue|"
    r"restaurants|hotels|houses|homes|stores|shops|schools|hospitals|cities|countries|states|books|movies|songs|rooms"
    r"|[a-z]+ (?:street|st|avenue|ave|road|rd|lane|boulevard|blvd)\b"
    r"|of (?!<)|or more|and a|different|other|new|more|things?|places?|reviewers?))"
)
"""What stands after a number that is no time of the day."""
COMPARED = re.compile(r"\b(?:odds|ratio|score|scored|won|lost|beat|mix)\b")
"""Where these are spoken of, "10 to 1" is no time."""
ENDS = (
    r"(?=$| ?[,.!?;:)(]| ?-|<| ?<| (?:at|on|in|for|to|with|and|or|until|from|by|today|that|please|but|if|so"
    rf"|each|every|this|next|tonight|tomorrow|{either([*WEEKDAYS, *MONTHS])})\b)"
)
"""What may stand after a bare number that is one."""


def clock_of(hour: int, minute: int = 0, second: int = 0, half: str = "", *, open: bool | None = None) -> Clock | None:
    """That time; without a half of the day, hours from 1 to 12 leave it open. None when no clock shows it."""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif hour == 24 and minute == 0:
        return Clock(time(0), next_day=True)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(time(hour, minute, second), open=(not half and 1 <= hour <= 12) if open is None else open)


def _twelve(match: re.Match[str], _: Reading) -> Value | None:
    half = "" if match["half"] == "ampm" else match["half"][0]
    return clock_of(int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0), half)


def _digital(match: re.Match[str], _: Reading) -> Value | None:
    """With a leading zero it is a clock of 24 hours, which leaves nothing open."""
    hour = match["hour"]
    return clock_of(
        int(hour), int(match["minute"]), int(match["second"] or 0), open=False if hour.startswith("0") else None
    )


def _military(match: re.Match[str], _: Reading) -> Value | None:
    hour, minute = match["digits"][:-2], match["digits"][-2:]
    return clock_of(int(hour), int(minute), open=False if hour.startswith("0") or len(hour) == 0 else None)


def _continental(match: re.Match[str], _: Reading) -> Value | None:
    return clock_of(int(match["hour"]), int(match["minute"] or 0), open=False)


def _past(match: re.Match[str], reading: Reading) -> Value | None:
    if match["side"] == "to" and COMPARED.search(reading.source):
        return None
    minutes = {"half": 30, "quarter": 15, "a quarter": 15}.get(match["minutes"]) or int(
        re.sub("[^0-9]", "", match["minutes"])
    )
    hour = {"noon": 12, "midnight": 0}.get(match["hour"])
    if (
        match["minutes"].isdecimal()
        and match["side"] in {"to", "until", "of", "before"}
        and not _is_idiom(match, minutes)
    ):
        return None
    whole = Clock(time(hour)) if hour is not None else clock_of(int(match["hour"]), half=(match["half"] or "")[:1])
    if whole is None:
        return None
    sign = -1 if match["side"] in {"to", "before", "of", "until"} else 1
    moved = datetime.combine(date(2000, 1, 2), whole.at) + timedelta(minutes=sign * minutes)
    return Clock(moved.time(), open=whole.open)


def _is_idiom(match: re.Match[str], minutes: int) -> bool:
    """Whether "20 to 9" is twenty minutes before it; "5 to 7" is two hours."""
    hour = int(match["hour"]) if match["hour"].isdecimal() else 12
    return match["side"] == "to" and minutes % 5 == 0 and minutes > hour


def _bare(match: re.Match[str], _: Reading) -> Value | None:
    return clock_of(int(match["hour"]), int(match["minute"] or 0))


def _zoned(match: re.Match[str], reading: Reading) -> Value:
    found, zone = reading.value(match["clock"], Clock), ZONES[match["zone"]]
    return replace(found, zone=zone, open=found.open and zone != "UTC")


def _noon(_: re.Match[str], __: Reading) -> Value:
    return Clock(time(12))


def _midnight(_: re.Match[str], __: Reading) -> Value:
    return Clock(time(0), next_day=True)


def _part(match: re.Match[str], _: Reading) -> Value:
    """Without "in the" or the like it may be a name, as in "game night"."""
    after = f"after {match['part']}"
    name = after if match[0].startswith("after ") and after in PARTS else match["part"]
    return Part(name, firm=match[0] != match["part"] or match[0] == match.string)


def _day_part(match: re.Match[str], reading: Reading) -> Value:
    """`this morning` and `last night` name a day as well; the part stays in the text for the next rule."""
    return Day(add_days(reading.today, {"last": -1, "next": 1}.get(match["which"], 0)))


def _tonight(_: re.Match[str], __: Reading) -> Value:
    return Part("night")


def _last_minute(_: re.Match[str], __: Reading) -> Value:
    return Clock(time(23, 59, 59))


def _end_of_day(_: re.Match[str], __: Reading) -> Value:
    return Part("work")


LIKE_LENGTHS: tuple[Rule, ...] = (
    rule(
        r"(?<![\w:.<])(?P<minutes>half|a quarter|quarter|(?<![0-9] )(?:[1-5]?[0-9])(?: ?(?:minutes?|mins?))?) "
        r"(?P<side>past|after|to|before|of|until) "
        rf"(?P<hour>1[0-2]|[1-9]|noon|midnight)(?: ?(?P<half>[ap]m)|(?! (?:{either(MONTHS)})))\b"
        rf"(?![/0-9]|:[0-9]| ?(?:{either(UNITS)})\b)",
        _past,
    ),
    rule(
        rf"(?<!in )(?<!for )(?<!within )(?<![\w:/$.])(?P<hour>{HOUR})h(?P<minute>{MINUTE})\b(?! ?(?:min|ago|later))",
        _continental,
    ),
    rule(rf"\b(?P<digits>(?:0[0-9]|1[0-9]|2[0-3]){MINUTE}) ?h(?:rs|ours?)?\b", _military),
    rule(rf"(?P<keep>\bat )(?P<hour>{HOUR})h\b(?P<minute>)", _continental),
    rule(
        r"(?<!in )(?<!for )(?<!within )(?<![\w:/$.])(?P<hour>1[3-9]|2[0-3])h\b(?P<minute>)(?! (?:ago|later|from))",
        _continental,
    ),
)
"""Read before the lengths, which these look like."""

CLOCKS: tuple[Rule, ...] = (
    rule(
        rf"(?<![\w:/$])(?<![0-9]\.)(?P<hour>{HOUR})(?:[:. ](?P<minute>{MINUTE})(?::(?P<second>{MINUTE}))?)? ?"
        rf"(?P<half>ampm|[ap]m)\b",
        _twelve,
    ),
    rule(rf"(?<![\w:/$.])(?P<hour>{HOUR})(?P<minute>{MINUTE})(?P<second>) ?(?P<half>[ap]m)\b", _twelve),
    rule(
        rf"(?<![\w:/$.])(?P<hour>{HOUR}):(?P<minute>{MINUTE})(?::(?P<second>{MINUTE}))?(?:\.[0-9]+)?z?(?![\w/]|:[0-9])",
        _digital,
    ),
    rule(rf"\b(?P<digits>(?:0[0-9]|1[0-9]|2[0-3]){MINUTE}) ?(?:hours?|hrs?)\b", _military),
    rule(
        rf"(?<![\w:/$.-])(?P<hour>{HOUR})(?:[: ](?P<minute>{MINUTE}))? ?(?:oclock|o clock|-?ish|hundred hours)\b", _bare
    ),
    rule(rf"\b(?P<minutes>half) (?P<side>)(?P<hour>1[0-2]|[1-9])(?P<half>)\b{NO_THING}{ENDS}", _past),
    rule(rf"(?<![\w:/$.-])(?P<digits>(?:0?[1-9]|1[0-9]|2[0-3]){MINUTE}) ?-?ish\b", _military),
    rule(r"\bfor (?P<hour>0[0-9])(?P<minute>)\b(?![:/0-9])", _continental),
    rule(r"\b(?:12 )?noon\b", _noon),
    rule(r"\b(?:12 )?midnight\b", _midnight),
)
"""What is a time of the day by itself. Read after the dates, before the lengths' points."""

ZONED: tuple[Rule, ...] = (
    rule(rf"(?P<clock>{C}) ?(?P<zone>{either(ZONES)})(?: (?:standard |daylight )?time)?\b", _zoned),
)
"""The zone that a time of the day is told in."""

PARTS_OF_DAY: tuple[Rule, ...] = (
    rule(r"\b(?:later )?(?P<which>)(?=tonight\b)", _day_part),
    rule(
        r"\b(?:later |early |late |earlier )?(?P<which>this|last|next) (?=(?:early |late |past |mid-?)?"
        r"(?:morning|afternoon|evening|night)\b)",
        _day_part,
    ),
    rule(r"\btonight\b", _tonight),
    rule(
        r"(?<!good )\b(?:(?:first thing |1st thing )?in the |at |during the |by |the |(?<=clear )my )?"
        r"(?:very |really )?"
        r"(?:early |late |later |mid[- ]?)?(?:in the )?(?P<part>morning|afternoon|evening|night)\b"
        r"(?! (?:news|newspaper|paper|show|routine|owl|sky|club|gown|light|stand|changes)\b)",
        _part,
    ),
    rule(
        r"\b(?:at|after|before|during|around|by|over) (?:the )?(?P<part>lunch|dinner|breakfast|work|bed)"
        r"(?: time| hours?)?\b",
        _part,
    ),
    rule(r"\b(?P<part>lunch|dinner|breakfast|bed) time\b", _part),
    rule(
        r"\b(?:(?:at|by|the) ){0,2}(?:eod|end of (?:the )?(?:business(?: day)?|day)|close of business|cob)\b",
        _end_of_day,
    ),
)

LAST_MINUTE: tuple[Rule, ...] = (rule(rf"\b(?:(?:by|at|the) ){{0,2}}end of (?P<keep>{D})", _last_minute),)

BOOKED: tuple[Rule, ...] = (
    rule(rf"\bfor (?P<hour>{HOUR})(?::(?P<minute>{MINUTE}))?(?=$|[.,!?]| please| thank)", _bare),
    rule(rf"(?P<keep>{D} )for (?P<hour>{HOUR})(?::(?P<minute>{MINUTE}))?\b{NO_THING}{ENDS}", _bare),
)
"""What is an hour only where something is booked: elsewhere "for 4" is a number of people."""

BARE_HOURS: tuple[Rule, ...] = (
    rule(
        rf"(?P<keep>\bat |@ ?)(?:about |around |approximately |exactly )?(?P<hour>{HOUR})(?:[. ,]"
        rf"(?P<minute>{MINUTE}))?\b{NO_THING}",
        _bare,
    ),
    rule(
        rf"(?P<keep>\b(?:by|around|about|before|after|until|since|from|til) )(?P<hour>{HOUR})(?:[. ,]"
        rf"(?P<minute>{MINUTE}))?\b{NO_THING}{ENDS}",
        _bare,
    ),
    rule(
        rf"(?P<keep>\b(?:alarms?|wake(?: me| us)?(?: up)?|reminders?|event|meeting|appointment|starts?|starting"
        rf"|begins?|beginning|make (?:it|that))(?: up)?(?: for| to)? )(?P<hour>{HOUR})"
        rf"(?: (?P<minute>{MINUTE}))?\b{NO_THING}{ENDS}",
        _bare,
    ),
    rule(
        rf"(?P<keep>\b(?:the|my|our|that) )(?P<hour>{HOUR})(?: (?P<minute>{MINUTE}))?"
        r"(?= (?:meeting|appointment|alarm|call|class|reminder|lunch|dinner|interview"
        r"|session|train|flight|bus|ferry|show|movie)\b)",
        _bare,
    ),
    rule(
        rf"(?P<keep>\b(?:at|by|around|until|(?<!music )(?<!songs )(?<!hits )from|@) ?)"
        rf"(?P<digits>(?:0?[1-9]|1[0-9]|2[0-3]){MINUTE})\b{NO_THING}",
        _military,
    ),
    rule(rf"(?P<keep>\balarm (?:(?:for|at|to) )?)(?P<digits>(?:0?[1-9]|1[0-2]){MINUTE})\b{ENDS}", _military),
    rule(rf"(?P<keep>{D},? (?:at )?|{P},? )(?P<digits>(?:0?[0-9]|1[0-9]|2[0-3]){MINUTE})\b{NO_THING}", _military),
    rule(rf"(?<![\w:/$.-])(?P<digits>(?:0?[0-9]|1[0-9]|2[0-3]){MINUTE})(?= (?:on )?{D})", _military),
    rule(rf"(?P<keep>{D},? |{P},? )(?P<hour>{HOUR})(?: (?P<minute>{MINUTE}))?\b{NO_THING}{ENDS}", _bare),
    rule(rf"(?<![\w:/$.<-])(?P<hour>{HOUR})(?: (?P<minute>{MINUTE}))?(?=,? (?:on )?(?:{D}|{P}))", _bare),
)
"""Numbers that are hours because of what stands before or after them."""
