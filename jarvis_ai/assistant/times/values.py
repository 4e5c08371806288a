"""What a stretch of text can mean before it is known what the whole message means."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    date: dt.date
    weekday: int | None = None
    """Set when the day was named by its weekday alone, 0 for Monday."""
    of_month: int | None = None
    """Set when the day was named by its number alone, as in "the 5th"."""
    others: tuple[dt.date, ...] = ()
    """Other days that the same words can mean."""
    rolled: bool = False
    """Whether its year was not said."""
    shift: bool = False
    """Whether it was counted from the present, as in "in 3 days"."""
    holiday: bool = False
    """Whether it was named by what is kept on it, as in "Christmas"."""
    to_the_minute: bool = False
    """Whether it was counted from this very minute, as in "3 days from now"."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row; `end` is the first day after them."""

    begin: dt.date
    end: dt.date
    grain: str
    """day, week, weekend, month, quarter or year."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day."""

    at: time
    open: bool = False
    """Whether it may as well be twelve hours later or earlier, as in "at 7"."""
    zone: str | None = None
    """IANA name of the zone that was named with it, as in "3 pm Eastern"."""
    next_day: bool = False
    """Midnight ends the day that is named with it."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of the day to another."""

    begin: Clock
    end: Clock


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, a key of `lexicon.PARTS`."""

    name: str
    firm: bool = True
    """Whether the words around it say that a time is meant."""


class Length(NamedTuple):
    """A stretch of time: calendar months, whole days and seconds are kept apart, because clocks change."""

    months: int = 0
    days: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time to the second, counted from the present or another point; with an `end`, all until then."""

    at: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """What comes again, as RFC 5545 has it."""

    frequency: str
    interval: int = 1
    days: tuple[str, ...] = ()
    """BYDAY, such as MO or 1FR."""
    month_days: tuple[int, ...] = ()
    """BYMONTHDAY, -1 for the last."""
    month: int | None = None
    """BYMONTH."""
    hours: tuple[int, ...] = ()
    """BYHOUR."""
    part: str | None = None
    """The part of the day that "every evening" names."""
    loose: bool = False
    """Whether it may only describe a thing, as in "my weekly review"."""


Value = Day | Period | Clock | Span | Part | Length | Moment | Every

KINDS: dict[type, str] = {
    Day: "D",
    Period: "R",
    Clock: "C",
    Span: "S",
    Part: "P",
    Length: "L",
    Moment: "M",
    Every: "E",
}
"""The letter that a mark carries in the text."""
