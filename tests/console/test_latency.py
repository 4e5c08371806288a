"""What is said of a model's times."""

from __future__ import annotations

import pytest

from jarvis_ai.analytics import Times
from jarvis_ai.console.latency import figures, verdict


@pytest.mark.parametrize(
    ("span", "share", "median", "said"),
    [
        ((2, 5), 0.9, 3.0, "As expected"),
        ((2, 5), 0.5, 6.0, "Slower"),
        ((2, 5), 0.5, 1.0, "Faster"),
        ((2, 5), 0.5, 3.0, "More varied"),
        (None, None, 3.0, "Nothing expected"),
    ],
)
def test_a_models_times_are_said_against_what_is_typical(
    span: tuple[float, float] | None, share: float | None, median: float, said: str
) -> None:
    assert verdict(span, share, median) == said


def test_what_was_not_measured_is_not_shown_as_nothing() -> None:
    times = Times(answers=3, p50=1.0)
    shown = {figure.label: (figure.value, figure.delta) for figure in figures(times, times, Times(p50=2.0))}
    assert shown["Half within"] == ("1.0 s", "-50.0 %")
    assert shown["Our overhead"] == ("–", None)
