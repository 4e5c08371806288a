"""Whatever an operator puts into roll-ups by hand, calls, chores and pages go on, and a rebuild puts it right."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from jarvis_ai.analytics import ALL_TRAFFIC, MEASURES, Analytics, Period
from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.levels import HOUR, HOUR_MS, start_of
from jarvis_ai.usage_log.rebuild import rebuild, verify
from jarvis_ai.usage_log.rollups import TIDY_EVERY
from jarvis_ai.usage_log.rows import writes_of
from tests.usage_log.facts import HAIKU, NOON, answered, change, opened, operation, store, table, target, whole

FIRST = start_of(HOUR, round(NOON * 1000))
PERIOD = Period(FIRST / 1000, FIRST / 1000 + 3600)
FOR_EVER = Retention(bodies=1e6, facts=1e6)

DAMAGES = (
    "attempts = 'many'",
    "cost_nanos = x'0102'",
    "latency_ms = 'slow'",
    "latency_ms = 7",
    "latency_ms = x'010203'",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two answers of different models."""
    first, second = operation(1, at=NOON), operation(2, at=NOON)
    return store(tmp_path / "usage.db", *whole(first, answered(first)), *whole(second, answered(second, 1, HAIKU)))


def damaged(path: Path, damage: str) -> Path:
    change(path, f"UPDATE attempt_cells SET {damage} WHERE key = (SELECT MIN(key) FROM attempt_cells)")
    return path


def keep_up(path: Path, hours: int) -> None:
    writing = target(path)
    while writing.keep_up(FOR_EVER, FIRST + hours * HOUR_MS):
        pass
    writing.close()


def attempts(path: Path) -> int:
    return Analytics(path).summary(PERIOD, ALL_TRAFFIC).attempts


def differences(path: Path) -> int:
    with opened(path) as connection:
        return sum(count for _, count in verify(connection))


def rebuilt(path: Path) -> None:
    with opened(path) as connection:
        for _ in rebuild(connection):
            pass


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_page_shows_the_cells_that_it_can_read(path: Path, damage: str) -> None:
    damaged(path, damage)
    found = Analytics(path).totals(MEASURES["call_p90"], PERIOD, ALL_TRAFFIC, by="model")
    assert "openai/gpt-4o" in set(found["model"])
    assert len(found) == (1 if "latency" in damage or "attempts" in damage else 2)


@pytest.mark.parametrize("damage", DAMAGES)
def test_chores_leave_a_damaged_cell_out_say_so_and_go_on(
    path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    damaged(path, damage)
    with caplog.at_level(logging.WARNING, "jarvis_ai.usage_log"):
        keep_up(path, 48)
    assert [record.message for record in caplog.records] == [
        f"Rows of attempt_cells at {FIRST} cannot be read and are left out; "
        "python -m jarvis_ai.usage_log rebuild DATABASE makes them anew."
    ]
    assert table(path, "SELECT COUNT(*) FROM rollup_stale") == [(0,)]
    assert attempts(path) == 1


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("hours", [0, 48])
def test_a_rebuild_makes_a_damaged_cell_anew(path: Path, damage: str, hours: int) -> None:
    keep_up(damaged(path, damage), hours)
    assert differences(path) == 1
    rebuilt(path)
    keep_up(path, hours)
    assert differences(path) == 0
    assert attempts(path) == 2


@pytest.mark.parametrize("damage", DAMAGES[2:])
def test_no_call_fails_because_of_a_damaged_cell(path: Path, damage: str) -> None:
    damaged(path, damage)
    writing = target(path)
    for number in range(100, 101 + TIDY_EVERY):
        op = operation(number, at=NOON)
        writing.apply([write for fact in whole(op, answered(op)) for write in writes_of(fact, writer="test")])
    writing.close()
    rebuilt(path)
    assert differences(path) == 0


def test_a_rebuild_makes_a_damaged_chunk_anew(path: Path) -> None:
    keep_up(path, 48)
    change(path, "UPDATE attempt_chunks SET attempts = x'010203' WHERE level = 'hour'")
    assert differences(path) > 0
    with pytest.raises(sqlite3.DatabaseError, match="attempt_chunks cannot be read"):
        attempts(path)
    rebuilt(path)
    assert differences(path) == 0
    assert attempts(path) == 2
