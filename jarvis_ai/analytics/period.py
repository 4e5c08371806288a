"""The stretch of time that a question is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DAY = 86400.0

LENGTHS: Mapping[str, float] = MappingProxyType({"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY})
"""Seconds of the periods that end now, by the name they have in a URL."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, and without, `end`: UTC seconds since the epoch."""

    start: float
    end: float

    @classmethod
    def preset(cls, name: str, *, now: float) -> Period:
        """One of `LENGTHS`; raises `KeyError` for any other name."""
        return cls(now - LENGTHS[name], now)

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def before(self) -> Period:
        """The equally long period that ends where this one starts."""
        return Period(self.start - self.seconds, self.start)
