"""A log that cannot be written fails no call, loses no row and doubles none."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from pathlib import Path

import orjson
import pytest

from jarvis_ai.analytics import EVERYTHING, Analytics
from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.rows import Write
from jarvis_ai.usage_log.spool import Spool, parse
from tests.usage_log.facts import answered, asked, at_noon, change, completed, failed, operation, table, whole

pytestmark = pytest.mark.anyio

REFUSE = "CREATE TRIGGER refuse BEFORE INSERT ON operations BEGIN SELECT RAISE(ABORT, 'no'); END"
ALL = """SELECT o.id, o.status, COUNT(a.attempt_no)
    FROM operations o LEFT JOIN attempts a ON a.operation_id = o.id GROUP BY 1"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def opened(path: Path) -> UsageLog:
    """A log that waits for nobody and tries again at once."""
    return UsageLog(path, busy_timeout=0.01, retry_after=0.0)


def damage(path: Path) -> None:
    path.write_bytes(b"this is no database, whatever its name says" * 100)


def remove(path: Path) -> None:
    path.unlink()


def spool_of(path: Path) -> Path:
    return path.with_name("usage.db.spool.jsonl")


async def test_refused_rows_wait_beside_the_database_and_are_replayed_in_order(path: Path) -> None:
    log = UsageLog(path, retry_after=60)
    change(path, REFUSE)
    first, second = operation(1), operation(2)
    await log.record(first, asked(first))
    await log.record(failed(first), asked(first, 2))
    await log.record(answered(first, 2), completed(first, failed(first), answered(first, 2)))
    assert table(path, ALL) == []
    assert log.alarm is not None
    assert "usage.db.spool.jsonl" in log.alarm
    waiting = [write.statement for write in parse(spool_of(path).read_bytes())]
    assert len(waiting) == 8 + waiting.count("writer")
    log.close()

    change(path, "DROP TRIGGER refuse")
    log = opened(path)
    await log.record(*whole(second, answered(second)))
    log.close()
    assert table(path, ALL) == [("op-000001", "ok", 2), ("op-000002", "ok", 1)]
    assert spool_of(path).read_bytes() == b""


async def test_the_next_successful_write_replays_and_ends_the_alarm(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = opened(path)
    change(path, REFUSE)
    await log.record(operation(1))
    change(path, "DROP TRIGGER refuse")
    with caplog.at_level(logging.WARNING, logger="jarvis_ai.usage_log"):
        await log.record(operation(2))
    assert log.alarm is None
    assert table(path, "SELECT id FROM operations ORDER BY rowid") == [("op-000001",), ("op-000002",)]
    log.close()


async def test_a_log_that_heals_is_written_even_when_nobody_calls(path: Path) -> None:
    log = UsageLog(path, retry_after=0.02)
    change(path, REFUSE)
    await log.record(operation(1))
    change(path, "DROP TRIGGER refuse")
    deadline = time.monotonic() + 5
    while not table(path, "SELECT id FROM operations") and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert table(path, "SELECT id FROM operations") == [("op-000001",)]
    log.close()


async def test_a_locked_database_costs_a_caller_the_busy_timeout_and_no_row(path: Path) -> None:
    log = UsageLog(path, busy_timeout=0.01, retry_after=60)
    neighbour = sqlite3.connect(path, isolation_level=None)
    neighbour.execute("BEGIN IMMEDIATE")
    await log.record(operation(1))
    assert log.alarm is not None
    assert "locked" in log.alarm
    neighbour.execute("COMMIT")
    neighbour.close()
    log.close()
    UsageLog(path).close()
    assert table(path, "SELECT id FROM operations") == [("op-000001",)]


async def test_a_damaged_database_spools_from_the_start(path: Path) -> None:
    damage(path)
    log = opened(path)
    assert log.alarm is not None
    await log.record(operation(1))
    remove(path)
    await log.record(operation(2))
    assert log.alarm is None
    assert table(path, "SELECT COUNT(*) FROM operations") == [(2,)]
    log.close()


async def test_rows_stay_in_memory_when_there_is_no_place_for_the_file_either(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    path = tmp_path / "data" / "usage.db"
    log = opened(path)
    await log.record(operation(1))
    assert log.alarm is not None
    assert "memory" in log.alarm
    (tmp_path / "data").unlink()
    await log.record(operation(2))
    log.close()
    assert table(path, "SELECT id FROM operations ORDER BY rowid") == [("op-000001",), ("op-000002",)]


async def test_rows_that_found_no_place_are_counted_at_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    log = opened(tmp_path / "data" / "usage.db")
    await log.record(operation(1))
    log.close()
    assert "found no place and are lost" in caplog.text


async def test_a_spool_that_is_replayed_twice_doubles_nothing(path: Path) -> None:
    log = UsageLog(path, retry_after=60)
    change(path, REFUSE)
    op = operation(1)
    await log.record(*whole(op, failed(op), answered(op, 2)))
    log.close()
    change(path, "DROP TRIGGER refuse")
    kept = spool_of(path).read_bytes()
    for _ in range(2):
        spool_of(path).write_bytes(kept)
        UsageLog(path).close()
    assert table(path, ALL) == [("op-000001", "ok", 2)]


async def test_closing_tries_once_more(path: Path) -> None:
    log = UsageLog(path, retry_after=60)
    change(path, REFUSE)
    await log.record(operation(1))
    change(path, "DROP TRIGGER refuse")
    log.close()
    assert table(path, "SELECT COUNT(*) FROM operations") == [(1,)]


async def test_the_alarm_is_told_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = opened(path)
    change(path, REFUSE)
    with caplog.at_level(logging.ERROR, logger="jarvis_ai.usage_log"):
        for number in range(5):
            await log.record(operation(number))
    assert len(caplog.records) == 1
    log.close()


def answer(operation_id: str) -> Write:
    return Write("answer", {"answer": "Hi", "tool_calls": None, "operation_id": operation_id})


def test_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append([answer("a")])
    with (tmp_path / "spool.jsonl").open("ab") as file:
        file.write(b'["answer", {"answer": "cu')
    spool.append([answer("b")])
    seen: list[Write] = []
    assert spool.replay(seen.extend) == 2
    assert [write.row["operation_id"] for write in seen] == ["a", "b"]
    assert not spool


def test_a_replay_that_fails_keeps_every_row(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append([answer("a")])

    def refuse(writes: list[Write]) -> None:
        raise sqlite3.OperationalError("no")

    with pytest.raises(sqlite3.OperationalError):
        spool.replay(refuse)
    assert spool.replay(lambda writes: None) == 1


def test_a_long_spool_is_replayed_some_rows_at_a_time_and_from_the_beginning_after_a_failure(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append([answer(str(number)) for number in range(2500)])
    seen: list[list[Write]] = []

    def refuse_the_third(writes: list[Write]) -> None:
        if len(seen) == 2:
            raise sqlite3.OperationalError("no")
        seen.append(writes)

    with pytest.raises(sqlite3.OperationalError):
        spool.replay(refuse_the_third)
    assert spool.replay(seen.append) == 2500
    assert [len(writes) for writes in seen] == [1000, 1000, 1000, 1000, 500]
    assert [write.row["operation_id"] for writes in seen[2:] for write in writes] == [str(n) for n in range(2500)]
    assert not spool


def test_a_line_that_is_no_row_of_ours_is_left_out() -> None:
    bad = ["answer", {"answer": "Hi"}], ["nonsense", {}], ["answer", ["Hi"]], {"answer": 1}, 7
    lines = b"\n".join(orjson.dumps(line) for line in (*bad, [*answer("a")]))
    assert list(parse(lines)) == [answer("a")]


async def test_rows_of_a_process_that_never_reached_the_database_are_recovered_when_it_is_dead(path: Path) -> None:
    gone, op = UsageLog(path, clock=at_noon, retry_after=60), operation()
    change(path, REFUSE, "DELETE FROM writers")
    await gone.record(op, asked(op))
    change(path, "DROP TRIGGER refuse")
    spool_of(path).write_bytes(spool_of(path).read_bytes().replace(b'"pid":', b'"pid":9'))
    heir = UsageLog(path, clock=at_noon)
    heir.recover()
    assert table(path, "SELECT status FROM operations") == [("interrupted",)]
    heir.close()
    gone.close()


async def test_a_log_that_was_moved_away_is_begun_anew_and_its_readers_see_the_new_one(path: Path) -> None:
    log, analytics = UsageLog(path), Analytics(path)
    await log.record(operation(1))
    assert len(analytics.operations(None, EVERYTHING)) == 1
    aside = path.parent / "aside"
    aside.mkdir()
    for file in path.parent.glob("usage.db*"):
        file.rename(aside / file.name)
    await asyncio.sleep(0)
    await log.record(operation(2))
    assert list(analytics.operations(None, EVERYTHING)["id"]) == ["op-000002"]
    assert table(path, "SELECT id FROM operations") == [("op-000002",)]
    log.close()
    assert table(aside / path.name, "SELECT id FROM operations") == [("op-000001",)]
