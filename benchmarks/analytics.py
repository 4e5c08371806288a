"""What the console asks the usage log, at any size: every panel's question, a scan of the facts, DuckDB, the pages.

`python -m benchmarks.analytics ROWS…` measures logs of so many operations, and compares the largest with the smallest.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.harness import Row, save, table
from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import ALL_TRAFFIC, EVERYTHING, MEASURES, Analytics, Cursor, Filters, Period, Scope

NAME = "analytics"
TITLE = "Questions to the usage log, in ms (90 days; dashboard: Europe/Berlin)"
ROWS = 10_000
LARGE = 10_000_000
DAYS = 90
PANEL_GOAL, FILTERS_GOAL = 100.0, 20.0
"""Milliseconds at the 95th percentile."""
ZONE = ZoneInfo("Europe/Berlin")
SHELL = str(Path(__file__).parents[1] / "pages" / "navigation.py")
FILTERED = Scope(sources=("api",))

Question = Callable[[], object]

SCANS: Mapping[str, str] = {
    "requests by day": """
        SELECT {day} AS day, model, COUNT(*) FROM log.operations
        WHERE started_at >= {start} AND started_at < {end} GROUP BY 1, 2""",
    "cost by day": """
        SELECT {day} AS day, a.model, SUM(a.cost_nanos) FROM log.operations o
        JOIN log.attempts a ON a.operation_id = o.id WHERE o.started_at >= {start} AND o.started_at < {end}
        GROUP BY 1, 2""",
    "failures": """
        SELECT a.failure, a.provider, a.model, COUNT(*) FROM log.operations o
        JOIN log.attempts a ON a.operation_id = o.id
        WHERE o.started_at >= {start} AND o.started_at < {end} AND a.status = 'failed' GROUP BY 1, 2, 3""",
    "latency by model": "",
}
"""The four questions of a dashboard, asked of the facts; percentiles are said differently by each database."""

PERCENTILES = {
    "scan": """
        WITH ranked AS (
            SELECT a.model, a.latency_ms, ROW_NUMBER() OVER (PARTITION BY a.model ORDER BY a.latency_ms) AS place,
                COUNT(*) OVER (PARTITION BY a.model) AS n
            FROM log.operations o JOIN log.attempts a ON a.operation_id = o.id
            WHERE o.started_at >= {start} AND o.started_at < {end} AND a.status = 'ok')
        SELECT model, MIN(CASE WHEN place >= n * 0.95 THEN latency_ms END) FROM ranked GROUP BY model""",
    "duckdb": """
        SELECT a.model, quantile_disc(a.latency_ms, [0.5, 0.95]) FROM log.operations o
        JOIN log.attempts a ON a.operation_id = o.id
        WHERE o.started_at >= {start} AND o.started_at < {end} AND a.status = 'ok' GROUP BY 1""",
}


def measure(turns: int, rows: int = ROWS) -> list[Row]:
    """Every panel on a log of `rows` operations, beside a scan of its facts where that says something."""
    with made(rows) as path:
        return [*panels(path, turns), *dashboards(path, turns, rows), *pages(path, turns)]


@contextlib.contextmanager
def made(rows: int) -> Iterator[Path]:
    """A log with so many operations of the last 90 days; kept for the next time when BENCH_LOGS names a folder."""
    kept = os.environ.get("BENCH_LOGS")
    with contextlib.ExitStack() as stack:
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory()))
        path = folder / f"{rows}.db"
        if not path.is_file():
            command = [sys.executable, "-m", "jarvis_ai.usage_log", "synth", "--rows", str(rows), "--days", str(DAYS)]
            subprocess.run([*command, str(path)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module
        yield path


def panels(path: Path, turns: int) -> Iterator[Row]:
    """Each question of Usage, Latency and History: its median, and its 95th percentile against the goal."""
    for name, question in questions(path, newest(path)).items():
        times = timed(question, turns)
        goal = FILTERS_GOAL if name == "filter lists" else PANEL_GOAL
        yield Row(name, "ms, p95 | p50", {"p95": percentile(times, 0.95), "p50": statistics.median(times)}, goal)


def questions(path: Path | ServerAddress, ends: float) -> dict[str, Question]:
    """By the name of the panel; the last operation began at `ends`."""
    log = Analytics(path, limit=600.0)
    period, before = Period.preset("90d", now=ends), Period.preset("90d", now=ends - 86400)
    first = Cursor(round((log.begins() or 0) * 1000) + 3_600_000, "")

    def series(name: str, scope: Scope = ALL_TRAFFIC) -> object:
        return log.series(MEASURES[name], period, scope, bucket="day", zone=ZONE, by="model")

    return {
        "figures": lambda: log.summary(period, ALL_TRAFFIC),
        "figures of the time before": lambda: log.summary(before, ALL_TRAFFIC),
        "requests over time": lambda: series("requests"),
        "cost over time": lambda: series("cost"),
        "p90 over time": lambda: series("call_p90"),
        "speed over time": lambda: series("speed"),
        "cost over time, one source": lambda: series("cost", FILTERED),
        "p90 over time, one source": lambda: series("call_p90", FILTERED),
        "p95 by task": lambda: log.totals(MEASURES["p95"], period, ALL_TRAFFIC, by="task"),
        "by model": lambda: log.by_model(period, ALL_TRAFFIC),
        "failures": lambda: log.failures(period, ALL_TRAFFIC),
        "times": lambda: log.times(period, ALL_TRAFFIC),
        "times by model": lambda: log.latency_by_model(period, ALL_TRAFFIC),
        "overhead over time": lambda: log.series(
            MEASURES["overhead_p99"], period, ALL_TRAFFIC, bucket="day", zone=ZONE
        ),
        "filter lists": log.filter_values,
        "history, first page": lambda: log.page(period, EVERYTHING),
        "history, end of the log": lambda: log.page(period, EVERYTHING, before=first),
        "history, one model's failures": lambda: log.page(
            period, Filters(models=("openai/gpt-4o",), outcomes=("failed",))
        ),
        "health of the last 15 minutes": lambda: log.recent_health(ends),
    }


def dashboards(path: Path, turns: int, rows: int) -> Iterator[Row]:
    """The four questions of a dashboard together, from roll-ups and from the facts."""
    log, ends = Analytics(path, limit=600.0), newest(path)
    for days in (7, 90):
        period = Period(ends - days * 86400, ends).whole_hours
        values = {"ours": statistics.median(timed(lambda p=period: dashboard(log, p), turns))}
        for name, scan in (("scan", scan_sqlite), ("duckdb", scan_duckdb)):
            if (times := scan(path, period, max(1, turns // 3))) is not None:
                values[name] = statistics.median(times)
        # In a log this small a scan has nothing to read; in a large one we are to be ten times as fast as DuckDB.
        goal = PANEL_GOAL if rows < LARGE else min(value for name, value in values.items() if name != "ours") / 10
        yield Row(f"dashboard of {days} days", "ms, dashboard", values, goal)


def dashboard(log: Analytics, period: Period) -> None:
    for name in ("requests", "cost"):
        log.series(MEASURES[name], period, ALL_TRAFFIC, bucket="day", zone=ZONE, by="model")
    log.failures(period, ALL_TRAFFIC)
    log.latency_by_model(period, ALL_TRAFFIC)


def scan_sqlite(path: Path, period: Period, turns: int) -> list[float]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS log", (str(path),))
        day = "date(started_at / 1000, 'unixepoch')"
        asked = scans("scan", period, day)
        return timed(lambda: [connection.execute(sql).fetchall() for sql in asked], turns)


def scan_duckdb(path: Path, period: Period, turns: int) -> list[float] | None:
    """In a file of DuckDB's own, with the columns that are asked; None where it is not installed."""
    try:
        import duckdb  # noqa: PLC0415 - wanted here alone, and not by everybody
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(sqlite3.connect(path)) as source:
        connection = duckdb.connect()
        connection.execute(f"ATTACH '{folder}/log.duckdb' AS log")
        for name, columns in COPIED.items():
            frames = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE log.{name} ({frames})")
            copy(source, connection, name, list(columns))
        day = "CAST(epoch_ms(started_at) AS DATE)"
        asked = scans("duckdb", period, day)
        return timed(lambda: [connection.execute(sql).fetchall() for sql in asked], turns)


COPIED = {
    "operations": {"id": "VARCHAR", "started_at": "BIGINT", "model": "VARCHAR"},
    "attempts": {"operation_id": "VARCHAR", "provider": "VARCHAR", "model": "VARCHAR", "status": "VARCHAR",
                 "failure": "VARCHAR", "latency_ms": "BIGINT", "cost_nanos": "BIGINT"},
}  # fmt: skip


def copy(source: sqlite3.Connection, target: Any, name: str, columns: Sequence[str]) -> None:
    """A table in pieces, by way of pandas: DuckDB takes those fast."""
    import pandas as pd  # noqa: PLC0415 - see above

    for piece in pd.read_sql_query(f"SELECT {', '.join(columns)} FROM {name}", source, chunksize=500_000):
        target.register("piece", piece)
        target.execute(f"INSERT INTO log.{name} SELECT * FROM piece")


def scans(database: str, period: Period, day: str) -> list[str]:
    places = {"start": round(period.start * 1000), "end": round(period.end * 1000)}
    return [
        (sql or PERCENTILES[database]).format(day=day.replace("started_at", "o.started_at") if " o" in sql else day,
                                              **places)
        for sql in SCANS.values()
    ]  # fmt: skip


def pages(path: Path, turns: int) -> Iterator[Row]:
    """How long a page's script takes from end to end, on this log."""
    import streamlit as st  # noqa: PLC0415 - a page alone needs it
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - see above

    from jarvis_ai import runtime as runtimes  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"JARVIS_DATA_DIR": folder}
        shared = runtimes.shared()
        shared.analytics = Analytics(path)
        for page in ("usage", "latency", "history"):
            app = AppTest.from_file(SHELL, default_timeout=120)
            app.switch_page(f"{page}.py").run()
            times = timed(app.run, max(3, turns))
            assert not app.exception, app.exception
            yield Row(f"page {page}", "ms, page", {"median": statistics.median(times)}, 1000.0)
        shared.close()
        runtimes.shared.cache_clear()
        st.cache_resource.clear()


def newest(path: Path) -> float:
    """UTC seconds of the last operation."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return float(connection.execute("SELECT MAX(started_at) FROM operations").fetchone()[0]) / 1000


def timed(question: Question, turns: int) -> list[float]:
    """Milliseconds of each turn, after one that does not count."""
    question()
    times = []
    for _ in range(turns):
        begin = time.perf_counter()
        question()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, round(len(ordered) * share + 0.499) - 1)]


def grown(small: Sequence[Row], large: Sequence[Row]) -> list[Row]:
    """The medians of the larger log over those of the smaller one; the goal is 1.3 times as long."""
    return [
        Row(big.name, "ms, larger log | smaller", {"larger": big.values["p50"], "smaller": little.values["p50"]},
            1.3 * little.values["p50"])
        for big, little in zip(large, small, strict=True)
        if "p50" in big.values
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.analytics", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[ROWS], help="operations in the log (default: 10000)")
    parser.add_argument("--turns", type=int, default=20)
    wanted = parser.parse_args()
    measured = {rows: measure(wanted.turns, rows) for rows in wanted.rows}
    for rows, found in measured.items():
        print(f"\n{TITLE}, {rows:,} operations\n")
        for unit in dict.fromkeys(row.unit for row in found):
            print(table([row for row in found if row.unit == unit]), end="\n\n")
        print(f"→ {save(f'{NAME}-{rows}', found)}")
    if len(measured) > 1:
        print("\nGrowth with the log\n")
        print(table(grown(measured[min(measured)], measured[max(measured)])))


if __name__ == "__main__":
    main()
