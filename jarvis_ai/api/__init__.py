"""The HTTP door: FastAPI at the border, the shared runtime behind it. It must not know Streamlit."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from jarvis_ai.api import ai, errors
from jarvis_ai.api.auth import BearerGate
from jarvis_ai.api.limits import BodyLimit
from jarvis_ai.runtime import Runtime

DESCRIPTION = """
Jarvis AI asks models through OpenRouter and falls back when one fails; every call is in the usage log.

Every route needs the bearer token of the server: `curl -H "Authorization: Bearer $(cat data/api_token)" …`.
Errors are `{"error": {"code", "message", …}}`: `code` is for programs, `message` for people.
"""


def create_api(runtime: Callable[[], Runtime]) -> FastAPI:
    """The API over the runtime that `runtime` hands out, to be mounted at `/api/v1`."""
    api = FastAPI(title="Jarvis AI", version="1.0.0", summary="A shared fallback engine", description=DESCRIPTION)
    api.state.runtime = runtime
    api.include_router(ai.router)
    errors.handle(api)
    api.add_middleware(BodyLimit)
    api.add_middleware(BearerGate, token=lambda: runtime().api_token)
    return api
