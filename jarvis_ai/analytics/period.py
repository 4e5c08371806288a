"""The stretch of time that a question is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HOUR, DAY = 3600.0, 86400.0

LENGTHS: Mapping[str, float] = MappingProxyType(
    {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY}
)
"""Seconds of the periods that end now, by the name they have in a URL."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, and without, `end`: UTC seconds since the epoch."""

    start: float
    end: float

    @classmethod
    def preset(cls, name: str, *, now: float) -> Period:
        """One of `LENGTHS` in whole hours, the one under way the last of them; raises `KeyError` for another name."""
        end = -(-now // HOUR) * HOUR
        return cls(end - LENGTHS[name], end)

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def whole_hours(self) -> Period:
        """The same, widened to hours of UTC: what roll-ups can tell."""
        return Period(self.start // HOUR * HOUR, -(-self.end // HOUR) * HOUR)

    @property
    def before(self) -> Period:
        """The equally long period that ends where this one starts."""
        return Period(self.start - self.seconds, self.start)

    def over(self, now: float) -> Period:
        """The part that can be compared with another time: without the hour that is under way at `now`."""
        return Period(self.start, max(self.start, min(self.end, now // HOUR * HOUR)))

    def earlier(self, seconds: float) -> Period:
        """An equally long period, `seconds` before this one."""
        return Period(self.start - seconds, self.end - seconds)
