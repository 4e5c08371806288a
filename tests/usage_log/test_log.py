"""Rows are there when `record` returns, whatever happens to the process."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jarvis_ai.domain import Status
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.writers import alive, born
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
    operation,
    table,
    whole,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "usage.db"


async def test_an_operation_and_its_attempt_are_pending_before_the_dispatch(place: Place) -> None:
    log, op = UsageLog(place), operation()
    await log.record(op, asked(op))
    assert table(place, "SELECT id, status, source, cost_nanos, attempts FROM operations") == [
        ("op-000001", "pending", "playground", None, 0)
    ]
    assert table(place, "SELECT attempt_no, status, provider, model FROM attempts") == [
        (1, "pending", "openrouter", "openai/gpt-4o")
    ]
    log.close()


async def test_the_outcome_replaces_the_intent_and_sums_all_attempts(place: Place) -> None:
    log, op = UsageLog(place), operation()
    first, second = failed(op, 1, GPT), answered(op, 2, HAIKU, nanos=2500, latency=1.5)
    await log.record(op, asked(op))
    await log.record(first, asked(op, 2, HAIKU))
    await log.record(second, completed(op, first, second))
    log.close()
    columns = "status, provider, model, fallback, attempts, latency_ms, ttft_ms, input_tokens, cost_nanos, cost_source"
    assert table(place, f"SELECT {columns}, failure FROM operations") == [
        ("ok", "openrouter", "anthropic/claude-haiku-4.5", 1, 2, 1600, 375, 10, 2500, "billed", None)
    ]
    assert table(place, "SELECT attempt_no, status, failure, http_status, retry_after_ms, detail FROM attempts") == [
        (1, "failed", "rate_limited", 429, 2000, "too many requests"),
        (2, "ok", None, None, None, None),
    ]
    assert table(place, "SELECT answer FROM bodies") == [("Hi",)]


async def test_an_unknown_cost_is_null_and_never_zero(place: Place) -> None:
    log, op = UsageLog(place), operation()
    await log.record(*whole(op, answered(op, nanos=None)))
    log.close()
    assert table(place, "SELECT cost_nanos, cost_source FROM operations") == [(None, "unknown")]


async def test_a_late_intent_never_hides_an_outcome(place: Place) -> None:
    log, op = UsageLog(place), operation()
    await log.record(*whole(op, answered(op)))
    await log.record(op, asked(op))
    log.close()
    assert table(place, "SELECT status FROM operations UNION ALL SELECT status FROM attempts") == [("ok",), ("ok",)]


async def test_a_hundred_tasks_at_once_each_find_their_rows(place: Place) -> None:
    log = UsageLog(place)

    async def one(number: int) -> None:
        op = operation(number)
        await log.record(op, asked(op))
        await log.record(answered(op), completed(op, answered(op)))

    await asyncio.gather(*(one(number) for number in range(100)))
    assert table(place, "SELECT status, COUNT(*), COUNT(DISTINCT id) FROM operations GROUP BY 1") == [("ok", 100, 100)]
    log.close()


async def test_a_lone_caller_does_not_wait_for_a_turn_of_the_loop(path: Path) -> None:
    log, op = UsageLog(path), operation()
    for facts in ((op, asked(op)), (answered(op), completed(op, answered(op)))):
        with pytest.raises(StopIteration):
            log.record(*facts).send(None)
    assert table(path, "SELECT status FROM operations") == [("ok",)]
    log.close()


async def test_a_crowd_of_one_turn_is_committed_in_order(place: Place) -> None:
    log, op = UsageLog(place), operation(9)
    early = [asyncio.ensure_future(log.record(operation(number))) for number in range(5)]
    last = [asyncio.ensure_future(log.record(*facts)) for facts in ((op, asked(op)), (answered(op),))]
    await asyncio.gather(*early, *last)
    assert table(place, "SELECT COUNT(*) FROM operations") == [(6,)]
    assert table(place, "SELECT status FROM attempts") == [("ok",)]
    log.close()


async def test_a_caller_who_is_cancelled_leaves_its_row_and_its_neighbours_in_peace(place: Place) -> None:
    log = UsageLog(place)
    crowd = [asyncio.ensure_future(log.record(operation(number))) for number in range(6)]
    await asyncio.sleep(0)
    crowd[3].cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    log.close()
    assert crowd[3].cancelled()
    assert table(place, "SELECT COUNT(*) FROM operations") == [(6,)]


async def test_bodies_can_be_left_out(place: Place) -> None:
    log, op = UsageLog(place, retention=Retention(bodies=0)), operation()
    await log.record(*whole(op, answered(op)))
    log.close()
    assert table(place, "SELECT (SELECT COUNT(*) FROM operations), (SELECT COUNT(*) FROM bodies)") == [(1, 0)]


async def test_a_key_in_a_prompt_an_answer_or_a_failure_never_reaches_the_disk(path: Path) -> None:
    key = "sk-or-v1-" + "0123456789abcdef" * 4
    log, op = UsageLog(path), operation(text=f"my key is {key}", tag=key)
    attempt = failed(op)
    assert attempt.failure is not None
    leaking = replace(attempt, failure=replace(attempt.failure, detail=f"bad key {key}", raw=key), reason=key)
    op = replace(op, prompt=replace(op.prompt, extra={"plugin": {"api_key": "word-of-no-pattern", "note": key}}))
    await log.record(op, leaking, completed(op, answered(op), text=f"you said {key}"))
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    log.close()
    assert b"my key is" in on_disk
    assert key.encode() not in on_disk
    assert b"word-of-no-pattern" not in on_disk


async def test_what_json_and_sqlite_cannot_hold_does_not_fail_a_call(place: Place) -> None:
    log = UsageLog(place)
    odd = operation(text="half a pair: \ud83d", tag="\udc00")
    await log.record(replace(odd, prompt=replace(odd.prompt, extra={"n": 10**30, "o": object(), "b": b"\xff"})))
    op = operation(2)
    attempt = answered(op, latency=float("nan"))
    assert attempt.usage is not None
    await log.record(op, replace(attempt, usage=replace(attempt.usage, input_tokens=10**30)))
    log.close()
    assert log.alarm is None
    assert table(place, "SELECT COUNT(*) FROM bodies") == [(2,)]
    assert table(place, "SELECT latency_ms, input_tokens, output_tokens FROM attempts") == [(None, None, 30)]


async def test_what_is_pending_when_the_log_closes_is_interrupted(place: Place) -> None:
    log, op = UsageLog(place, clock=at_noon), operation()
    await log.record(op, asked(op))
    log.close()
    assert table(place, "SELECT status, attempts FROM operations") == [("interrupted", 1)]
    assert table(place, "SELECT status FROM attempts") == [("interrupted",)]


async def test_what_is_recorded_after_closing_waits_for_the_next_start(place: Place, tmp_path: Path) -> None:
    spool = tmp_path / "spool.jsonl"
    log, op = UsageLog(place, spool=spool, clock=at_noon), operation()
    await log.record(op, asked(op))
    log.close()
    await log.record(answered(op), completed(op, answered(op)))
    assert table(place, "SELECT status FROM operations") == [("interrupted",)]
    UsageLog(place, spool=spool).close()
    assert table(place, "SELECT status FROM operations") == [("ok",)]


async def test_rows_of_a_living_neighbour_stay_pending(place: Place) -> None:
    one, op = UsageLog(place), operation()
    await one.record(op)
    other = UsageLog(place)
    assert other.recover() == 0
    assert table(place, "SELECT status FROM operations") == [("pending",)]
    await one.record(completed(op, answered(op)))
    other.close()
    one.close()
    assert table(place, "SELECT status FROM operations") == [("ok",)]


async def test_what_a_writer_left_pending_is_looked_for_in_the_hour_before_its_end(place: Place) -> None:
    log = UsageLog(place, clock=at_noon)
    for number, age in enumerate((0.0, 3599.0, 3601.0)):
        await log.record(operation(number, at=NOON - age))
    log.close()
    assert table(place, "SELECT status FROM operations ORDER BY id") == [
        ("interrupted",),
        ("interrupted",),
        ("pending",),
    ]


def test_a_process_that_is_dead_and_not_buried_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        since = born(process.pid)
        assert alive(process.pid, since)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not alive(process.pid, since)


async def test_rows_of_a_silent_machine_are_given_up_after_a_while(place: Place) -> None:
    clock = [1000.0]
    one, op = UsageLog(place, clock=lambda: clock[0]), operation()
    await one.record(op)
    change(place, "UPDATE writers SET host = 'elsewhere'")
    other = UsageLog(place, clock=lambda: clock[0])
    assert table(place, "SELECT status FROM operations") == [("pending",)]
    clock[0] += 3600
    assert other.recover() == 1
    assert table(place, "SELECT status FROM operations") == [("interrupted",)]
    other.close()
    one.close()


WRITE_UNTIL_KILLED = """
import asyncio, sys
from jarvis_ai.usage_log import Retention, UsageLog
from tests.usage_log.facts import answered, asked, at_noon, completed, operation

async def main(path):
    log = UsageLog(path, clock=at_noon)
    for number in range(1_000_000):
        op = operation(number)
        await log.record(op, asked(op))
        print("asked", op.id, flush=True)
        if number % 2:
            await log.record(answered(op), completed(op, answered(op)))
            print("answered", op.id, flush=True)

asyncio.run(main(sys.argv[1]))
"""


def test_a_killed_process_loses_no_row_that_it_was_told_is_kept(path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:  # noqa: S603 - our own text
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(300)]
        os.kill(process.pid, signal.SIGKILL)
        said += [line for line in process.stdout if line.endswith("\n")]
    told = [line.split() for line in said]
    UsageLog(path).close()
    status = dict(table(path, "SELECT id, status FROM operations"))
    assert {word for word, id_ in told if word == "answered" and status[id_] != Status.OK} == set()
    assert {id_ for _, id_ in told} <= status.keys()
    assert "pending" not in status.values()
    assert status["op-000000"] == Status.INTERRUPTED
    assert table(path, "SELECT COUNT(*) FROM attempts WHERE status = 'pending'") == [(0,)]


def test_two_logs_may_be_opened_on_a_new_file_at_once(place: Place) -> None:
    logs = [UsageLog(place) for _ in range(4)]
    assert [log.alarm for log in logs] == [None] * 4
    for log in logs:
        log.close()


async def test_a_durable_log_waits_for_the_disk_in_its_thread(place: Place) -> None:
    log, op = UsageLog(place, durable=True), operation()
    writing = asyncio.ensure_future(log.record(*whole(op, answered(op))))
    await asyncio.sleep(0)
    assert not writing.done()
    await writing
    assert table(place, "SELECT status FROM operations") == [("ok",)]
    log.close()


def test_the_file_is_in_wal_mode(path: Path) -> None:
    UsageLog(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
