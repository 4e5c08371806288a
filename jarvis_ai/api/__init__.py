"""The HTTP door: FastAPI at the border, the shared runtime behind it. It must not know Streamlit."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse

from jarvis_ai.api import ai, errors, gateway, reference
from jarvis_ai.api.auth import BearerGate
from jarvis_ai.api.limits import BodyLimit
from jarvis_ai.runtime import Runtime

DESCRIPTION = """
Jarvis AI asks models through OpenRouter and falls back when one fails; every call is in the usage log.

Every route needs the bearer token of the server: `curl -H "Authorization: Bearer $(cat data/api_token)" …`.
Errors are `{"error": {"code", "message", …}}`: `code` is for programs, `message` for people.
"""


async def read_reference(request: Request) -> HTMLResponse:
    """The OpenAPI document, to read."""
    text = reference.page(request.app.openapi(), request.scope["root_path"])
    return HTMLResponse(text, headers=reference.HEADERS)


def create_api(runtime: Callable[[], Runtime]) -> FastAPI:
    """The API over the runtime that `runtime` hands out, to be mounted at `/api/v1`."""
    api = FastAPI(
        title="Jarvis AI",
        version="1.0.0",
        summary="A shared fallback engine",
        description=DESCRIPTION,
        exception_handlers=errors.HANDLERS,
        # FastAPI's own pages fetch their scripts from a host outside.
        docs_url=None,
        redoc_url=None,
    )
    api.state.runtime = runtime
    api.add_api_route("/docs", read_reference, include_in_schema=False)
    api.include_router(ai.router)
    api.include_router(gateway.router)
    api.add_middleware(BodyLimit)
    api.add_middleware(BearerGate, token=lambda: runtime().api_token)
    return api
