"""The sample traffic fills every chart, and says that it is made up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jarvis_ai import sample
from jarvis_ai.analytics import ALL_TRAFFIC, Analytics, Period
from tests.usage_log.facts import NOON, table

MONTH = Period(NOON - 30 * 86400, NOON)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "demo.db"
    assert 6000 < sample.fill(path, now=NOON) < 10000
    return path


def test_every_operation_has_ended_and_is_marked_as_simulated(path: Path) -> None:
    assert table(path, "SELECT DISTINCT simulated FROM operations") == [(1,)]
    assert table(path, "SELECT DISTINCT status FROM operations ORDER BY 1") == [("cancelled",), ("failed",), ("ok",)]
    assert table(path, "SELECT COUNT(*) FROM operations WHERE finished_at IS NULL") == [(0,)]


def test_every_chart_has_something_to_show(path: Path) -> None:
    analytics = Analytics(path)
    summary = analytics.summary(MONTH, ALL_TRAFFIC)
    assert summary.fallbacks > 100
    assert summary.cost > 1
    assert summary.unknown_cost_attempts > 0
    assert len(analytics.latency_by_model(MONTH, ALL_TRAFFIC)) >= 8
    assert analytics.failures(MONTH, ALL_TRAFFIC)["failure"].nunique() >= 6
    values = analytics.filter_values()
    assert {"openrouter", "openai", "anthropic"} <= set(values.providers)
    assert len(values.sources) == 8


def test_each_model_is_as_quick_as_is_typical_of_it(path: Path) -> None:
    rows = Analytics(path).latency_by_model(MONTH, ALL_TRAFFIC).set_index(["provider", "model"])["p50"]
    typical = {
        "openai/gpt-4o": (2, 5),
        "openai/gpt-4o-mini": (1, 3),
        "anthropic/claude-sonnet-4.6": (2, 4),
        "anthropic/claude-haiku-4.5": (0.5, 2),
        "meta-llama/llama-3.1-8b-instruct": (1, 3),
    }
    assert {model for model, (low, high) in typical.items() if not low <= rows["openrouter", model] <= high} == set()


def test_the_same_seed_writes_the_same_traffic(tmp_path: Path) -> None:
    rows = []
    for name, seed in (("a.db", 1), ("b.db", 1), ("c.db", 2)):
        sample.fill(tmp_path / name, now=NOON, days=2, seed=seed)
        rows.append(table(tmp_path / name, "SELECT * FROM attempts ORDER BY operation_id, attempt_no"))
    assert rows[0] == rows[1] != rows[2]


def test_of_those_who_fill_a_new_log_together_the_first_one_wins(tmp_path: Path) -> None:
    def fill() -> None:
        sample.fill(tmp_path / "demo.db", now=NOON, days=1)

    threads = [threading.Thread(target=fill) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = sample.fill(tmp_path / "alone.db", now=NOON, days=1)
    assert table(tmp_path / "demo.db", "SELECT COUNT(*) FROM operations") == [(alone,)]
    assert list(tmp_path.glob("*.new*")) == []


def test_it_may_be_poured_into_a_log_that_is_there(tmp_path: Path) -> None:
    first = sample.fill(tmp_path / "demo.db", now=NOON, days=1)
    second = sample.fill(tmp_path / "demo.db", now=NOON + 86400, days=1, seed=8)
    assert table(tmp_path / "demo.db", "SELECT COUNT(*) FROM operations") == [(first + second,)]
