"""Whatever is edited, deleted, put in or put elsewhere in a log with a hash chain is found."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jarvis_ai.domain import Cost, CostSource
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.__main__ import main
from jarvis_ai.usage_log.chain import breaks, head
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import Writer
from tests.usage_log.facts import NOON, answered, asked, at_noon, change, failed, operation, store, table, whole

pytestmark = pytest.mark.anyio

NOON_MS = round(NOON * 1000)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A log with a chain over twenty operations, one of them interrupted, one with two attempts."""
    path = tmp_path / "usage.db"
    log = UsageLog(path, chained=True, clock=at_noon)
    for number in range(17):
        op = operation(number, at=NOON + number)
        await log.record(*whole(op, failed(op), answered(op, 2)))
    crowd = [operation(number, at=NOON + number) for number in (17, 18)]
    await asyncio.gather(*(log.record(*whole(op, answered(op, nanos=None))) for op in crowd))
    await log.record(operation(19), asked(operation(19)))
    log.close()
    return path


def found(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return [(each.operation_id, each.what) for each in breaks(connection)]


def head_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return head(connection)


async def test_a_log_that_nobody_touched_is_whole(path: Path) -> None:
    assert table(path, "SELECT COUNT(*) FROM chain") == [(20,)]
    assert found(path) == []
    assert len(head_of(path)) == 64


@pytest.mark.parametrize(
    ("edit", "where", "what"),
    [
        ("UPDATE operations SET cost_nanos = 1 WHERE id = 'op-000003'", "op-000003", "changed"),
        ("UPDATE operations SET detail = 'x' WHERE id = 'op-000003'", "op-000003", "changed"),
        (
            "UPDATE attempts SET latency_ms = 1 WHERE operation_id = 'op-000004' AND attempt_no = 2",
            "op-000004",
            "changed",
        ),
        ("DELETE FROM attempts WHERE operation_id = 'op-000005' AND attempt_no = 1", "op-000005", "changed"),
        (
            "UPDATE attempts SET attempt_no = 3 - attempt_no + 10 WHERE operation_id = 'op-000006'",
            "op-000006",
            "changed",
        ),
        ("UPDATE operations SET status = 'failed' WHERE status = 'interrupted'", "op-000019", "changed"),
        ("DELETE FROM operations WHERE id = 'op-000000'", "op-000000", "missing"),
        ("DELETE FROM operations WHERE id = 'op-000019'", "op-000019", "missing"),
        ("UPDATE operations SET id = 'op-000099' WHERE id = 'op-000007'", "op-000099", "no link"),
        ("DELETE FROM chain WHERE operation_id = 'op-000008'", "op-000009", "missing"),
        ("UPDATE chain SET content = x'00' WHERE operation_id = 'op-000010'", "op-000010", "does not follow"),
        ("UPDATE chain SET no = -no WHERE no IN (3, 4)", "op-000003", "missing"),
    ],
)
async def test_what_was_done_to_a_row_is_found(path: Path, edit: str, where: str, what: str) -> None:
    change(path, edit)
    assert [text for id_, text in found(path) if id_ == where and what in text]


async def test_two_operations_that_change_places_are_found(path: Path) -> None:
    change(
        path,
        "UPDATE operations SET id = 'x' WHERE id = 'op-000001'",
        "UPDATE operations SET id = 'op-000001' WHERE id = 'op-000002'",
        "UPDATE operations SET id = 'op-000002' WHERE id = 'x'",
    )
    assert [id_ for id_, _ in found(path)] == ["op-000001", "op-000002"]


async def test_a_cost_that_is_settled_by_the_log_itself_is_no_break(path: Path) -> None:
    log, op = UsageLog(path, chained=True), operation(17, at=NOON + 17)
    await log.record(replace(answered(op), cost=Cost(7, CostSource.SETTLED)))
    log.close()
    assert table(path, "SELECT COUNT(*) FROM chain") == [(21,)]
    assert found(path) == []


async def test_a_chain_that_is_made_anew_has_another_end(path: Path) -> None:
    before = head_of(path)
    change(path, "UPDATE operations SET cost_nanos = 1 WHERE id = 'op-000003'", "DELETE FROM chain")
    assert main(["chain", str(path)]) == 0
    assert found(path) == []
    assert head_of(path) != before


async def test_what_was_pruned_is_not_missed(path: Path) -> None:
    target = Store(str(path), Writer.this(), busy_timeout=1)
    while target.keep_up(Retention(facts=1), NOON_MS + 3 * 86_400_000):
        pass
    target.close()
    assert table(path, "SELECT COUNT(*) FROM operations") == [(0,)]
    assert found(path) == []


async def test_a_log_of_before_can_be_given_a_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "usage.db"
    for number in range(3):
        op = operation(number)
        store(path, *whole(op, answered(op)))
    assert main(["verify", str(path)]) == 0
    assert "last link" not in capsys.readouterr().out
    assert main(["chain", str(path)]) == 0
    assert "3 operations were linked" in capsys.readouterr().out
    assert main(["verify", str(path)]) == 0
    assert head_of(path) in capsys.readouterr().out
    change(path, "UPDATE operations SET tag = 'x' WHERE id = 'op-000001'")
    assert main(["verify", str(path)]) == 1
    assert "op-000001: its rows were changed" in capsys.readouterr().out


async def test_a_log_without_a_chain_writes_no_link(tmp_path: Path) -> None:
    path, op = tmp_path / "usage.db", operation()
    store(path, *whole(op, answered(op)))
    assert table(path, "SELECT COUNT(*) FROM chain") == [(0,)]
