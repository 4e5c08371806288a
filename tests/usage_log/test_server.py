"""What only a server can do to a log: be away, be shared by many, and be asked for too long."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import ALL_TRAFFIC, Analytics, Period, queries
from jarvis_ai.analytics.reader import TooSlow
from jarvis_ai.analytics.readers import reader_of
from jarvis_ai.analytics.server_reader import in_its_words
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.postgres.connection import ServerError, connect
from jarvis_ai.usage_log.rebuild import verify
from jarvis_ai.usage_log.rows import writes_of
from tests.databases import PASSWORD, Cluster, free_port, new_schema, running
from tests.usage_log.facts import (
    HAIKU,
    NOON,
    answered,
    asked,
    completed,
    failed,
    opened,
    operation,
    store,
    table,
    target,
)

AROUND = Period(NOON - 3600, NOON + 3600)
ALL = """SELECT o.id, o.status, COUNT(a.attempt_no)
    FROM operations o LEFT JOIN attempts a ON a.operation_id = o.id GROUP BY o.id ORDER BY o.id"""
SCHEMA = """SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
    AND NOT a.attisdropped ORDER BY c.relname, a.attnum"""
"""Of tables, not of their months."""
ONLY_HERE, ONLY_IN_FILES = {"usage_log_steps"}, {"searchable", "body_texts", "_sqlite_migrations"}


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A server that a test may stop."""
    with running() as found:
        yield found


@pytest.fixture
def nowhere() -> ServerAddress:
    return ServerAddress.parse(f"postgresql://jarvis:{PASSWORD}@127.0.0.1:{free_port()}/usage")


def test_tables_and_columns_are_those_of_a_file_and_stand_in_the_same_order(
    server: ServerAddress, tmp_path: Path
) -> None:
    store(server)
    here: dict[str, list[str]] = {}
    for name, column in table(server, SCHEMA):
        here.setdefault(name, []).append(column)
    path = store(tmp_path / "usage.db")
    names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '%search%'"
    there = {
        name: [row[1] for row in table(path, f"PRAGMA table_info({name})")]
        for (name,) in table(path, names)
        if name not in ONLY_IN_FILES and not name.startswith("sqlite_")
    }
    assert {name: columns for name, columns in here.items() if name not in ONLY_HERE} == there


@pytest.mark.anyio
async def test_rows_wait_in_a_file_while_the_server_is_away_and_are_written_in_order(
    own_cluster: Cluster, tmp_path: Path
) -> None:
    server, spool, op = new_schema(own_cluster), tmp_path / "spool.jsonl", operation(1)
    log = UsageLog(server, spool=spool, retry_after=0.0)
    await log.record(op, asked(op))
    own_cluster.stop()
    await log.record(failed(op), asked(op, 2, HAIKU))
    await log.record(answered(op, 2, HAIKU), completed(op, failed(op), answered(op, 2, HAIKU)))
    assert log.alarm is not None
    assert str(spool) in log.alarm
    assert PASSWORD not in log.alarm
    assert PASSWORD not in spool.read_text()
    own_cluster.resume()
    await log.record(operation(2))
    assert log.alarm is None
    assert table(server, ALL) == [("op-000001", "ok", 2), ("op-000002", "pending", 0)]
    log.close()
    with opened(server) as connection:
        assert sum(count for _, count in verify(connection)) == 0


@pytest.mark.anyio
async def test_a_server_that_is_not_there_fails_no_call_and_says_what_to_do(
    nowhere: ServerAddress, tmp_path: Path
) -> None:
    log = UsageLog(nowhere, spool=tmp_path / "spool.jsonl")
    await log.record(operation())
    assert log.alarm is not None
    assert PASSWORD not in log.alarm
    assert f"postgresql://jarvis@127.0.0.1:{nowhere.url.rpartition(':')[2]}" in log.alarm
    log.close()


def test_a_page_is_told_that_the_server_cannot_be_reached(nowhere: ServerAddress) -> None:
    with pytest.raises(sqlite3.Error, match="USAGE_DATABASE_URL") as refusal:
        Analytics(nowhere).summary(AROUND, ALL_TRAFFIC)
    assert PASSWORD not in str(refusal.value)


def test_a_question_ends_when_its_time_is_over(server: ServerAddress) -> None:
    with pytest.raises(TooSlow, match="given up after"):
        reader_of(server, limit=0.02).rows("SELECT pg_sleep(30)")


def test_many_writers_lose_nothing_double_nothing_and_wait_for_nobody_for_ever(server: ServerAddress) -> None:
    """Six of them in one hour's cells, while another seals hours: each waits for locks in the same order."""
    store(server)

    def write(first: int) -> None:
        writing = target(server)
        for number in range(first, first + 20):
            op = operation(number, at=NOON + number % 5 * 3600, task=f"task {number % 4}")
            for facts in ([op, asked(op)], [failed(op), answered(op, 2), completed(op, failed(op), answered(op, 2))]):
                writing.apply([write for fact in facts for write in writes_of(fact, writer=writing.writer.id)])
        writing.close()

    def seal() -> None:
        writing = target(server)
        for hours in range(10):
            writing.keep_up(Retention(), round((NOON + hours * 3600) * 1000))
        writing.close()

    threads = [threading.Thread(target=write, args=(first,)) for first in range(0, 600, 100)]
    threads.append(threading.Thread(target=seal))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table(server, "SELECT status, COUNT(*), SUM(attempts) FROM operations GROUP BY 1") == [("ok", 120, 240)]
    with opened(server) as connection:
        assert sum(count for _, count in verify(connection)) == 0


def test_several_may_begin_a_log_at_once(server: ServerAddress) -> None:
    threads = [threading.Thread(target=store, args=(server,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table(server, "SELECT COUNT(*) FROM rollup_marks") == [(3,)]


def test_what_a_server_refuses_is_a_database_error_of_the_log(server: ServerAddress) -> None:
    connection = connect(server)
    with pytest.raises(ServerError, match="nonsense") as refusal:
        connection.execute("SELECT nonsense")
    connection.close()
    assert isinstance(refusal.value, sqlite3.Error)
    assert refusal.value.__cause__ is None


def test_a_text_with_a_nul_fails_no_call(server: ServerAddress) -> None:
    op = operation()
    store(server, op, answered(op), completed(op, answered(op), text="a\x00b"))
    assert table(server, "SELECT answer FROM bodies") == [("a\ufffdb",)]


def test_an_address_shows_no_password() -> None:
    address = ServerAddress.parse("postgresql://user:p%40ss@db.example:5433/usage?application_name=x")
    assert str(address) == "postgresql://user@db.example:5433/usage"
    assert "p%40ss" not in repr(address)
    assert address.password == "p@ss"
    assert address.without_password("no p@ss, no p%40ss") == "no •••, no •••"


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "postgresql://host", "postgresql://host:x/b", "postgresql://h/b?password=secret", "postgres"]
)
def test_nonsense_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"it|password") as refusal:
        ServerAddress.parse(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("question", [queries.CHUNKS, queries.CELLS])
def test_a_server_is_made_to_look_up_each_step_by_itself(question: str) -> None:
    asked = in_its_words(question.format(columns="c.operations", table="operation_chunks"))
    assert "CROSS JOIN LATERAL (SELECT * FROM operation_chunks c WHERE " in asked
    assert asked.endswith("OFFSET 0) c")
