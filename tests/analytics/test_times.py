"""How long answers take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jarvis_ai.analytics import ALL_TRAFFIC, Analytics, Period, Scope, share_within, spread, typical
from jarvis_ai.usage_log.histogram import NOTHING, histogram, merged, tally_of
from tests.usage_log.facts import GPT, HAIKU, NOON, answered, completed, failed, operation, store, whole

AROUND = Period(NOON - 3600, NOON + 3600)


def near(value: float) -> Any:
    """As near as histograms tell."""
    return pytest.approx(value, rel=0.01)


@pytest.fixture
def analytics(tmp_path: Path) -> Analytics:
    """A hundred answers of one model, of 1 to 100 s, one of another, and a refusal."""
    ops = [operation(number) for number in range(1, 102)]
    facts = [fact for number, op in enumerate(ops[:-1], 1) for fact in whole(op, answered(op, latency=float(number)))]
    last = whole(ops[-1], failed(ops[-1]), answered(ops[-1], 2, HAIKU, latency=200.0))
    return Analytics(store(tmp_path / "usage.db", *facts, *last))


def test_times_are_those_of_answers(analytics: Analytics) -> None:
    times = analytics.times(AROUND, Scope(models=(GPT.model,)))
    assert times.answers == 100
    assert (times.p50, times.p90, times.p99) == (near(50), near(90), near(99))
    assert (times.ttft_p50, times.ttft_p90) == (near(12.5), near(22.5))
    assert times.tokens_per_second == pytest.approx(3000 / (5050 * 0.75), rel=0.001)


def test_our_own_overhead_is_that_of_requests(tmp_path: Path) -> None:
    op = operation()
    attempt = answered(op)
    path = store(tmp_path / "usage.db", op, attempt, replace(completed(op, attempt), overhead=0.0025))
    assert Analytics(path).times(AROUND, ALL_TRAFFIC).overhead_p50 == near(0.0025)


@pytest.mark.parametrize(
    ("model", "seconds"),
    [
        ("openai/gpt-4o", (2, 5)),
        ("gpt-4o-mini-2024-07-18", (1, 3)),
        ("anthropic/claude-sonnet-4.6", (2, 4)),
        ("claude-haiku-4-5", (0.5, 2)),
        ("meta-llama/llama-3.1-8b-instruct", (1, 3)),
        ("acme/nosuch", None),
    ],
)
def test_a_model_has_the_typical_time_of_its_family(model: str, seconds: tuple[float, float] | None) -> None:
    assert typical(model) == seconds


def test_the_share_of_answers_within_a_time_is_counted() -> None:
    answers = tally_of(merged(histogram(milliseconds) for milliseconds in (500, 1500, 2500, 9000)))
    assert share_within(answers, 1, 3) == 0.5
    assert share_within(NOTHING, 1, 3) is None


def test_a_distribution_holds_every_answer_about_where_it_was_measured() -> None:
    rows = spread(tally_of(merged([histogram(1000), histogram(3000), histogram(3001)])))
    assert rows["answers"].tolist() == [1, 2]
    assert rows["share"].sum() == pytest.approx(1)
    assert rows["seconds"].tolist() == [pytest.approx(1, rel=0.06), pytest.approx(3, rel=0.06)]
    assert spread(NOTHING).empty
