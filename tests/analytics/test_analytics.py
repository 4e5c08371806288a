"""What the log answers, on a handful of rows."""

from __future__ import annotations

import math
import sqlite3
import threading
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.analytics import (
    ALL_TRAFFIC,
    EVERYTHING,
    MEASURES,
    WITHOUT_DRILLS,
    Analytics,
    Filters,
    Period,
    Scope,
    Summary,
    Times,
)
from jarvis_ai.analytics.analytics import MOST_RECENT
from jarvis_ai.analytics.history import Cursor, History
from jarvis_ai.analytics.reader import Reader, TooSlow
from jarvis_ai.analytics.readers import reader_of
from jarvis_ai.domain import Chain, FailureKind, Source, Status
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.upkeep import Retention
from tests.databases import Place, elsewhere
from tests.usage_log.facts import (
    GPT,
    HAIKU,
    NOON,
    answered,
    asked,
    change,
    completed,
    failed,
    operation,
    store,
    table,
    target,
    whole,
)

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
AROUND = Period(NOON - 3600, NOON + 3600)


def near(value: float) -> Any:
    """As near as histograms tell."""
    return pytest.approx(value, rel=0.01)


@pytest.fixture
def path(place: Place) -> Place:
    """Four operations: answered at once, answered after a fallback, not answered, and in flight."""
    one = operation(1, source=Source.API, task="fast", text="weather in Lisbon")
    two = operation(2, at=NOON + 60, text="100% sure")
    three, four = operation(3, at=NOON + 120), operation(4, at=NOON + 180)
    return store(
        place,
        *whole(one, answered(one, latency=1.0)),
        *whole(two, failed(two), answered(two, 2, HAIKU, nanos=None, latency=3.0)),
        *whole(three, failed(three, kind=FailureKind.OVERLOADED)),
        *[four, asked(four)],
    )


@pytest.fixture
def analytics(path: Place) -> Analytics:
    return Analytics(path)


def test_requests_are_counted_in_operations_and_money_in_attempts(analytics: Analytics) -> None:
    """What is in flight is not counted yet."""
    summary = analytics.summary(AROUND, ALL_TRAFFIC)
    assert replace(summary, p50=None, p95=None) == Summary(
        operations=3,
        ok=2,
        failed=1,
        cancelled=0,
        fallbacks=1,
        attempts=4,
        cost_nanos=1000,
        unknown_cost_attempts=1,
        input_tokens=20,
        output_tokens=60,
    )
    assert (summary.p50, summary.p95) == (near(1.0), near(3.1))


def test_a_period_is_taken_in_whole_hours(analytics: Analytics) -> None:
    assert analytics.summary(Period(NOON + 1, NOON + 2), ALL_TRAFFIC).operations == 3
    assert analytics.summary(Period(NOON + 3600, NOON + 7200), ALL_TRAFFIC) == Summary()
    assert analytics.summary(Period(NOON - 7200, NOON - 3600), ALL_TRAFFIC) == Summary()


def test_the_hour_under_way_is_the_last_of_a_preset() -> None:
    assert Period.preset("24h", now=7201.0) == Period(10800.0 - 86400, 10800.0)
    assert Period.preset("24h", now=7200.0) == Period(7200.0 - 86400, 7200.0)


@pytest.mark.parametrize(
    ("scope", "operations", "attempts"),
    [
        (Scope(sources=("api",)), 1, 1),
        (Scope(tasks=("fast",)), 1, 1),
        (Scope(statuses=("failed",)), 1, 2),
        (Scope(models=(HAIKU.model,)), 1, 1),
        (Scope(models=(GPT.model,), providers=("openai",)), 0, 0),
        (Scope(models=(GPT.model, HAIKU.model), sources=("playground",)), 1, 3),
        (Scope(failures=("overloaded",)), 1, 1),
        (WITHOUT_DRILLS, 3, 4),
    ],
)
def test_a_scope_lets_through_what_it_names(analytics: Analytics, scope: Scope, operations: int, attempts: int) -> None:
    summary = analytics.summary(AROUND, scope)
    assert (summary.operations, summary.attempts) == (operations, attempts)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(sources=("api",)), ["op-000001"]),
        (Filters(tasks=("fast",)), ["op-000001"]),
        (Filters(statuses=("failed", "pending")), ["op-000004", "op-000003"]),
        (Filters(models=(HAIKU.model,)), ["op-000002"]),
        (Filters(models=(GPT.model,), providers=("openai",)), []),
        (Filters(answered=(HAIKU.model,)), ["op-000002"]),
        (Filters(through=("openrouter",)), ["op-000002", "op-000001"]),
        (Filters(failures=("overloaded",)), ["op-000003"]),
        (Filters(failures=("overloaded",), models=(HAIKU.model,)), []),
        (Filters(outcomes=("failed",)), ["op-000003", "op-000002"]),
        (Filters(endings=("overloaded",)), ["op-000003"]),
        (Filters(traits=("by a fallback",)), ["op-000002"]),
        (Filters(traits=("of unknown cost",)), ["op-000002"]),
        (Filters(traits=("that have ended",)), ["op-000003", "op-000002", "op-000001"]),
        (Filters(text="lisbon"), ["op-000001"]),
        (Filters(text="100% s"), ["op-000002"]),
        (Filters(text="0_ s"), []),
    ],
)
def test_a_filter_lets_through_what_it_names(analytics: Analytics, filters: Filters, ids: list[str]) -> None:
    assert list(analytics.operations(AROUND, filters)["id"]) == ids
    assert list(analytics.page(AROUND, filters).rows["id"]) == ids


def test_words_are_found_whether_or_not_they_are_in_the_index_yet(place: Place) -> None:
    path, writing = place, target(place)
    one, two = operation(1, text="When does the zebra sleep?"), operation(2, text="Zebras, and 100% of them")
    for op in (one, two):
        writing.apply([write for fact in whole(op, answered(op)) for write in writes_of(fact, writer="test")])
        while op is one and writing.keep_up(Retention(), round(NOON * 1000)):
            pass
    writing.close()
    analytics = Analytics(path)
    for text, ids in (
        ("zebra", [two.id, one.id]),
        ("sleep ZEB", [one.id]),
        ("zebra AND", []),
        ("%", [two.id]),
    ):
        assert list(analytics.page(AROUND, Filters(text=text)).rows["id"]) == ids


def test_operations_of_a_chain_and_of_a_side_of_a_migration_are_found(place: Place) -> None:
    moved, stayed = operation(1, tag="sms"), operation(2, chain=Chain.of("openai:gpt-4o"))
    path = store(place, moved, stayed)
    change(path, "UPDATE operations SET arm = 'openrouter' WHERE tag = 'sms'")
    [(hash_,)] = table(path, "SELECT chain_hash FROM operations WHERE tag = 'sms'")
    analytics = Analytics(path)
    for filters in (Filters(tags=("sms",)), Filters(chains=(hash_,)), Filters(arms=("openrouter",))):
        assert list(analytics.operations(AROUND, filters)["id"]) == [moved.id]


def test_an_unknown_cost_is_nan_and_counted(analytics: Analytics) -> None:
    rows = analytics.by_model(AROUND, ALL_TRAFFIC).set_index("model")
    assert rows.loc[GPT.model, "cost"] == 1e-6
    assert rows.loc[GPT.model, ["attempts", "ok", "failed", "unknown_cost_attempts"]].tolist() == [3, 1, 2, 0]
    assert math.isnan(rows.loc[HAIKU.model, "cost"])
    assert rows.loc[HAIKU.model, "unknown_cost_attempts"] == 1


def test_failures_are_told_by_kind_and_model(analytics: Analytics) -> None:
    rows = analytics.failures(AROUND, ALL_TRAFFIC)
    assert rows.to_dict("records") == [
        {"failure": "overloaded", "provider": "openrouter", "model": GPT.model, "attempts": 1},
        {"failure": "rate_limited", "provider": "openrouter", "model": GPT.model, "attempts": 1},
    ]


def test_latency_leaves_failures_out_and_puts_the_slowest_first(analytics: Analytics) -> None:
    rows = analytics.latency_by_model(AROUND, ALL_TRAFFIC)
    columns = ["model", "provider", "calls", "p50", "p95", "ttft_p50", "ttft_p95", "tokens_per_second"]
    assert list(rows[columns].itertuples(index=False, name=None)) == [
        (HAIKU.model, "openrouter", 1, *map(near, (3.0, 3.0, 0.75, 0.75)), 30 / 2.25),
        (GPT.model, "openrouter", 1, *map(near, (1.0, 1.0, 0.25, 0.25)), 30 / 0.75),
    ]


def test_percentiles_are_by_nearest_rank(place: Place) -> None:
    ops = [operation(number) for number in range(1, 101)]
    facts = [fact for number, op in enumerate(ops, 1) for fact in whole(op, answered(op, latency=float(number)))]
    row = Analytics(store(place, *facts)).latency_by_model(AROUND, ALL_TRAFFIC).iloc[0]
    assert (row["p50"], row["p90"], row["p95"], row["p99"]) == tuple(map(near, (50.0, 90.0, 95.0, 99.0)))


def test_requests_are_counted_by_who_answered_and_attempts_by_who_was_asked(analytics: Analytics) -> None:
    requests = analytics.totals(MEASURES["requests"], AROUND, ALL_TRAFFIC, by="model")
    assert dict(zip(requests["model"], requests["value"], strict=True)) == {"": 1, GPT.model: 1, HAIKU.model: 1}
    attempts = analytics.totals(MEASURES["attempts"], AROUND, ALL_TRAFFIC, by="model")
    assert dict(zip(attempts["model"], attempts["value"], strict=True)) == {GPT.model: 3, HAIKU.model: 1}


def test_a_series_begins_its_days_at_local_midnight(analytics: Analytics) -> None:
    rows = analytics.series(MEASURES["cost"], AROUND, ALL_TRAFFIC, bucket="day", zone=BERLIN, by="model")
    assert rows["start"].dt.tz == BERLIN
    assert {start.isoformat() for start in rows["start"]} == {"2026-09-21T00:00:00+02:00"}
    costs = dict(zip(rows["model"], rows["value"], strict=True))
    assert costs[GPT.model] == 1e-6
    assert math.isnan(costs[HAIKU.model])


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("requests", 3),
        ("answered", 2 / 3),
        ("fallbacks", 1 / 3),
        ("cost", 1e-6),
        ("attempts", 4),
        ("failures", 2),
        ("input_tokens", 20),
        ("output_tokens", 60),
        ("cached_tokens", 0),
        ("p50", 1.0),
        ("p95", 3.1),
        ("call_p50", 1.0),
        ("call_p99", 3.0),
        ("ttft_p50", 0.25),
        ("speed", 60 / 3),
    ],
)
def test_a_measure_is_what_it_says(analytics: Analytics, measure: str, value: float) -> None:
    [found] = analytics.series(MEASURES[measure], AROUND, ALL_TRAFFIC, bucket="hour", zone=UTC)["value"]
    assert found == near(value)


def test_pages_go_on_where_the_last_one_ended(analytics: Analytics) -> None:
    first = analytics.page(AROUND, EVERYTHING, limit=3)
    rest = analytics.page(AROUND, EVERYTHING, before=first.after, limit=3)
    assert [*first.rows["id"], *rest.rows["id"]] == ["op-000004", "op-000003", "op-000002", "op-000001"]
    assert rest.after is rest.given_up_at is None


def test_pages_skip_nothing_when_rows_share_a_millisecond(place: Place) -> None:
    analytics = Analytics(store(place, *[operation(number) for number in range(7)]))
    seen, page = list[str](), analytics.page(AROUND, EVERYTHING, limit=2)
    while page.after:
        seen += list(page.rows["id"])
        page = analytics.page(AROUND, EVERYTHING, before=page.after, limit=2)
    seen += list(page.rows["id"])
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7


def test_a_page_walks_back_to_the_beginning_of_the_log_and_no_further(place: Place) -> None:
    ops = [operation(number, at=NOON - 86400 * 400 * number) for number in range(1, 4)]
    analytics = Analytics(store(place, *ops))
    assert list(analytics.page(Period(0, NOON), EVERYTHING).rows["id"]) == [op.id for op in ops]


def test_a_page_says_how_far_it_came_when_its_time_was_over(place: Place) -> None:
    ops = [operation(number, at=NOON - 3600 * 2**number, text="x" * 50) for number in range(12)]
    store(place, *[fact for op in ops for fact in (op, answered(op))])
    ticks = count()
    history = History(reader_of(place), clock=lambda: next(ticks) * 0.5)
    page = history.page(Period(0, NOON), EVERYTHING, budget=2.0)
    assert page.given_up_at is not None
    rest = Analytics(place).page(Period(0, NOON), EVERYTHING, before=page.after)
    assert [*page.rows["id"], *rest.rows["id"]] == [op.id for op in ops]


def test_one_operation_opens_to_its_attempts_and_bodies(analytics: Analytics) -> None:
    row = analytics.operation("op-000002")
    assert row is not None
    assert (row["status"], row["fallback"], row["cost"]) == ("ok", 1, None)
    assert [item["link"] for item in row["chain"]] == [str(GPT), str(HAIKU)]
    attempts = analytics.attempts("op-000002")
    assert attempts[["attempt_no", "status", "failure", "latency"]].to_dict("records") == [
        {"attempt_no": 1, "status": "failed", "failure": "rate_limited", "latency": 0.1},
        {"attempt_no": 2, "status": "ok", "failure": "", "latency": 3.0},
    ]
    bodies = analytics.bodies("op-000002")
    assert bodies is not None
    assert bodies["request"]["messages"] == [{"role": "user", "content": "100% sure"}]
    assert bodies["answer"] == "Hi"


@pytest.mark.parametrize("tag", ["sms", 'a "b", c', "{}", "{a,b}", "back\\slash", "50%", "NULL", "ünï", ":tags ?"])
def test_a_filter_takes_its_values_literally(place: Place, tag: str) -> None:
    named, other = operation(1, tag=tag), operation(2, tag="another")
    store(place, *whole(named, answered(named)), *whole(other, answered(other)))
    found = Analytics(place).operations(AROUND, Filters(tags=(tag, "nobody's")))
    assert found["id"].tolist() == ["op-000001"]


def test_filter_lists_hold_what_occurs(analytics: Analytics) -> None:
    values = analytics.filter_values()
    assert values.models == [HAIKU.model, GPT.model]
    assert values.providers == ["openrouter"]
    assert values.failures == ["overloaded", "rate_limited"]
    assert values.answered == [HAIKU.model, GPT.model]
    assert values.sources == ["api", "playground"]
    assert values.tasks == ["fast"]
    assert values.statuses == ["failed", "ok", "pending"]
    assert (values.outcomes, values.through, values.endings) == (["failed", "ok"], ["openrouter"], ["overloaded"])


def test_recent_health_looks_at_its_window_alone(analytics: Analytics) -> None:
    rows = analytics.recent_health(NOON + 130, window=100).set_index("model")
    assert rows.loc[GPT.model, ["attempts", "failed", "last_failure"]].tolist() == [2, 2, "overloaded"]
    assert rows.loc[GPT.model, "last_failure_at"] == NOON + 120
    assert math.isnan(rows.loc[GPT.model, "last_ok_at"])
    assert rows.loc[HAIKU.model, "last_ok_at"] == NOON + 60


def test_recent_health_asks_the_newest_calls_alone(place: Place) -> None:
    ops = [operation(number, at=NOON + number / 100) for number in range(MOST_RECENT + 5)]
    facts = [fact for op in ops for fact in whole(op, answered(op))]
    rows = Analytics(store(place, *facts)).recent_health(NOON + 60)
    assert rows["attempts"].tolist() == [MOST_RECENT]


def test_a_log_that_is_not_there_answers_like_an_empty_one(place: Place, tmp_path: Path) -> None:
    absent, empty = Analytics(elsewhere(place, tmp_path)), Analytics(store(place))
    for ask in (Analytics.by_model, Analytics.failures, Analytics.latency_by_model):
        assert ask(absent, AROUND, ALL_TRAFFIC).dtypes.to_dict() == ask(empty, AROUND, ALL_TRAFFIC).dtypes.to_dict()
        assert ask(absent, AROUND, ALL_TRAFFIC).empty
    for measure in MEASURES.values():
        assert absent.series(measure, AROUND, ALL_TRAFFIC, bucket="day", zone=BERLIN).empty
        assert empty.totals(measure, AROUND, ALL_TRAFFIC, by="model").empty
    assert absent.summary(AROUND, ALL_TRAFFIC) == empty.summary(AROUND, ALL_TRAFFIC) == Summary()
    assert absent.times(AROUND, ALL_TRAFFIC) == empty.times(AROUND, ALL_TRAFFIC) == Times()
    assert absent.page(AROUND, EVERYTHING).rows.empty
    assert absent.operation("x") is absent.bodies("x") is absent.begins() is None
    assert absent.filter_values() == empty.filter_values()


def test_a_log_that_appears_later_is_found(place: Place) -> None:
    analytics, op = Analytics(place), operation()
    assert analytics.summary(AROUND, ALL_TRAFFIC).operations == 0
    store(place, *whole(op, answered(op)))
    assert analytics.summary(AROUND, ALL_TRAFFIC).operations == 1


def test_each_thread_may_ask(analytics: Analytics) -> None:
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(analytics.summary(AROUND, ALL_TRAFFIC).operations))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [3] * 8


def test_a_question_ends_when_its_time_is_over(tmp_path: Path) -> None:
    ticks = iter([0.0, 6.0])
    reader = Reader(store(tmp_path / "usage.db"), clock=lambda: next(ticks, 6.0))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    with pytest.raises(TooSlow, match="given up after 5 s"):
        reader.rows(endless)
    assert reader.rows("SELECT 1") == [(1,)]


def test_a_page_cannot_write(path: Place, analytics: Analytics) -> None:
    analytics.operations(AROUND, Filters(text="'; DROP TABLE operations; --", models=("' OR 1 = 1",)))
    analytics.summary(AROUND, Scope(models=("'; DROP TABLE operations; --",)))
    with pytest.raises(sqlite3.OperationalError, match=r"read-?only"):
        reader_of(path).rows("DELETE FROM operations")
    assert table(path, "SELECT COUNT(*) FROM operations") == [(4,)]


def test_a_cancelled_operation_counts_as_neither_answered_nor_failed(place: Place) -> None:
    op = operation()
    attempt = replace(asked(op), status=Status.CANCELLED)
    store(place, op, attempt, completed(op, attempt))
    summary = Analytics(place).summary(AROUND, ALL_TRAFFIC)
    assert (summary.operations, summary.ok, summary.failed, summary.cancelled) == (1, 0, 0, 1)


@pytest.mark.parametrize("text", ["", "x", "~", "-5~a", "1e9~a", "99999999999999999999~a"])
def test_nonsense_is_no_place_in_the_log(text: str) -> None:
    assert Cursor.parse(text) is None


def test_a_place_in_the_log_is_read_as_it_is_written() -> None:
    assert Cursor.parse(str(Cursor(1_790_000_000_000, "0190-a~b"))) == Cursor(1_790_000_000_000, "0190-a~b")


def test_the_period_before_is_as_long_and_ends_where_this_one_starts() -> None:
    week = Period(NOON - 7 * 86400, NOON)
    assert week.before == Period(NOON - 14 * 86400, NOON - 7 * 86400)


def test_the_hour_under_way_is_left_out_of_a_comparison() -> None:
    assert Period.preset("24h", now=7201.0).over(7201.0) == Period(10800.0 - 86400, 7200.0)
    assert Period(0.0, 3600.0).over(7201.0) == Period(0.0, 3600.0)
    assert Period(0.0, 3600.0).earlier(7200.0) == Period(-7200.0, -3600.0)
