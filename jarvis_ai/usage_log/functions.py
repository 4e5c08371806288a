"""What SQLite is taught to do with histograms, so that a question to the roll-ups stays one query."""

from __future__ import annotations

import sqlite3

from jarvis_ai.usage_log.histogram import Histogram, merged, percentile


class HistogramSum:
    """All histograms of a group as one; NULLs are left out."""

    def __init__(self) -> None:
        self._parts: list[Histogram] = []

    def step(self, part: Histogram | None) -> None:
        if part:
            self._parts.append(part)

    def finalize(self) -> Histogram:
        return merged(self._parts)


def histogram_percentile(one: Histogram | None, share: float) -> float | None:
    """See `histogram.percentile`; NULL of NULL."""
    return percentile(one, share) if one else None


def teach(connection: sqlite3.Connection) -> None:
    """Give a connection `histogram_sum(column)`, an aggregate, and `histogram_percentile(histogram, share)`."""
    connection.create_aggregate("histogram_sum", 1, HistogramSum)  # type: ignore[arg-type] # int is not all SQL returns
    connection.create_function("histogram_percentile", 2, histogram_percentile, deterministic=True)
