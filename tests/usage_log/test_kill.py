"""A process that is killed, however often and whenever, leaves every row it answered for, and roll-ups that agree."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.rebuild import verify
from tests.usage_log.facts import table

KILLS = int(os.environ.get("JARVIS_KILLS", "20"))
"""More of them before a release: `JARVIS_KILLS=200`."""


def test_every_answered_call_has_its_rows_once_and_roll_ups_equal_facts(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    command = [sys.executable, "-m", "tests.usage_log.killer", str(path), str(KILLS), "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])  # noqa: S603 - our own module
    told = dict(line.split() for line in run.stdout.splitlines())
    UsageLog(path).close()
    rows = {
        id_: (status, attempts, tried)
        for id_, status, attempts, tried in table(
            path,
            """SELECT o.id, o.status, o.attempts, COUNT(a.attempt_no)
                FROM operations o LEFT JOIN attempts a ON a.operation_id = o.id GROUP BY o.id""",
        )
    }
    assert len(told) > KILLS
    assert {id_ for id_, n in told.items() if rows.get(id_) != ("ok", int(n), int(n))} == set()
    assert {status for status, _, _ in rows.values()} <= {"ok", "interrupted"}
    assert len(rows) - len(told) <= KILLS * 100
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert sum(count for _, count in verify(connection)) == 0
    counted = """SELECT SUM(c.operations) FROM operation_cells c JOIN rollup_keys k ON k.id = c.key
        WHERE c.level = 'hour' AND k.cut = 'full'"""
    assert table(path, counted) == [(len(rows),)]
