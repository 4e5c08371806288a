"""What a reading holds, by kind: the first value of each, and the word that stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from jarvis_ai.assistant.times.reading import Reading
from jarvis_ai.assistant.times.values import Clock, Day, Length, Moment, Part, Period, Span, Value
from jarvis_ai.assistant.times.wall import add_months

QUOTED = re.compile(r'"[^"]{1,200}"')
TOLD = {"on", "for", "to", "this", "next", "coming", "starting"}
"""Words before a day on which something is to be."""
NAMED = re.compile(r"(?: <P[0-9]+>)? (?!(?:at|on|in|from|for|with|and|or|to|until|by|is|are|was|i|we|that|please|so|will|if)\b)[a-z]")
"""What follows a day that is part of a name."""
Kind = TypeVar("Kind", bound=Value)


@dataclass(frozen=True, slots=True)
class Found:
    """The values of a text in its order, each with the word before it."""

    source: str
    """The normalised text, before anything in it was marked."""
    now: datetime
    past: bool
    """Whether the text tells or asks of the past."""
    intent: str | None
    values: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, reading: Reading, intent: str | None) -> Found:
        values = tuple((_word_before(reading.text, at), value) for at, value in _in_order(reading))
        return cls(reading.source, reading.now, reading.past, intent, values)

    def first(self, kind: type[Kind]) -> Kind | None:
        return next((value for _, value in self.values if isinstance(value, kind)), None)

    @property
    def day(self) -> Day | None:
        """The day that is named, in the year that is named elsewhere in the text."""
        day, period = self.first(Day), self.first(Period)
        if day is None or not day.rolled or period is None or period.grain != "year":
            return day
        return replace(day, date=add_months(day.date, 12 * (period.begin.year - day.date.year)))

    @property
    def part(self) -> Part | None:
        return self.first(Part)

    @property
    def length(self) -> Length | None:
        return self.first(Length)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def date(self) -> date | None:
        """The day that is named, or the first of the period that is."""
        period = self.first(Period)
        return self.day.date if self.day else period.begin if period else None

    def leads(self, moment: Moment) -> bool:
        """Whether no other time stands before it."""
        timed = (value for _, value in self.values if isinstance(value, Moment | Day | Clock | Span | Period))
        return next(timed) is moment


def _in_order(reading: Reading) -> list[tuple[int, Value]]:
    """What a text tells, and after that what is only in the names of things: in quotes, or "Sunday school on Monday"."""
    quoted = [match.span() for match in QUOTED.finditer(reading.text)]
    marks = reading.marks()
    told = any(isinstance(value, Day) and _word_before(reading.text, at) in TOLD for at, value in marks)

    def is_name(mark: tuple[int, Value]) -> bool:
        at, value = mark
        return any(begin < at < end for begin, end in quoted) or (told and _names_a_thing(reading.text, at, value))

    return sorted(marks, key=is_name)


def _names_a_thing(text: str, at: int, value: Value) -> bool:
    if not isinstance(value, Day) or (value.weekday is None and not value.holiday):
        return False
    before = text[:at].rstrip()
    inside = before != "" and before[-1].isalpha() and _word_before(text, at) not in TOLD
    return inside and NAMED.match(text, text.index(">", at) + 1) is not None


def _word_before(text: str, at: int) -> str:
    head = text[max(0, at - 20) : at].split()
    return head[-1] if head else ""
