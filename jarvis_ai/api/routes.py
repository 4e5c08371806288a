"""What is served beside the console, and in its absence: the same routes at the same paths."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import BaseRoute, Mount

from jarvis_ai.api import create_api
from jarvis_ai.api.errors import nothing_here
from jarvis_ai.runtime import Runtime

PREFIX = "/api/v1"


def routes(runtime: Callable[[], Runtime]) -> list[BaseRoute]:
    """Routes for a Starlette application. `runtime` is called when a request comes, not before."""
    return [Mount(PREFIX, create_api(runtime)), Mount("/api", nothing_here)]
