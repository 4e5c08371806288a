"""The questions, in SQL. `{where}` is filled in by `where.py`.

Percentiles are by nearest rank: of n values in order, the one at place ceil(n · p), so that each is a value that
was really measured. Times are the log's milliseconds, money its 10⁻⁹ dollars. `/ 900000` counts the
quarters of an hour that `buckets.py` folds.
"""

from __future__ import annotations

SUMMARY_OF_OPERATIONS = """
    SELECT COUNT(*), SUM(o.status = 'ok'), SUM(o.status = 'failed'), SUM(o.status = 'cancelled'), SUM(o.fallback)
    FROM operations o WHERE {where}
"""

SUMMARY_OF_ATTEMPTS = """
    SELECT COUNT(*), SUM(a.cost_nanos), SUM(a.cost_nanos IS NULL AND a.status <> 'pending'),
        SUM(a.input_tokens), SUM(a.output_tokens)
    FROM attempts a WHERE {where}
"""

LATENCY_OF_OPERATIONS = """
    WITH ranked AS (
        SELECT o.latency_ms, ROW_NUMBER() OVER (ORDER BY o.latency_ms) AS place, COUNT(*) OVER () AS n
        FROM operations o WHERE {where} AND o.status = 'ok' AND o.latency_ms IS NOT NULL
    )
    SELECT MAX(CASE WHEN place = (n * 50 + 99) / 100 THEN latency_ms END) / 1000.0,
        MAX(CASE WHEN place = (n * 95 + 99) / 100 THEN latency_ms END) / 1000.0
    FROM ranked
"""

OPERATIONS_OVER_TIME = """
    SELECT o.started_at / 900000, COALESCE(o.model, 'none'), COUNT(*)
    FROM operations o WHERE {where} GROUP BY 1, 2
"""

ATTEMPTS_OVER_TIME = """
    SELECT a.started_at / 900000, a.model, COUNT(*), SUM(a.cost_nanos), COUNT(a.cost_nanos),
        SUM(a.cost_nanos IS NULL AND a.status <> 'pending')
    FROM attempts a WHERE {where} GROUP BY 1, 2
"""

FALLBACKS_OVER_TIME = """
    SELECT o.started_at / 900000, COUNT(*), SUM(o.fallback)
    FROM operations o WHERE {where} GROUP BY 1
"""

# Equal values are counted first: window functions are slow, and there are far fewer values than rows.
PERCENTILES = """
    WITH counted AS (
        SELECT a.provider, a.model, a.{column} AS value, COUNT(*) AS times
        FROM attempts a WHERE {where} AND a.status = 'ok' AND a.{column} IS NOT NULL GROUP BY 1, 2, 3
    ), ranked AS (
        SELECT provider, model, value,
            SUM(times) OVER (PARTITION BY provider, model ORDER BY value) AS place,
            SUM(times) OVER (PARTITION BY provider, model) AS n
        FROM counted
    )
    SELECT model, provider,
        MIN(CASE WHEN place >= (n * 50 + 99) / 100 THEN value END) / 1000.0,
        MIN(CASE WHEN place >= (n * 95 + 99) / 100 THEN value END) / 1000.0
    FROM ranked GROUP BY provider, model
"""

SPEED_BY_MODEL = """
    SELECT a.model, a.provider, COUNT(a.latency_ms),
        SUM(CASE WHEN a.latency_ms > a.ttft_ms THEN a.output_tokens END) * 1000.0
            / SUM(CASE WHEN a.latency_ms > a.ttft_ms AND a.output_tokens IS NOT NULL THEN a.latency_ms - a.ttft_ms END)
    FROM attempts a WHERE {where} AND a.status = 'ok' AND a.latency_ms IS NOT NULL GROUP BY a.provider, a.model
"""

FAILURES = """
    SELECT a.failure, a.provider, a.model, COUNT(*) AS attempts
    FROM attempts a WHERE {where} AND a.status = 'failed'
    GROUP BY 1, 2, 3 ORDER BY attempts DESC, 1, 2, 3
"""

BY_MODEL = """
    SELECT a.provider, a.model, COUNT(*) AS attempts, SUM(a.status = 'ok'), SUM(a.status = 'failed'),
        SUM(a.input_tokens), SUM(a.output_tokens), SUM(a.cost_nanos),
        SUM(a.cost_nanos IS NULL AND a.status <> 'pending')
    FROM attempts a WHERE {where} GROUP BY a.provider, a.model ORDER BY attempts DESC, a.provider, a.model
"""

OPERATIONS = """
    SELECT {columns} FROM operations o WHERE {where} ORDER BY o.started_at DESC, o.id DESC LIMIT :limit
"""

OLDER_THAN = "(o.started_at, o.id) < (SELECT started_at, id FROM operations WHERE id = :before)"
"""The next page by key: it costs the same however far back it lies."""

RECENT_HEALTH = """
    WITH recent AS (
        SELECT a.provider, a.model, a.status, a.failure, a.started_at
        FROM operations o JOIN attempts a ON a.operation_id = o.id
        WHERE o.started_at >= :start - :longest AND o.started_at <= :end AND o.source <> 'drill'
            AND a.started_at >= :start AND a.started_at <= :end AND a.status IN ('ok', 'failed')
    )
    SELECT provider, model, COUNT(*), SUM(status = 'failed'),
        (SELECT b.failure FROM recent b
            WHERE b.provider = r.provider AND b.model = r.model AND b.status = 'failed'
            ORDER BY b.started_at DESC LIMIT 1),
        MAX(CASE WHEN status = 'ok' THEN started_at END) / 1000.0,
        MAX(CASE WHEN status = 'failed' THEN started_at END) / 1000.0,
        MIN(CASE WHEN status = 'failed' THEN started_at END) / 1000.0
    FROM recent r GROUP BY provider, model ORDER BY provider, model
"""

DISTINCT_OF_ATTEMPTS = "SELECT DISTINCT model, provider, failure FROM attempts"
DISTINCT_OF_OPERATIONS = "SELECT DISTINCT model, source, task, status FROM operations"
