"""How every service stands, judged from breakers and the log. Costs nothing upstream."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jarvis_ai.alerts import Alert
from jarvis_ai.domain import KEYWORD, PROVIDERS
from jarvis_ai.policy import Breaker
from jarvis_ai.policy.breaker import BreakerState

SICK_SHARE = 0.5
"""A service that failed more of its recent attempts than this is degraded."""


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """A breaker that is not simply closed, or has counted failures."""

    key: str
    """A provider, or a link."""
    state: str
    """closed, open or half_open."""
    failures: int
    """Consecutive ones."""
    reopens_at: float | None
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """One provider."""

    provider: str
    configured: bool
    state: str
    """ok, degraded, down, unknown or not_configured."""
    detail: str
    breakers: list[BreakerRow]
    last_ok_at: float | None = None
    """Seconds since the epoch, within the recent window."""
    last_failure_at: float | None = None
    last_failure: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Everything an operator or a monitor asks first."""

    status: str
    """ok, degraded or down."""
    services: list[ServiceHealth]
    simulated: bool
    notices: list[str]
    alerts: list[Alert]


def breaker_rows(breakers: Mapping[str, Breaker], now: float) -> list[BreakerRow]:
    """Every breaker that has something to tell, by key."""
    return [
        BreakerRow(key, breaker.state(now).value, breaker.failures, breaker.reopens_at)
        for key, breaker in sorted(breakers.items())
    ]


def assess(
    configured: Collection[str],
    breakers: Sequence[BreakerRow],
    recent: Sequence[Mapping[str, Any]],
    *,
    simulated: bool,
    notices: list[str],
    alerts: list[Alert],
) -> Health:
    """Judge each service; `recent` are rows of `Analytics.recent_health`."""
    services = [
        _service(provider, provider in configured, breakers, [row for row in recent if row["provider"] == provider])
        for provider in PROVIDERS
    ]
    return Health(_overall(services), services, simulated, notices, alerts)


def _overall(services: Sequence[ServiceHealth]) -> str:
    models = [service.state for service in services if service.configured and service.provider != KEYWORD]
    if not models or all(state == "down" for state in models):
        return "down"
    return "degraded" if {"down", "degraded"} & set(models) else "ok"


def _service(
    provider: str, configured: bool, breakers: Sequence[BreakerRow], recent: Sequence[Mapping[str, Any]]
) -> ServiceHealth:
    own = [row for row in breakers if row.key == provider or row.key.startswith(f"{provider}:")]
    failures = sorted((row for row in recent if row["last_failure_at"]), key=lambda row: row["last_failure_at"])
    state, detail = _judge(provider, configured, own, recent)
    return ServiceHealth(
        provider=provider,
        configured=configured,
        state=state,
        detail=detail,
        breakers=own,
        last_ok_at=max((row["last_ok_at"] for row in recent if row["last_ok_at"]), default=None),
        last_failure_at=failures[-1]["last_failure_at"] if failures else None,
        last_failure=failures[-1]["last_failure"] if failures else "",
    )


def _judge(
    provider: str, configured: bool, breakers: Sequence[BreakerRow], recent: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    stopped = [row.key for row in breakers if row.state == BreakerState.OPEN]
    attempts, failed = sum(row["attempts"] for row in recent), sum(row["failed"] for row in recent)
    verdicts = (
        (not configured, "not_configured", "No key is set."),
        (provider == KEYWORD, "ok", "Runs in this process; needs no network."),
        (provider in stopped, "down", "Its breaker is open: it is not asked until a trial is due."),
        (attempts and failed == attempts, "down", f"All {attempts} recent attempts failed."),
        (stopped, "degraded", f"{len(stopped)} of its models rest behind an open breaker."),
        (failed > SICK_SHARE * attempts, "degraded", f"{failed} of {attempts} recent attempts failed."),
        (not attempts, "unknown", "Nothing was sent to it lately."),
        (True, "ok", f"{attempts - failed} of {attempts} recent attempts answered."),
    )
    return next((state, detail) for holds, state, detail in verdicts if holds)
