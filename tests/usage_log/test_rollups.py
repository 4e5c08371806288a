"""Roll-ups equal facts, whatever was written, in whichever order, and whoever was killed meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from jarvis_ai.domain import Cost, CostSource, Fact, Source
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.functions import teach
from jarvis_ai.usage_log.levels import HOUR, HOUR_MS, start_of
from jarvis_ai.usage_log.migrations import migrations
from jarvis_ai.usage_log.rebuild import Step, correct, fill, rebuild, verify
from jarvis_ai.usage_log.rollups import FILLED, SEALED, Rollups, mark
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import Writer
from tests.usage_log.facts import (
    GPT,
    HAIKU,
    NOON,
    answered,
    asked,
    at_noon,
    change,
    completed,
    failed,
    operation,
    store,
    table,
    whole,
)

pytestmark = pytest.mark.anyio

FOR_EVER = Retention(bodies=1e6, facts=1e6)
NOON_MS = round(NOON * 1000)
HOUR_OF_NOON = start_of(HOUR, NOON_MS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


def differences(path: Path) -> int:
    """Cells that are not what the facts say."""
    with opened(path) as connection:
        return sum(count for _, count in verify(connection))


def a_day(path: Path, *, hours: int = 30) -> Path:
    """Traffic of a good day, two operations an hour, one of which fell back."""
    facts: list[Fact] = []
    for hour in range(hours):
        first = operation(2 * hour, at=NOON + hour * 3600)
        second = operation(2 * hour + 1, at=NOON + hour * 3600 + 60, source=Source.API, task="fast")
        facts += whole(first, answered(first, latency=1.0 + hour))
        facts += whole(second, failed(second), answered(second, 2, HAIKU, nanos=None))
    return store(path, *facts)


def cells(path: Path, column: str, of: str = "operation", *, level: str = "hour", cut: str = "full") -> int:
    """The sum of a column."""
    sql = f"""SELECT SUM(c.{column}) FROM {of}_cells c JOIN rollup_keys k ON k.id = c.key
        WHERE c.level = '{level}' AND k.cut = '{cut}'"""
    return int(table(path, sql)[0][0] or 0)


async def test_nothing_is_counted_before_an_operation_ends(path: Path) -> None:
    log, op = UsageLog(path), operation()
    await log.record(op, asked(op))
    await log.record(failed(op), asked(op, 2, HAIKU))
    assert cells(path, "operations") == cells(path, "attempts", "attempt") == 0
    await log.record(answered(op, 2, HAIKU), completed(op, failed(op), answered(op, 2, HAIKU)))
    log.close()
    sums = [cells(path, column, "attempt") for column in ("attempts", "cost_nanos", "input_tokens", "output_tokens")]
    assert (cells(path, "operations"), cells(path, "fallbacks"), sums) == (1, 1, [2, 1000, 10, 30])
    assert differences(path) == 0


async def test_what_was_interrupted_is_counted_and_counted_anew_when_it_did_end(path: Path) -> None:
    log, op = UsageLog(path, clock=at_noon), operation()
    await log.record(op, asked(op))
    log.close()
    status = """SELECT k.status, SUM(c.operations) FROM operation_cells c JOIN rollup_keys k ON k.id = c.key
        WHERE k.cut = 'full' AND c.level = 'hour' GROUP BY 1"""
    assert table(path, status) == [("interrupted", 1)]
    assert cells(path, "unknown_costs", "attempt") == 1
    await log.record(answered(op), completed(op, answered(op)))
    UsageLog(path, clock=at_noon).close()
    assert table(path, status) == [("interrupted", 0), ("ok", 1)]
    assert (cells(path, "unknown_costs", "attempt"), cells(path, "cost_nanos", "attempt")) == (0, 1000)
    assert differences(path) == 0


async def test_a_cost_that_is_settled_later_changes_the_cell_it_is_in(path: Path) -> None:
    log, op = UsageLog(path), operation()
    unknown = answered(op, nanos=None)
    await log.record(*whole(op, unknown))
    assert (cells(path, "unknown_costs", "attempt"), cells(path, "cost_nanos", "attempt")) == (1, 0)
    await log.record(replace(unknown, cost=Cost(4200, CostSource.SETTLED)))
    log.close()
    assert (cells(path, "unknown_costs", "attempt"), cells(path, "cost_nanos", "attempt")) == (0, 4200)
    assert cells(path, "attempts", "attempt") == 1
    assert differences(path) == 0


def test_rows_that_are_written_twice_count_once(path: Path) -> None:
    op = operation()
    for _ in range(3):
        store(path, *whole(op, failed(op), answered(op, 2)))
    assert (cells(path, "operations"), cells(path, "attempts", "attempt")) == (1, 2)
    assert differences(path) == 0


STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["begin", "fail", "answer", "end", "settle", "interrupt", "seal"])),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_any_order_of_events_leaves_roll_ups_that_equal_the_facts(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    path = tmp_path_factory.mktemp("events") / "usage.db"
    target = Store(str(path), Writer.this(), busy_timeout=0)
    target.apply([])
    operations = [operation(number, at=NOON + number * 3000) for number in range(5)]
    for number, step in steps:
        op = operations[number]
        facts: dict[str, list[Fact]] = {
            "begin": [op, asked(op)],
            "fail": [op, failed(op), asked(op, 2, HAIKU)],
            "answer": [op, answered(op, 2, HAIKU, nanos=None)],
            "end": [completed(op, failed(op), answered(op, 2, HAIKU))],
            "settle": [replace(answered(op, 2, HAIKU), cost=Cost(number, CostSource.SETTLED))],
        }
        target.apply([write for fact in facts.get(step, []) for write in writes_of(fact, writer=target.writer.id)])
        if step == "interrupt":
            target.beat(NOON_MS)
            target.leave()
        if step == "seal":
            target.keep_up(FOR_EVER, NOON_MS + number * 3_600_000)
    target.close()
    assert differences(path) == 0


def test_days_months_and_cuts_are_made_of_hours_that_are_over(path: Path) -> None:
    a_day(path)
    target = Store(str(path), Writer.this(), busy_timeout=1)
    assert cells(path, "operations", level="day") == 0
    while target.keep_up(FOR_EVER, HOUR_OF_NOON + 25 * HOUR_MS):
        pass
    with opened(path) as connection:
        assert mark(connection, SEALED) == HOUR_OF_NOON + 24 * HOUR_MS
    for level, cut in (("day", "full"), ("month", "full"), ("hour", "model"), ("day", "task"), ("month", "source")):
        assert cells(path, "operations", level=level, cut=cut) == 48
        assert cells(path, "attempts", "attempt", level=level, cut=cut) == 72
    assert differences(path) == 0
    late = operation(900, at=NOON)
    target.apply([write for fact in whole(late, answered(late)) for write in writes_of(fact, writer="late")])
    target.close()
    assert cells(path, "operations", level="month", cut="failure") == 49
    assert differences(path) == 0


def test_a_log_of_before_is_counted_from_the_newest_hour_back(path: Path) -> None:
    new = a_day(path.with_name("new.db"))
    with opened(path) as connection:
        migrations.apply(Database(connection), stop_before="m006_rollups")
        connection.execute("ATTACH ? AS new", (str(new),))
        for name in ("operations", "attempts"):
            connection.execute(f"INSERT INTO {name} SELECT * FROM new.{name}")
        connection.commit()
    target = Store(str(path), Writer.this(), busy_timeout=1)
    target.apply([])
    with opened(path) as connection:
        assert mark(connection, FILLED) == HOUR_OF_NOON + 31 * HOUR_MS
        assert fill(connection, Rollups())
        assert mark(connection, FILLED) == HOUR_OF_NOON + 29 * HOUR_MS
        assert cells(path, "operations") == 2
    while target.keep_up(FOR_EVER, 0):
        pass
    target.close()
    with opened(path) as connection:
        assert mark(connection, FILLED) == 0
    assert cells(path, "operations") == 60
    assert differences(path) == 0


def test_a_new_log_has_nothing_to_fill(path: Path) -> None:
    store(path)
    with opened(path) as connection:
        assert not fill(connection, Rollups())


def test_cells_that_somebody_changed_are_found_and_put_right(path: Path) -> None:
    a_day(path)
    with opened(path) as connection:
        target = Store(str(path), Writer.this(), busy_timeout=1)
        while target.keep_up(FOR_EVER, HOUR_OF_NOON + 40 * HOUR_MS):
            pass
        target.close()
        assert differences(path) == 0
        change(
            path,
            "DELETE FROM operation_cells WHERE level = 'hour' AND start % 7200000 = 0",
            "UPDATE attempt_cells SET cost_nanos = cost_nanos + 1, latency_ms = x'' WHERE level = 'day'",
            """INSERT INTO operation_cells
                SELECT level, key, start + 172800000, operations, fallbacks, attempts, cached, latency_ms, ttft_ms,
                    overhead_ms
                FROM operation_cells WHERE level = 'hour' AND start % 10800000 = 0""",
        )
        assert differences(path) > 10
        assert sum(count for _, count in rebuild(connection)) > 10
    assert differences(path) == 0


def test_facts_that_somebody_took_away_are_missed(path: Path) -> None:
    a_day(path, hours=2)
    change(path, "DELETE FROM operations WHERE id = 'op-000002'")
    assert differences(path) == 2


def test_what_is_written_while_a_step_counts_is_not_lost(path: Path) -> None:
    a_day(path, hours=1)
    change(path, "DELETE FROM operation_cells")
    neighbour = operation(77, at=NOON)

    class Interrupted(sqlite3.Connection):
        """A neighbour writes between counting and adding, once."""

        writes = True

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE" and self.writes:
                self.writes = False
                store(path, *whole(neighbour, answered(neighbour)))
            return super().execute(sql, *values)  # type: ignore[arg-type]

    with closing(sqlite3.connect(path, isolation_level=None, factory=Interrupted)) as connection:
        assert correct(connection, Rollups(), Step(HOUR, HOUR_OF_NOON)) > 0
    assert cells(path, "operations") == 3
    assert differences(path) == 0


def test_sql_adds_histograms_up_and_reads_percentiles_from_them(path: Path) -> None:
    a_day(path)
    sql = """SELECT k.model, histogram_percentile(histogram_sum(c.latency_ms), 0.5)
        FROM rollup_keys k JOIN attempt_cells c ON c.key = k.id
        WHERE k.cut = 'full' AND k.status = 'ok' AND k.model = ? GROUP BY k.model"""
    with opened(path) as connection:
        teach(connection)
        ((_, median),) = connection.execute(sql, (GPT.model,))
        assert connection.execute("SELECT histogram_percentile(histogram_sum(NULL), 0.5)").fetchone() == (None,)
    assert median == pytest.approx(15_000, rel=0.01)
