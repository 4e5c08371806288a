"""The usage log on a PostgreSQL server: how long callers wait, and what every panel's question costs.

`python -m benchmarks.server ADDRESS --rows N`, with the address of an empty database, fills it with made-up traffic.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from statistics import median

from benchmarks.analytics import DAYS, PANEL_GOAL, percentile, questions, timed
from benchmarks.harness import Row, save, table
from benchmarks.usage_log import call
from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.postgres.schema import opened
from jarvis_ai.usage_log.synth import synthesize

NAME = "server"
CALLERS = (1, 10, 100)
SECONDS = 5.0
ROWS_OF_A_CALL = 3
"""An operation, its body and its one attempt."""


def measure(server: ServerAddress, rows: int, turns: int) -> list[Row]:
    """The log is filled first: waits and questions are those of a log in use."""
    with closing(opened(server, "benchmark")) as connection:
        for _ in synthesize(connection, rows=rows, days=DAYS, seed=1, now_ms=round(time.time() * 1000)):
            pass
        connection.execute("ANALYZE")
        (newest,) = connection.execute("SELECT MAX(started_at) FROM operations").fetchone()
    found = list(panels(server, newest / 1000, turns))
    with closing(UsageLog(server)) as log:
        return [*(asyncio.run(crowd(log, callers)) for callers in CALLERS), *found]


def panels(server: ServerAddress, ends: float, turns: int) -> Iterator[Row]:
    """Each question of Usage, Latency and History."""
    for name, question in questions(server, ends).items():
        times = timed(question, turns)
        yield Row(name, "ms, p95 | p50", {"p95": percentile(times, 0.95), "p50": median(times)}, PANEL_GOAL)


async def crowd(log: UsageLog, callers: int) -> Row:
    """Calls one after the other by each caller: how long an intent waits for its commit, and rows a second."""
    waited: list[float] = []
    calls, end = 0, time.perf_counter() + SECONDS

    async def caller(number: int) -> None:
        nonlocal calls
        while time.perf_counter() < end:
            before, after = call(number)
            began = time.perf_counter()
            await log.record(*before)
            waited.append((time.perf_counter() - began) * 1000)
            await log.record(*after)
            calls, number = calls + 1, number + callers

    await asyncio.gather(*(caller(number + callers * 1_000_000) for number in range(callers)))
    values = {"p50": median(waited), "p99": percentile(waited, 0.99), "rows/s": calls * ROWS_OF_A_CALL / SECONDS}
    return Row(
        f"{callers} callers", "ms waited for an intent", {name: round(value, 1) for name, value in values.items()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("address", type=ServerAddress.parse, help="of an empty database")
    parser.add_argument("--rows", type=int, default=100_000, help="operations")
    parser.add_argument("--turns", type=int, default=9)
    wanted = parser.parse_args()
    rows = measure(wanted.address, wanted.rows, wanted.turns)
    for unit in dict.fromkeys(row.unit for row in rows):
        print(table([row for row in rows if row.unit == unit]), end="\n\n")
    print(f"→ {save(NAME, rows)}")


if __name__ == "__main__":
    main()
