"""The questions, in SQL. What stands in braces is put together from constants of ours; values are named parameters.

Times are the log's milliseconds, money its 10⁻⁹ dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, Counted

STEPS = """
        SELECT key AS piece, json_extract(value, '$[0]') AS level, json_extract(value, '$[1]') AS start,
            json_extract(value, '$[2]') AS until, json_extract(value, '$[3]') AS cut
        FROM json_each(:steps)
""".strip()
"""What is to be read, numbered from 0, from a list in JSON."""

JOINED = """FROM steps s CROSS JOIN keys k CROSS JOIN {table} c
        ON k.cut = s.cut AND c.level = s.level AND c.key = k.id AND c.start >= s.start AND c.start < s.until"""
"""The order of the tables is the order in which they are read: of each step, each key that is asked about, and of that
one stretch of cells."""

# Keys are looked for once: there are thousands of them, and few are asked about.
CELLS = f"""
    WITH steps AS (
        {STEPS}
    ), keys AS MATERIALIZED (
        SELECT * FROM rollup_keys k
        WHERE k.counted = :counted AND k.cut IN (SELECT cut FROM steps) {{condition}}
    )
    SELECT {{groups}}, {{columns}}
    {JOINED}
    GROUP BY {{groups}}
"""

TABLES: Mapping[Counted, str] = MappingProxyType({OPERATION: "operation_cells", ATTEMPT: "attempt_cells"})


def total(column: str) -> str:
    """A count of all cells."""
    return f"SUM(c.{column})"


def of_status(column: str, status: str) -> str:
    """A count of the cells of one status."""
    return f"SUM(CASE WHEN k.status = '{status}' THEN c.{column} ELSE 0 END)"


def histogram(column: str) -> str:
    """Of answers: a fast refusal is not a fast model. Histograms are added by putting one behind the other."""
    return f"CAST(group_concat(CASE WHEN k.status = 'ok' THEN c.{column} END, '') AS BLOB)"


COLUMNS: Mapping[Counted, Mapping[str, str]] = MappingProxyType(
    {
        OPERATION: {
            "operations": total("operations"),
            "ok": of_status("operations", "ok"),
            "failed": of_status("operations", "failed"),
            "cancelled": of_status("operations", "cancelled"),
            "fallbacks": total("fallbacks"),
            "latency": histogram("latency_ms"),
            "ttft": histogram("ttft_ms"),
            "overhead": histogram("overhead_ms"),
        },
        ATTEMPT: {
            "attempts": total("attempts"),
            "ok": of_status("attempts", "ok"),
            "failed": of_status("attempts", "failed"),
            "hedges": total("hedges"),
            "resumed": total("resumed"),
            "input_tokens": total("input_tokens"),
            "output_tokens": total("output_tokens"),
            "cache_read_tokens": total("cache_read_tokens"),
            "nanos": total("cost_nanos"),
            "unknown_costs": total("unknown_costs"),
            "written_tokens": total("written_tokens"),
            "written_ms": total("written_ms"),
            "latency": histogram("latency_ms"),
            "ttft": histogram("ttft_ms"),
            "tokens_per_second": histogram("tokens_per_second"),
        },
    }
)
"""What can be asked of cells, by what they count."""

HISTOGRAMS = frozenset({"latency", "ttft", "overhead", "tokens_per_second"})

MARKS = "SELECT name, at FROM rollup_marks"

HAS_SEARCH = "SELECT 1 FROM sqlite_master WHERE name = 'body_search'"

FIRST = "SELECT MIN(started_at) FROM operations"

VALUES = """
    SELECT counted, provider, model, source, task, failure, status FROM rollup_keys WHERE cut = 'full'
"""

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
