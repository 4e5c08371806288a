"""Charts as values: what is drawn, in which unit and colour."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd
import pytest

from jarvis_ai.analytics import Period
from jarvis_ai.console import charts
from jarvis_ai.console.charts import NEUTRAL, NOBODY, OTHER, PALETTE, Window

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86400.0
NOW = pd.Timestamp("2026-11-20 12:00", tz=BERLIN).timestamp()
WEEK = Window.of(Period(NOW - 7 * DAY, NOW), BERLIN)
ORDER = ["openai/gpt-4o", "acme/b", "acme/c"]


def traffic(*models: str) -> pd.DataFrame:
    """Two days of traffic, ten requests a day and model more than for the model before."""
    starts = [pd.Timestamp("2026-11-18", tz=BERLIN), pd.Timestamp("2026-11-19", tz=BERLIN)]
    rows = [(start, model, 10 * place, 12 * place, 0.5 * place, 1)
            for start in starts for place, model in enumerate(models, 1)]  # fmt: skip
    columns = ["start", "model", "operations", "attempts", "cost", "unknown_cost_attempts"]
    return pd.DataFrame(rows, columns=columns)


def spec(chart: alt.Chart | alt.LayerChart) -> Any:
    return chart.to_dict()


def colours(chart: alt.Chart) -> dict[str, str]:
    scale = spec(chart)["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def test_a_model_keeps_its_colour_whatever_else_is_in_the_picture() -> None:
    alone = colours(charts.calls_over_time(traffic("acme/c"), WEEK, ORDER))
    among = colours(charts.cost_over_time(traffic("openai/gpt-4o", "acme/c"), WEEK, ORDER))
    assert alone["acme/c"] == among["acme/c"] == PALETTE[2]


def test_requests_that_nobody_answered_are_grey_and_named() -> None:
    found = colours(charts.calls_over_time(traffic("openai/gpt-4o", "none"), WEEK, ORDER))
    assert found == {"openai/gpt-4o": PALETTE[0], NOBODY: NEUTRAL[NOBODY]}


def test_more_models_than_can_be_told_apart_are_put_together_and_nothing_is_lost() -> None:
    table = traffic(*(f"acme/{number}" for number in range(charts.AT_MOST + 3)))
    drawn = charts.few_models(table, "operations")
    assert drawn["model"].nunique() == charts.AT_MOST + 1
    assert OTHER in set(drawn["model"])
    assert drawn["operations"].sum() == table["operations"].sum()


@pytest.mark.parametrize(
    ("chart", "axis", "title"),
    [
        (charts.calls_over_time(traffic("acme/b"), WEEK, ORDER), "y", "Requests"),
        (charts.cost_over_time(traffic("acme/b"), WEEK, ORDER), "y", "Cost (US$)"),
        (charts.cost_per_day(traffic("acme/b"), WEEK), "y", "Cost (US$)"),
        (charts.calls_over_time(traffic("acme/b"), WEEK, ORDER), "x", "Day (Europe/Berlin)"),
    ],
)
def test_axes_name_their_unit(chart: alt.Chart, axis: str, title: str) -> None:
    assert spec(chart)["encoding"][axis]["title"] == title


def test_what_cost_nothing_that_is_known_has_no_bar() -> None:
    table = traffic("acme/b", "acme/c")
    table.loc[table["model"] == "acme/b", "cost"] = float("nan")
    assert set(colours(charts.cost_over_time(table, WEEK, ORDER))) == {"acme/c"}


def test_the_time_axis_spans_the_whole_period_in_whole_days() -> None:
    low, high = (pd.Timestamp(second, unit="s", tz=BERLIN) for second in (WEEK.whole.start, WEEK.whole.end))
    assert (low, high) == (pd.Timestamp("2026-11-13", tz=BERLIN), pd.Timestamp("2026-11-21", tz=BERLIN))


def test_short_periods_are_drawn_by_the_hour_and_long_ones_by_the_day() -> None:
    assert [Window.of(Period(NOW - days * DAY, NOW), BERLIN).bucket for days in (1, 3, 7, 90)] == [
        "hour", "hour", "day", "day",
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)])
def test_a_local_day_is_as_long_as_the_clock_makes_it(day: str, hours: int) -> None:
    start = pd.Timestamp(day, tz=BERLIN).timestamp()
    assert WEEK.span(start).seconds == hours * 3600


def test_latency_draws_both_percentiles_slowest_first() -> None:
    table = pd.DataFrame({
        "model": ["acme/b", "gpt-4o"], "provider": ["openrouter", "openai"], "calls": [9, 8], "p50": [2.0, 1.0],
        "p95": [5.0, 3.0], "ttft_p50": [0.5, 0.4], "ttft_p95": [0.9, 0.8], "tokens_per_second": [50.0, 60.0],
    })  # fmt: skip
    line, points = spec(charts.latency_by_model(table))["layer"]
    assert points["encoding"]["color"]["scale"]["domain"] == ["p50", "p95"]
    assert line["encoding"]["y"]["sort"] == ["acme/b", "gpt-4o · openai"]
    assert points["encoding"]["x"]["title"] == "Seconds to the whole answer"


def test_failures_are_drawn_by_kind_most_first_in_plain_words() -> None:
    table = pd.DataFrame({
        "failure": ["rate_limited", "overloaded", "overloaded"], "provider": ["openrouter"] * 3,
        "model": ["acme/b", "acme/b", "acme/c"], "attempts": [3, 2, 2],
    })  # fmt: skip
    assert spec(charts.failures(table, ORDER))["encoding"]["y"]["sort"] == ["Overloaded", "Rate limited"]


def test_the_fallback_share_is_drawn_in_percent() -> None:
    table = pd.DataFrame({
        "start": [pd.Timestamp("2026-11-18", tz=BERLIN)], "operations": [10], "fallbacks": [2], "share": [0.2],
    })  # fmt: skip
    y = spec(charts.fallbacks_over_time(table, WEEK))["encoding"]["y"]
    assert (y["axis"]["format"], y["scale"]["domain"]) == ("%", [0, 0.2])


@pytest.mark.parametrize(
    ("selection", "bar"),
    [
        ({"pick": [{"start": 1793055600000, "model": "acme/b"}]}, (1793055600.0, "acme/b")),
        ({"pick": [{"start": 1793055600000}]}, (1793055600.0, "")),
        ({"pick": []}, None),
        ({"pick": {}}, None),
        ({}, None),
        ({"pick": [{"start": "yesterday"}]}, None),
    ],
)
def test_a_click_on_a_bar_is_read_as_its_time_and_model(selection: Any, bar: Any) -> None:
    assert charts.picked(selection) == bar
