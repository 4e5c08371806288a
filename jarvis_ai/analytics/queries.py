"""The questions, in SQL. What stands in braces is put together from constants of ours; values are named parameters.

Times are the log's milliseconds, money its 10⁻⁹ dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, Counted

STEPS = """
        SELECT key AS piece, json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS start,
            json_extract(value, '$[2]') AS until
        FROM json_each(:steps)
""".strip()
"""What is to be read, numbered from 0, from a list in JSON."""

CHUNKS = f"""
    WITH steps AS (
        {STEPS}
    )
    SELECT s.piece, c.key, {{columns}} FROM steps s CROSS JOIN {{table}} c
    ON c.cut = :cut AND c.level = s.kind AND c.start >= s.start AND c.start < s.until
"""
CELLS = f"""
    WITH steps AS (
        {STEPS}
    )
    SELECT s.piece, c.key, {{columns}} FROM steps s CROSS JOIN {{table}} c
    ON s.kind = 'live' AND c.start >= s.start AND c.start < s.until
"""

KEYS = """
    SELECT k.id, k.status{dimensions} FROM rollup_keys k
    WHERE k.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:ids)) {condition}
"""
"""Of the cells that were read: a cut has few of thousands."""


class Sum(NamedTuple):
    """A column of cells, and of which of them: those of one status, or all."""

    column: str
    status: str = ""


def answers(column: str) -> Sum:
    """Of answers alone: a fast refusal is not a fast model."""
    return Sum(column, "ok")


COLUMNS: Mapping[Counted, Mapping[str, Sum]] = MappingProxyType(
    {
        OPERATION: {
            "operations": Sum("operations"),
            "ok": Sum("operations", "ok"),
            "failed": Sum("operations", "failed"),
            "cancelled": Sum("operations", "cancelled"),
            "fallbacks": Sum("fallbacks"),
            "latency": answers("latency_ms"),
            "ttft": answers("ttft_ms"),
            "overhead": answers("overhead_ms"),
        },
        ATTEMPT: {
            "attempts": Sum("attempts"),
            "ok": Sum("attempts", "ok"),
            "failed": Sum("attempts", "failed"),
            "hedges": Sum("hedges"),
            "resumed": Sum("resumed"),
            "input_tokens": Sum("input_tokens"),
            "output_tokens": Sum("output_tokens"),
            "cache_read_tokens": Sum("cache_read_tokens"),
            "nanos": Sum("cost_nanos"),
            "unknown_costs": Sum("unknown_costs"),
            "written_tokens": Sum("written_tokens"),
            "written_ms": Sum("written_ms"),
            "latency": answers("latency_ms"),
            "ttft": answers("ttft_ms"),
            "tokens_per_second": answers("tokens_per_second"),
        },
    }
)
"""What can be asked of cells, by what they count."""

MARKS = "SELECT name, at FROM rollup_marks"

SEALED = "SELECT '', at FROM rollup_marks WHERE name = 'sealed' UNION ALL SELECT level, start FROM rollup_stale"
"""How far there are chunks, without a level, and which of them are stale."""

HAS_SEARCH = "SELECT 1 FROM sqlite_master WHERE name = 'body_search'"

FIRST = "SELECT MIN(started_at) FROM operations"

VALUES = """
    SELECT DISTINCT counted, provider, model, '' AS source, '' AS task, failure, status FROM rollup_keys
    UNION ALL SELECT DISTINCT counted, '', '', source, task, '', '' FROM rollup_keys
"""
"""Two short lists: a log that grows has more and more keys, but hardly more values."""

OPERATIONS = """
    SELECT {columns} FROM operations o WHERE {where} ORDER BY o.started_at DESC, o.id DESC LIMIT :limit
"""

OLDER_THAN = "(o.started_at, o.id) < (:at, :id)"
"""The next page by key: it costs the same however far back it lies."""

RECENT_HEALTH = """
    WITH newest AS (
        SELECT o.id FROM operations o
        WHERE o.started_at >= :start - :longest AND o.started_at <= :end AND o.source <> 'drill'
        ORDER BY o.started_at DESC LIMIT :most
    ), recent AS (
        SELECT a.provider, a.model, a.status, a.failure, a.started_at
        FROM newest n CROSS JOIN attempts a ON a.operation_id = n.id
        WHERE a.started_at >= :start AND a.started_at <= :end AND a.status IN ('ok', 'failed')
    ), failures AS (
        SELECT provider, model, failure, ROW_NUMBER() OVER (PARTITION BY provider, model ORDER BY started_at DESC) AS n
        FROM recent WHERE status = 'failed'
    )
    SELECT r.provider, r.model, COUNT(*), COUNT(*) FILTER (WHERE r.status = 'failed'), MAX(f.failure),
        MAX(CASE WHEN r.status = 'ok' THEN r.started_at END) / 1000.0,
        MAX(CASE WHEN r.status = 'failed' THEN r.started_at END) / 1000.0,
        MIN(CASE WHEN r.status = 'failed' THEN r.started_at END) / 1000.0
    FROM recent r LEFT JOIN failures f ON f.provider = r.provider AND f.model = r.model AND f.n = 1
    GROUP BY r.provider, r.model ORDER BY r.provider, r.model
"""
