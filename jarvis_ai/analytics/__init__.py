"""Questions to the usage log, answered by the database."""

from jarvis_ai.analytics.analytics import RECENT, Analytics, Summary
from jarvis_ai.analytics.buckets import Bucket
from jarvis_ai.analytics.filters import BY_FALLBACK, EVERYTHING, IN_EARNEST, OF_UNKNOWN_COST, Filters, FilterValues
from jarvis_ai.analytics.period import Period

__all__ = [
    "BY_FALLBACK",
    "EVERYTHING",
    "IN_EARNEST",
    "OF_UNKNOWN_COST",
    "RECENT",
    "Analytics",
    "Bucket",
    "FilterValues",
    "Filters",
    "Period",
    "Summary",
]
