"""The simulator as a thing to start and stop: one process, one socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Self

from aiohttp import web

from jarvis_ai.domain import OPENROUTER
from jarvis_ai.simulator import account, catalog
from jarvis_ai.simulator.admin import Admin
from jarvis_ai.simulator.answers import Ask, compose
from jarvis_ai.simulator.anthropic import AnthropicDialect
from jarvis_ai.simulator.continuation import bearers
from jarvis_ai.simulator.exchange import Call, World
from jarvis_ai.simulator.faults import Faults
from jarvis_ai.simulator.inference import answering
from jarvis_ai.simulator.ledger import Ledger
from jarvis_ai.simulator.openai import OpenAIDialect
from jarvis_ai.simulator.openrouter import OpenRouterDialect

OPENROUTER_PATH, OPENAI_PATH, ANTHROPIC_PATH = "/openrouter/api/v1", "/openai/v1", "/anthropic"
LARGEST_BODY = 32 * 1024 * 1024
SHUTDOWN_SECONDS = 0.05
"""How long an answer under way may take when the simulator is stopped."""


def application(world: World) -> web.Application:
    """All routes over one world."""
    app = web.Application(client_max_size=LARGEST_BODY)
    openrouter, openai, anthropic = OpenRouterDialect(), OpenAIDialect(), AnthropicDialect()
    reads = [
        web.get(OPENROUTER_PATH + path, account.reading(openrouter, world, read))
        for path, read in account.OPENROUTER_READS.items()
    ]
    app.add_routes(
        [
            web.post(f"{OPENROUTER_PATH}/chat/completions", answering(openrouter, world)),
            web.post(f"{OPENAI_PATH}/chat/completions", answering(openai, world)),
            web.post(f"{ANTHROPIC_PATH}/v1/messages", answering(anthropic, world)),
            *reads,
            web.get(f"{OPENAI_PATH}/models", account.reading(openai, world, account.openai_models)),
            web.get(f"{ANTHROPIC_PATH}/v1/models", account.reading(anthropic, world, account.anthropic_models)),
            *Admin(world).routes(),
        ]
    )
    return app


class Simulator:
    """Three providers on one socket. The same seed and questions give the same answers, tokens and costs."""

    def __init__(self, *, seed: int = 1, speed: float = 1.0) -> None:
        """`speed` is how many times faster than life the answers come."""
        if speed <= 0:
            raise ValueError(f"'speed' is how many times faster than life; {speed:g} is none.")
        self._world = World(seed=seed, speed=speed)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._address = ""

    @property
    def base_url(self) -> str:
        """Where it listens, without a slash at the end; empty while it does not."""
        return self._address

    @property
    def openrouter_url(self) -> str:
        return self._address + OPENROUTER_PATH

    @property
    def openai_url(self) -> str:
        return self._address + OPENAI_PATH

    @property
    def anthropic_url(self) -> str:
        return self._address + ANTHROPIC_PATH

    @property
    def faults(self) -> Faults:
        return self._world.faults

    @property
    def ledger(self) -> Ledger:
        return self._world.ledger

    @property
    def speed(self) -> float:
        """How many times faster than life the answers come."""
        return self._world.speed

    @property
    def calls(self) -> tuple[Call, ...]:
        """The latest requests, oldest first."""
        return tuple(self._world.calls)

    def says(self, provider: str, model: str, messages: Sequence[Mapping[str, Any]]) -> str | None:
        """What a model answers to a conversation when nothing goes wrong; None for one that there is not."""
        row = catalog.find(model) if provider == OPENROUTER else catalog.find_direct(provider, model)
        return None if row is None else compose(Ask(row.id, messages), seed=self._world.seed).text

    def speaker(self, text: str) -> str | None:
        """The model whose name an answer bears; None for one that bears none."""
        return next(bearers(text), None)

    def start(self, port: int = 0, *, host: str = "127.0.0.1") -> str:
        """Listen in a thread of its own and return the base URL; port 0 takes a free one.

        Raises `OSError` when the port is taken, `OverflowError` when it is none.
        """
        if self._thread is not None:
            raise RuntimeError("The simulator is running already.")
        # Reading the catalogue takes a while: better now than inside somebody's first request.
        catalog.rows()
        ready: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(host, port, ready), name="simulator", daemon=True)
        self._thread.start()
        try:
            self._address = ready.result()
        except BaseException:
            self._join()
            raise
        return self._address

    def stop(self) -> None:
        """Hang up on everybody and stop listening; nothing happens when it is not running."""
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._join()

    @contextmanager
    def running(self, port: int = 0, *, host: str = "127.0.0.1") -> Iterator[str]:
        """Listen while the block runs; gives the base URL."""
        self.start(port, host=host)
        try:
            yield self._address
        finally:
            self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = self._loop = self._stopping = None
        self._address = ""

    def _run(self, host: str, port: int, ready: Future[str]) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve(host, port, ready))

    async def _serve(self, host: str, port: int, ready: Future[str]) -> None:
        runner = web.AppRunner(
            application(self._world),
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_SECONDS,
            access_log=None,
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
            ready.set_result(f"http://{host}:{runner.addresses[0][1]}")
            await self._stopping.wait()
        except (OSError, OverflowError) as exc:
            ready.set_exception(exc)
        finally:
            await runner.cleanup()
