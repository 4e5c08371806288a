"""The four questions of a dashboard: to roll-ups, to the facts by a scan, and to DuckDB with the same facts.

DuckDB has what suits it: a file of its own with typed columns in order of time, and beside each attempt the beginning
of its operation, so that it joins nothing; that one is to be beaten. The other one joins its tables, as the log's are.
Days are those of a time zone, which DuckDB works out of hours. The scan may count those of UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from benchmarks.harness import Question, Row, clocked, in_turns, median, say
from benchmarks.usage.logs import Log, about
from benchmarks.usage.panels import PANEL_GOAL, PATIENCE, ZONE
from jarvis_ai.analytics import ALL_TRAFFIC, MEASURES, Analytics, Period

DAYS = (7, 90)
LARGE, TIMES_FASTER = 10_000_000, 10
"""In a log so large roll-ups are to be so many times as fast as DuckDB; a small one is read in an instant."""

ROWS_A_SECOND = {"scan": 75_000, "copy": 150_000}
PIECE = 500_000
"""Rows that are copied at a time."""

REQUESTS = "SELECT {bucket} AS bucket, o.model, COUNT(*) AS value FROM operations o WHERE {within} GROUP BY 1, 2"
COST = "SELECT {bucket} AS bucket, a.model, SUM(a.cost_nanos) AS value FROM {attempts} WHERE {within} GROUP BY 1, 2"
LOCAL = f"""
    SELECT timezone('{ZONE}', timezone('UTC', bucket))::DATE AS day, model, SUM(value) FROM ({{by_hour}}) GROUP BY 1, 2
"""
FAILURES = """
    SELECT a.failure, a.provider, a.model, COUNT(*) FROM {attempts} WHERE {within} AND a.status = 'failed'
    GROUP BY 1, 2, 3
"""
RANKED = """
    WITH ranked AS (
        SELECT a.model, a.latency_ms, ROW_NUMBER() OVER (PARTITION BY a.model ORDER BY a.latency_ms) AS place,
            COUNT(*) OVER (PARTITION BY a.model) AS n
        FROM {attempts} WHERE {within} AND a.status = 'ok')
    SELECT model, MIN(CASE WHEN place >= n * 0.5 THEN latency_ms END),
        MIN(CASE WHEN place >= n * 0.95 THEN latency_ms END)
    FROM ranked GROUP BY model
"""
QUANTILES = """
    SELECT a.model, quantile_disc(a.latency_ms, [0.5, 0.95]) FROM {attempts} WHERE {within} AND a.status = 'ok'
    GROUP BY 1
"""

JOINED = "operations o JOIN attempts a ON a.operation_id = o.id"

OPERATIONS = {"id": "UUID", "started_at": "TIMESTAMP", "model": "VARCHAR"}
ATTEMPTS = {"operation_id": "UUID", "provider": "VARCHAR", "model": "VARCHAR", "status": "VARCHAR",
            "failure": "VARCHAR", "latency_ms": "INTEGER", "cost_nanos": "BIGINT"}  # fmt: skip
"""What is asked of them, with DuckDB's types."""

TIMED = """
    CREATE TABLE timed AS
        SELECT a.*, o.started_at AS began FROM attempts a JOIN operations o ON o.id = a.operation_id ORDER BY began;
    DROP TABLE attempts;
    ALTER TABLE timed RENAME TO attempts;
    CHECKPOINT
"""


def measure(log: Log, turns: int) -> Iterator[Row]:
    """Milliseconds of all four together, over a week and over everything; in a large log one scan must do."""
    analytics = Analytics(log.path, limit=PATIENCE)
    with closing(sqlite3.connect(log.path)) as sqlite, duckdb_of(log) as duck:
        for days in DAYS:
            period = Period(log.ends - days * 86400, log.ends).whole_hours
            asked = {
                "ours": partial(ours, analytics, period),
                "DuckDB": partial(in_duckdb, duck, period, "attempts a", "a.began"),
                "DuckDB, joined": partial(in_duckdb, duck, period, JOINED, "o.started_at"),
            }
            times = {name: median(each) for name, each in in_turns(asked, turns).items()}
            times["scan"] = scanned(partial(in_sqlite, sqlite, period), log.rows * days // DAYS[-1], turns)
            goal = times["DuckDB"] / TIMES_FASTER if log.rows >= LARGE else PANEL_GOAL
            yield Row(f"{log.name}, {days} days", "ms, four questions", times, goal)


def ours(log: Analytics, period: Period) -> None:
    for name in ("requests", "cost"):
        log.series(MEASURES[name], period, ALL_TRAFFIC, bucket="day", zone=ZONE, by="model")
    log.failures(period, ALL_TRAFFIC)
    log.latency_by_model(period, ALL_TRAFFIC)


def scanned(scan: Question, rows: int, turns: int) -> float:
    """Its median, or the first time where one takes minutes."""
    if (seconds := rows / ROWS_A_SECOND["scan"]) < 10:
        return median(in_turns({"scan": scan}, max(1, turns // 3))["scan"])
    say(f"Scanning {rows:,} operations once, {about(seconds)}")
    return clocked(scan)


def in_sqlite(connection: sqlite3.Connection, period: Period) -> list[Any]:
    places = {
        "bucket": "date(o.started_at / 1000, 'unixepoch')",
        "within": f"o.started_at >= {round(period.start * 1000)} AND o.started_at < {round(period.end * 1000)}",
        "attempts": JOINED,
    }
    return [connection.execute(sql.format(**places)).fetchall() for sql in (REQUESTS, COST, FAILURES, RANKED)]


def in_duckdb(connection: duckdb.DuckDBPyConnection, period: Period, attempts: str, began: str) -> list[Any]:
    """`attempts` is what they are read from, and `began` the column that says when their operation did."""
    start, end = (f"epoch_ms({round(at * 1000)})" for at in (period.start, period.end))

    def told(sql: str, began: str) -> str:
        within = f"{began} >= {start} AND {began} < {end}"
        return sql.format(bucket=f"date_trunc('hour', {began})", within=within, attempts=attempts)

    by_day = [LOCAL.format(by_hour=told(sql, at)) for sql, at in ((REQUESTS, "o.started_at"), (COST, began))]
    return [connection.execute(sql).fetchall() for sql in (*by_day, told(FAILURES, began), told(QUANTILES, began))]


@contextmanager
def duckdb_of(log: Log) -> Iterator[duckdb.DuckDBPyConnection]:
    """The log in a file of DuckDB's own."""
    if (seconds := log.rows / ROWS_A_SECOND["copy"]) > 10:
        say(f"Copying {log.rows:,} operations into a file of DuckDB's, {about(seconds)}")
    with TemporaryDirectory() as folder, duckdb.connect(Path(folder) / "log.duckdb") as connection:
        with closing(sqlite3.connect(log.path)) as source:
            copy(source, connection, "operations", OPERATIONS)
            copy(source, connection, "attempts", ATTEMPTS)
        connection.execute(TIMED)
        yield connection


def copy(source: sqlite3.Connection, target: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    """A table in pieces, by way of pandas, from which DuckDB reads at once."""
    target.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
    for piece in pd.read_sql_query(f"SELECT {', '.join(columns)} FROM {name}", source, chunksize=PIECE):
        if "started_at" in piece:
            piece["started_at"] = pd.to_datetime(piece["started_at"], unit="ms")
        target.register("piece", piece)
        target.execute(f"INSERT INTO {name} SELECT * FROM piece")
