"""Facts on a server lie by month: calls never wait for one, and a month that is too old goes at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import ALL_TRAFFIC, EVERYTHING, Analytics, Period
from jarvis_ai.domain import Fact, Operation
from jarvis_ai.engine.ids import uuid7
from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.__main__ import main
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.levels import DAY_MS, MONTH, end_of, start_of
from jarvis_ai.usage_log.postgres.connection import connect
from jarvis_ai.usage_log.postgres.partitions import MOST_MOVED, bound, cover, drop_facts, months, partitions
from jarvis_ai.usage_log.postgres.schema import STEPS, migrate
from jarvis_ai.usage_log.rebuild import verify
from jarvis_ai.usage_log.rollups import PRUNED, mark
from jarvis_ai.usage_log.upkeep import KEYS
from tests.databases import Cluster
from tests.usage_log.facts import NOON, answered, change, failed, operation, store, table, target, whole

DOCS = Path(__file__).parents[2] / "docs"
NOON_MS = round(NOON * 1000)
DAY = 86400
ALL = Period(NOON - 500 * DAY, NOON + DAY)
KEEP = Retention(bodies=1e6, facts=1e6)
WHERE = "SELECT tableoid::regclass::text, COUNT(*) FROM {} GROUP BY 1 ORDER BY 1"


def of_engine(days_ago: float = 0, **fields: object) -> Operation:
    """An operation with an id like the engine's."""
    at = NOON - days_ago * DAY
    return replace(operation(at=at, **fields), id=uuid7(at))


def ended(*operations: Operation) -> list[Fact]:
    return [fact for op in operations for fact in whole(op, failed(op), answered(op, 2))]


def keep_up(server: ServerAddress, retention: Retention, *, at: int = NOON_MS) -> None:
    writing = target(server)
    while writing.keep_up(retention, at):
        pass
    writing.close()


def places(server: ServerAddress, name: str = "operations") -> dict[str, int]:
    """How many rows of a table lie where."""
    return dict(table(server, WHERE.format(name)))


@pytest.fixture
def connection(server: ServerAddress) -> Iterator[Connection]:
    """To an empty log."""
    with closing(connect(server)) as found:
        migrate(found)
        yield found


@pytest.fixture
def some_months(server: ServerAddress, connection: Connection) -> ServerAddress:
    """A log that holds the months of the last 200 days, and operations in some of them."""
    cover(connection, NOON_MS - 200 * DAY_MS, NOON_MS)
    return store(server, *ended(*[of_engine(days) for days in (0, 20, 40, 100, 200)]))


@given(at=st.integers(0, 2**45), later=st.integers(0, 2**40), chance=st.integers(0, 2**74 - 1))
def test_an_id_of_the_engine_lies_within_the_bounds_of_its_millisecond(at: int, later: int, chance: int) -> None:
    id_ = uuid7(at / 1000, randbits=lambda _: chance)
    made = int(at / 1000 * 1000)  # the engine's clock counts in seconds
    assert bound(made) <= id_ < bound(made + 1) <= bound(made + 1 + later)


@given(start=st.integers(0, 2**42), length=st.integers(0, 1000 * DAY_MS))
def test_months_cover_a_stretch_without_a_gap(start: int, length: int) -> None:
    found = list(months(start, start + length))
    assert found[0] <= start
    assert found[-1] <= start + length < end_of(MONTH, found[-1])
    assert [end_of(MONTH, month) for month in found[:-1]] == found[1:]


def test_a_row_lies_in_the_month_of_its_id_and_one_without_a_time_in_none(
    server: ServerAddress, connection: Connection
) -> None:
    cover(connection, NOON_MS - 40 * DAY_MS, NOON_MS)
    store(server, *ended(of_engine(), of_engine(40), operation(7)))
    assert datetime.fromtimestamp(NOON, UTC).month == 9
    for name in KEYS:
        each = 2 if name == "attempts" else 1
        assert places(server, name) == {f"{name}_2026_08": each, f"{name}_2026_09": each, f"{name}_other": each}
    rows = Analytics(server).page(Period(NOON - 50 * DAY, NOON + 1), EVERYTHING).rows
    assert len(rows) == 3
    assert rows["started_at"].is_monotonic_decreasing


def test_two_months_are_ready_before_they_begin(server: ServerAddress) -> None:
    store(server)
    keep_up(server, KEEP)
    with closing(connect(server)) as connection:
        made = [(p.table, p.start) for p in partitions(connection)]
    expected = [bound(month) for month in months(NOON_MS, NOON_MS + 62 * DAY_MS)]
    assert sorted(made) == sorted((name, start) for name in KEYS for start in expected)
    assert len(expected) == 3


def test_a_call_of_a_month_that_was_not_made_is_kept_and_moves_when_it_is(server: ServerAddress) -> None:
    store(server, *ended(of_engine()), of_engine(-90))
    assert places(server) == {"operations_other": 2}
    keep_up(server, KEEP)
    assert places(server) == {"operations_2026_09": 1, "operations_other": 1}
    keep_up(server, KEEP, at=NOON_MS + 90 * DAY_MS)
    assert places(server) == {"operations_2026_09": 1, "operations_2026_12": 1}
    with closing(connect(server)) as connection:
        assert sum(count for _, count in verify(connection)) == 0


def test_a_month_with_a_lot_in_the_default_partition_stays_there(server: ServerAddress) -> None:
    store(server)
    change(
        server,
        f"""INSERT INTO bodies (operation_id, started_at, request)
            SELECT '{bound(NOON_MS)}-7' || n, {NOON_MS}, '{{}}' FROM generate_series(0, {MOST_MOVED}) n""",
    )
    keep_up(server, KEEP)
    assert places(server, "bodies") == {"bodies_other": MOST_MOVED + 1}
    with closing(connect(server)) as connection:
        assert {p.start for p in partitions(connection) if p.table == "bodies"} == {
            bound(month) for month in list(months(NOON_MS, NOON_MS + 62 * DAY_MS))[1:]
        }


def test_several_may_make_the_same_months(server: ServerAddress) -> None:
    store(server, *ended(of_engine()))
    threads = [threading.Thread(target=keep_up, args=(server, KEEP)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places(server) == {"operations_2026_09": 1}


def test_bodies_and_facts_go_by_whole_months_and_what_was_counted_stays(some_months: ServerAddress) -> None:
    server = some_months
    counted = Analytics(server).summary(ALL, ALL_TRAFFIC)
    keep_up(server, Retention(bodies=30, facts=150))
    assert places(server) == {"operations_2026_06": 1, "operations_2026_08": 1, "operations_2026_09": 2}
    assert places(server, "attempts") == {"attempts_2026_06": 2, "attempts_2026_08": 2, "attempts_2026_09": 4}
    assert places(server, "bodies") == {"bodies_2026_09": 2}
    with closing(connect(server)) as connection:
        there = {(p.table, p.start) for p in partitions(connection)}
        oldest = {name: min(start for table_, start in there if table_ == name) for name in KEYS}
        assert oldest["operations"] == oldest["attempts"] == bound(start_of(MONTH, NOON_MS - 150 * DAY_MS))
        assert oldest["bodies"] == bound(start_of(MONTH, NOON_MS - 30 * DAY_MS))
        assert mark(connection, PRUNED) <= NOON_MS - 150 * DAY_MS
        assert mark(connection, PRUNED) > NOON_MS - 151 * DAY_MS
        assert [count for _, count in verify(connection) if count] == []
    assert counted.operations == 5
    assert Analytics(server).summary(ALL, ALL_TRAFFIC) == counted


def test_a_month_that_is_partly_too_old_loses_the_rows_that_are(some_months: ServerAddress) -> None:
    store(some_months, *ended(of_engine(8), of_engine(12)))
    keep_up(some_months, Retention(bodies=10, facts=1e6))
    assert places(some_months, "bodies") == {"bodies_2026_09": 2}
    assert sum(places(some_months).values()) == 7


def test_a_month_whose_id_says_another_time_than_its_row_is_not_dropped(some_months: ServerAddress) -> None:
    imported = replace(of_engine(), id=uuid7(NOON - 200 * DAY + 1))
    store(some_months, *ended(imported))
    keep_up(some_months, Retention(bodies=150, facts=150))
    assert places(some_months)["operations_2026_03"] == 1
    assert places(some_months, "bodies")["bodies_2026_03"] == 1


def test_nothing_is_dropped_before_it_is_counted(some_months: ServerAddress, connection: Connection) -> None:
    before = places(some_months)
    connection.execute("UPDATE rollup_marks SET at = ? WHERE name = 'filled'", (NOON_MS,))
    assert not drop_facts(connection, NOON_MS)
    assert places(some_months) == before


def test_a_question_under_way_puts_a_drop_off_and_no_writer_waits_for_it(
    some_months: ServerAddress, connection: Connection
) -> None:
    server = some_months
    with closing(connect(server)) as reader:
        reader.execute("BEGIN DEFERRED")
        reader.execute(
            "SELECT COUNT(*) FROM operations JOIN attempts ON operation_id = id JOIN bodies USING (operation_id)"
        )
        assert not drop_facts(connection, NOON_MS - 150 * DAY_MS)
        store(server, *ended(of_engine()))
        reader.execute("COMMIT")
    assert drop_facts(connection, NOON_MS - 150 * DAY_MS)


def test_a_user_who_does_not_own_the_tables_writes_and_prunes_and_makes_no_months(
    server: ServerAddress, cluster: Cluster
) -> None:
    store(server, *ended(of_engine(), of_engine(20)))
    schema = table(server, "SELECT current_schema()")[0][0]
    role = f"guest_of_{schema}"
    change(
        server,
        f"CREATE ROLE {role}",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    )
    guest = ServerAddress(server.url + f"%20-crole%3D{role}")
    store(guest, *ended(of_engine()))
    keep_up(guest, Retention(facts=10))
    assert places(server) == {"operations_other": 2}


def test_a_log_of_before_keeps_its_rows_rights_indexes_and_views(server: ServerAddress) -> None:
    with closing(connect(server)) as old:
        for name, statements in STEPS.items():
            for statement in statements if name < "m005" else ():
                if statement.strip():
                    old.execute(statement)
        old.execute("CREATE TABLE usage_log_steps (name TEXT PRIMARY KEY)")
        for name in STEPS:
            if name < "m005":
                old.execute("INSERT INTO usage_log_steps VALUES (?)", (name,))
        old.execute(
            "INSERT INTO operations (id, started_at, source, task, tag, requested_model, chain, status) "
            f"VALUES ('{uuid7(NOON)}', {NOON_MS}, 'api', '', '', '', '[]', 'ok'), "
            f"('foreign', {NOON_MS}, 'api', '', '', '', '[]', 'ok')"
        )
        old.execute("CREATE VIEW mine AS SELECT id FROM operations")
        old.execute("CREATE INDEX my_index ON operations (tag)")
        old.execute("GRANT SELECT ON operations TO pg_monitor")
        before = {name: old.execute(f"SELECT * FROM {name}").fetchall() for name in KEYS}
        migrate(old)
        assert {name: old.execute(f"SELECT * FROM {name}").fetchall() for name in KEYS} == before
        (bounded,) = partitions(old)
        assert places(server) == {bounded.name: 1, "operations_other": 1}
        assert old.execute("SELECT COUNT(*) FROM mine").fetchone() == (2,)
        assert old.execute("SELECT has_table_privilege('pg_monitor', 'operations', 'SELECT')").fetchone() == (True,)
        indexes = "SELECT COUNT(*) FROM pg_index WHERE indrelid = ?::regclass"
        assert old.execute(indexes, ("operations",)).fetchone() == (4,)
        assert old.execute(indexes, (bounded.name,)).fetchone() == (4,)
    store(server, *ended(of_engine()))
    assert table(server, "SELECT COUNT(*) FROM mine") == [(3,)]


def test_a_month_can_be_taken_out_as_the_documentation_says(some_months: ServerAddress, connection: Connection) -> None:
    recipe = (DOCS / "scaling.md").read_text().partition("```sql\nBEGIN;\n")[2].partition("COMMIT;")[0]
    oldest, after = "2026_03", "2026-04-01"
    for statement in filter(str.strip, recipe.split(";")):
        connection.execute(statement.replace("2026_08", oldest).replace("2026-09-01", after))
    assert connection.execute(f"SELECT COUNT(*) FROM operations_{oldest}").fetchone() == (1,)
    assert f"operations_{oldest}" not in places(some_months)
    assert sum(count for _, count in verify(connection)) == 0
    keep_up(some_months, KEEP)
    assert connection.execute(f"SELECT COUNT(*) FROM operations_{oldest}").fetchone() == (1,)


def test_what_is_copied_or_made_up_lies_in_its_months(server: ServerAddress, tmp_path: Path) -> None:
    file, now = str(tmp_path / "usage.db"), str(NOON)
    assert main(["synth", "--rows", "50", "--days", "40", "--now", now, file]) == 0
    assert main(["copy", file, server.url]) == 0
    copied = places(server)
    assert copied.keys() == {"operations_2026_08", "operations_2026_09"}
    assert sum(copied.values()) == 50
