"""Whatever is edited, deleted, put in or put elsewhere in a log with a hash chain is found."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_ai.domain import Cost, CostSource
from jarvis_ai.usage_log import Retention, UsageLog
from jarvis_ai.usage_log.__main__ import at, main
from jarvis_ai.usage_log.chain import head, link
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.tampering import breaks, doubtful
from jarvis_ai.usage_log.writing import execute
from tests.databases import Place
from tests.usage_log.facts import (
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

NOON_MS = round(NOON * 1000)


async def fill(place: Place) -> None:
    """Twenty operations with a chain, one of them interrupted, most of them with two attempts."""
    log = UsageLog(place, chained=True, clock=at_noon)
    for number in range(17):
        op = operation(number, at=NOON + number)
        first, second = failed(op), answered(op, 2)
        await log.record(op, first, second, replace(completed(op, first, second), overhead=0.00067))
    crowd = [operation(number, at=NOON + number) for number in (17, 18)]
    await asyncio.gather(*(log.record(*whole(op, answered(op, nanos=None))) for op in crowd))
    await log.record(operation(19), asked(operation(19)))
    log.close()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    await fill(tmp_path / "usage.db")
    return tmp_path / "usage.db"


@pytest.fixture
async def filled(place: Place) -> Place:
    await fill(place)
    return place


def found(place: Place) -> list[tuple[str, str]]:
    with opened(place) as connection:
        return [(each.operation_id, each.what) for each in breaks(connection)]


def head_of(place: Place) -> str:
    with opened(place) as connection:
        return head(connection)


async def test_a_log_that_nobody_touched_is_whole(filled: Place) -> None:
    assert table(filled, "SELECT COUNT(*) FROM chain") == [(20,)]
    assert found(filled) == []
    assert len(head_of(filled)) == 64


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
        ("UPDATE chain SET content = digest WHERE operation_id = 'op-000010'", "op-000010", "does not follow"),
        ("UPDATE chain SET started_at = 0 WHERE operation_id = 'op-000011'", "op-000011", "its link was changed"),
        ("UPDATE operations SET overhead_ms = 0.6700000000000002 WHERE id = 'op-000012'", "op-000012", "changed"),
        (
            "UPDATE attempts SET operation_id = 'op-000098' WHERE operation_id = 'op-000013'",
            "op-000098",
            "is not there",
        ),
        ("UPDATE operations SET status = 'pending' WHERE id = 'op-000014'", "op-000014", "missing"),
        ("UPDATE chain SET no = -no WHERE no IN (3, 4)", "op-000003", "not in its place"),
    ],
)
async def test_what_was_done_to_a_row_is_found(filled: Place, edit: str, where: str, what: str) -> None:
    change(filled, edit)
    assert [text for id_, text in found(filled) if id_ == where and what in text]


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE operations SET tag = x'00' WHERE id = 'op-000003'",
        "UPDATE operations SET tag = CAST(x'ff' AS TEXT) WHERE id = 'op-000003'",
        "UPDATE operations SET failure = x'' WHERE id = 'op-000003'",
        "UPDATE attempts SET http_status = 9e999 WHERE operation_id = 'op-000003' AND attempt_no = 2",
        "UPDATE operations SET id = CAST(id AS BLOB) WHERE id = 'op-000003'",
    ],
)
async def test_what_only_sqlite_lets_somebody_write_is_found(path: Path, edit: str) -> None:
    change(path, edit)
    assert "op-000003" in [id_ for id_, _ in found(path)]


async def test_two_operations_that_change_places_are_found(filled: Place) -> None:
    change(
        filled,
        "UPDATE operations SET id = 'x' WHERE id = 'op-000001'",
        "UPDATE operations SET id = 'op-000001' WHERE id = 'op-000002'",
        "UPDATE operations SET id = 'op-000002' WHERE id = 'x'",
    )
    assert [id_ for id_, _ in found(filled)] == ["op-000001", "op-000002"]


async def test_a_cost_that_is_settled_by_the_log_itself_is_no_break(filled: Place) -> None:
    log, op = UsageLog(filled, chained=True), operation(17, at=NOON + 17)
    await log.record(replace(answered(op), cost=Cost(7, CostSource.SETTLED)))
    log.close()
    assert table(filled, "SELECT COUNT(*) FROM chain") == [(21,)]
    assert found(filled) == []


async def test_a_chain_that_is_made_anew_has_another_end(path: Path) -> None:
    before = head_of(path)
    change(path, "UPDATE operations SET cost_nanos = 1 WHERE id = 'op-000003'", "DELETE FROM chain")
    assert main(["chain", str(path)]) == 0
    assert found(path) == []
    assert head_of(path) != before


async def test_what_was_pruned_is_not_missed(filled: Place) -> None:
    log = target(filled)
    while log.keep_up(Retention(facts=1), NOON_MS + 3 * 86_400_000):
        pass
    log.close()
    assert table(filled, "SELECT COUNT(*) FROM operations") == [(0,)]
    assert found(filled) == []


async def test_what_somebody_else_deleted_is_missed_whatever_is_said_to_be_pruned(filled: Place) -> None:
    change(
        filled,
        "UPDATE rollup_marks SET at = 9000000000000000 WHERE name = 'pruned'",
        "DELETE FROM attempts WHERE operation_id = 'op-000007'",
        "DELETE FROM operations WHERE id = 'op-000007'",
    )
    assert found(filled) == [("op-000007", "its rows are missing")]


async def test_parts_that_several_processes_look_at_find_what_one_does(path: Path) -> None:
    change(
        path,
        "UPDATE operations SET tag = 'x' WHERE id IN ('op-000001', 'op-000018')",
        "DELETE FROM chain WHERE no = 11",
        "UPDATE chain SET digest = content WHERE no = 5",
        "UPDATE chain SET no = 40 WHERE no = 20",
    )
    with at(path) as connection:
        alone = list(breaks(connection))
    # Processes of a program begin it anew: not that of the tests, which may have run a page.
    command = [sys.executable, "-m", "tests.usage_log.parts", str(path)]
    done = await anyio.run_process(command)
    assert sorted(map(tuple, json.loads(done.stdout))) == sorted(alone)


VALUES = st.none() | st.integers(-5, 2**63 - 1) | st.floats() | st.text(max_size=3) | st.binary(max_size=3)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("chain") / "usage.db"
    asyncio.run(fill(path))
    with closing(sqlite3.connect(path)) as connection:
        yield connection


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from(["operations", "attempts"]), value=VALUES)
def test_whatever_is_put_into_any_column_of_any_row_is_found(
    pristine: sqlite3.Connection, data: st.DataObject, name: str, value: object
) -> None:
    column = data.draw(st.sampled_from([row[1] for row in pristine.execute(f"PRAGMA table_info({name})")]))
    id_ = f"op-{data.draw(st.integers(0, 19)):06}"
    key = "id" if name == "operations" else "attempt_no = 1 AND operation_id"
    with closing(sqlite3.connect(":memory:")) as copy:
        pristine.backup(copy)
        before = rows(copy, name)
        try:
            copy.execute(f"UPDATE {name} SET {column} = ? WHERE {key} = ?", (value, id_))
        except sqlite3.IntegrityError:
            return
        assert bool(list(breaks(copy))) == (rows(copy, name) != before)


def rows(connection: sqlite3.Connection, name: str) -> set[tuple[object, ...]]:
    return set(connection.execute(f"SELECT * FROM {name}"))


@pytest.fixture(scope="module")
def blank() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        yield connection


@given(text=st.text(max_size=20), overhead=st.floats(0, 100))
def test_sqlite_writes_what_a_log_holds_as_the_links_have_it(
    blank: sqlite3.Connection, text: str, overhead: float
) -> None:
    op = operation(tag=text, task=text)
    tried = failed(op), answered(op, 2)
    facts = op, *tried, replace(completed(op, *tried), overhead=overhead)
    blank.execute("BEGIN")
    execute(blank, [write for fact in facts for write in writes_of(fact, writer="test")])
    link(blank, [op.id])
    assert blank.execute(doubtful(blank), (1, 1)).fetchall() == []
    blank.rollback()


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


async def test_a_link_that_was_kept_elsewhere_is_missed_when_the_chain_is_taken_away(
    filled: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    address = str(filled) if isinstance(filled, Path) else filled.url
    with opened(filled) as connection:
        kept = head(connection)
    assert main(["verify", address, "--last", kept.upper()]) == 0
    change(filled, "DELETE FROM chain")
    assert main(["verify", address]) == 0
    assert main(["verify", address, "--last", kept]) == 1
    assert main(["verify", address, "--last", "no link"]) == 1
    assert f"does not hold the link {kept}" in capsys.readouterr().out


async def test_a_log_without_a_chain_writes_no_link(tmp_path: Path) -> None:
    path, op = tmp_path / "usage.db", operation()
    store(path, *whole(op, answered(op)))
    assert table(path, "SELECT COUNT(*) FROM chain") == [(0,)]
