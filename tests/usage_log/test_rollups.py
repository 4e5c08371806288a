"""Roll-ups equal facts, whatever was written, in whichever order, and whoever was killed meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from jarvis_ai.domain import Cost, CostSource, Fact, Source
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.cells import CELLS, Counted, columns_of
from jarvis_ai.usage_log.chunks import unpacked
from jarvis_ai.usage_log.cuts import CUTS
from jarvis_ai.usage_log.functions import teach
from jarvis_ai.usage_log.levels import DAY_MS, HOUR, HOUR_MS, LEVELS, MONTH, Level, end_of, start_of
from jarvis_ai.usage_log.migrations import migrations
from jarvis_ai.usage_log.rebuild import Hour, correct, fill, rebuild, verify
from jarvis_ai.usage_log.rollups import FILLED, SEALED, Rollups, mark
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.sealing import seal_all
from tests.databases import Place
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
    opened,
    operation,
    store,
    table,
    target,
    whole,
)

pytestmark = pytest.mark.anyio

FOR_EVER = Retention(bodies=1e6, facts=1e6)
NOON_MS = round(NOON * 1000)
HOUR_OF_NOON = start_of(HOUR, NOON_MS)
END_OF_MONTH = end_of(MONTH, NOON_MS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def differences(place: Place) -> int:
    """Cells that are not what the facts say."""
    with opened(place) as connection:
        return sum(count for _, count in verify(connection))


def a_day(place: Place, *, hours: int = 30) -> Place:
    """Traffic of a good day, two operations an hour, one of which fell back."""
    facts: list[Fact] = []
    for hour in range(hours):
        first = operation(2 * hour, at=NOON + hour * 3600)
        second = operation(2 * hour + 1, at=NOON + hour * 3600 + 60, source=Source.API, task="fast")
        facts += whole(first, answered(first, latency=1.0 + hour))
        facts += whole(second, failed(second), answered(second, 2, HAIKU, nanos=None))
    return store(place, *facts)


def cells(place: Place, column: str, of: Counted = "operation") -> int:
    """The sum of a column."""
    return int(table(place, f"SELECT SUM({column}) FROM {of}_cells")[0][0] or 0)


def chunks(place: Place, of: Counted, level: Level, cut: str) -> int:
    """How many facts there are in the chunks of a level and a cut."""
    columns = ", ".join(("key", *columns_of(CELLS[of])))
    rows = table(place, f"SELECT {columns} FROM {of}_chunks WHERE level = '{level}' AND cut = '{cut}'")
    return sum(int(unpacked(of, row).counts[0].sum()) for row in rows)  # type: ignore[arg-type]


def hours_left(hour: int) -> int:
    """Of its day, itself included."""
    return (DAY_MS - hour % DAY_MS) // HOUR_MS


async def test_nothing_is_counted_before_an_operation_ends(place: Place) -> None:
    log, op = UsageLog(place), operation()
    await log.record(op, asked(op))
    await log.record(failed(op), asked(op, 2, HAIKU))
    assert cells(place, "operations") == cells(place, "attempts", "attempt") == 0
    await log.record(answered(op, 2, HAIKU), completed(op, failed(op), answered(op, 2, HAIKU)))
    log.close()
    sums = [cells(place, column, "attempt") for column in ("attempts", "cost_nanos", "input_tokens", "output_tokens")]
    assert (cells(place, "operations"), cells(place, "fallbacks"), sums) == (1, 1, [2, 1000, 10, 30])
    assert differences(place) == 0


async def test_what_was_interrupted_is_counted_and_counted_anew_when_it_did_end(place: Place, tmp_path: Path) -> None:
    spool = tmp_path / "spool.jsonl"
    log, op = UsageLog(place, spool=spool, clock=at_noon), operation()
    await log.record(op, asked(op))
    log.close()
    status = """SELECT k.status, SUM(c.operations) FROM operation_cells c JOIN rollup_keys k ON k.id = c.key
        GROUP BY k.status ORDER BY k.status"""
    assert table(place, status) == [("interrupted", 1)]
    assert cells(place, "unknown_costs", "attempt") == 1
    await log.record(answered(op), completed(op, answered(op)))
    UsageLog(place, spool=spool, clock=at_noon).close()
    assert table(place, status) == [("interrupted", 0), ("ok", 1)]
    assert (cells(place, "unknown_costs", "attempt"), cells(place, "cost_nanos", "attempt")) == (0, 1000)
    assert differences(place) == 0


async def test_a_cost_that_is_settled_later_changes_the_cell_it_is_in(place: Place) -> None:
    log, op = UsageLog(place), operation()
    unknown = answered(op, nanos=None)
    await log.record(*whole(op, unknown))
    assert (cells(place, "unknown_costs", "attempt"), cells(place, "cost_nanos", "attempt")) == (1, 0)
    await log.record(replace(unknown, cost=Cost(4200, CostSource.SETTLED)))
    log.close()
    assert (cells(place, "unknown_costs", "attempt"), cells(place, "cost_nanos", "attempt")) == (0, 4200)
    assert cells(place, "attempts", "attempt") == 1
    assert differences(place) == 0


def test_rows_that_are_written_twice_count_once(place: Place) -> None:
    op = operation()
    for _ in range(3):
        store(place, *whole(op, failed(op), answered(op, 2)))
    assert (cells(place, "operations"), cells(place, "attempts", "attempt")) == (1, 2)
    assert differences(place) == 0


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
    writing = target(path)
    writing.apply([])
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
        writing.apply([write for fact in facts.get(step, []) for write in writes_of(fact, writer=writing.writer.id)])
        if step == "interrupt":
            writing.beat(NOON_MS)
            writing.leave()
        if step == "seal":
            writing.keep_up(FOR_EVER, NOON_MS + number * 3_600_000)
    writing.close()
    assert differences(path) == 0


def test_days_months_and_cuts_are_made_of_hours_that_are_over(place: Place) -> None:
    a_day(place)
    writing = target(place)
    assert chunks(place, "operation", "hour", "full") == 0
    while writing.keep_up(FOR_EVER, END_OF_MONTH + HOUR_MS):
        pass
    with opened(place) as connection:
        assert mark(connection, SEALED) == END_OF_MONTH
    for level, cut in product(LEVELS, CUTS):
        assert chunks(place, "operation", level, cut) == 60
        assert chunks(place, "attempt", level, cut) == 90
    assert differences(place) == 0
    late = operation(900, at=NOON)
    writing.apply([write for fact in whole(late, answered(late)) for write in writes_of(fact, writer="late")])
    assert {level for (level,) in table(place, "SELECT level FROM rollup_stale")} == set(LEVELS)
    assert differences(place) == 0
    while writing.keep_up(FOR_EVER, END_OF_MONTH + HOUR_MS):
        pass
    writing.close()
    assert [chunks(place, "operation", level, "failure") for level in LEVELS] == [61] * 3
    assert differences(place) == 0


def test_what_is_not_over_has_no_chunk(place: Place) -> None:
    a_day(place)
    writing = target(place)
    while writing.keep_up(FOR_EVER, HOUR_OF_NOON + 25 * HOUR_MS):
        pass
    writing.close()
    with opened(place) as connection:
        assert mark(connection, SEALED) == HOUR_OF_NOON + 24 * HOUR_MS
    assert chunks(place, "operation", "hour", "full") == 48
    assert chunks(place, "operation", "day", "model") == 2 * hours_left(HOUR_OF_NOON)
    assert chunks(place, "operation", "month", "full") == 0


def test_a_clock_that_was_a_year_ahead_does_not_make_all_that_follows_late(place: Place) -> None:
    a_day(place, hours=3)
    writing = target(place)
    for now in (NOON_MS + 365 * DAY_MS, NOON_MS + 2 * HOUR_MS):
        while writing.keep_up(FOR_EVER, now):
            pass
    with opened(place) as connection:
        assert mark(connection, SEALED) == HOUR_OF_NOON + 2 * HOUR_MS
    op = operation(900, at=NOON + 2 * 3600)
    writing.apply([write for fact in whole(op, answered(op)) for write in writes_of(fact, writer="test")])
    assert table(place, "SELECT * FROM rollup_stale") == []
    while writing.keep_up(FOR_EVER, END_OF_MONTH + HOUR_MS):
        pass
    writing.close()
    assert [chunks(place, "operation", level, "full") for level in LEVELS] == [7] * 3
    assert differences(place) == 0


def test_what_is_written_while_a_chunk_is_made_makes_it_stale_again(path: Path) -> None:
    a_day(path, hours=3)
    neighbour = operation(900, at=NOON)

    class Interrupted(sqlite3.Connection):
        """A neighbour writes between counting and writing, once."""

        writes = True

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE" and self.writes and super().execute("SELECT 1 FROM rollup_stale").fetchone():
                self.writes = False
                store(path, *whole(neighbour, answered(neighbour)))
            return super().execute(sql, *values)  # type: ignore[arg-type]

    with closing(sqlite3.connect(path, isolation_level=None, factory=Interrupted)) as connection:
        for _ in seal_all(connection, HOUR_OF_NOON + 2 * HOUR_MS):
            pass
        assert not connection.writes
    assert chunks(path, "operation", "hour", "full") == 5
    assert differences(path) == 0


def test_a_log_of_before_is_counted_from_the_newest_hour_back(path: Path) -> None:
    new = a_day(path.with_name("new.db"))
    with opened(path) as connection:
        migrations.apply(Database(connection), stop_before="m006_rollups")
        connection.execute("ATTACH ? AS new", (str(new),))
        for name in ("operations", "attempts"):
            connection.execute(f"INSERT INTO {name} SELECT * FROM new.{name}")
        connection.commit()
    writing = target(path)
    writing.apply([])
    with opened(path) as connection:
        assert mark(connection, FILLED) == HOUR_OF_NOON + 31 * HOUR_MS
        assert fill(connection, Rollups())
        assert mark(connection, FILLED) == HOUR_OF_NOON + 29 * HOUR_MS
        assert cells(path, "operations") == 2
    while writing.keep_up(FOR_EVER, 0):
        pass
    writing.close()
    with opened(path) as connection:
        assert mark(connection, FILLED) == 0
    assert cells(path, "operations") == 60
    assert differences(path) == 0


def test_a_new_log_has_nothing_to_fill(place: Place) -> None:
    store(place)
    with opened(place) as connection:
        assert not fill(connection, Rollups())


def test_cells_that_somebody_changed_are_found_and_put_right(place: Place) -> None:
    a_day(place)
    with opened(place) as connection:
        writing = target(place)
        while writing.keep_up(FOR_EVER, HOUR_OF_NOON + 40 * HOUR_MS):
            pass
        writing.close()
        assert differences(place) == 0
        change(
            place,
            "DELETE FROM operation_cells WHERE start % 7200000 = 0",
            "UPDATE attempt_chunks SET cost_nanos = attempts, latency_ms = ttft_ms WHERE level = 'day'",
            "DELETE FROM attempt_chunks WHERE level = 'hour' AND cut = 'model'",
            """INSERT INTO operation_cells
                SELECT start + 172800000, key, operations, fallbacks, attempts, cached, latency_ms, ttft_ms, overhead_ms
                FROM operation_cells WHERE start % 10800000 = 0""",
        )
        assert differences(place) > 10
        assert sum(count for _, count in rebuild(connection)) > 10
    assert differences(place) == 0


def test_facts_that_somebody_took_away_are_missed(place: Place) -> None:
    a_day(place, hours=2)
    change(place, "DELETE FROM operations WHERE id = 'op-000002'")
    assert differences(place) == 2


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
        assert correct(connection, Rollups(), Hour(HOUR_OF_NOON)) > 0
    assert cells(path, "operations") == 3
    assert differences(path) == 0


def test_sql_adds_histograms_up_and_reads_percentiles_from_them(path: Path) -> None:
    a_day(path)
    sql = """SELECT k.model, histogram_percentile(histogram_sum(c.latency_ms), 0.5)
        FROM rollup_keys k JOIN attempt_cells c ON c.key = k.id
        WHERE k.status = 'ok' AND k.model = ? GROUP BY k.model"""
    with opened(path) as connection:
        teach(connection)
        ((_, median),) = connection.execute(sql, (GPT.model,))
        assert connection.execute("SELECT histogram_percentile(histogram_sum(NULL), 0.5)").fetchone() == (None,)
    assert median == pytest.approx(15_000, rel=0.01)
