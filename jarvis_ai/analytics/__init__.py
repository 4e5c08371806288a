"""Questions to the usage log, answered by the database."""

from jarvis_ai.analytics.analytics import Analytics
from jarvis_ai.analytics.buckets import Bucket
from jarvis_ai.analytics.period import EVERYTHING, IN_EARNEST, PRESETS, Filters, FilterValues, Period, Summary

__all__ = ["EVERYTHING", "IN_EARNEST", "PRESETS", "Analytics", "Bucket", "FilterValues", "Filters", "Period", "Summary"]
