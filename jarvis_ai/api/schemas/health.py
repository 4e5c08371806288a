"""`GET /ai/health`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jarvis_ai.api.schemas.base import Answer, Moment, example


class Breaker(Answer):
    """One breaker that has counted failures."""

    key: str = Field(description="A provider, or one of its models.")
    state: str = Field(description="closed, open or half_open.")
    failures: int = Field(description="Consecutive ones.")
    reopens_at: Moment = Field(None, description="When it will be asked again.")


class Service(Answer):
    """How one provider stands, judged from its breakers and the usage log."""

    provider: str
    configured: bool
    state: Literal["ok", "degraded", "down", "unknown", "not_configured"]
    detail: str = Field(description="Why it is judged so.")
    breakers: list[Breaker]
    last_ok_at: Moment = None
    last_failure_at: Moment = None
    last_failure: str = Field("", description="The kind of the last failure.")


class AlertRow(Answer):
    """Something that is wrong now."""

    key: str
    severity: Literal["warning", "critical"]
    title: str
    detail: str
    since: Moment = None


class HealthAnswer(Answer):
    """Every service's state. Nothing is asked upstream for it."""

    model_config = example(
        status="ok",
        simulated=False,
        services=[
            {
                "provider": "openrouter",
                "configured": True,
                "state": "ok",
                "detail": "41 of 42 recent attempts answered.",
                "breakers": [],
                "last_ok_at": "2026-11-24T09:41:07Z",
                "last_failure_at": "2026-11-24T09:30:51Z",
                "last_failure": "rate_limited",
            }
        ],
        notices=[],
        alerts=[],
    )

    status: Literal["ok", "degraded", "down"]
    simulated: bool = Field(description="Whether the embedded simulator answers (demo mode).")
    services: list[Service]
    notices: list[str] = Field(description="What an operator should know: retired names, keys that look wrong.")
    alerts: list[AlertRow]
