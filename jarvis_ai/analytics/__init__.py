"""Questions to the usage log, answered by the database."""

from jarvis_ai.analytics.analytics import RECENT, Analytics, Summary
from jarvis_ai.analytics.buckets import Bucket
from jarvis_ai.analytics.filters import (
    ANSWERED_BY_NOBODY,
    BY_FALLBACK,
    ENDED,
    EVERYTHING,
    IN_EARNEST,
    OF_UNKNOWN_COST,
    WITHOUT_TASK,
    Filters,
    FilterValues,
)
from jarvis_ai.analytics.history import Cursor, Page
from jarvis_ai.analytics.measures import MEASURES, Measure
from jarvis_ai.analytics.period import Period
from jarvis_ai.analytics.reader import TooSlow
from jarvis_ai.analytics.scope import ALL_TRAFFIC, WITHOUT_DRILLS, Dimension, Scope
from jarvis_ai.analytics.times import Times, share_within, spread, typical

__all__ = [
    "ALL_TRAFFIC",
    "ANSWERED_BY_NOBODY",
    "BY_FALLBACK",
    "ENDED",
    "EVERYTHING",
    "IN_EARNEST",
    "MEASURES",
    "OF_UNKNOWN_COST",
    "RECENT",
    "WITHOUT_DRILLS",
    "WITHOUT_TASK",
    "Analytics",
    "Bucket",
    "Cursor",
    "Dimension",
    "FilterValues",
    "Filters",
    "Measure",
    "Page",
    "Period",
    "Scope",
    "Summary",
    "Times",
    "TooSlow",
    "share_within",
    "spread",
    "typical",
]
