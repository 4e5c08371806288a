"""What goes over the wire, in and out. Types, words and examples of the OpenAPI document come from here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from jarvis_ai.catalog import Model
from jarvis_ai.domain import DEFAULT_MAX_TOKENS, Attempt, Completion, Cost, CostSource, FailureKind, Status

NANOS = 1_000_000_000
MILLION = 1_000_000


def known(value: Any) -> Any:
    """A table's way of saying nothing (NaN) as None."""
    return None if isinstance(value, float) and math.isnan(value) else value


Moment = Annotated[AwareDatetime | None, BeforeValidator(known)]
"""Seconds since the epoch become UTC on the way in."""


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
Number = Annotated[float | None, BeforeValidator(known)]


class Answer(BaseModel):
    """What all answers have in common: they are read from our own values."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """The configuration of an answer with one example."""
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [values]})


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


MODEL_EXAMPLE = {
    "id": "openai/gpt-4o",
    "name": "OpenAI: GPT-4o",
    "context_length": 128000,
    "max_output_tokens": 16384,
    "input_price": 2.5,
    "output_price": 10.0,
    "cache_read_price": 1.25,
    "cache_write_price": None,
    "supported_parameters": ["max_tokens", "temperature", "tools"],
    "modality": "text+image->text",
    "created": "2024-05-13T00:00:00Z",
    "expires": None,
    "is_moderated": False,
}
PRICE = "US dollars per million tokens; null when it varies or is not known."


class ModelsQuery(BaseModel):
    """Which models to list. Unknown parameters are refused: a typing error would change the answer in silence."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", description="Words that the id or the name must hold.", max_length=200)
    limit: int = Field(5000, description="At most so many rows.", ge=1, le=5000)


class ModelRow(Answer):
    """One model on offer."""

    model_config = example(**MODEL_EXAMPLE)

    id: str
    name: str
    context_length: int | None
    max_output_tokens: int | None
    input_price: float | None = Field(description=PRICE)
    output_price: float | None = Field(description=PRICE)
    cache_read_price: float | None = Field(description=PRICE)
    cache_write_price: float | None = Field(description=PRICE)
    supported_parameters: list[str]
    modality: str
    created: Moment
    expires: str | None = Field(description="The day it is switched off, YYYY-MM-DD.")
    is_moderated: bool


class ModelDetail(ModelRow):
    """One model, with everything known about it."""

    model_config = example(
        **MODEL_EXAMPLE, requested="openai/gpt-4o", note="", canonical_slug="openai/gpt-4o", description="…"
    )

    requested: str = Field(description="The name that was asked for.")
    note: str = Field(description="What has become of that name, when it is retired.")
    canonical_slug: str
    description: str


class ModelList(Answer):
    """Models in the catalogue's order."""

    model_config = example(models=[MODEL_EXAMPLE], matched=1, total=912)

    models: list[ModelRow]
    matched: int = Field(description="How many fit the search, before the limit.")
    total: int = Field(description="How many the catalogue holds.")


def _per_million(price: Decimal | None) -> float | None:
    return None if price is None else float(price * MILLION)


def model_row(model: Model) -> ModelRow:
    """A model of the catalogue, priced by the million."""
    return ModelRow(
        id=model.id,
        name=model.name,
        context_length=model.context_length,
        max_output_tokens=model.max_output_tokens,
        input_price=_per_million(model.input_price),
        output_price=_per_million(model.output_price),
        cache_read_price=_per_million(model.cache_read_price),
        cache_write_price=_per_million(model.cache_write_price),
        supported_parameters=sorted(model.supported_parameters),
        modality=model.modality,
        created=datetime.fromtimestamp(model.created, UTC) if model.created else None,
        expires=model.expires,
        is_moderated=model.is_moderated,
    )


class UsageQuery(BaseModel):
    """Which period to count."""

    model_config = ConfigDict(extra="forbid")

    days: float = Field(7, description="The days up to `to`.", gt=0, le=3660)
    since: Day | None = Field(None, alias="from", description="Instead of `days`: ISO 8601 with its offset.")
    until: Day | None = Field(None, alias="to", description="Not in it any more. Default: now.")


class PeriodRow(Answer):
    """From `start`, which is in it, to `end`, which is not."""

    start: AwareDatetime
    end: AwareDatetime


class UsageSummary(Answer):
    """All operations and attempts of a period."""

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
    p50: Number = Field(description="Median seconds to an answer.")
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


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TestRequest(BaseModel):
    """One test prompt."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"message": "Say hello in one word.", "model": "openai/gpt-4o-mini", "max_tokens": 20}]
        },
    )

    message: Annotated[str, StringConstraints(min_length=1, max_length=200_000)] = Field(description="What to ask.")
    model: Name | None = Field(
        None, description="A model of the catalogue, or a link such as `openai:gpt-4o`. Default: the preferred model."
    )
    task: Literal["complex", "routine", "fast"] | None = Field(
        None, description="Lets the kind of task choose the first model, where no model is named."
    )
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int = Field(DEFAULT_MAX_TOKENS, ge=1, le=1_000_000)
    fallback: bool = Field(True, description="False: only the first link of the chain is asked.")


class AttemptRow(Answer):
    """One dispatch to one link."""

    number: int
    provider: str
    model: str
    status: Status
    reason: str = Field(description="Why this link was asked then.")
    failure: FailureKind | None
    detail: str = Field(description="What happened, in one sentence.")
    http_status: int | None
    waited_ms: float = Field(description="Backoff before this dispatch.")
    latency_ms: float | None
    ttft_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    cost_source: CostSource


class UsageRow(Answer):
    """Tokens of the answering attempt."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int


class TestAnswer(Answer):
    """The answer and how it came about."""

    model_config = example(
        operation_id="019abc12-3456-7def-8123-456789abcdef",
        content="Hello!",
        provider="openrouter",
        model="openai/gpt-4o-mini",
        finish_reason="stop",
        fallback=True,
        simulated=False,
        usage={
            "input_tokens": 13,
            "output_tokens": 2,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
        },
        cost_usd=0.00000315,
        cost_source="billed",
        latency_ms=871.4,
        ttft_ms=640.2,
        attempts=[
            {
                "number": 1,
                "provider": "openrouter",
                "model": "openai/gpt-4o",
                "status": "failed",
                "reason": "the preferred model",
                "failure": "rate_limited",
                "detail": "openai/gpt-4o is rate-limited upstream.",
                "http_status": 429,
                "waited_ms": 0.0,
                "latency_ms": 103.9,
                "ttft_ms": None,
                "input_tokens": None,
                "output_tokens": None,
                "cost_usd": 0.0,
                "cost_source": "estimated",
            }
        ],
    )

    operation_id: str
    content: str
    provider: str
    model: str = Field(description="Who answered.")
    finish_reason: str | None
    fallback: bool = Field(description="Whether another link than the first one answered.")
    simulated: bool
    usage: UsageRow | None
    cost_usd: float | None = Field(description="US dollars of all attempts; null when unknown.")
    cost_source: CostSource
    latency_ms: float
    ttft_ms: float | None = Field(description="To the first token of the answer.")
    attempts: list[AttemptRow]


def dollars(cost: Cost) -> float | None:
    """Dollars, or None when unknown."""
    return None if cost.nanos is None else cost.nanos / NANOS


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def attempt_rows(attempts: Iterable[Attempt]) -> list[AttemptRow]:
    """Attempts in the order of their dispatch."""
    return [_attempt_row(attempt) for attempt in attempts]


def _attempt_row(attempt: Attempt) -> AttemptRow:
    failure, usage = attempt.failure, attempt.usage
    return AttemptRow(
        number=attempt.number,
        provider=attempt.link.provider,
        model=attempt.link.model,
        status=attempt.status,
        reason=attempt.reason,
        failure=failure.kind if failure else None,
        detail=failure.detail if failure else "",
        http_status=failure.http_status if failure else None,
        waited_ms=round(attempt.waited * 1000, 3),
        latency_ms=_milliseconds(attempt.latency),
        ttft_ms=_milliseconds(attempt.ttft),
        input_tokens=usage.input_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        cost_usd=dollars(attempt.cost),
        cost_source=attempt.cost.source,
    )


def completion_answer(completion: Completion) -> TestAnswer:
    """A completion that is ok, for a caller."""
    link = completion.link
    return TestAnswer(
        operation_id=completion.operation_id,
        content=completion.text,
        provider=link.provider if link else "",
        model=link.model if link else "",
        finish_reason=completion.finish_reason,
        fallback=completion.fell_back,
        simulated=completion.simulated,
        usage=UsageRow.model_validate(completion.usage) if completion.usage else None,
        cost_usd=dollars(completion.cost),
        cost_source=completion.cost.source,
        latency_ms=round(completion.latency * 1000, 3),
        ttft_ms=_milliseconds(completion.ttft),
        attempts=attempt_rows(completion.attempts),
    )


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


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ApiError(BaseModel):
    """What went wrong. `code` is for programs, `message` for people."""

    code: str
    message: str
    fields: list[FieldError] | None = None
    suggestions: list[str] | None = Field(None, description="Names that look like the one that is unknown.")
    operation_id: str | None = Field(None, description="Where the usage log tells the whole story.")
    attempts: list[AttemptRow] | None = Field(None, description="Everything that was tried.")


class ErrorResponse(BaseModel):
    """Every error has this shape."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "unknown_model",
                        "message": "Unknown model 'openai/gpt4o'. Did you mean openai/gpt-4o?",
                        "suggestions": ["openai/gpt-4o"],
                    }
                }
            ]
        }
    )

    error: ApiError
