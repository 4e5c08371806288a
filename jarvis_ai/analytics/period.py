"""What a question is about: a stretch of time, and which part of the traffic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from jarvis_ai.domain import Source

HOUR, DAY = 3600.0, 86400.0

LENGTHS: Mapping[str, float] = MappingProxyType(
    {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "365d": 365 * DAY}
)
"""Periods that end now, by the name they have in a URL."""

TODAY = "today"
PRESETS: tuple[str, ...] = (TODAY, *LENGTHS)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, and without, `end`: UTC seconds since the epoch."""

    start: float
    end: float

    @classmethod
    def preset(cls, name: str, *, now: float, zone: ZoneInfo) -> Period:
        """One of `PRESETS`; raises `KeyError` for any other name."""
        if name == TODAY:
            midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
            return cls(midnight.timestamp(), now)
        return cls(now - LENGTHS[name], now)

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def before(self) -> Period:
        """The equally long period that ends where this one starts."""
        return Period(self.start - self.seconds, self.start)


FALLBACK, UNKNOWN_COST = "by a fallback", "of unknown cost"
TRAITS: Mapping[str, str] = MappingProxyType(
    {
        FALLBACK: "o.fallback = 1",
        UNKNOWN_COST: """EXISTS (SELECT 1 FROM attempts u
            WHERE u.operation_id = o.id AND u.cost_nanos IS NULL AND u.status <> 'pending')""",
    }
)
"""What can be said of an operation besides what its columns hold, with the condition on `operations o`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the traffic; an empty field lets everything through.

    `models`, `providers` and `failures` are those of attempts: an operation belongs to a model when one of its attempts
    went there. `answered` are the models that gave the answer; `traits` are keys of `TRAITS` and must all hold. The
    rest, with `text` (found in the request or the answer), is the operation's.
    """

    models: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    text: str = ""


EVERYTHING = Filters()
IN_EARNEST = Filters(sources=tuple(source.value for source in Source if source is not Source.DRILL))
"""Everything but rehearsals: their failures were wished for."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers at the top of a page. Durations are seconds, None when nothing was answered."""

    operations: int = 0
    ok: int = 0
    failed: int = 0
    cancelled: int = 0
    fallbacks: int = 0
    attempts: int = 0
    cost_nanos: int = 0
    """What is known; `unknown_cost_attempts` come on top of it."""
    unknown_cost_attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def cost(self) -> float:
        """The known cost in dollars."""
        return self.cost_nanos / 1e9


@dataclass(frozen=True, slots=True)
class FilterValues:
    """What occurs in the log, sorted: the choices of the filter lists."""

    models: list[str]
    providers: list[str]
    failures: list[str]
    answered: list[str]
    sources: list[str]
    tasks: list[str]
    statuses: list[str]
    traits: list[str] = field(default_factory=lambda: list(TRAITS))
