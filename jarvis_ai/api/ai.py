"""The six routes under `/ai`: health, models and one of them, usage, test, credits.

Nothing is computed here. A route reads its parameters, asks the runtime once, and says it in the types of `schemas`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from fastapi.security import HTTPBearer

from jarvis_ai.analytics import ALL_TRAFFIC, Period, Summary
from jarvis_ai.api.errors import refusal, unknown_model
from jarvis_ai.api.presence import while_present
from jarvis_ai.api.schemas import (
    CreditsAnswer,
    ErrorResponse,
    HealthAnswer,
    ModelDetail,
    ModelList,
    ModelsQuery,
    PeriodRow,
    TestAnswer,
    TestRequest,
    UsageAnswer,
    UsageByModel,
    UsageQuery,
    UsageSummary,
    completion_answer,
    model_row,
)
from jarvis_ai.catalog import Catalog, Model, Resolved
from jarvis_ai.chains import PREFIX
from jarvis_ai.domain import KEYWORD, OPENROUTER, Chain, Link, Prompt, Source
from jarvis_ai.errors import OperationFailed, ProviderError
from jarvis_ai.runtime import Runtime


async def runtime_of(request: Request) -> Runtime:
    """The runtime behind this application."""
    return cast(Runtime, request.app.state.runtime())


Here = Annotated[Runtime, Depends(runtime_of)]

ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ErrorResponse, "description": "Any error"},
    401: {"model": ErrorResponse, "description": "No bearer token, or a wrong one"},
}
BAD_REQUEST: dict[int | str, dict[str, Any]] = {400: {"model": ErrorResponse, "description": "The request is wrong"}}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorResponse, "description": "Nobody knows this model"}}
NO_ANSWER: dict[int | str, dict[str, Any]] = {503: {"model": ErrorResponse, "description": "Nobody answered, and why"}}

# The gate has looked at the token already; this says so in the OpenAPI document.
TOKEN = HTTPBearer(auto_error=False, description="The token of `data/api_token`, or JARVIS_API_TOKEN.")

router = APIRouter(prefix="/ai", tags=["AI"], responses=ERRORS, dependencies=[Security(TOKEN)])


@router.get("/health", summary="Every service's state")
async def health(runtime: Here) -> HealthAnswer:
    """How each provider stands, judged from breakers and the usage log. Costs nothing upstream."""
    return HealthAnswer.model_validate(await runtime.acall(runtime.health))


@router.get("/models", summary="The catalogue", responses=BAD_REQUEST)
async def models(runtime: Here, query: Annotated[ModelsQuery, Query()]) -> ModelList:
    """Every model on offer, or those that a search finds, in the catalogue's order."""
    words = query.q.lower().split()
    found = [model for model in runtime.catalog if holds(model, words)]
    rows = [model_row(model) for model in found[: query.limit]]
    return ModelList(models=rows, matched=len(found), total=len(runtime.catalog))


def holds(model: Model, words: list[str]) -> bool:
    """Whether every word is in the model's id or name."""
    text = f"{model.id} {model.name}".lower()
    return all(word in text for word in words)


@router.get("/models/{model_id:path}", summary="One model", responses=NOT_FOUND)
async def model(
    runtime: Here,
    model_id: Annotated[str, Path(description="Ids contain slashes.", examples=["openai/gpt-4o"], min_length=1)],
) -> ModelDetail:
    """What is known about one model. A retired name is answered with its successor and a note."""
    if not len(runtime.catalog):
        raise refusal(
            503, "no_catalogue", "No catalogue was read: OpenRouter cannot be reached, or its key is missing."
        )
    resolved = resolve(runtime.catalog, model_id)
    if resolved.model is None:
        raise unknown_model(model_id, runtime.catalog.suggest(model_id))
    return ModelDetail(
        **model_row(resolved.model).model_dump(),
        requested=model_id,
        note=resolved.note,
        canonical_slug=resolved.model.canonical_slug,
        description=resolved.model.description,
    )


def resolve(catalog: Catalog, name: str) -> Resolved:
    """What the name stands for. Raises `Refusal` (404) when the catalogue has been read and does not know it."""
    resolved = catalog.resolve(name)
    retired = resolved.model_id != name
    if len(catalog) and resolved.model is None and not retired:
        raise unknown_model(name, catalog.suggest(name))
    return resolved


@router.get("/usage", summary="Usage statistics", responses=BAD_REQUEST)
def usage(runtime: Here, query: Annotated[UsageQuery, Query()]) -> UsageAnswer:
    """Requests, attempts, tokens, cost and latency of a period, in all and by model."""
    # Not async on purpose: the questions to the log block, so they are asked in a worker thread.
    period = period_of(query.days, query.since, query.until, now=time.time()).whole_hours
    return UsageAnswer(
        period=PeriodRow(start=datetime.fromtimestamp(period.start, UTC), end=datetime.fromtimestamp(period.end, UTC)),
        simulated=runtime.simulated,
        summary=summary_row(runtime.analytics.summary(period, ALL_TRAFFIC)),
        by_model=[by_model_row(row) for row in runtime.analytics.by_model(period, ALL_TRAFFIC).to_dict("records")],
    )


def period_of(days: float, since: datetime | None, until: datetime | None, *, now: float) -> Period:
    """The period that was asked for. Raises `Refusal` (400) when it ends before it begins."""
    end = until.timestamp() if until else now
    start = since.timestamp() if since else end - timedelta(days=days).total_seconds()
    if start >= end:
        raise refusal(400, "invalid_request", "The period is empty: 'from' must lie before 'to' (default: now).")
    return Period(start, end)


def summary_row(summary: Summary) -> UsageSummary:
    """The summary in dollars; a sum of nothing but unknown costs is unknown."""
    unknown = summary.cost_nanos == 0 and summary.unknown_cost_attempts > 0
    return UsageSummary(
        operations=summary.operations,
        ok=summary.ok,
        failed=summary.failed,
        cancelled=summary.cancelled,
        fallbacks=summary.fallbacks,
        attempts=summary.attempts,
        cost_usd=None if unknown else summary.cost,
        unknown_cost_attempts=summary.unknown_cost_attempts,
        input_tokens=summary.input_tokens,
        output_tokens=summary.output_tokens,
        p50=summary.p50,
        p95=summary.p95,
    )


def by_model_row(row: Mapping[Any, Any]) -> UsageByModel:
    """One row of `Analytics.by_model`."""
    return UsageByModel.model_validate({**row, "cost_usd": row["cost"]})


@router.post("/test", summary="One test completion", responses={**BAD_REQUEST, **NOT_FOUND, **NO_ANSWER})
async def test_completion(request: Request, runtime: Here, body: TestRequest) -> TestAnswer:
    """Ask one message. Costs what the model costs; the chain's fallbacks apply unless `fallback` is false.

    A caller who closes the connection cancels the call.
    """
    chain = chain_of(runtime, body)
    prompt = Prompt.of(body.message, temperature=body.temperature, max_tokens=body.max_tokens)
    ask = partial(runtime.ask, source=Source.API, task=body.task or "", requested_model=body.model or "")
    completion = await while_present(request, partial(ask, prompt, chain))
    if not completion.ok:
        raise OperationFailed(completion)
    return completion_answer(completion)


def chain_of(runtime: Runtime, body: TestRequest) -> Chain:
    """The chain that answers; raises `Refusal` when what it should begin with does not exist or has no key."""
    asked = Link.parse(body.model) if body.model and not body.model.startswith(PREFIX) else None
    if asked and not asked.model and asked.provider != KEYWORD:
        raise refusal(400, "invalid_request", f"model: '{body.model}' names a provider, and no model of it.")
    if asked and asked.provider == OPENROUTER:
        resolve(runtime.catalog, asked.model)
    try:
        chain = runtime.plan(model=body.model, task=body.task or "", caller=body.user or "")
    except ValueError as exc:
        raise refusal(400, "invalid_request", f"model: {exc}") from exc
    if asked and asked.provider not in runtime.providers:
        raise refusal(400, "not_configured", f"'{body.model}' cannot be asked: no key is set for {asked.provider}.")
    return chain if body.fallback else replace(chain, links=chain.links[:1], name="", version="")


@router.get("/credits", summary="Balance and usage of the OpenRouter account", responses=NO_ANSWER)
async def credits_(runtime: Here) -> CreditsAnswer:
    """What OpenRouter says about the account's money, and what cannot be known and why."""
    try:
        known = await runtime.acall(runtime.credits)
    except ProviderError as exc:
        raise refusal(503, exc.failure.kind.value, exc.failure.detail or "OpenRouter did not answer.") from exc
    return CreditsAnswer.model_validate(known).model_copy(update={"simulated": runtime.simulated})
