"""What is written in a format is read again, whatever it is; what was not written by us is refused with its place."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_ai.exports import csv_lines, files, jsonl
from jarvis_ai.exports.csv_lines import ARMED, armed, disarmed
from jarvis_ai.exports.files import FORMATS, draft, format_of, read
from jarvis_ai.exports.layout import ATTEMPT, OPERATION, Record, dollars, iso
from jarvis_ai.exports.reading import Unreadable
from tests.exports.records import TEXT, batches

ENDINGS = [*FORMATS, ".csv.gz", ".jsonl.gz"]


def written(ending: str, records: Sequence[Record], *, bodies: bool = True) -> bytes:
    stream = io.BytesIO()
    writer = FORMATS[ending].writer(stream, bodies=bodies)
    writer.write(records)
    writer.close()
    return stream.getvalue()


def taken(ending: str, data: bytes) -> list[Record]:
    return list(FORMATS[ending].read(io.BytesIO(data)))


def an_operation(id_: str = "op-1", **values: object) -> tuple[object, ...]:
    plain = {
        "id": id_, "started_at": 1_790_000_000_123, "source": "api", "task": "", "tag": "", "requested_model": "",
        "chain": "[]", "status": "ok", "fallback": 0, "attempts": 1, "cost_nanos": 1500, "cost_source": "billed",
        "simulated": 0, "cached": 0,
    }  # fmt: skip
    return tuple({**plain, **values}.get(name) for name in OPERATION.names)


def an_attempt(number: int = 1, **values: object) -> tuple[object, ...]:
    plain = {
        "attempt_no": number, "provider": "openrouter", "model": "m", "started_at": 1_790_000_000_123, "status": "ok",
        "reason": "", "waited_ms": 0, "cost_nanos": 1500, "cost_source": "billed", "hedge": 0, "resumed": 0,
    }  # fmt: skip
    return tuple({**plain, **values}.get(name) for name in ATTEMPT.names)


def a_record(id_: str = "op-1", *, attempts: int = 1, **values: object) -> Record:
    tried = [an_attempt(number) for number in range(1, attempts + 1)]
    return Record(an_operation(id_, attempts=attempts, **values), tried, None)


@pytest.mark.parametrize("ending", FORMATS)
@settings(max_examples=25)
@given(records=batches())
def test_every_value_comes_back(ending: str, records: list[Record]) -> None:
    assert taken(ending, written(ending, records)) == records


@pytest.mark.parametrize("ending", FORMATS)
def test_an_export_without_bodies_has_none(ending: str) -> None:
    said = Record(*a_record()[:2], ('{"messages":[]}', "Hi", None))
    assert taken(ending, written(ending, [said], bodies=False)) == [a_record()]
    assert taken(ending, written(ending, [said])) == [said]


@given(TEXT)
def test_no_text_is_a_formula_and_each_can_be_told_from_its_guard(text: str) -> None:
    guarded = disarmed(text)
    assert armed(guarded) == text
    assert guarded[:1] not in ARMED - {"'"}


def test_a_spreadsheet_finds_no_formula_in_any_cell() -> None:
    record = a_record(tag="=HYPERLINK(1)", task="@x", detail="-cmd", requested_model="+1")
    cells = [cell for line in csv.reader(io.StringIO(written(".csv", [record]).decode("utf-8-sig"))) for cell in line]
    assert "'=HYPERLINK(1)" in cells
    assert [cell for cell in cells if cell[:1] in ARMED - {"'"}] == []


@given(st.integers(-(2**63), 2**63 - 1))
def test_dollars_are_exact(nanos: int) -> None:
    whole, _, places = dollars(nanos).partition(".")
    assert len(places) == 9
    assert int(whole + places) == nanos


def test_a_time_is_written_in_utc_and_one_that_is_none_is_left_out() -> None:
    assert iso(1_790_000_000_123) == "2026-09-21T14:13:20.123Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"
    assert iso(2**62) is None


def test_json_lines_hold_the_attempts_and_json_as_json() -> None:
    [line] = written(".jsonl", [a_record(attempts=2, chain='[{"link":"a"}]')]).splitlines()
    found = json.loads(line)
    assert found["chain"] == [{"link": "a"}]
    assert [attempt["attempt_no"] for attempt in found["attempt_rows"]] == [1, 2]
    assert (found["started_utc"], found["dollars"]) == ("2026-09-21T14:13:20.123Z", "0.000001500")


def test_pandas_and_duckdb_read_a_csv_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(written(".csv", [a_record(attempts=2, finish_reason=None), a_record("op-2")]))
    table = pd.read_csv(tmp_path / "x.csv")
    assert list(table["id"]) == ["op-1", "op-1", "op-2"]
    assert table["attempt_dollars"].sum() == pytest.approx(0.0000045)
    sql = f"""SELECT count(DISTINCT id), epoch_ms(max(started_utc)), count(failure), count(task), sum(attempt_dollars)
        FROM read_csv('{tmp_path / "x.csv"}', allow_quoted_nulls = false)"""
    assert duckdb.sql(sql).fetchall() == [(2, 1_790_000_000_123, 0, 3, pytest.approx(0.0000045))]


def test_duckdb_sums_the_dollars_of_a_parquet_file_exactly(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(written(".parquet", [a_record(attempts=2), a_record("op-2")]))
    sql = f"SELECT SUM(a.dollars)::VARCHAR FROM (SELECT unnest(attempt_rows) AS a FROM '{tmp_path / 'x.parquet'}')"
    assert duckdb.sql(sql).fetchall() == [("0.000004500",)]
    started = pyarrow.parquet.read_table(tmp_path / "x.parquet").column("started_utc").to_pylist()
    assert str(started[0]) == "2026-09-21 14:13:20.123000+00:00"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_cut_off_anywhere_is_refused_or_ends_behind_a_request(ending: str, tmp_path: Path) -> None:
    records = [a_record("op-1", attempts=2, detail="two\nlines"), a_record("op-2", tag='"'), a_record("op-3")]
    with draft(tmp_path / f"whole{ending}", bodies=False) as file:
        file.write(records)
        file.finish()
    data = (tmp_path / f"whole{ending}").read_bytes()
    part = tmp_path / f"part{ending}"
    for length in range(0, len(data), max(1, len(data) // 90)):
        part.write_bytes(data[:length])
        found: list[Record] = []
        try:
            found += read(part)
        except Unreadable:
            continue
        assert found == records[: len(found)]
        assert ending in {".csv", ".jsonl"} or length == 0


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_a_plain_file_may_be_empty_of_requests(ending: str) -> None:
    assert taken(ending, written(ending, [])) == []


BAD = {
    "a name that is not known": (b'"cost_nanos"', b'"cost_pesos"', "cost_pesos"),
    "a number that is none": (b"1790000000123", b"1790x00000123", "started_at"),
    "a status that there is not": (b'"ok"', b'"oh"', "'oh' is not known here"),
}


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_told_with_its_place(ending: str, what: str) -> None:
    old, new, word = BAD[what]
    data = written(ending, [a_record("op-1"), a_record("op-2")])
    head, found, tail = data.rpartition(old)
    with pytest.raises(Unreadable, match=r"row [123]|line 2") as caught:
        taken(ending, head + (new if found else b"") + tail)
    assert word in str(caught.value) or "no JSON" in str(caught.value)


def test_a_wrong_cell_far_into_a_csv_is_named_by_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_lines, "BLOCK", 4096)
    data = written(".csv", [a_record(f"op-{number:04}") for number in range(200)])
    broken = data.replace(b'"op-0150",1790000000123', b'"op-0150",soon')
    with pytest.raises(Unreadable, match="row 152, column started_at: 'soon' is not UTC milliseconds"):
        taken(".csv", broken)


def test_lines_of_one_request_that_disagree_are_refused() -> None:
    data = written(".csv", [a_record(attempts=2)])
    first, _, rest = data.rpartition(b'1790000000123,"2026')
    head, _, tail = first.rpartition(b'"api"')
    with pytest.raises(Unreadable, match="row 3, column source: it is not what row 2 says"):
        taken(".csv", head + b'"batch"' + tail + b'1790000000123,"2026' + rest)


def test_an_attempt_that_is_there_twice_is_refused() -> None:
    twice = Record(an_operation(attempts=2), [an_attempt(1), an_attempt(1)], None)
    with pytest.raises(Unreadable, match="line 1: an attempt is there twice"):
        taken(".jsonl", written(".jsonl", [twice]))


@pytest.mark.parametrize("data", [b"[]\n", b"1\n", b'{"a": 1}\n', b"\xff\xfe\n", b'"\\ud800"\n', b"\n"])
def test_json_lines_of_another_program_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="line 1"):
        taken(".jsonl", data)


@pytest.mark.parametrize("number", [2**63, 2**62, -1])
def test_a_time_that_no_log_can_count_is_refused(number: int) -> None:
    data = written(".jsonl", [a_record()]).replace(b"1790000000123", str(number).encode())
    with pytest.raises(Unreadable, match=f"column started_at: '{number}' is not UTC milliseconds"):
        taken(".jsonl", data)


def test_a_number_beyond_64_bits_is_refused() -> None:
    data = written(".jsonl", [a_record(latency_ms=77_777)]).replace(b"77777", str(2**63).encode())
    with pytest.raises(Unreadable, match="column latency_ms"):
        taken(".jsonl", data)


def test_a_line_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 100)
    with pytest.raises(Unreadable, match="line 1"):
        taken(".jsonl", written(".jsonl", [a_record()]))


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b'"id"\n"x"\n', b"\xff\xff\n", b"id;started_at\n"])
def test_a_csv_of_another_program_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="row 1"):
        taken(".csv", data)


def test_a_parquet_file_of_another_program_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "x.parquet")
    with pytest.raises(Unreadable, match="no column id"):
        list(read(tmp_path / "x.parquet"))


def test_secrets_in_a_file_do_not_come_in() -> None:
    key = "sk-or-v1-0123456789abcdef"
    request = json.dumps({"messages": [{"content": f"my key is {key}"}], "password": "hunter2"})
    record = Record(an_operation(detail=f"refused {key}"), [an_attempt()], (request, f"Bearer {key}", None))
    [found] = taken(".jsonl", written(".jsonl", [record]))
    assert key not in str(found)
    assert "hunter2" not in str(found)


def test_another_ending_is_refused() -> None:
    for name in ("x.xlsx", "x", "x.parquet.gz", "x.gz"):
        with pytest.raises(ValueError, match="has to end in one of"):
            format_of(Path(name))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_draft_that_is_not_finished_leaves_nothing(ending: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), draft(tmp_path / f"x{ending}", bodies=False) as file:
        file.write([a_record()])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_told(ending: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"), draft(tmp_path / f"x{ending}", bodies=False) as file:
        with Path("/dev/full").open("wb") as full:
            os.dup2(full.fileno(), file._file.fileno())
        file.write([a_record(f"op-{number}") for number in range(50)])
        file.finish()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("mine")
    with pytest.raises(FileExistsError, match="remove it"), files.draft(tmp_path / "x.csv", bodies=False):
        pass
    assert (tmp_path / "x.csv").read_text() == "mine"
