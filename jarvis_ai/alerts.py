"""What an operator should be told without asking, read from the usage log.

`evaluate` says what holds now; `Watcher` tells the server's log when that changes, once per change.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from jarvis_ai.analytics import WITHOUT_DRILLS, Analytics, Period
from jarvis_ai.domain import FailureKind

logger = logging.getLogger("jarvis_ai.alerts")

HOUR, DAY = 3600.0, 86400.0

Severity = Literal["warning", "critical"]
LEVELS = {"warning": logging.WARNING, "critical": logging.ERROR}

UNWRITTEN = "usage_log_unwritten"

REQUESTS_OWN_FAULT = frozenset(
    {FailureKind.INVALID_REQUEST, FailureKind.TOO_LARGE, FailureKind.CONTEXT_TOO_LONG, FailureKind.MODERATED,
     FailureKind.REFUSED}
)  # fmt: skip
"""Failures that say nothing about the model."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is worth a word. Windows are seconds that end now; counts begin at the full hour."""

    unavailable_window: float = HOUR / 4
    unavailable_attempts: int = 3
    """So many failures without one answer make a model unavailable."""
    error_rate: float = 0.2
    """Failed operations of all that ended, from 0 to 1."""
    error_window: float = HOUR
    error_operations: int = 10
    """With fewer operations a rate says nothing."""
    cost_per_day: float = 10.0
    """Dollars in the last 24 hours."""
    p95_growth: float = 1.5
    """The 95th percentile against that of the week before."""
    p95_window: float = DAY
    p95_calls: int = 20
    """With fewer answers, now or then, a percentile says nothing."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is wrong now."""

    key: str
    """The same for as long as the same thing is wrong."""
    severity: Severity
    title: str
    detail: str = ""
    since: float | None = None
    """UTC seconds since when it is known to be so."""


def evaluate(analytics: Analytics, thresholds: Thresholds, *, now: float) -> list[Alert]:
    """What is wrong now, the critical first. A log that cannot be read is itself what is wrong."""
    try:
        alerts = [
            *unavailable(analytics.recent_health(now, thresholds.unavailable_window), thresholds),
            *error_rate(analytics, thresholds, now),
            *cost(analytics, thresholds, now),
            *slower(analytics, thresholds, now),
        ]
    except sqlite3.Error as exc:
        return [Alert("usage_log", "critical", "The usage log cannot be read", f"The database says: {exc}.")]
    return sorted(alerts, key=lambda alert: (alert.severity != "critical", alert.key))


def unwritten(alarm: str | None) -> Iterator[Alert]:
    """What the writer of the log has to say, if anything."""
    if alarm:
        yield Alert(UNWRITTEN, "critical", "The usage log cannot be written", alarm)


def unavailable(recent: pd.DataFrame, thresholds: Thresholds) -> Iterator[Alert]:
    """Models that only failed, and for reasons of their own."""
    minutes = round(thresholds.unavailable_window / 60)
    for row in recent.to_dict("records"):
        only_failed = row["failed"] == row["attempts"] >= thresholds.unavailable_attempts
        if only_failed and row["last_failure"] not in REQUESTS_OWN_FAULT:
            yield Alert(
                key=f"unavailable:{row['provider']}:{row['model']}",
                severity="critical",
                title=f"{row['model']} does not answer",
                detail=f"All {row['attempts']} calls through {row['provider']} in the last {minutes} minutes failed, "
                f"the last with {row['last_failure']}.",
                since=row["first_failure_at"],
            )


def error_rate(analytics: Analytics, thresholds: Thresholds, now: float) -> Iterator[Alert]:
    """Operations that nobody could answer, fallbacks included."""
    summary = analytics.summary(Period(now - thresholds.error_window, now), WITHOUT_DRILLS)
    ended = summary.ok + summary.failed
    if ended >= thresholds.error_operations and summary.failed / ended > thresholds.error_rate:
        yield Alert(
            key="error_rate",
            severity="critical",
            title=f"{summary.failed / ended:.0%} of requests fail",
            detail=f"{summary.failed} of {ended} requests in the last {hours(thresholds.error_window)}, "
            f"counted from the full hour before, got no answer; "
            f"the threshold is {thresholds.error_rate:.0%}.",
        )


def cost(analytics: Analytics, thresholds: Thresholds, now: float) -> Iterator[Alert]:
    """Known cost of the last 24 hours."""
    summary = analytics.summary(Period(now - DAY, now), WITHOUT_DRILLS)
    if summary.cost > thresholds.cost_per_day:
        unknown = summary.unknown_cost_attempts
        more = f" The cost of {unknown} more calls is unknown." if unknown else ""
        yield Alert(
            key="cost_per_day",
            severity="warning",
            title=f"${summary.cost:,.2f} in 24 hours",
            detail=f"The threshold is ${thresholds.cost_per_day:,.2f} a day.{more}",
        )


def slower(analytics: Analytics, thresholds: Thresholds, now: float) -> Iterator[Alert]:
    """Models whose slowest answers became slower than those of the week before."""
    start = now - thresholds.p95_window
    recent = analytics.latency_by_model(Period(start, now), WITHOUT_DRILLS)
    week = analytics.latency_by_model(Period(start - 7 * DAY, start), WITHOUT_DRILLS)
    both = recent.merge(week, on=["provider", "model"], suffixes=("", "_week"))
    enough = both[["calls", "calls_week"]].min(axis=1) >= thresholds.p95_calls
    for row in both[enough & (both["p95"] > both["p95_week"] * thresholds.p95_growth)].to_dict("records"):
        yield Alert(
            key=f"slower:{row['provider']}:{row['model']}",
            severity="warning",
            title=f"{row['model']} became slower",
            detail=f"95 % of answers through {row['provider']} came within {row['p95']:.1f} s in the last "
            f"{hours(thresholds.p95_window)}, within {row['p95_week']:.1f} s in the week before.",
        )


def hours(seconds: float) -> str:
    """A length of time in words."""
    return "hour" if seconds == HOUR else f"{seconds / HOUR:g} hours"


class Watcher:
    """Tells the server's log what began and what ended."""

    def __init__(self) -> None:
        self._raised: dict[str, Alert] = {}

    def observe(self, alerts: Sequence[Alert]) -> None:
        """Log the difference to what was observed before."""
        now = {alert.key: alert for alert in alerts}
        for key, alert in now.items():
            if key not in self._raised:
                logger.log(LEVELS[alert.severity], "Alert: %s. %s", alert.title, alert.detail)
        for key, alert in self._raised.items():
            if key not in now:
                logger.info("Alert cleared: %s.", alert.title)
        self._raised = now
