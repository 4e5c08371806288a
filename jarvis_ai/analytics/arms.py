"""What the log says of the two sides of a migration, and of the versions of a chain.

Roll-ups know neither, so operations themselves are read, along the index of `started_at`: the newest of a period, and
no more than `MOST`, so that a question takes as long however much was logged. Drills are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics.frames import COUNT, NUMBER, TEXT, Columns, dollars, frame
from jarvis_ai.analytics.period import Period
from jarvis_ai.analytics.readers import reader_of
from jarvis_ai.analytics.where import bounds

MOST = 50_000
"""Operations that one question reads."""

# Percentiles as in `queries.py`: by nearest rank, over values that were counted first.
BY_ARM = """
    WITH newest AS (
        SELECT arm, source, status, fallback, latency_ms, cost_nanos FROM operations
        WHERE started_at >= :start AND started_at < :end ORDER BY started_at DESC, id DESC LIMIT :most
    ), sided AS (
        SELECT * FROM newest WHERE arm IN ('openrouter', 'direct') AND source <> 'drill'
    ), counted AS (
        SELECT arm, latency_ms AS value, COUNT(*) AS times FROM sided
        WHERE status = 'ok' AND latency_ms IS NOT NULL GROUP BY 1, 2
    ), ranked AS (
        SELECT arm, value,
            SUM(times) OVER (PARTITION BY arm ORDER BY value) AS place, SUM(times) OVER (PARTITION BY arm) AS n
        FROM counted
    ), percentiles AS (
        SELECT arm,
            MIN(CASE WHEN place * 100 >= n * 50 THEN value END) / 1000.0 AS p50,
            MIN(CASE WHEN place * 100 >= n * 95 THEN value END) / 1000.0 AS p95
        FROM ranked GROUP BY arm
    )
    SELECT s.arm, COUNT(*), COUNT(*) FILTER (WHERE s.status = 'ok'), COUNT(*) FILTER (WHERE s.status = 'failed'),
        SUM(s.fallback), MAX(p.p50), MAX(p.p95),
        AVG(s.cost_nanos), COUNT(*) FILTER (WHERE s.cost_nanos IS NULL AND s.status <> 'pending')
    FROM sided s LEFT JOIN percentiles p ON p.arm = s.arm GROUP BY s.arm ORDER BY s.arm DESC
"""

BY_VERSION = """
    WITH newest AS (
        SELECT chain_hash, source FROM operations
        WHERE started_at >= :start AND started_at < :end ORDER BY started_at DESC, id DESC LIMIT :most
    )
    SELECT chain_hash, COUNT(*) FROM newest
    WHERE source <> 'drill' AND chain_hash IN (SELECT value FROM json_each(:hashes)) GROUP BY 1
"""

COLUMNS: Columns = {
    "arm": TEXT, "operations": COUNT, "ok": COUNT, "failed": COUNT, "fallbacks": COUNT, "p50": NUMBER, "p95": NUMBER,
    "cost": NUMBER, "unknown_cost_operations": COUNT,
}  # fmt: skip


class Arms:
    """Questions to one log. Safe to call from any thread; a log that is not there yet answers like an empty one."""

    def __init__(self, path: Path | str | ServerAddress, *, most: int = MOST) -> None:
        self._reader, self._most = reader_of(path), most

    def compare(self, period: Period) -> pd.DataFrame:
        """One row for each side that was asked, OpenRouter's first.

        `p50` and `p95` are seconds to a whole answer, of operations that were answered; `cost` is the mean in dollars
        of those whose cost is known, every attempt included.
        """
        table = frame(self._reader.rows(BY_ARM, {**bounds(period), "most": self._most}), COLUMNS)
        return table.assign(cost=dollars(table["cost"]))

    def operations_of(self, hashes: Collection[str], period: Period) -> dict[str, int]:
        """How many operations went down each version of a chain; versions that nobody asked are left out."""
        values = {**bounds(period), "most": self._most, "hashes": json.dumps(sorted(hashes))}
        return dict(self._reader.rows(BY_VERSION, values))
