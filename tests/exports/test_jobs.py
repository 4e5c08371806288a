"""Exports in processes of their own: what is left when they end, are stopped, or when we end before them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given

from jarvis_ai.address import ServerAddress
from jarvis_ai.exports import Selection, read
from jarvis_ai.exports.jobs import KEPT, Ending, Jobs, order, ordered, owner
from tests.databases import Place
from tests.exports.logs import filled
from tests.exports.test_commands import FILTERS, PERIODS

PLENTY = 10**9


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_export_is_there_when_it_is_done_and_gone_when_it_is_removed(place: Place, tmp_path: Path) -> None:
    jobs = Jobs(filled(place), tmp_path / "exports")
    job = jobs.start(Selection(bodies=True), "x.jsonl", largest=PLENTY)
    assert job.wait(60) is Ending.DONE
    assert (job.progress.operations, job.progress.bytes) == (40, job.file.stat().st_size)
    assert len(list(read(job.file))) == 40
    jobs.remove(job)
    assert left(tmp_path / "exports") == []


def test_one_that_is_stopped_or_grows_too_large_leaves_nothing(tmp_path: Path) -> None:
    jobs = Jobs(filled(tmp_path / "usage.db"), tmp_path / "exports")
    large = jobs.start(Selection(bodies=True), "x.jsonl", largest=1000)
    stopped = jobs.start(Selection(bodies=True), "y.jsonl", largest=PLENTY)
    stopped.stop()
    assert (large.wait(60), stopped.wait(60)) == (Ending.TOO_LARGE, Ending.STOPPED)
    assert left(tmp_path / "exports") == []


def test_one_that_fails_says_why(tmp_path: Path) -> None:
    job = Jobs(tmp_path / "none.db", tmp_path / "exports").start(Selection(), "x.csv", largest=PLENTY)
    assert job.wait(60) is Ending.FAILED
    assert "there is no usage log at" in job.problem


def test_files_go_after_an_hour_and_all_of_them_at_the_end(tmp_path: Path) -> None:
    now = [1000.0]
    jobs = Jobs(filled(tmp_path / "usage.db"), tmp_path / "exports", clock=lambda: now[0])
    first = jobs.start(Selection(), "x.csv", largest=PLENTY)
    assert first.wait(60) is Ending.DONE
    now[0] += KEPT + 1
    second = jobs.start(Selection(), "y.jsonl", largest=PLENTY)
    assert second.wait(60) is Ending.DONE
    assert left(tmp_path / "exports") == [second.file]
    jobs.close()
    assert left(tmp_path / "exports") == []


def test_what_a_dead_process_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    folders = [tmp_path / owner(pid) for pid in (child.pid, os.getpid())]
    for folder in folders:
        folder.mkdir()
        (folder / "x.csv").touch()
    child.communicate(b"\n")
    Jobs(tmp_path / "usage.db", tmp_path)
    assert [folder.exists() for folder in folders] == [False, True]


@given(FILTERS, PERIODS)
def test_an_order_is_understood_as_it_was_meant(filters: object, period: object) -> None:
    of = Selection(filters, period, bodies=True)
    for place in (Path("/data/usage.db"), ServerAddress("postgresql://a:b@c/d")):
        assert ordered(order(place, Path("x.csv"), of)) == (place, Path("x.csv"), of)
