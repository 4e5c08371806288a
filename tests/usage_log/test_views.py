"""Views say what the tables say, in dollars, seconds and on the clock of whoever asks; in both databases."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.postgres.connection import connect
from jarvis_ai.usage_log.views import POSTGRESQL, RECENT_DAYS, RECENT_OPERATIONS, SQLITE, views
from tests.databases import Place
from tests.usage_log.facts import GPT, HAIKU, NOON, answered, change, failed, operation, store, table, whole

ZONE = "Asia/Kathmandu"
"""Three quarters of an hour from where every other zone is."""

NOON_MS = round(NOON * 1000)
DAY = 86_400
CENTURIES = st.integers(0, 4_102_444_800_000)


@pytest.fixture(autouse=True)
def _far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite asks the process for its zone, a server its session, which asks libpq's PGTZ."""
    monkeypatch.setenv("TZ", ZONE)
    monkeypatch.setenv("PGTZ", ZONE)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def rows(place: Place, sql: str) -> list[dict[str, Any]]:
    """The same as `table`, by name."""
    connection = connect(place) if isinstance(place, ServerAddress) else sqlite3.connect(place)
    try:
        answer = connection.execute(sql)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    finally:
        connection.close()


def fallen_back(place: Place, **fields: Any) -> None:
    """One operation that was refused by one model and answered by another."""
    op = operation(1, task="fast", tag="night", **fields)
    store(place, *whole(op, failed(op), answered(op, 2, HAIKU, nanos=1_234_567, latency=2.0)))


def test_an_operation_in_dollars_seconds_and_local_time(place: Place) -> None:
    fallen_back(place)
    (found,) = rows(place, "SELECT * FROM readable_operations")
    local = datetime.fromtimestamp(NOON, ZoneInfo(ZONE))
    assert (
        found
        | {
            "id": "op-000001",
            "started_at": NOON_MS,
            "started_utc": datetime.fromtimestamp(NOON, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "started_local": f"{local:%Y-%m-%d %H:%M:%S}",
            "day": f"{local:%Y-%m-%d}",
            "hour": local.hour,
            "task": "fast",
            "tag": "night",
            "latency_seconds": 2.1,
            "ttft_seconds": 0.5,
            "dollars": 0.001234567,
            "cost_nanos": 1_234_567,
        }
        == found
    )


def test_attempts_say_what_their_operation_is_about_and_begin_when_it_does(place: Place) -> None:
    fallen_back(place)
    sql = """SELECT attempt_no, started_at, dispatched_at, source, task, tag, model, status, failure,
        retry_after_seconds, dollars, cost_source FROM readable_attempts ORDER BY attempt_no"""
    shared = {"started_at": NOON_MS, "dispatched_at": NOON_MS, "source": "playground", "task": "fast", "tag": "night"}
    refused = {"status": "failed", "failure": "rate_limited", "retry_after_seconds": 2.0}
    ok = {"status": "ok", "failure": None, "retry_after_seconds": None}
    assert rows(place, sql) == [
        {"attempt_no": 1, **shared, "model": GPT.model, **refused, "dollars": 0, "cost_source": "estimated"},
        {"attempt_no": 2, **shared, "model": HAIKU.model, **ok, "dollars": 0.001234567, "cost_source": "billed"},
    ]


@pytest.mark.parametrize("view", ["readable_operations", "readable_attempts", "attempts_by_hour", "spending_by_day"])
def test_an_unknown_cost_is_null_and_never_nothing(place: Place, view: str) -> None:
    op = operation()
    store(place, *whole(op, answered(op, nanos=None)))
    assert table(place, f"SELECT dollars, cost_nanos FROM {view}") == [(None, None)]


def test_what_is_known_is_summed_and_what_is_not_is_counted_beside_it(place: Place) -> None:
    for number, nanos in enumerate([5_000_000_000, 1, None]):
        op = operation(number)
        store(place, *whole(op, answered(op, nanos=nanos)))
    sql = "SELECT attempts, dollars, cost_nanos, unknown_costs FROM {}"
    assert table(place, sql.format("attempts_by_hour")) == [(3, 5.000000001, 5_000_000_001, 1)]
    assert table(place, sql.format("spending_by_day")) == [(3, 5.000000001, 5_000_000_001, 1)]


def test_an_hour_counts_what_the_facts_say_and_is_told_on_the_local_clock(place: Place) -> None:
    fallen_back(place)
    hour_ms = NOON_MS - NOON_MS % 3_600_000
    local = f"{datetime.fromtimestamp(hour_ms / 1000, ZoneInfo(ZONE)):%Y-%m-%d %H:%M:%S}"
    sql = "SELECT start, start_local, model, status, failure, attempts FROM {} ORDER BY model DESC"
    ok, refused = (HAIKU.model, "ok", ""), (GPT.model, "failed", "rate_limited")
    assert table(place, sql.format("operations_by_hour")) == [(hour_ms, local, *ok, 2)]
    assert table(place, sql.format("attempts_by_hour")) == [(hour_ms, local, *refused, 1), (hour_ms, local, *ok, 1)]


def test_days_of_spending_are_local_and_the_last_ones(place: Place) -> None:
    for number in range(RECENT_DAYS + 5):
        op = operation(number, at=NOON - number * DAY)
        store(place, *whole(op, answered(op)))
    days = [f"{datetime.fromtimestamp(NOON - n * DAY, ZoneInfo(ZONE)):%Y-%m-%d}" for n in range(RECENT_DAYS)]
    assert table(place, "SELECT day, attempts, cost_nanos FROM spending_by_day ORDER BY day DESC") == [
        (day, 1, 1000) for day in days
    ]


def test_recent_ones_are_the_newest_whatever_else_there_is(tmp_path: Path) -> None:
    path = store(tmp_path / "usage.db")
    many = f"WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {RECENT_OPERATIONS + 7})"
    change(
        path,
        f"""INSERT INTO operations (id, started_at, source, task, tag, requested_model, chain, status)
            {many} SELECT 'op-' || n, n, 'api', '', '', '', '[]', 'ok' FROM n""",
        """INSERT INTO attempts (operation_id, attempt_no, provider, model, started_at, status)
            VALUES ('op-7', 1, '', '', 7, 'ok'), ('op-8', 1, '', '', 8, 'ok')""",
    )
    assert table(path, "SELECT COUNT(*), MIN(started_at) FROM recent_operations") == [(RECENT_OPERATIONS, 8)]
    assert table(path, "SELECT operation_id FROM recent_attempts") == [("op-8",)]


def test_an_empty_log_has_empty_views(place: Place) -> None:
    store(place)
    assert [table(place, f"SELECT * FROM {view}") for view in views(SQLITE)] == [[]] * len(views(SQLITE))


@pytest.mark.parametrize(
    ("view", "bound", "index"),
    [
        ("readable_operations", "started_at", "o USING INDEX idx_operations_started_at_id (started_at>?)"),
        ("recent_operations", "started_at", "o USING INDEX idx_operations_started_at_id (started_at>?)"),
        ("readable_attempts", "started_at", "o USING INDEX idx_operations_started_at_id (started_at>?)"),
        ("recent_attempts", "started_at", "o USING INDEX idx_operations_started_at_id (started_at>?)"),
        ("operations_by_hour", "start", "c USING PRIMARY KEY (start>?)"),
        ("attempts_by_hour", "start", "c USING PRIMARY KEY (start>?)"),
    ],
)
def test_a_bound_on_time_reads_nothing_before_it(tmp_path: Path, view: str, bound: str, index: str) -> None:
    path = store(tmp_path / "usage.db")
    plan = [row[3] for row in table(path, f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE {bound} > 7")]
    assert f"SEARCH {index}" in plan
    assert [step for step in plan if step.startswith("SCAN") and "idx_operations_started_at_id" not in step] == []


@pytest.mark.parametrize("view", ["readable_operations", "readable_attempts"])
def test_the_newest_rows_are_found_without_sorting_the_others(tmp_path: Path, view: str) -> None:
    path = store(tmp_path / "usage.db")
    plan = table(path, f"EXPLAIN QUERY PLAN SELECT * FROM {view} ORDER BY started_at DESC LIMIT 100")
    assert [step for *_, step in plan if "TEMP B-TREE" in step] == []


def test_a_new_column_of_a_table_leaves_the_views_as_they_are(place: Place) -> None:
    fallen_back(place)
    before = [rows(place, f"SELECT * FROM {view}") for view in views(SQLITE)]
    change(place, *(f"ALTER TABLE {name} ADD COLUMN dollars INTEGER DEFAULT 9" for name in ("operations", "attempts")))
    assert [rows(place, f"SELECT * FROM {view}") for view in views(SQLITE)] == before


@given(st.integers(0, 10**15 - 1))
def test_dollars_are_exact_to_the_last_digit_up_to_a_million(nanos: int) -> None:
    assert Decimal(repr(of_sqlite(SQLITE.dollars, nanos))) == Decimal(nanos).scaleb(-9)


@given(CENTURIES)
def test_clock_times_are_those_of_the_calendar(instant: int) -> None:
    expected = clock(instant)
    assert tuple(of_sqlite(words, instant) for words in (SQLITE.utc, SQLITE.local, SQLITE.day, SQLITE.hour)) == expected


def test_a_server_tells_the_same_times_and_exact_dollars(server: ServerAddress) -> None:
    connection = connect(server)

    @given(CENTURIES)
    def agree(instant: int) -> None:
        asked = ", ".join(
            w.format(instant) for w in (POSTGRESQL.utc, POSTGRESQL.local, POSTGRESQL.day, POSTGRESQL.hour)
        )
        dollars = f"CAST({POSTGRESQL.dollars.format(f'CAST({instant} AS BIGINT)')} AS TEXT)"
        *times, exact = connection.execute(f"SELECT {asked}, {dollars}").fetchone()
        assert tuple(times) == clock(instant)
        assert Decimal(exact) == Decimal(instant).scaleb(-9)

    agree()
    connection.close()


def clock(instant: int) -> tuple[str, str, str, int]:
    """UTC, local time, day and hour."""
    utc = datetime.fromtimestamp(instant // 1000, UTC)
    local = utc.astimezone(ZoneInfo(ZONE))
    return (
        f"{utc:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03}Z",
        f"{local:%Y-%m-%d %H:%M:%S}",
        f"{local:%Y-%m-%d}",
        local.hour,
    )


def of_sqlite(words: str, number: int) -> Any:
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute(f"SELECT {words.format(number)}").fetchone()[0]
    finally:
        connection.close()
