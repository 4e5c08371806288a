"""The numbers at the top of Usage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jarvis_ai.analytics import Summary
from jarvis_ai.console.figures import figures, growth, points

BEFORE = Summary(
    operations=100, ok=95, failed=5, fallbacks=10, attempts=120, cost_nanos=2_000_000_000, p50=2.0, p95=4.0
)
NOW = replace(BEFORE, operations=110, ok=110, failed=0, cost_nanos=3_000_000_000, p50=1.0)


def test_each_number_stands_beside_the_period_before() -> None:
    assert {figure.label: (figure.value, figure.delta) for figure in figures(NOW, NOW, BEFORE)} == {
        "Requests": ("110", "+10.0 %"),
        "Answered": ("100.0%", "+5.0 points"),
        "By a fallback": ("9.1%", "-0.9 points"),
        "Cost": ("$3.00", "+50.0 %"),
        "Median time": ("1.0 s", "-50.0 %"),
        "Slowest 5 %": ("4.0 s", 0),
    }


def test_unknown_cost_is_counted_and_never_shown_as_nothing() -> None:
    some = replace(NOW, unknown_cost_attempts=3)
    none = replace(NOW, cost_nanos=0, unknown_cost_attempts=120)
    assert [(figure.value, figure.remark) for figure in figures(some, some, BEFORE) if figure.label == "Cost"] == [
        ("$3.00", "3 unknown")
    ]
    assert next(figure.value for figure in figures(none, none, BEFORE) if figure.label == "Cost") == "unknown"


def test_without_a_period_before_there_is_nothing_to_compare_with() -> None:
    assert {figure.delta for figure in figures(NOW, NOW, Summary())} == {None}


@pytest.mark.parametrize(("now", "before", "delta"), [(2, 1, "+100.0 %"), (1, 1, 0), (None, 1, None), (1, 0, None)])
def test_growth_is_relative(now: float | None, before: float, delta: str | int | None) -> None:
    assert growth(now, before) == delta


def test_shares_change_in_points() -> None:
    assert points(1, 4, 1, 2) == "-25.0 points"
