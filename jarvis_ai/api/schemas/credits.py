"""`GET /ai/credits`."""

from __future__ import annotations

from pydantic import Field

from jarvis_ai.api.schemas.base import Answer, example


class CreditsAnswer(Answer):
    """The OpenRouter account in US dollars; null where it cannot be known, and `notes` say why."""

    model_config = example(
        total_credits=None,
        total_usage=None,
        remaining=None,
        key_label="sk-or-v1-abc...123",
        key_limit=50.0,
        key_limit_remaining=38.8,
        key_limit_reset="monthly",
        usage=11.2,
        usage_daily=0.4,
        usage_weekly=2.9,
        usage_monthly=11.2,
        is_free_tier=False,
        simulated=False,
        notes=["The account's balance can be read with a management key only."],
    )

    total_credits: float | None
    total_usage: float | None
    remaining: float | None
    key_label: str
    key_limit: float | None
    key_limit_remaining: float | None
    key_limit_reset: str | None = Field(description="daily, weekly or monthly at UTC midnight; null: never.")
    usage: float | None
    usage_daily: float | None
    usage_weekly: float | None
    usage_monthly: float | None
    is_free_tier: bool | None
    simulated: bool = False
    notes: list[str]
