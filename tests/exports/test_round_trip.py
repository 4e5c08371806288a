"""What was exported from a log and imported into another is the same there, and counted the same."""

from __future__ import annotations

import sqlite3
from itertools import islice
from pathlib import Path

import pytest

from jarvis_ai.exports import Selection, export, files, ingest, ingesting, read, reading, selection
from jarvis_ai.exports.ingesting import Ingested
from jarvis_ai.exports.reading import Unreadable
from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.places import kept
from tests.databases import Place
from tests.exports.logs import contents, differences, exported, filled, imported, one_more
from tests.exports.test_formats import ENDINGS
from tests.usage_log.facts import NOON, answered, change, operation, store, table, target, whole


@pytest.fixture
def other(place: Place, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new log in the other kind of database."""
    found: Place = request.getfixturevalue("server") if isinstance(place, Path) else tmp_path / "other.db"
    return found


@pytest.mark.parametrize("ending", files.FORMATS)
def test_an_import_has_the_same_rows_and_counts_the_same(
    place: Place, other: Place, ending: str, tmp_path: Path
) -> None:
    file = tmp_path / f"x{ending}"
    assert exported(filled(place), file).operations == 40
    assert imported(file, other) == Ingested(new=39, pending=1)
    assert contents(other) == contents(place)
    assert differences(other) == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_second_import_changes_nothing(ending: str, tmp_path: Path) -> None:
    exported(filled(tmp_path / "one.db"), tmp_path / f"x{ending}")
    imported(tmp_path / f"x{ending}", tmp_path / "two.db")
    before = contents(tmp_path / "two.db")
    assert imported(tmp_path / f"x{ending}", tmp_path / "two.db") == Ingested(there=39, pending=1)
    assert contents(tmp_path / "two.db") == before
    assert differences(tmp_path / "two.db") == 0


def test_steps_of_any_size_make_the_same_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    filled(tmp_path / "usage.db")
    exported(tmp_path / "usage.db", tmp_path / "one.jsonl")
    monkeypatch.setattr(selection, "WITH_BODIES", 3)
    exported(tmp_path / "usage.db", tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_an_import_joins_a_log_that_has_calls_of_its_own_and_has_sealed_those_hours(
    place: Place, tmp_path: Path
) -> None:
    exported(filled(tmp_path / "one.db"), tmp_path / "x.jsonl")
    one_more(place, 500)
    writing = target(place)
    while writing.keep_up(Retention(bodies=4000, facts=4000), round((NOON + 5_000_000) * 1000)):
        pass
    writing.close()
    assert imported(tmp_path / "x.jsonl", place).new == 39
    assert differences(place) == 0
    assert len(contents(place)["operations"]) == 40


def test_what_is_there_otherwise_stays_and_is_counted(place: Place, tmp_path: Path) -> None:
    exported(filled(place), tmp_path / "x.parquet")
    change(place, "UPDATE attempts SET detail = 'by hand' WHERE operation_id = 'op-000003'")
    before = contents(place)
    assert imported(tmp_path / "x.parquet", place) == Ingested(there=38, different=1, pending=1)
    assert contents(place) == before


def test_bodies_come_later_where_they_were_left_out(place: Place, tmp_path: Path) -> None:
    filled(tmp_path / "one.db")
    exported(tmp_path / "one.db", tmp_path / "without.csv", Selection())
    exported(tmp_path / "one.db", tmp_path / "with.csv")
    imported(tmp_path / "without.csv", place)
    assert contents(place)["bodies"] == []
    assert imported(tmp_path / "with.csv", place).there == 39
    assert contents(place) == contents(tmp_path / "one.db")


def test_what_a_log_has_pruned_and_counts_still_does_not_count_twice(place: Place, tmp_path: Path) -> None:
    exported(filled(place), tmp_path / "x.jsonl")
    writing = target(place)
    while writing.keep_up(Retention(bodies=2, facts=2), round((NOON + 250_000) * 1000)):
        pass
    writing.close()
    sums = "SELECT SUM(operations) FROM operation_cells"
    before, left = table(place, sums), len(contents(place)["operations"])
    ingested = imported(tmp_path / "x.jsonl", place)
    assert (ingested.new, ingested.there, ingested.pruned) == (0, left, 39 - left)
    assert table(place, sums) == before


def test_one_request_twice_in_a_file_comes_once(place: Place, tmp_path: Path) -> None:
    exported(filled(tmp_path / "one.db"), tmp_path / "x.jsonl")
    (tmp_path / "y.jsonl").write_bytes((tmp_path / "x.jsonl").read_bytes() * 2)
    ingested = imported(tmp_path / "y.jsonl", place)
    assert (ingested.new, ingested.there) == (39, 39)
    assert differences(place) == 0


def test_an_import_that_breaks_off_keeps_what_it_told_and_goes_on_later(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "OPERATIONS", 10)
    exported(filled(tmp_path / "one.db"), tmp_path / "whole.jsonl")
    lines = (tmp_path / "whole.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "bad.jsonl").write_bytes(b"".join([*lines[:24], lines[24][:50]]))
    steps: list[Ingested] = []
    with kept(place) as connection, pytest.raises(Unreadable, match="line 25: the file is cut off"):
        steps.extend(ingest(connection, read(tmp_path / "bad.jsonl")))
    assert steps[-1] == Ingested(new=20)
    assert len(contents(place)["operations"]) == 20
    assert differences(place) == 0
    assert imported(tmp_path / "whole.jsonl", place) == Ingested(new=19, there=20, pending=1)
    assert contents(place) == contents(tmp_path / "one.db")


def test_an_imported_log_is_written_like_any_other(place: Place, tmp_path: Path) -> None:
    exported(filled(tmp_path / "one.db"), tmp_path / "x.csv.gz")
    imported(tmp_path / "x.csv.gz", place)
    one_more(place, 600, task="a task that nobody had")
    assert differences(place) == 0


def test_texts_with_nul_come_into_either_database(place: Place, tmp_path: Path) -> None:
    of = operation(1, tag="a\x00b", text="c\x00d")
    store(tmp_path / "one.db", *whole(of, answered(of)))
    exported(tmp_path / "one.db", tmp_path / "x.parquet")
    assert imported(tmp_path / "x.parquet", place) == Ingested(new=1)
    assert imported(tmp_path / "x.parquet", place) == Ingested(there=1)


def test_an_export_that_is_stopped_leaves_no_file_and_the_log_unlocked(tmp_path: Path) -> None:
    filled(tmp_path / "usage.db")
    with reading(tmp_path / "usage.db") as connection:
        going = export(connection, Selection(), tmp_path / "x.csv")
        next(going)
        going.close()
    assert list(tmp_path.glob("x.csv*")) == []
    one_more(tmp_path / "usage.db", 700)


def test_what_is_written_meanwhile_comes_once_and_in_order(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "LOOKED_AT", 5)
    filled(place)
    with reading(place) as connection:
        going = selection.steps(connection, Selection())
        ids = [record.operation[0] for step in islice(going, 4) for record in step.records]
        one_more(place, 800)
        ids += [record.operation[0] for step in going for record in step.records]
    assert ids == sorted(set(ids))
    assert len(ids) == 41


def test_an_exporting_connection_cannot_write(place: Place) -> None:
    filled(place)
    with reading(place) as connection, pytest.raises(sqlite3.OperationalError, match=r"read.?only"):
        connection.execute("DELETE FROM bodies")


def test_a_log_of_another_version_is_not_exported_as_if_it_were_whole(place: Place, tmp_path: Path) -> None:
    filled(place)
    change(place, "ALTER TABLE operations ADD COLUMN mood TEXT")
    with pytest.raises(selection.OtherVersion, match="operations has a column mood"):
        exported(place, tmp_path / "x.csv")
    assert list(tmp_path.glob("x.csv*")) == []


def test_progress_counts_all_that_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "LOOKED_AT", 16)
    filled(tmp_path / "usage.db")
    with reading(tmp_path / "usage.db") as connection:
        told = list(export(connection, Selection(), tmp_path / "x.jsonl"))
    assert [progress.looked_at for progress in told] == [0, 16, 32, 40, 40]
    assert {progress.of for progress in told} == {40}
    assert told[-1].share == 1.0
    assert told[-1].bytes == (tmp_path / "x.jsonl").stat().st_size
