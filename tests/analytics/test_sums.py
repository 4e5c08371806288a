"""Roll-ups and facts say the same, in every zone, and whether or not hours have been sealed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_ai.analytics import ALL_TRAFFIC, ENDED, MEASURES, Analytics, Bucket, Filters, Period, Scope, queries
from jarvis_ai.analytics.steps import Use
from jarvis_ai.analytics.sums import DENSE, Groups, added, live
from jarvis_ai.domain import Attempt, Fact, FailureKind, Link, Operation, Source, Status
from jarvis_ai.usage_log.cells import ATTEMPT
from jarvis_ai.usage_log.histogram import bucket_of, histogram, merged
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.upkeep import Retention
from tests.databases import Place, new_schema
from tests.usage_log.facts import GPT, HAIKU, NOON, answered, asked, completed, failed, opened, operation, table, target

DAYS, OPERATIONS = 9, 600
HOUR, DAY = 3600.0, 86400.0
PERIOD = Period(NOON - DAYS * DAY, NOON).whole_hours
LINKS = (GPT, HAIKU, Link.parse("openai:gpt-4o"))
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
buckets = st.sampled_from(["hour", "day", "week"])


def facts(chance: random.Random) -> Iterator[Fact]:
    """A log with all that can happen to an operation, one that is pending included."""
    for number in range(OPERATIONS):
        op = operation(
            number,
            at=chance.uniform(PERIOD.start, PERIOD.end),
            source=chance.choice([Source.API, Source.DRILL, Source.ASSISTANT]),
            task=chance.choice(["", "fast", "complex"]),
        )
        yield op
        attempts = list(tried(chance, op))
        yield from attempts
        if attempts[-1].status is not Status.PENDING:
            yield completed(op, *attempts)


def tried(chance: random.Random, op: Operation) -> Iterator[Attempt]:
    tries = chance.randint(0, 2)
    for number in range(1, tries + 1):
        yield failed(op, number, chance.choice(LINKS), chance.choice([FailureKind.OVERLOADED, FailureKind.STALLED]))
    nanos = chance.choice([None, chance.randint(0, 10**9)])
    end = answered(op, tries + 1, chance.choice(LINKS), nanos=nanos, latency=chance.lognormvariate(0, 1))
    match chance.randrange(10):
        case 0:
            yield asked(op, tries + 1)
        case 1:
            yield replace(end, status=Status.CANCELLED)
        case 2 if tries:
            pass
        case _:
            yield end


SEALED = {"unsealed": 0.0, "half sealed": 0.5, "sealed": 1.0, "half sealed on a server": 0.5}


@pytest.fixture(scope="module", params=SEALED)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The log, with so much of its hours made into days and further cuts."""
    share = SEALED[request.param]
    place: Place = tmp_path_factory.mktemp("log") / "usage.db"
    if "server" in request.param:
        place = new_schema(request.getfixturevalue("cluster"))
    writing = target(place)
    writing.apply([write for fact in facts(random.Random(7)) for write in writes_of(fact, writer="test")])
    while share and writing.keep_up(Retention(), round((PERIOD.start + DAYS * DAY * share) * 1000)):
        pass
    writing.close()
    return place


@settings(max_examples=25)
@given(zone=zones, bucket=buckets, hours=st.tuples(st.integers(0, DAYS * 24), st.integers(1, DAYS * 24)))
def test_a_chart_adds_up_to_the_summary_and_both_to_the_facts(
    log: Place, zone: ZoneInfo, bucket: Bucket, hours: tuple[int, int]
) -> None:
    start = PERIOD.start + hours[0] * HOUR
    period, analytics = Period(start, start + hours[1] * HOUR), Analytics(log)
    summary = analytics.summary(period, ALL_TRAFFIC)
    requests, money = (
        analytics.series(MEASURES[name], period, ALL_TRAFFIC, bucket=bucket, zone=zone, by="model")
        for name in ("requests", "cost")
    )
    assert requests["operations"].sum() == summary.operations == exact(log, period, "COUNT(*)")
    assert money["nanos"].sum() == summary.cost_nanos == exact_cost(log, period)


@pytest.mark.parametrize("by", ["model", "provider", "source", "task", "status", "failure"])
@pytest.mark.parametrize("name", ["requests", "cost", "failures"])
def test_groups_add_up_to_the_whole_whatever_they_are(log: Place, name: str, by: str) -> None:
    analytics, measure = Analytics(log), MEASURES[name]
    [whole] = (
        analytics.series(measure, PERIOD, ALL_TRAFFIC, bucket="week", zone=ZoneInfo("UTC"))[list(measure.columns)]
        .sum()
        .to_frame()
        .T.to_dict("records")
    )
    groups = analytics.totals(measure, PERIOD, ALL_TRAFFIC, by=by)  # type: ignore[arg-type]
    assert groups[list(measure.columns)].sum().to_dict() == whole


@pytest.mark.parametrize("source", ["api", "drill"])
@pytest.mark.parametrize("status", ["ok", "failed", "cancelled"])
def test_every_number_is_that_of_the_rows_behind_it(log: Place, source: str, status: str) -> None:
    analytics = Analytics(log)
    counted = analytics.totals(MEASURES["requests"], PERIOD, Scope(sources=(source,), statuses=(status,)), by="model")
    assert len(counted)
    for model, count in zip(counted["model"], counted["operations"], strict=True):
        filters = Filters(sources=(source,), statuses=(status,), answered=(model,) if model else (), traits=(ENDED,))
        rows = analytics.operations(PERIOD, filters, limit=10**6)
        assert (rows["model"] == model).sum() == count


def test_percentiles_are_within_a_hundredth_of_the_values_that_were_measured(log: Place) -> None:
    summary = Analytics(log).summary(PERIOD, ALL_TRAFFIC)
    sql = "SELECT latency_ms / 1000.0 FROM operations WHERE status = 'ok' ORDER BY 1"
    times = [time for (time,) in table(log, sql)]
    assert summary.p50 == pytest.approx(times[-(-len(times) * 50 // 100) - 1], rel=0.01)
    assert summary.p95 == pytest.approx(times[-(-len(times) * 95 // 100) - 1], rel=0.01)


def exact(log: Place, period: Period, what: str) -> int:
    sql = f"SELECT {what} FROM operations WHERE status <> 'pending' AND started_at >= ? AND started_at < ?"
    return one(log, sql, period)


def exact_cost(log: Place, period: Period) -> int:
    sql = """SELECT SUM(a.cost_nanos) FROM operations o JOIN attempts a ON a.operation_id = o.id
        WHERE o.status <> 'pending' AND o.started_at >= ? AND o.started_at < ?"""
    return one(log, sql, period)


def one(log: Place, sql: str, period: Period) -> int:
    with opened(log) as connection:
        (value,) = connection.execute(sql, (period.start * 1000, period.end * 1000)).fetchone()
    return int(value or 0)


@pytest.mark.parametrize("keys", [3, DENSE + 1])
def test_histograms_of_few_and_of_very_many_groups_are_added_up_alike(keys: int) -> None:
    groups = Groups.of((number, "ok", f"{number:06}") for number in range(1, keys + 1))
    values = {1: [5], 2: [9, 7], 3: [8]}
    rows = [(key, len(some), merged(map(histogram, some))) for key, some in values.items()]
    part = live(rows, ["attempts", "latency_ms"], [Use(0, 1), Use(1, 1)])
    less = live(rows[1:2], ["attempts", "latency_ms"], [Use(1, -1)])
    sums = added([part, less], groups, {name: queries.COLUMNS[ATTEMPT][name] for name in ("attempts", "latency")})
    assert sums.buckets.tolist() == [0, 0, 0, 1, 1]
    assert [groups.labels[group] for group in sums.groups] == [(f"{key:06}",) for key in (1, 2, 3, 1, 3)]
    assert [tally.buckets.tolist() for tally in sums.values["latency"]] == [  # type: ignore[union-attr]
        sorted(map(bucket_of, values[key])) for key in (1, 2, 3, 1, 3)
    ]
