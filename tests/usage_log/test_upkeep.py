"""Old rows are pruned a few at a time, and what was counted of them stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jarvis_ai.domain import Fact
from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.rebuild import verify
from jarvis_ai.usage_log.rollups import PRUNED, mark
from jarvis_ai.usage_log.upkeep import ROWS
from tests.databases import Place
from tests.usage_log.facts import NOON, answered, failed, opened, operation, store, table, target, whole

NOON_MS = round(NOON * 1000)
DAY = 86400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def days(place: Place, ages: list[int], *, each: int = 3, text: str = "Hello") -> Place:
    """Some operations so many days before noon."""
    facts: list[Fact] = []
    for age in ages:
        for number in range(each):
            op = operation(1_000_000 - age * 1000 + number, at=NOON - age * DAY + number, text=text)
            facts += whole(op, failed(op), answered(op, 2))
    return store(place, *facts)


def keep_up(place: Place, retention: Retention, *, steps: int = 10_000) -> int:
    """How many steps it took until there was nothing to do."""
    writing = target(place)
    done = 0
    while done < steps and writing.keep_up(retention, NOON_MS):
        done += 1
    writing.close()
    return done


def counts(place: Place) -> list[int]:
    tables = ("operations", "attempts", "bodies")
    return [table(place, f"SELECT COUNT(*) FROM {name}")[0][0] for name in tables]


def test_bodies_go_before_their_facts(place: Place) -> None:
    days(place, [0, 29, 31, 399, 401])
    keep_up(place, Retention())
    assert counts(place) == [12, 24, 6]
    assert table(place, "SELECT MIN(started_at) FROM bodies") == [(NOON_MS - 29 * DAY * 1000,)]


def test_roll_ups_outlive_their_facts_and_are_not_held_against_them(place: Place) -> None:
    days(place, [0, 500, 1000])
    keep_up(place, Retention())
    assert counts(place) == [3, 6, 3]
    assert table(place, "SELECT SUM(operations) FROM operation_cells") == [(9,)]
    with opened(place) as connection:
        assert mark(connection, PRUNED) > NOON_MS - 401 * DAY * 1000
        assert [count for _, count in verify(connection) if count] == []


def test_a_step_deletes_a_few_rows_only(place: Place) -> None:
    days(place, [500], each=2 * ROWS + 1)
    keep_up(place, Retention(bodies=1e6, facts=1e6))
    keep_up(place, Retention(bodies=1e6), steps=1)
    assert 0 < counts(place)[0] < 2 * ROWS + 1
    keep_up(place, Retention())
    assert counts(place) == [0, 0, 0]


def test_nothing_is_pruned_before_it_is_counted(place: Place) -> None:
    days(place, [500])
    with opened(place) as connection:
        connection.execute("DELETE FROM operation_cells")
        connection.execute("DELETE FROM attempt_cells")
        connection.execute("UPDATE rollup_marks SET at = ? WHERE name = 'filled'", (NOON_MS,))
    keep_up(place, Retention())
    assert counts(place) == [0, 0, 0]
    assert table(place, "SELECT SUM(operations) FROM operation_cells") == [(3,)]


def test_the_room_of_pruned_rows_is_given_back_to_the_disk(path: Path) -> None:
    days(path, [100], each=300, text="x" * 20_000)
    keep_up(path, Retention(bodies=1e6))
    before = table(path, "PRAGMA page_count")[0][0]
    keep_up(path, Retention())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert table(path, "PRAGMA page_count")[0][0] < before / 2
    assert counts(path)[0] == 300


def test_a_neighbour_who_writes_does_not_wait(path: Path) -> None:
    days(path, [500], each=50)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as neighbour:
        writing = target(path)
        while writing.keep_up(Retention(), NOON_MS):
            neighbour.execute("BEGIN IMMEDIATE")
            neighbour.execute("ROLLBACK")
        writing.close()
    assert counts(path) == [0, 0, 0]
