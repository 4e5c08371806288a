"""`POST /ai/test`, and the attempts that an answer or an error tells of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from jarvis_ai.api.schemas.base import Answer, example
from jarvis_ai.domain import DEFAULT_MAX_TOKENS, Attempt, Completion, CostSource, FailureKind, Status

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def whole(value: Any) -> Any:
    """JSON knows one kind of number: 20.0 is an integer there."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
        None,
        description="A model of the catalogue, a link such as `openai:gpt-4o`, or a saved chain, `chain:NAME`. "
        "Default: the preferred model.",
    )
    task: Literal["complex", "routine", "fast"] | None = Field(
        None, description="Lets the kind of task choose the first model, where no model is named."
    )
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: Annotated[int, BeforeValidator(whole)] = Field(DEFAULT_MAX_TOKENS, ge=1, le=1_000_000)
    user: Name | None = Field(None, description="Your own name for whoever asks: the same user goes the same way.")
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
        cost_usd=attempt.cost.dollars,
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
        cost_usd=completion.cost.dollars,
        cost_source=completion.cost.source,
        latency_ms=round(completion.latency * 1000, 3),
        ttft_ms=_milliseconds(completion.ttft),
        attempts=attempt_rows(completion.attempts),
    )
