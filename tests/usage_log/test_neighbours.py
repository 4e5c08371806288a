"""Roll-ups stay true whatever other processes do to them between two statements of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from jarvis_ai.analytics import ALL_TRAFFIC, Period
from jarvis_ai.analytics.analytics import whole as whole_of
from jarvis_ai.analytics.cells import Cells
from jarvis_ai.analytics.reader import Reader
from jarvis_ai.analytics.readers import reader_of
from jarvis_ai.domain import Source
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION
from jarvis_ai.usage_log.levels import HOUR, HOUR_MS, start_of
from jarvis_ai.usage_log.migrations import migrations
from jarvis_ai.usage_log.rebuild import Hour, correct, verify
from jarvis_ai.usage_log.rollups import Rollups
from jarvis_ai.usage_log.sealing import Sealing, seal_all
from jarvis_ai.usage_log.upkeep import prune_facts
from tests.databases import Place
from tests.usage_log.facts import NOON, answered, change, opened, operation, store, table, whole

FIRST = start_of(HOUR, round(NOON * 1000))
UNTIL = FIRST + 3 * HOUR_MS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three hours with an operation each."""
    for hour in range(3):
        write(tmp_path / "usage.db", hour, hour=hour)
    return tmp_path / "usage.db"


def write(place: Place, number: int, *, hour: int = 0) -> None:
    op = operation(number, at=FIRST / 1000 + hour * 3600)
    store(place, *whole(op, answered(op)))


def seal(place: Place) -> None:
    with opened(place) as connection:
        for _ in seal_all(connection, UNTIL):
            pass


def differences(path: Path) -> int:
    with opened(path) as connection:
        return sum(count for _, count in verify(connection))


def beside(path: Path, neighbour: Callable[[], None], *, before: str) -> sqlite3.Connection:
    """A connection whose statement `before` is preceded by what a neighbour does, the first time it is run."""
    waiting = [neighbour]

    class Interrupted(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if sql == before and waiting:
                waiting.pop()()
            return super().execute(sql, *values)  # type: ignore[arg-type]

    return sqlite3.connect(path, isolation_level=None, factory=Interrupted)


def test_what_was_made_of_older_cells_does_not_replace_what_a_neighbour_made(path: Path) -> None:
    seal(path)
    write(path, 900)

    def neighbour() -> None:
        seal(path)
        write(path, 901)

    with closing(beside(path, neighbour, before="BEGIN IMMEDIATE")) as connection:
        assert Sealing().refresh(connection)
    assert table(path, "SELECT COUNT(*) FROM rollup_stale WHERE level = 'hour'") == [(1,)]
    seal(path)
    assert differences(path) == 0


def test_hours_that_a_neighbour_prunes_keep_what_was_counted(path: Path) -> None:
    def neighbour() -> None:
        with opened(path) as connection:
            while prune_facts(connection, UNTIL):
                pass

    with closing(beside(path, neighbour, before="BEGIN DEFERRED")) as connection:
        assert correct(connection, Rollups(), Hour(FIRST)) == 0
    assert table(path, "SELECT COUNT(*) FROM operations") == [(0,)]
    assert table(path, "SELECT SUM(operations) FROM operation_cells") == [(3,)]


class Interrupted:
    """A reader to whose log a neighbour does something after the first answer."""

    def __init__(self, place: Place, neighbour: Callable[[], None]) -> None:
        self._reader = reader_of(place)
        self._waiting = [neighbour]
        self.limit = self._reader.limit
        self.records, self.snapshot = self._reader.records, self._reader.snapshot

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, limit: float | None = None
    ) -> list[tuple[Any, ...]]:
        found = self._reader.rows(sql, parameters, limit=limit)
        if self._waiting:
            self._waiting.pop()()
        return found


def test_a_question_is_about_one_moment(place: Place) -> None:
    for hour in range(3):
        write(place, hour, hour=hour)
    seal(place)

    def neighbour() -> None:
        change(place, "DELETE FROM operation_chunks", "UPDATE rollup_marks SET at = 0 WHERE name = 'sealed'")

    period = whole_of(Period(FIRST / 1000, UNTIL / 1000))
    reader = Interrupted(place, neighbour)
    assert Cells(reader).ask(OPERATION, ["operations"], period, ALL_TRAFFIC)["operations"].tolist() == [3]
    assert Cells(reader).ask(OPERATION, ["operations"], period, ALL_TRAFFIC)["operations"].tolist() == [3]


def test_a_log_of_before_answers_like_an_empty_one_until_a_neighbour_has_brought_it_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with opened(path) as connection:
        migrations.apply(Database(connection), stop_before="m009_chunks")
        connection.commit()
    reader = Reader(path)
    period = whole_of(Period(FIRST / 1000, UNTIL / 1000))
    assert Cells(reader).ask(OPERATION, ["operations"], period, ALL_TRAFFIC).empty
    write(path, 1)
    assert Cells(reader).ask(OPERATION, ["operations"], period, ALL_TRAFFIC)["operations"].tolist() == [1]


def test_a_key_that_appears_after_one_with_a_larger_number_is_summed_like_any_other(path: Path) -> None:
    # A server hands numbers out before it is known which transaction ends first.
    change(
        path,
        *(f"UPDATE {name} SET key = key + 100" for name in ("operation_cells", "attempt_cells")),
        "UPDATE rollup_keys SET id = id + 100",
    )
    seal(path)
    change(
        path,
        """INSERT INTO rollup_keys SELECT id - 100, counted, provider, model, 'api', task, status, failure, simulated
            FROM rollup_keys""",
    )
    op = operation(900, at=FIRST / 1000, source=Source.API)
    store(path, *whole(op, answered(op)))
    seal(path)
    period = whole_of(Period(FIRST / 1000, UNTIL / 1000))
    found = Cells(Reader(path)).ask(ATTEMPT, ["attempts"], period, ALL_TRAFFIC, by=["model"])
    assert found["attempts"].tolist() == [4]
    assert differences(path) == 0
