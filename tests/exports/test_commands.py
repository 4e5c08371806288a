"""`export` and `import` as an operator types them."""

from __future__ import annotations

import argparse
import shlex
import signal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import Filters, Period
from jarvis_ai.domain import FailureKind, Source, Status
from jarvis_ai.exports import Selection, options
from jarvis_ai.exports.commands import end_on_request
from jarvis_ai.exports.files import draft
from jarvis_ai.usage_log.__main__ import main
from tests.databases import Place
from tests.exports.logs import contents, differences, filled
from tests.exports.records import TEXT
from tests.usage_log.facts import NOON, answered, change, operation, store, table, whole

Said = pytest.CaptureFixture[str]

BERLIN = ZoneInfo("Europe/Berlin")
SAYABLE = TEXT.filter(lambda text: "\x00" not in text)
"""No command line holds a NUL."""
LISTS = {
    "statuses": st.sampled_from(list(Status)),
    "outcomes": st.sampled_from(list(Status)),
    "sources": st.sampled_from(list(Source)),
    "failures": st.sampled_from(list(FailureKind)),
    "endings": st.sampled_from(list(FailureKind)),
    "traits": st.sampled_from(["by a fallback", "of unknown cost"]),
}
FILTERS = st.builds(
    Filters,
    text=SAYABLE,
    **{
        field: st.lists(LISTS.get(field, SAYABLE), max_size=2).map(lambda values: tuple(map(str, values)))
        for field, *_ in options.FIELDS.values()
    },
)
PERIODS = st.tuples(st.integers(0, 2**41), st.integers(1, 2**41)).map(
    lambda pair: Period(pair[0] / 1000, (pair[0] + pair[1]) / 1000)
)


def argument(place: Place) -> str:
    return str(place) if isinstance(place, Path) else place.url


def parsed(arguments: list[str]) -> Selection:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    options.add_to(parser)
    return options.selection(parser.parse_args(arguments))


@given(FILTERS, st.none() | PERIODS, st.booleans())
def test_the_command_that_a_page_shows_selects_what_the_page_does(
    filters: Filters, period: Period | None, bodies: bool
) -> None:
    of = Selection(filters, period, bodies)
    words = shlex.split(options.command(Path("data/my log.db"), "x.csv", of))
    assert words[:6] == ["python", "-m", "jarvis_ai.usage_log", "export", "data/my log.db", "x.csv"]
    assert parsed(words[6:]) == of


def test_the_command_shows_no_password() -> None:
    server = ServerAddress.parse("postgresql://jarvis:hush-hush@db:5432/usage")
    assert options.command(server, "x.csv", Selection()) == (
        'python -m jarvis_ai.usage_log export "$USAGE_DATABASE_URL" x.csv'
    )


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        (["--from=2026-11-01", "--to=2026-11-30", "--zone=UTC"], 1793491200, 1796083200),
        (["--from=2026-11-01", "--to=2026-11-30", "--zone=Europe/Berlin"], 1793487600, 1796079600),
        (["--from=2026-10-25", "--to=2026-10-25", "--zone=Europe/Berlin"], 1792879200, 1792969200),  # 25 hours
        (["--from=2026-11-01T08:30", "--to=2026-11-01T09:00Z", "--zone=Europe/Berlin"], 1793518200, 1793523600),
    ],
)
def test_times_are_those_of_the_zone_and_the_last_day_is_in_it(said: list[str], start: float, end: float) -> None:
    assert parsed(said).period == Period(start, end)


def test_one_end_is_enough() -> None:
    assert parsed(["--from=2026-11-01"]).period == Period(1793491200, 2**53 / 1000)
    assert parsed(["--to=1970-01-01"]).period == Period(0, 86400)
    assert parsed([]).period is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["--from=soon"], "write it like 2026-11-01"),
        (["--from=2026-11-02", "--to=2026-11-01"], "has to be before"),
        (["--to=9999-12-31"], "is no time"),
        (["--zone=Mars/Base"], "write it like Europe/Berlin"),
        (["--status=good"], "invalid choice"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path: Path, capsys: Said, said: list[str], told: str) -> None:
    filled(tmp_path / "usage.db")
    try:
        code = main(["export", str(tmp_path / "usage.db"), str(tmp_path / "x.csv"), *said])
    except SystemExit as exc:
        code = int(exc.code or 0)
    assert code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()


def test_a_log_goes_out_and_comes_into_another(place: Place, tmp_path: Path, capsys: Said) -> None:
    filled(place)
    file = str(tmp_path / "x.csv.gz")
    assert main(["export", argument(place), file, "--bodies", "--status=ok"]) == 0
    assert "39 requests are in" in capsys.readouterr().out
    assert main(["import", file, str(tmp_path / "other.db")]) == 0
    assert capsys.readouterr().out == "39 requests were read. 39 new in the log.\n"
    assert contents(tmp_path / "other.db") == contents(place)
    assert differences(tmp_path / "other.db") == 0
    assert main(["import", file, argument(place)]) == 0
    said = capsys.readouterr()
    assert "39 there already, the same." in said.out
    assert "hush-hush" not in said.out + said.err


def test_an_imported_log_is_added_up_at_once(tmp_path: Path) -> None:
    of = operation(1, at=1_600_000_000.0)
    store(tmp_path / "one.db", *whole(of, answered(of)))
    main(["export", str(tmp_path / "one.db"), str(tmp_path / "x.parquet")])
    assert main(["import", str(tmp_path / "x.parquet"), str(tmp_path / "two.db")]) == 0
    levels = "SELECT DISTINCT level FROM operation_chunks ORDER BY level"
    assert table(tmp_path / "two.db", levels) == [("day",), ("hour",), ("month",)]


def test_a_request_to_end_is_heard_where_a_file_is_half_written(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        end_on_request()
        with pytest.raises(SystemExit), draft(tmp_path / "x.csv", bodies=False):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert list(tmp_path.iterdir()) == []


def test_an_import_tells_what_it_left_as_it_was(tmp_path: Path, capsys: Said) -> None:
    filled(tmp_path / "usage.db")
    main(["export", str(tmp_path / "usage.db"), str(tmp_path / "x.jsonl")])
    change(tmp_path / "usage.db", "UPDATE operations SET tag = 'by hand' WHERE id = 'op-000001'")
    capsys.readouterr()
    assert main(["import", str(tmp_path / "x.jsonl"), str(tmp_path / "usage.db")]) == 0
    said = capsys.readouterr().out
    assert "1 there already and not the same as in the file" in said
    assert "1 under way when the file was written" in said


def test_a_bad_file_is_told_with_how_far_it_came(tmp_path: Path, capsys: Said) -> None:
    filled(tmp_path / "usage.db")
    main(["export", str(tmp_path / "usage.db"), str(tmp_path / "x.jsonl")])
    with (tmp_path / "x.jsonl").open("ab") as file:
        file.write(b'{"id": "cut')
    assert main(["import", str(tmp_path / "x.jsonl"), str(tmp_path / "new.db")]) == 2
    said = capsys.readouterr().err
    assert "x.jsonl, line 41: the file is cut off" in said
    assert "run it again: nothing is doubled" in said
    assert differences(tmp_path / "new.db") == 0


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n"])
def test_no_log_is_begun_for_a_file_that_is_no_export(content: bytes, tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    assert main(["import", str(tmp_path / "x.csv"), str(tmp_path / "new.db")]) == 2
    assert "import was not done: row 1" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()


def test_a_log_that_is_not_there_is_told(tmp_path: Path, capsys: Said) -> None:
    assert main(["export", str(tmp_path / "none.db"), str(tmp_path / "x.csv")]) == 2
    assert "there is no usage log at" in capsys.readouterr().err


def test_an_import_into_a_chained_log_says_what_it_does_not_prove(tmp_path: Path, capsys: Said) -> None:
    filled(tmp_path / "one.db")
    main(["export", str(tmp_path / "one.db"), str(tmp_path / "x.jsonl"), f"--from={iso(NOON + 60_000)}"])
    filled(tmp_path / "two.db")
    change(tmp_path / "two.db", *(f"DELETE FROM {table} WHERE {key} > 'op-000020'" for table, key in KEYS.items()))
    main(["rebuild", str(tmp_path / "two.db")])
    main(["chain", str(tmp_path / "two.db")])
    capsys.readouterr()
    main(["import", str(tmp_path / "x.jsonl"), str(tmp_path / "two.db")])
    assert "have no link in the hash chain" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "two.db")]) == 1
    main(["chain", str(tmp_path / "two.db")])
    assert main(["verify", str(tmp_path / "two.db")]) == 0


KEYS = {"attempts": "operation_id", "bodies": "operation_id", "operations": "id"}


def iso(seconds: float) -> str:
    return options.options(Selection(period=Period(seconds, seconds + 1)))[0].removeprefix("--from=")
