"""`POST /chat/completions` and the catalogue at OpenRouter's own paths."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Security
from starlette.responses import Response

from jarvis_ai.api.ai import TOKEN, Here
from jarvis_ai.api.errors import unknown_model
from jarvis_ai.api.gateway.answer import answer_body
from jarvis_ai.api.gateway.chain import chain_for
from jarvis_ai.api.gateway.facts import encoded, final_headers
from jarvis_ai.api.gateway.failures import refusal
from jarvis_ai.api.gateway.models import CatalogueQuery, model_row, page
from jarvis_ai.api.gateway.request import ChatRequest
from jarvis_ai.api.gateway.schemas import Catalogue, ChatAnswer, ModelAnswer, ModelRow
from jarvis_ai.api.gateway.stream import AnswerStream
from jarvis_ai.api.presence import while_present
from jarvis_ai.api.schemas import ChatErrorResponse
from jarvis_ai.domain import About, Completion, Source
from jarvis_ai.runtime import Runtime

LONGEST_TITLE = 100

EVENT = {"type": "object", "properties": {"data": {"type": "string", "description": "A chunk as JSON, or `[DONE]`."}}}

ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ChatErrorResponse, "description": "Any error, in OpenRouter's envelope"},
    401: {"model": ChatErrorResponse, "description": "No token of this server, or a wrong one"},
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ChatAnswer,
        "description": "The answer; with `stream` as server-sent events, each a chunk of it",
        "content": {"text/event-stream": {"schema": EVENT}},
    },
    400: {"model": ChatErrorResponse, "description": "The request is wrong, or a model says that it is"},
    503: {"model": ChatErrorResponse, "description": "Nobody answered, and why"},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ChatErrorResponse, "description": "Nobody lists it"}}
LIST: dict[int | str, dict[str, Any]] = {200: {"model": Catalogue}, 400: ANSWERS[400]}
ONE: dict[int | str, dict[str, Any]] = {200: {"model": ModelRow}, **NOT_FOUND}
ONE_WRAPPED: dict[int | str, dict[str, Any]] = {200: {"model": ModelAnswer}, **NOT_FOUND}

router = APIRouter(tags=["Gateway"], responses=ERRORS, dependencies=[Security(TOKEN)])

ModelId = Annotated[str, Path(description="Ids contain slashes.", examples=["openai/gpt-4o"], min_length=1)]


@router.post(
    "/chat/completions", summary="A completion, as OpenRouter gives it", responses=ANSWERS, response_model=None
)
async def complete(request: Request, runtime: Here, body: ChatRequest) -> Response:
    """Ask a chain of models and answer like OpenRouter: whole, or as server-sent events.

    A caller who closes the connection cancels the call. Headers that begin with `X-Jarvis-` and the key `jarvis` tell
    how the answer came about.
    """
    received: float = request.scope["read_at"]
    chain, prompt = chain_for(runtime, body), body.prompt()
    # Words that were sent cannot be taken back; an answer in one piece may begin anew until it is whole.
    restarts = not body.stream
    about: About = {"requested_model": next(iter(body.names), ""), "tag": title_of(request), "restarts": restarts}
    if body.stream:
        start = partial(runtime.start, prompt, chain, source=Source.GATEWAY, **about)
        return AnswerStream(start, received)
    completion = await while_present(request, partial(runtime.ask, prompt, chain, source=Source.GATEWAY, **about))
    overhead = perf_counter() - received - completion.latency + completion.overhead
    return answer(completion, overhead) if completion.ok else refusal(completion, overhead)


def title_of(request: Request) -> str:
    """How the program that asks calls itself, in either of OpenRouter's headers for it; empty when it does not."""
    said = request.headers.get("x-openrouter-title") or request.headers.get("x-title") or ""
    return said[:LONGEST_TITLE]


def answer(completion: Completion, overhead: float) -> Response:
    """An answer in one piece; `overhead` in seconds."""
    return reply(answer_body(completion, overhead), final_headers(completion, overhead))


def reply(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """JSON as it goes out; the models beside the routes describe it, and nothing reads it a second time."""
    return Response(encoded(body), headers=dict(headers or {}), media_type="application/json")


@router.get("/models", summary="The catalogue, as OpenRouter lists it", responses=LIST)
async def models(runtime: Here, query: Annotated[CatalogueQuery, Query()]) -> Response:
    """Every model on offer, or those that a search finds, in the catalogue's order."""
    return reply(page(runtime.catalog, query))


@router.get("/models/{model_id:path}", summary="One model, as OpenAI's clients ask for it", responses=ONE)
async def model(runtime: Here, model_id: ModelId) -> Response:
    """What is known about one model. Ids contain slashes, written as they are or encoded."""
    return reply(row_of(runtime, model_id))


@router.get("/model/{model_id:path}", summary="One model, as OpenRouter's clients ask for it", responses=ONE_WRAPPED)
async def wrapped_model(runtime: Here, model_id: ModelId) -> Response:
    """The same under the key `data`."""
    return reply({"data": row_of(runtime, model_id)})


def row_of(runtime: Runtime, name: str) -> dict[str, Any]:
    """The row of a model, or of its successor. Raises `Refusal` (404) when nobody lists it."""
    found = runtime.catalog.resolve(name).model
    if found is None:
        raise unknown_model(name, runtime.catalog.suggest(name))
    return model_row(found)
