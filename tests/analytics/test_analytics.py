"""What the log answers, on a handful of rows."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jarvis_ai.analytics import EVERYTHING, Analytics, Filters, Period, Summary
from jarvis_ai.domain import FailureKind, Source, Status
from tests.usage_log.facts import (
    GPT,
    HAIKU,
    NOON,
    answered,
    asked,
    completed,
    failed,
    operation,
    store,
    table,
    whole,
)

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
AROUND = Period(NOON - 3600, NOON + 3600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four operations: answered at once, answered after a fallback, not answered, and in flight."""
    one = operation(1, source=Source.API, task="fast", text="weather in Lisbon")
    two = operation(2, at=NOON + 60, text="100% sure")
    three, four = operation(3, at=NOON + 120), operation(4, at=NOON + 180)
    return store(
        tmp_path / "usage.db",
        *whole(one, answered(one, latency=1.0)),
        *whole(two, failed(two), answered(two, 2, HAIKU, nanos=None, latency=3.0)),
        *whole(three, failed(three, kind=FailureKind.OVERLOADED)),
        *[four, asked(four)],
    )


@pytest.fixture
def analytics(path: Path) -> Analytics:
    return Analytics(path)


def test_requests_are_counted_in_operations_and_money_in_attempts(analytics: Analytics) -> None:
    assert analytics.summary(AROUND, EVERYTHING) == Summary(
        operations=4,
        ok=2,
        failed=1,
        cancelled=0,
        fallbacks=1,
        attempts=5,
        cost_nanos=1000,
        unknown_cost_attempts=1,
        input_tokens=20,
        output_tokens=60,
        p50=1.0,
        p95=3.1,
    )


def test_a_period_holds_its_start_and_not_its_end(analytics: Analytics) -> None:
    assert analytics.summary(Period(NOON, NOON + 60), EVERYTHING).operations == 1


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(sources=("api",)), ["op-000001"]),
        (Filters(tasks=("fast",)), ["op-000001"]),
        (Filters(statuses=("failed", "pending")), ["op-000004", "op-000003"]),
        (Filters(models=(HAIKU.model,)), ["op-000002"]),
        (Filters(models=(GPT.model,), providers=("openai",)), []),
        (Filters(answered=(HAIKU.model,)), ["op-000002"]),
        (Filters(failures=("overloaded",)), ["op-000003"]),
        (Filters(failures=("overloaded",), models=(HAIKU.model,)), []),
        (Filters(traits=("by a fallback",)), ["op-000002"]),
        (Filters(traits=("of unknown cost",)), ["op-000002"]),
        (Filters(text="lisbon"), ["op-000001"]),
        (Filters(text="0% s"), ["op-000002"]),
        (Filters(text="0_ s"), []),
    ],
)
def test_a_filter_lets_through_what_it_names(analytics: Analytics, filters: Filters, ids: list[str]) -> None:
    assert list(analytics.operations(AROUND, filters)["id"]) == ids
    assert analytics.summary(AROUND, filters).operations == len(ids)


def test_attempts_are_filtered_by_their_own_model_and_by_their_operation(analytics: Analytics) -> None:
    assert analytics.summary(AROUND, Filters(models=(HAIKU.model,))).attempts == 1
    assert analytics.summary(AROUND, Filters(sources=("api",))).attempts == 1


def test_an_unknown_cost_is_nan_and_counted(analytics: Analytics) -> None:
    rows = analytics.by_model(AROUND, EVERYTHING).set_index("model")
    assert rows.loc[GPT.model, "cost"] == 1e-6
    assert rows.loc[GPT.model, ["attempts", "ok", "failed", "unknown_cost_attempts"]].tolist() == [4, 1, 2, 0]
    assert math.isnan(rows.loc[HAIKU.model, "cost"])
    assert rows.loc[HAIKU.model, "unknown_cost_attempts"] == 1


def test_failures_are_told_by_kind_and_model(analytics: Analytics) -> None:
    rows = analytics.failures(AROUND, EVERYTHING)
    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("overloaded", "openrouter", GPT.model, 1),
        ("rate_limited", "openrouter", GPT.model, 1),
    ]


def test_latency_leaves_failures_out_and_puts_the_slowest_first(analytics: Analytics) -> None:
    rows = analytics.latency_by_model(AROUND, EVERYTHING)
    assert list(rows.itertuples(index=False, name=None)) == [
        (HAIKU.model, "openrouter", 1, 3.0, 3.0, 0.75, 0.75, 30 / 2.25),
        (GPT.model, "openrouter", 1, 1.0, 1.0, 0.25, 0.25, 30 / 0.75),
    ]


def test_percentiles_are_by_nearest_rank(tmp_path: Path) -> None:
    ops = [operation(number) for number in range(1, 101)]
    facts = [fact for number, op in enumerate(ops, 1) for fact in whole(op, answered(op, latency=float(number)))]
    row = Analytics(store(tmp_path / "usage.db", *facts)).latency_by_model(AROUND, EVERYTHING).iloc[0]
    assert (row["p50"], row["p95"]) == (50.0, 95.0)


def test_over_time_counts_who_answered_and_charges_who_was_asked(analytics: Analytics) -> None:
    rows = analytics.over_time(AROUND, EVERYTHING, bucket="day", zone=BERLIN)
    assert rows["start"].dt.tz == BERLIN
    assert rows.drop(columns=["start", "cost"]).to_dict("records") == [
        {"model": HAIKU.model, "operations": 1, "attempts": 1, "unknown_cost_attempts": 1},
        {"model": "none", "operations": 2, "attempts": 0, "unknown_cost_attempts": 0},
        {"model": GPT.model, "operations": 1, "attempts": 4, "unknown_cost_attempts": 0},
    ]
    assert rows["cost"].isna().tolist() == [True, False, False]


def test_the_share_of_fallbacks(analytics: Analytics) -> None:
    rows = analytics.fallbacks_over_time(AROUND, EVERYTHING, bucket="hour", zone=UTC)
    assert rows[["operations", "fallbacks", "share"]].to_dict("records") == [
        {"operations": 4, "fallbacks": 1, "share": 0.25}
    ]


def test_pages_go_on_where_the_last_one_ended(analytics: Analytics) -> None:
    first = analytics.operations(None, EVERYTHING, limit=3)
    rest = analytics.operations(None, EVERYTHING, before=first["id"].iloc[-1], limit=3)
    assert [*first["id"], *rest["id"]] == ["op-000004", "op-000003", "op-000002", "op-000001"]


def test_pages_skip_nothing_when_rows_share_a_millisecond(tmp_path: Path) -> None:
    analytics = Analytics(store(tmp_path / "usage.db", *[operation(number) for number in range(7)]))
    seen: list[str] = []
    while rows := list(analytics.operations(None, EVERYTHING, before=seen[-1] if seen else None, limit=2)["id"]):
        seen += rows
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7


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


def test_filter_lists_hold_what_occurs(analytics: Analytics) -> None:
    values = analytics.filter_values()
    assert values.models == [HAIKU.model, GPT.model]
    assert values.providers == ["openrouter"]
    assert values.failures == ["overloaded", "rate_limited"]
    assert values.answered == [HAIKU.model, GPT.model]
    assert values.sources == ["api", "playground"]
    assert values.tasks == ["fast"]
    assert values.statuses == ["failed", "ok", "pending"]


def test_recent_health_looks_at_its_window_alone(analytics: Analytics) -> None:
    rows = analytics.recent_health(NOON + 130, window=100).set_index("model")
    assert rows.loc[GPT.model, ["attempts", "failed", "last_failure"]].tolist() == [2, 2, "overloaded"]
    assert rows.loc[GPT.model, "last_failure_at"] == NOON + 120
    assert math.isnan(rows.loc[GPT.model, "last_ok_at"])
    assert rows.loc[HAIKU.model, "last_ok_at"] == NOON + 60


def test_a_log_that_is_not_there_answers_like_an_empty_one(tmp_path: Path) -> None:
    absent, empty = Analytics(tmp_path / "absent.db"), Analytics(store(tmp_path / "usage.db"))
    for ask in (Analytics.by_model, Analytics.failures, Analytics.latency_by_model, Analytics.operations):
        assert ask(absent, AROUND, EVERYTHING).dtypes.to_dict() == ask(empty, AROUND, EVERYTHING).dtypes.to_dict()
        assert ask(absent, AROUND, EVERYTHING).empty
    for ask_over_time in (Analytics.over_time, Analytics.fallbacks_over_time):
        assert ask_over_time(absent, AROUND, EVERYTHING, bucket="day", zone=BERLIN).empty
    assert absent.summary(AROUND, EVERYTHING) == empty.summary(AROUND, EVERYTHING) == Summary()
    assert absent.operation("x") is absent.bodies("x") is None
    assert absent.filter_values() == empty.filter_values()


def test_a_log_that_appears_later_is_found(tmp_path: Path) -> None:
    analytics, op = Analytics(tmp_path / "usage.db"), operation()
    assert analytics.summary(AROUND, EVERYTHING).operations == 0
    store(tmp_path / "usage.db", *whole(op, answered(op)))
    assert analytics.summary(AROUND, EVERYTHING).operations == 1


def test_each_thread_may_ask(analytics: Analytics) -> None:
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(analytics.summary(AROUND, EVERYTHING).operations))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [4] * 8


def test_a_page_cannot_write(path: Path, analytics: Analytics) -> None:
    analytics.summary(AROUND, Filters(text="'; DROP TABLE operations; --", models=("' OR 1 = 1",)))
    assert table(path, "SELECT COUNT(*) FROM operations") == [(4,)]


def test_a_cancelled_operation_counts_as_neither_answered_nor_failed(tmp_path: Path) -> None:
    op = operation()
    attempt = replace(asked(op), status=Status.CANCELLED)
    store(tmp_path / "usage.db", op, attempt, completed(op, attempt))
    summary = Analytics(tmp_path / "usage.db").summary(AROUND, EVERYTHING)
    assert (summary.operations, summary.ok, summary.failed, summary.cancelled) == (1, 0, 0, 1)


def test_the_period_before_is_as_long_and_ends_where_this_one_starts() -> None:
    week = Period.preset("7d", now=NOON)
    assert week == Period(NOON - 7 * 86400, NOON)
    assert week.before == Period(NOON - 14 * 86400, NOON - 7 * 86400)
