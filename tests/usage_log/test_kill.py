"""A process that is killed, however often and whenever, leaves every row it answered for, and roll-ups that agree."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import SystemRandom

from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.rebuild import verify
from tests.usage_log.facts import table
from tests.usage_log.killer import PER_SEED, number_of

logger = logging.getLogger(__name__)

KILLS = 200


def seeds(count: int) -> list[int]:
    """Other ones in each run; pytest shows them when a test fails."""
    drawn = SystemRandom().sample(range(1, 10_000), count)
    logger.warning("The seeds of this run are %s.", drawn)
    return drawn


def killed(path: Path, *, times: int, seeds: Sequence[int]) -> dict[str, int]:
    """What processes that write at the same time answered for: attempts by operation."""
    root = Path(__file__).parents[2]
    commands = [[sys.executable, "-m", "tests.usage_log.killer", str(path), str(times), str(seed)] for seed in seeds]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for command in commands]  # noqa: S603 - our own module
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * len(seeds)
    return {id_: int(attempts) for lines in said for id_, attempts in map(str.split, lines.splitlines())}


def check(path: Path, told: dict[str, int]) -> int:
    """Every operation that was answered for is there, whole and once, and roll-ups equal facts; how many there are."""
    UsageLog(path).close()
    sql = """SELECT o.id, o.status, o.attempts, COUNT(a.attempt_no)
        FROM operations o LEFT JOIN attempts a ON a.operation_id = o.id GROUP BY o.id"""
    rows = {id_: row for id_, *row in table(path, sql)}
    assert {id_ for id_, attempts in told.items() if rows.get(id_) != ["ok", attempts, attempts]} == set()
    assert {status for status, _, _ in rows.values()} <= {"ok", "interrupted"}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert sum(count for _, count in verify(connection)) == 0
    assert table(path, "SELECT SUM(operations) FROM operation_cells") == [(len(rows),)]
    return len(rows)


def test_every_answered_call_has_its_rows_once_and_roll_ups_equal_facts(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    told = killed(path, times=KILLS, seeds=seeds(1))
    assert len(told) > KILLS
    assert check(path, told) - len(told) <= KILLS * 100


def test_processes_that_write_one_file_at_once_lose_nothing_of_one_another(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    writers = seeds(3)
    told = killed(path, times=3, seeds=writers)
    assert {number_of(id_) // PER_SEED for id_ in told} == set(writers)
    check(path, told)
