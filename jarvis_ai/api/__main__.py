"""`python -m jarvis_ai.api --port 8600`: the HTTP API as a process of its own, on the same usage log."""

from __future__ import annotations

import argparse
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from jarvis_ai.api.errors import nothing_here
from jarvis_ai.api.routes import PREFIX, routes
from jarvis_ai.errors import ConfigurationError
from jarvis_ai.runtime import Runtime, shared, spare_collector


def application(runtime: Callable[[], Runtime], *, where: str) -> Starlette:
    """The routes as an application that starts the runtime before it serves and closes it afterwards."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        started = await anyio.to_thread.run_sync(runtime)
        spare_collector()
        print(f"Jarvis AI serves {where}{PREFIX}/ai/… · bearer token: {whereabouts(started)}", flush=True)
        yield
        await anyio.to_thread.run_sync(started.close)

    return Starlette(routes=[*routes(runtime), Mount("/", nothing_here)], lifespan=lifespan)


def whereabouts(runtime: Runtime) -> str:
    """Where the token can be found; never the token."""
    settings = runtime.settings
    return "as set in JARVIS_API_TOKEN" if settings.api_token else f"in {settings.data_dir / 'api_token'}"


def port(text: str) -> int:
    """Raises `ValueError`, which argparse tells the user, for what is no port."""
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError
    return number


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.api", description="The HTTP API without the console.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=port, default=8600, help="port to listen at (default: %(default)s)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    wanted = arguments(argv)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        shared()
    except ConfigurationError as exc:
        raise SystemExit(str(exc)) from exc
    app = application(shared, where=f"http://{wanted.host}:{wanted.port}")
    uvicorn.run(app, host=wanted.host, port=wanted.port, log_level="warning", timeout_graceful_shutdown=10)


if __name__ == "__main__":
    main()
