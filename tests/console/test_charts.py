"""Charts as values: what is drawn, in which unit and colour."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from jarvis_ai.analytics import Period
from jarvis_ai.console import charts
from jarvis_ai.console.charts import NEUTRAL, OTHER, PALETTE
from jarvis_ai.console.measures import LOOKS, OF_LATENCY, OF_USAGE, measure
from jarvis_ai.console.windows import Window

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86400.0
NOW = pd.Timestamp("2026-11-20 12:00", tz=BERLIN).timestamp()
WEEK = Window.of(Period(NOW - 7 * DAY, NOW), BERLIN)
ORDER = ["openai/gpt-4o", "acme/b", "acme/c"]


def traffic(*groups: str) -> pd.DataFrame:
    """Two days of traffic, ten more for each group than for the group before."""
    starts = [pd.Timestamp("2026-11-18", tz=BERLIN), pd.Timestamp("2026-11-19", tz=BERLIN)]
    rows = [(start, group, 10.0 * place, 12 * place) for start in starts for place, group in enumerate(groups, 1)]
    return pd.DataFrame(rows, columns=["start", "group", "value", "of"])


def drawn(table: pd.DataFrame, name: str = "requests", window: Window = WEEK) -> Any:
    return charts.over_time(table, name, window, ORDER, stacked=measure(name).additive).to_dict()


def colours(spec: Any) -> dict[str, str]:
    scale = spec["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def test_a_model_keeps_its_colour_whatever_else_is_in_the_picture() -> None:
    alone = colours(drawn(traffic("acme/c")))
    among = colours(drawn(traffic("openai/gpt-4o", "acme/c"), "cost"))
    assert alone["acme/c"] == among["acme/c"] == PALETTE[2]


def test_requests_that_nobody_answered_are_grey() -> None:
    assert colours(drawn(traffic("openai/gpt-4o", "no answer"))) == {
        "openai/gpt-4o": PALETTE[0],
        "no answer": NEUTRAL["no answer"],
    }


def test_more_groups_than_can_be_told_apart_are_put_together_and_nothing_is_lost() -> None:
    table = traffic(*(f"acme/{number}" for number in range(charts.AT_MOST + 3)))
    few = charts.few(table, stacked=True)
    assert few["group"].nunique() == charts.AT_MOST + 1
    assert OTHER in set(few["group"])
    assert few["value"].sum() == table["value"].sum()


def test_percentiles_of_several_groups_are_never_added_up() -> None:
    table = traffic(*(f"acme/{number}" for number in range(charts.AT_MOST + 3)))
    few = charts.few(table, stacked=False)
    assert few["group"].nunique() == charts.AT_MOST
    assert OTHER not in set(few["group"])


@pytest.mark.parametrize("name", [*OF_USAGE, *OF_LATENCY])
def test_axes_name_their_unit(name: str) -> None:
    encoding = drawn(traffic("acme/b"), name)["encoding"]
    assert encoding["y"]["title"] == LOOKS[name].axis
    assert encoding["x"]["title"] == "Day (Europe/Berlin)"


def test_what_is_nothing_or_unknown_has_no_bar() -> None:
    table = traffic("acme/b", "acme/c")
    table.loc[table["group"] == "acme/b", "value"] = float("nan")
    assert set(colours(drawn(table, "cost"))) == {"acme/c"}


def test_parts_of_a_whole_are_stacked_and_shares_and_times_are_lines() -> None:
    assert drawn(traffic("acme/b"), "cost")["mark"]["type"] == "bar"
    assert {drawn(traffic("acme/b"), name)["mark"]["type"] for name in ("answered", "p95")} == {"line"}


def test_the_time_axis_spans_the_whole_period_in_whole_days() -> None:
    low, high = (pd.Timestamp(second, unit="s", tz=BERLIN) for second in (WEEK.whole.start, WEEK.whole.end))
    assert (low, high) == (pd.Timestamp("2026-11-13", tz=BERLIN), pd.Timestamp("2026-11-21", tz=BERLIN))


def test_short_periods_are_drawn_by_the_hour_and_long_ones_by_the_day_or_week() -> None:
    assert [Window.of(Period(NOW - days * DAY, NOW), BERLIN).bucket for days in (1, 3, 7, 90, 365)] == [
        "hour", "hour", "day", "day", "week",
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)])
def test_a_local_day_is_as_long_as_the_clock_makes_it(day: str, hours: int) -> None:
    start = pd.Timestamp(day, tz=BERLIN).timestamp()
    window = Window(Period(start - DAY, start + 3 * DAY), "day", BERLIN)
    assert window.span(start).seconds == hours * 3600


def test_a_bar_at_the_edge_opens_only_what_the_period_has_of_it() -> None:
    assert WEEK.span(WEEK.whole.start) == Period(WEEK.period.start, WEEK.whole.start + DAY)


@pytest.mark.parametrize(
    ("zone", "days", "remark"),
    [
        ("Europe/Berlin", 7, ""),
        ("Asia/Kolkata", 7, "Days begin at 00:30, because counts are kept by the hour of UTC."),
        ("Asia/Kolkata", 1, "Hours begin at 30 past, because counts are kept by the hour of UTC."),
    ],
)
def test_a_zone_off_by_half_an_hour_is_told_what_its_days_are(zone: str, days: int, remark: str) -> None:
    assert Window.of(Period(NOW - days * DAY, NOW), ZoneInfo(zone)).remark == remark


def test_failures_are_drawn_by_kind_most_first_in_plain_words() -> None:
    table = pd.DataFrame({
        "failure": ["rate_limited", "overloaded", "overloaded"], "provider": ["openrouter"] * 3,
        "model": ["acme/b", "acme/b", "acme/c"], "attempts": [3, 2, 2],
    })  # fmt: skip
    assert charts.failures(table, ORDER).to_dict()["encoding"]["y"]["sort"] == ["Overloaded", "Rate limited"]


@pytest.mark.parametrize(
    ("selection", "bar"),
    [
        ({"pick": [{"start": 1793055600000, "group": "acme/b"}]}, (1793055600.0, "acme/b")),
        ({"pick": [{"start": 1793055600000}]}, (1793055600.0, "")),
        ({"pick": []}, None),
        ({"pick": {}}, None),
        ({}, None),
        ({"pick": [{"start": "yesterday"}]}, None),
    ],
)
def test_a_click_on_a_bar_is_read_as_its_time_and_group(selection: Any, bar: Any) -> None:
    assert charts.picked(selection) == bar
