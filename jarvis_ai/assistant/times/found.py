"""What a reading holds, by kind: the first value of each, and the word that stands before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from jarvis_ai.assistant.times.names import in_order, word_before
from jarvis_ai.assistant.times.reading import Reading
from jarvis_ai.assistant.times.values import Clock, Day, Length, Moment, Part, Period, Span, Value
from jarvis_ai.assistant.times.wall import add_months

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
        values = tuple((word_before(reading.text, at), value) for at, value in in_order(reading))
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
