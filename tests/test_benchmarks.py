"""`make bench` would run to its end: what it is made of runs here, at a tiny size."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, closing
from pathlib import Path

import pytest

from benchmarks import assistant, gateway, usage
from benchmarks.__main__ import NAMES, benchmarks, parser
from benchmarks.contenders import Contender, bare_httpx, openai_package, ours
from benchmarks.harness import Row, Section, in_turns, missed, mock, percentile, tables
from benchmarks.usage import dashboards
from benchmarks.usage.logs import made, of_sizes
from benchmarks.usage.panels import ZONE, usual
from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import ALL_TRAFFIC, MEASURES, Analytics, Period

FAST, SLOW = Row("a row", "ms", {"ours": 1.0, "theirs": 2.0}), Row("another", "ms", {"ours": 130.0}, 100.0)


def test_the_usage_log_is_measured_in_files_and_on_a_server(server: ServerAddress) -> None:
    sections = [*usage.measure(1, often=1, sizes=[300], served=100, address=server)]
    assert len(sections) == 8
    assert all(value > 0 for section in sections for row in section.rows for value in row.values.values())
    rows = {row.name for section in sections for row in section.rows}
    assert {"all: filter lists", "history: end of the log", "300, 90 days", "300, latency", "both, 300"} <= rows


def test_all_contenders_give_the_same_answers(tmp_path: Path) -> None:
    log = made(tmp_path, 500, kept=False)
    period = Period(log.ends - 7 * 86400, log.ends).whole_hours
    with dashboards.duckdb_of(log) as duck, closing(sqlite3.connect(log.path)) as sqlite:
        flat = dashboards.in_duckdb(duck, period, "attempts a", "a.began")
        assert [
            set(map(str, rows)) for rows in dashboards.in_duckdb(duck, period, dashboards.JOINED, "o.started_at")
        ] == [set(map(str, rows)) for rows in flat]
        assert set(dashboards.in_sqlite(sqlite, period)[2]) == set(flat[2])
    analytics = Analytics(log.path)
    failures = analytics.failures(period, ALL_TRAFFIC)[["failure", "provider", "model", "attempts"]]
    assert set(failures.itertuples(index=False, name=None)) == set(flat[2])
    requests = analytics.series(MEASURES["requests"], period, ALL_TRAFFIC, bucket="day", zone=ZONE, by="model")
    ours = {(row.start.date(), row.model or None): row.value for row in requests.itertuples() if row.value}
    assert ours == {(day, model): count for day, model, count in flat[0]}


def test_a_log_that_is_kept_is_made_once_and_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOGS", str(tmp_path))
    with of_sizes([100]) as (log,), log.writable() as copy:
        assert copy != log.path
    begun = log.path.stat().st_mtime_ns
    with of_sizes([100]) as (again,):
        assert again.path.stat().st_mtime_ns == begun
    assert [path.name for path in tmp_path.iterdir()] == ["100.db"]


async def asked_and_streamed(doors: Sequence[AbstractAsyncContextManager[Contender]]) -> dict[str, float]:
    """How late the first token was, in seconds, by contender."""
    late: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        for door in doors:
            contender = await stack.enter_async_context(door)
            await contender.ask()
            late[contender.name] = await contender.stream(5, 0)
    return late


def test_every_contender_answers_from_the_mock_and_the_gateway_before_it(tmp_path: Path) -> None:
    with mock() as provider, gateway.served(provider, tmp_path) as server:
        doors = [
            ours(provider, tmp_path, bodies=True),
            bare_httpx(provider),
            openai_package(provider),
            bare_httpx(server.url, "gateway", key=gateway.TOKEN, words=5),
        ]
        late = asyncio.run(asked_and_streamed(doors))
        assert server.cpu() > 0
    assert list(late) == ["engine", "httpx", "openai", "gateway"]
    assert all(0 < seconds < 60 for seconds in late.values())


def test_the_assistant_is_measured_by_words_alone() -> None:
    rows = assistant.measure(1)
    assert [row.name for row in rows] == ["intent", "time", "import of both"]
    assert rows[0].ours > 0 < rows[1].ours


def test_every_benchmark_has_its_place_in_the_command() -> None:
    assert list(benchmarks(parser().parse_args([]))) == list(NAMES)


def test_growth_is_the_median_of_the_larger_log_over_that_of_the_smaller() -> None:
    times = {"a panel": {"10 M": [10.0, 12.0, 90.0], "1 M": [10.0, 10.0, 10.0]}}
    (row,) = usual(times, grown=True)
    assert (row.values, row.ratios, row.limit, row.reached) == ({"10 M": 12.0, "1 M": 10.0}, {"1 M": 1.2}, 13.0, True)


def test_contenders_take_turns_and_the_first_turn_does_not_count() -> None:
    order: list[str] = []
    times = in_turns({"ours": lambda: order.append("ours"), "theirs": lambda: order.append("theirs")}, 2)
    assert order == ["ours", "theirs"] * 3
    assert [len(each) for each in times.values()] == [2, 2]


def test_the_95th_percentile_is_by_nearest_rank() -> None:
    assert percentile([float(value) for value in range(1, 21)], 0.95) == 19
    assert percentile([5.0], 0.95) == 5


def test_a_report_says_which_goals_were_missed() -> None:
    assert tables([FAST, SLOW]).count("\n") == 4
    assert missed([Section("Panels", [FAST, SLOW])]).splitlines() == [
        "1 of 2 goals were reached.",
        "  Panels: another, ms: 130, ≤ 100 MISSED",
    ]
