"""What every panel of the console asks the log, and how long the answer takes in logs of several sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.harness import Question, Row, in_turns, median, percentile
from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import ALL_TRAFFIC, EVERYTHING, MEASURES, Analytics, Cursor, Filters, Period, Scope
from jarvis_ai.analytics.arms import Arms
from jarvis_ai.console.measures import OF_LATENCY, OF_USAGE, dimensions
from jarvis_ai.console.windows import Window
from jarvis_ai.usage_log.sizes import sizes_of

ZONE = ZoneInfo("Europe/Berlin")
"""Its days begin within days of UTC, which makes them the dearer ones."""

PANEL_GOAL, FILTERS_GOAL, GROWTH_GOAL = 100.0, 20.0, 1.3
"""Milliseconds at the 95th percentile; the median in a log over that in the next smaller one."""

FILTER_LISTS = "all: filter lists"
PATIENCE = 600.0
"""Seconds that a question may take here: it is to be measured, not cut off."""

HOUR_MS = 3_600_000

Times = Mapping[str, Mapping[str, Sequence[float]]]
"""Milliseconds by panel, then by log."""


def asked(logs: Mapping[str, dict[str, Question]], turns: int) -> Times:
    """Every question of every log, by their names; of one question the logs take turns."""
    names = next(iter(logs.values()))
    return {
        name: in_turns({log: questions[name] for log, questions in logs.items() if name in questions}, turns)
        for name in names
    }


def slowest(times: Times) -> Iterator[Row]:
    """The 95th percentiles; that of the first log has a goal."""
    for name, by_log in times.items():
        values = {log: percentile(each, 0.95) for log, each in by_log.items()}
        yield Row(name, "ms, p95", values, goal_of(name), contest=False)


def usual(times: Times, *, grown: bool) -> Iterator[Row]:
    """The medians, of the first log over those of the others; `grown`: the second must not be exceeded by much."""
    for name, by_log in times.items():
        values = {log: median(each) for log, each in by_log.items()}
        yield Row(name, "ms, p50", values, GROWTH_GOAL * list(values.values())[1] if grown else None, contest=grown)


def of_one(times: Times) -> Iterator[Row]:
    """Both of a single log."""
    for name, by_log in times.items():
        (each,) = by_log.values()
        yield Row(name, "ms", {"p95": percentile(each, 0.95), "p50": median(each)}, goal_of(name), contest=False)


def goal_of(panel: str) -> float:
    """Milliseconds at the 95th percentile."""
    return FILTERS_GOAL if panel == FILTER_LISTS else PANEL_GOAL


def questions(place: Path | ServerAddress, ends: float) -> dict[str, Question]:
    """Those of all pages to the log at `place`, whose last operation began at `ends`."""
    log, period = Analytics(place, limit=PATIENCE), Period.preset("90d", now=ends)
    return {
        **on_all_pages(log, ends),
        **on_usage(log, period),
        **on_latency(log, period),
        **on_history(log, period),
        **on_others(place, period),
    }


def on_all_pages(log: Analytics, ends: float) -> dict[str, Question]:
    return {
        FILTER_LISTS: log.filter_values,
        "all: from when on it counts": lambda: (log.begins(), log.counted_from()),
        "all: health of the last 15 minutes": partial(log.recent_health, ends),
    }


def on_usage(log: Analytics, period: Period) -> dict[str, Question]:
    before, year = period.earlier(period.seconds / 2), Period(period.end - 365 * 86400, period.end)
    three_days = Period(period.end - 3 * 86400, period.end)
    of_all = partial(over_time, log, period, ALL_TRAFFIC)
    of_one = partial(over_time, log, period, Scope(sources=("api",)))
    return {
        "usage: figures": partial(log.summary, period, ALL_TRAFFIC),
        "usage: figures of the time before": partial(log.summary, before, ALL_TRAFFIC),
        **{f"usage: {name} by day and model": partial(of_all, name, "model") for name in OF_USAGE},
        **{f"usage: cost by day and {by}": partial(of_all, "cost", by) for by in dimensions("cost") if by != "model"},
        "usage: cost by day and model, one source": partial(of_one, "cost", "model"),
        "usage: p95 by day and model, one source": partial(of_one, "p95", "model"),
        "usage: cost by hour and model, 3 days": partial(over_time, log, three_days, ALL_TRAFFIC, "cost", "model"),
        "usage: cost by week and model, a year": partial(over_time, log, year, ALL_TRAFFIC, "cost", "model"),
        "usage: cost by model": partial(log.totals, MEASURES["cost"], period, ALL_TRAFFIC, by="model"),
        "usage: p95 by task": partial(log.totals, MEASURES["p95"], period, ALL_TRAFFIC, by="task"),
        "usage: failures": partial(log.failures, period, ALL_TRAFFIC),
        "usage: table by model": partial(log.by_model, period, ALL_TRAFFIC),
    }


def on_latency(log: Analytics, period: Period) -> dict[str, Question]:
    of_all = partial(over_time, log, period, ALL_TRAFFIC)
    return {
        "latency: figures": partial(log.times, period, ALL_TRAFFIC),
        **{f"latency: {name} by day and model": partial(of_all, name, "model") for name in OF_LATENCY},
        "latency: call_p90 by day and model, one source": partial(
            over_time, log, period, Scope(sources=("api",)), "call_p90", "model"
        ),
        "latency: table and distribution by model": partial(log.latency_by_model, period, ALL_TRAFFIC),
        "latency: our overhead by day": lambda: [of_all(name, None) for name in ("overhead_p50", "overhead_p99")],
    }


def on_history(log: Analytics, period: Period) -> dict[str, Question]:
    first = Cursor(round((log.begins() or 0) * 1000) + HOUR_MS, "")
    failures = Filters(models=("openai/gpt-4o",), outcomes=("failed",))
    newest = str(log.page(period, EVERYTHING, limit=1).rows["id"].iloc[0])
    return {
        "history: first page": lambda: log.page(period, EVERYTHING),
        "history: end of the log": lambda: log.page(period, EVERYTHING, before=first),
        "history: one model's failures": lambda: log.page(period, failures),
        "history: one operation": lambda: (log.operation(newest), log.attempts(newest), log.bodies(newest)),
    }


def on_others(place: Path | ServerAddress, period: Period) -> dict[str, Question]:
    sizes = {"health: sizes and ages": partial(sizes_of, place)} if isinstance(place, Path) else {}
    return {"chains: both sides of a migration": partial(Arms(place).compare, period), **sizes}


def over_time(log: Analytics, period: Period, scope: Scope, name: str, by: str | None) -> object:
    """A chart, in the buckets that its page would take."""
    return log.series(MEASURES[name], period, scope, bucket=Window.of(period, ZONE).bucket, zone=ZONE, by=by)
