"""Made-up traffic looks like traffic, and its roll-ups are true."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_ai.usage_log.__main__ import main
from tests.usage_log.facts import NOON, change, table


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def synth(path: Path, *options: str, rows: int = 500, days: int = 3, seed: int = 1) -> int:
    numbers = ["--rows", str(rows), "--days", str(days), "--seed", str(seed), "--now", str(NOON)]
    return main(["synth", str(path), *numbers, *options])


def test_the_rows_that_were_asked_for_are_there_and_roll_ups_are_true(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert synth(path) == 0
    assert table(path, "SELECT COUNT(*), COUNT(DISTINCT id), SUM(simulated) FROM operations") == [(500, 500, 500)]
    assert table(path, "SELECT COUNT(*) FROM attempts")[0][0] > 500
    ((first, last),) = table(path, "SELECT MIN(started_at), MAX(finished_at) FROM operations")
    assert (NOON - 3 * 86400) * 1000 <= first < last <= NOON * 1000
    assert main(["verify", str(path)]) == 0
    assert "500 operations of 3 days" in capsys.readouterr().out


def test_what_an_operation_says_is_what_its_attempts_say(path: Path) -> None:
    synth(path, rows=2000)
    wrong = """SELECT COUNT(*) FROM operations o JOIN (
            SELECT operation_id, COUNT(*) AS n, MAX(attempt_no) AS last, SUM(cost_nanos) AS nanos,
                SUM(cost_nanos IS NULL) AS unknown, SUM(status = 'ok') AS ok
            FROM attempts GROUP BY 1
        ) a ON a.operation_id = o.id
        WHERE o.attempts <> a.n OR a.last <> a.n OR (o.status = 'ok') <> a.ok
            OR (o.cost_nanos IS NULL) <> (a.unknown > 0) OR o.cost_nanos <> a.nanos"""
    assert table(path, wrong) == [(0,)]
    assert {row[0] for row in table(path, "SELECT DISTINCT status FROM operations")} == {"ok", "failed", "cancelled"}


def test_bodies_are_written_for_the_last_days_alone(path: Path) -> None:
    synth(path, "--bodies", "1")
    day_before = round((NOON - 86400 - 3600) * 1000)
    ((count, oldest),) = table(path, "SELECT COUNT(*), MIN(started_at) FROM bodies")
    assert 50 < count < 300
    assert oldest > day_before


def test_traffic_may_be_poured_into_a_log_that_is_there(path: Path) -> None:
    synth(path)
    synth(path, seed=2)
    assert table(path, "SELECT COUNT(*) FROM operations") == [(1000,)]
    assert main(["verify", str(path)]) == 0


def test_rebuild_puts_right_what_verify_finds(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synth(path, rows=50, days=1)
    change(path, "UPDATE operation_cells SET operations = operations + 1")
    assert main(["verify", str(path)]) == 1
    assert "run rebuild" in capsys.readouterr().out
    assert main(["rebuild", str(path)]) == 0
    assert main(["verify", str(path)]) == 0


def test_a_log_that_is_not_there_is_told_and_not_made(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(path)]) == 2
    assert "There is no usage log" in capsys.readouterr().err
    assert not path.exists()


def test_no_rows_are_no_traffic(path: Path) -> None:
    with pytest.raises(SystemExit):
        synth(path, rows=0)
