"""`GET /ai/usage`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from jarvis_ai.api.schemas.base import Answer, Number, example


def within_reason(day: datetime) -> datetime:
    """Raises `ValueError` for a day that no log can hold."""
    if not 1970 <= day.year <= 2100:
        raise ValueError("must lie between 1970 and 2100")
    return day


def written_as_a_date(value: Any) -> Any:
    """Raises `ValueError` for a bare number, which would be taken for seconds since 1970."""
    if not re.match(r"\d{4}-\d\d-\d\d", str(value)):
        raise ValueError("must be a date and time with its offset, such as 2026-11-24T09:41:00+01:00")
    return value


Day = Annotated[AwareDatetime, BeforeValidator(written_as_a_date), AfterValidator(within_reason)]


class UsageQuery(BaseModel):
    """Which period to count."""

    model_config = ConfigDict(extra="forbid")

    days: float = Field(7, description="The days up to `to`.", gt=0, le=3660)
    since: Day | None = Field(None, alias="from", description="Instead of `days`: ISO 8601 with its offset.")
    until: Day | None = Field(None, alias="to", description="Not in it any more. Default: now.")


class PeriodRow(Answer):
    """From `start`, which is in it, to `end`, which is not: what was asked for, widened to whole hours of UTC."""

    start: AwareDatetime
    end: AwareDatetime


class UsageSummary(Answer):
    """All operations that began in a period and have ended, with their attempts."""

    operations: int = Field(description="Requests: one for each thing that was asked.")
    ok: int
    failed: int
    cancelled: int
    fallbacks: int = Field(description="Requests that another link than the first one answered.")
    attempts: int = Field(description="Dispatches to a provider; money is counted in these.")
    cost_usd: float | None = Field(description="What is known of the cost; null when nothing of it is.")
    unknown_cost_attempts: int = Field(description="Attempts whose cost is not known and not in the sum.")
    input_tokens: int
    output_tokens: int
    p50: Number = Field(description="Median seconds to an answer, within 1 %.")
    p95: Number = Field(description="95th percentile of the seconds to an answer.")


class UsageByModel(Answer):
    """The attempts of one model."""

    provider: str
    model: str
    attempts: int
    ok: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_usd: Number = Field(description="US dollars; null when unknown.")
    unknown_cost_attempts: int
    p50: Number = Field(description="Median seconds of its answers.")
    p95: Number


class UsageAnswer(Answer):
    """Statistics from the usage log."""

    model_config = example(
        period={"start": "2026-11-17T09:41:00Z", "end": "2026-11-24T09:41:00Z"},
        simulated=False,
        summary={
            "operations": 120,
            "ok": 118,
            "failed": 1,
            "cancelled": 1,
            "fallbacks": 7,
            "attempts": 131,
            "cost_usd": 0.412875,
            "unknown_cost_attempts": 2,
            "input_tokens": 48210,
            "output_tokens": 30977,
            "p50": 1.21,
            "p95": 3.87,
        },
        by_model=[
            {
                "provider": "openrouter",
                "model": "openai/gpt-4o",
                "attempts": 100,
                "ok": 93,
                "failed": 6,
                "input_tokens": 40100,
                "output_tokens": 26000,
                "cost_usd": 0.36025,
                "unknown_cost_attempts": 1,
                "p50": 1.19,
                "p95": 3.42,
            }
        ],
    )

    period: PeriodRow
    simulated: bool
    summary: UsageSummary
    by_model: list[UsageByModel]
