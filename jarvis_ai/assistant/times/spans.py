"""From one time of the day to another: "3 to 5pm", "between 9 and noon", "at 2 or 3pm", "9-5"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from jarvis_ai.assistant.times.clocks import ENDS, HOUR, MINUTE, NO_THING, C, D, P, clock_of
from jarvis_ai.assistant.times.reading import Reading, Rule, rule
from jarvis_ai.assistant.times.values import Clock, Span, Value


def _clock(mark_or_digits: str, reading: Reading) -> Clock | None:
    if mark_or_digits.startswith("<"):
        return reading.value(mark_or_digits, Clock)
    hour, _, minute = re.sub("[. ]", ":", mark_or_digits).partition(":")
    return clock_of(int(hour), int(minute or 0), open=False if hour.startswith("0") else None)


def _span(match: re.Match[str], reading: Reading) -> Value | None:
    begin, end = _clock(match["one"], reading), _clock(match["other"], reading)
    return Span(*halves_of(begin, end)) if begin and end else None


def _listed(match: re.Match[str], reading: Reading) -> Value | None:
    """One of several times of which the last says morning or evening for all: "at 2 or 3pm"."""
    one, other = _clock(match["one"], reading), reading.value(match["other"], Clock)
    return halves_of(one, other)[0] if one and one.open and not other.open else None


def halves_of(begin: Clock, end: Clock) -> tuple[Clock, Clock]:
    """What one time of a pair says about the other: "3 to 5pm" begins at 3pm, "11 to 1pm" at 11am."""
    begin = replace(begin, zone=begin.zone or end.zone)
    if begin.open and not end.open:
        first = begin.at.replace(hour=begin.at.hour % 12)
        late = first.replace(hour=first.hour + 12)
        last = end.at if end.at != time(0) else time(23, 59)
        return replace(begin, at=late if late < last and last.hour >= 12 else first, open=False), end
    if end.open and not begin.open:
        first = end.at.replace(hour=end.at.hour % 12)
        return begin, Clock(first if first > begin.at else first.replace(hour=first.hour + 12))
    return begin, end


SPANS: tuple[Rule, ...] = (
    rule(
        rf"(?:\b(?:from|between) )?(?P<one>{C}) ?(?:-|to|until|through|till)(?: about| around)? ?(?P<other>{C})",
        _span,
    ),
    rule(rf"\bbetween (?P<one>{C}) ?(?:and|&)(?: about| around)? ?(?P<other>{C})", _span),
    rule(
        rf"(?:\b(?:from|between) )?(?P<one>{C}) ?(?:-|to|until|through|till) ?(?P<other>{HOUR}"
        rf"(?:[:.]{MINUTE})?){NO_THING}",
        _span,
    ),
    rule(
        rf"(?:\b(?:from|between) ?)?(?<![\w:/$.])(?P<one>{HOUR}(?:[:.]{MINUTE})?) ?"
        rf"(?:-|to|until|and|through|till) ?(?P<other>{C})",
        _span,
    ),
)
"""From one time to another, where at least one of them is a time by itself."""

BARE_SPANS: tuple[Rule, ...] = (
    rule(
        rf"\b(?:from|between) (?P<one>{HOUR}(?:[:. ]{MINUTE})?) ?(?:-|to|until|and|through|till|&) ?"
        rf"(?P<other>{HOUR}(?:[:. ]{MINUTE})?){NO_THING}",
        _span,
    ),
    rule(
        rf"(?P<keep>(?:{D}|<R[0-9]+>),? (?:at )?|{P},? )(?P<one>{HOUR}(?:[:.]{MINUTE})?) ?(?:-|to|until) ?"
        rf"(?P<other>{HOUR}"
        rf"(?:[:.]{MINUTE})?){ENDS}",
        _span,
    ),
    rule(
        rf"(?P<keep>{D},? )(?P<one>{HOUR}(?:[:.]{MINUTE})?) ?- ?(?P<other>{HOUR}(?:[:.]{MINUTE})?){NO_THING}",
        _span,
    ),
    rule(rf"(?<![\w:/$.])(?P<one>{HOUR}) ?(?:-|to|until) ?(?P<other>{HOUR})(?= (?:on )?(?:{P}|{D}))", _span),
)

LISTED: tuple[Rule, ...] = (
    rule(
        rf"(?P<one>{C}|(?:(?<=at )|(?<=@ )|(?<=alarms for )|(?<=reminders for )){HOUR})"
        rf"(?=(?:,? (?:and|or|&) |, ?)(?:at )?(?P<other>{C}))",
        _listed,
    ),
)
"""Read once for each time of a list but the last: each hears from the next what half of the day is meant."""

BOOKED: tuple[Rule, ...] = (
    rule(rf"(?P<keep>\b(?:is|be|runs|goes) )(?P<one>{HOUR}) to (?P<other>{HOUR})\b{NO_THING}{ENDS}", _span),
    rule(rf"(?<![\w:/$.<-])(?P<one>{HOUR}) ?- ?(?P<other>{HOUR})(?![0-9:/%-]){NO_THING}", _span),
)
"""What is a stretch of time only where something is booked: elsewhere "3-2" is a score."""
