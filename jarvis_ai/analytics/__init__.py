"""Questions to the usage log, answered by the database."""

from jarvis_ai.analytics.analytics import Analytics
from jarvis_ai.analytics.buckets import Bucket
from jarvis_ai.analytics.period import (
    EVERYTHING,
    FALLBACK,
    IN_EARNEST,
    PRESETS,
    UNKNOWN_COST,
    Filters,
    FilterValues,
    Period,
    Summary,
)

__all__ = [
    "EVERYTHING",
    "FALLBACK",
    "IN_EARNEST",
    "PRESETS",
    "UNKNOWN_COST",
    "Analytics",
    "Bucket",
    "FilterValues",
    "Filters",
    "Period",
    "Summary",
]
