"""Alerts say what is wrong, once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from jarvis_ai.alerts import Alert, Thresholds, Watcher, evaluate, unwritten
from jarvis_ai.analytics import Analytics
from jarvis_ai.domain import Attempt, Fact, FailureKind, Source
from tests.usage_log.facts import GPT, HAIKU, NOON, answered, failed, operation, store, whole

NOW = NOON + 60
DAY = 86400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def keys(path: Path, facts: list[Fact], thresholds: Thresholds | None = None) -> list[str]:
    """The keys of what is raised after `facts`."""
    analytics = Analytics(store(path, *facts))
    return [alert.key for alert in evaluate(analytics, thresholds or Thresholds(), now=NOW)]


def failing(count: int, kind: FailureKind = FailureKind.OVERLOADED, *, first: int = 0) -> list[Fact]:
    """Operations that tried one model in vain and were answered by another."""
    ops = [operation(first + number) for number in range(count)]
    return [fact for op in ops for fact in whole(op, failed(op, kind=kind), answered(op, 2, HAIKU))]


def answering(count: int, *, at: float = NOON, first: int = 0, latency: float = 1.0, nanos: int = 1000) -> list[Fact]:
    ops = [operation(first + number, at=at) for number in range(count)]
    return [fact for op in ops for fact in whole(op, answered(op, latency=latency, nanos=nanos))]


def test_a_log_that_cannot_be_written_is_critical() -> None:
    [alert] = unwritten("The usage log usage.db cannot be written: disk full.")
    assert (alert.severity, alert.detail) == ("critical", "The usage log usage.db cannot be written: disk full.")
    assert list(unwritten(None)) == []


def test_a_drill_alarms_nobody(path: Path) -> None:
    ops = [operation(number, source=Source.DRILL) for number in range(20)]
    assert keys(path, [fact for op in ops for fact in whole(op, failed(op, kind=FailureKind.OVERLOADED))]) == []


def test_an_empty_log_raises_nothing(path: Path) -> None:
    assert keys(path, []) == []
    assert evaluate(Analytics(path.with_name("absent.db")), Thresholds(), now=NOW) == []


def test_a_log_that_cannot_be_read_is_what_is_wrong(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    [alert] = evaluate(Analytics(path), Thresholds(), now=NOW)
    assert (alert.severity, alert.title) == ("critical", "The usage log cannot be read")
    assert "file is not a database" in alert.detail


def test_a_model_with_only_failures_is_unavailable_even_when_others_answer(path: Path) -> None:
    assert keys(path, failing(3)) == [f"unavailable:openrouter:{GPT.model}"]


def test_two_failures_are_not_enough(path: Path) -> None:
    assert keys(path, failing(2)) == []


def test_one_answer_shows_that_it_is_there(path: Path) -> None:
    assert keys(path, failing(5) + answering(1, first=100)) == []


def test_a_request_at_fault_does_not_make_a_model_unavailable(path: Path) -> None:
    assert keys(path, failing(5, FailureKind.MODERATED)) == []


def test_requests_without_an_answer_raise_the_error_rate(path: Path) -> None:
    ops = [operation(number) for number in range(10)]

    def end(number: int) -> Attempt:
        return failed(ops[number]) if number < 3 else answered(ops[number])

    facts = [fact for number, op in enumerate(ops) for fact in whole(op, end(number))]
    assert keys(path, facts) == ["error_rate"]
    assert keys(path, [], Thresholds(error_rate=0.3)) == []


def test_a_day_that_costs_too_much_is_told(path: Path) -> None:
    facts = answering(3, nanos=2_000_000_000)
    assert keys(path, facts, Thresholds(cost_per_day=5.0)) == ["cost_per_day"]
    assert keys(path, [], Thresholds(cost_per_day=6.0)) == []


def test_a_model_slower_than_the_week_before_is_told(path: Path) -> None:
    before = answering(20, at=NOON - 3 * DAY, latency=1.0)
    assert keys(path, before + answering(20, first=100, latency=1.6)) == [f"slower:openrouter:{GPT.model}"]


def test_a_few_slow_answers_are_no_trend(path: Path) -> None:
    before = answering(20, at=NOON - 3 * DAY, latency=1.0)
    assert keys(path, before + answering(19, first=100, latency=9.0)) == []


def test_each_change_is_written_once(caplog: pytest.LogCaptureFixture) -> None:
    watcher = Watcher()
    down = Alert("unavailable:a", "critical", "a does not answer", "All 3 calls failed.")
    with caplog.at_level(logging.INFO, logger="jarvis_ai.alerts"):
        for raised in ([down], [down], [], [], [down]):
            watcher.observe(raised)
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO", "ERROR"]
    assert caplog.messages[:2] == [
        "Alert: a does not answer. All 3 calls failed.",
        "Alert cleared: a does not answer.",
    ]
