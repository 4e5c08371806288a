"""Sizes and ages are told without reading the tables, and are near enough."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jarvis_ai.usage_log.sizes import Sizes, sizes, sizes_of
from jarvis_ai.usage_log.synth import opened, synthesize
from tests.usage_log.facts import NOON, change, store, table

NOON_MS = round(NOON * 1000)


def told(path: Path) -> Sizes:
    with closing(sqlite3.connect(path)) as connection:
        return sizes(connection, path)


def test_a_log_that_is_not_there_has_no_size(tmp_path: Path) -> None:
    assert sizes_of(tmp_path / "usage.db") is None
    assert sizes_of(store(tmp_path / "other.db")) == told(tmp_path / "other.db")


def test_an_empty_log_holds_nothing(tmp_path: Path) -> None:
    found = told(store(tmp_path / "usage.db"))
    assert [(each.name, each.rows, each.bytes, each.oldest) for each in found.tables] == [
        ("operations", 0, 0, None),
        ("attempts", 0, 0, None),
        ("bodies", 0, 0, None),
    ]
    assert found.file_bytes > 0


def test_rows_bytes_and_ages_are_near_the_truth(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with opened(path) as connection:
        list(synthesize(connection, rows=3000, days=5, seed=1, now_ms=NOON_MS, days_of_bodies=2))
    (tmp_path / "usage.db.spool.jsonl").write_bytes(b"x" * 10)
    found = told(path)
    for each in found.tables:
        ((rows,),) = table(path, f"SELECT COUNT(*) FROM {each.name}")
        ((oldest,),) = table(path, f"SELECT MIN(started_at) FROM {each.name}")
        assert each.rows == pytest.approx(rows, rel=0.05)
        assert each.oldest is not None
        assert 0 <= oldest - each.oldest < 60_000
    operations, attempts, bodies = (each.bytes / each.rows for each in found.tables)
    assert (500 < operations < 800, 150 < attempts < 300, 200 < bodies < 400) == (True, True, True)
    assert found.rollup_bytes == found.file_bytes - found.free_bytes - sum(each.bytes for each in found.tables) > 0
    assert found.spool_bytes == 10


def test_room_that_is_free_is_told(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with opened(path) as connection:
        list(synthesize(connection, rows=2000, days=1, seed=1, now_ms=NOON_MS, days_of_bodies=1))
    change(path, "DELETE FROM attempts")
    assert told(path).free_bytes > 100_000
