"""The gateway on a real socket, over the real runtime and its simulator, and whoever talks to it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from jarvis_ai.analytics import ALL_TRAFFIC, Period
from jarvis_ai.api.__main__ import application
from jarvis_ai.engine.breakers import Breakers
from jarvis_ai.policy import Backoff, Policy
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.runtime import Runtime
from jarvis_ai.settings import Settings
from jarvis_ai.simulator import Simulator

QUESTION = [{"role": "user", "content": "How do I plan a birthday party?"}]


class Server(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where it listens, and what is behind it."""

    url: str
    runtime: Runtime
    simulator: Simulator

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.runtime.api_token}"}

    def post(self, **body: Any) -> httpx.Response:
        """One question; its messages are the usual ones unless others are given."""
        return httpx.post(
            f"{self.url}/chat/completions", headers=self.headers, json={"messages": QUESTION, **body}, timeout=20.0
        )

    def operation(self, operation_id: str) -> dict[str, Any]:
        """The usage log's row."""
        row = self.runtime.analytics.operation(operation_id)
        assert row is not None
        return row

    def cancelled(self) -> int:
        """How many operations the usage log has as cancelled."""
        return self.runtime.analytics.summary(Period(0.0, time.time() + 60.0), ALL_TRAFFIC).cancelled

    def forget(self) -> None:
        """Clear every fault, and every breaker that they have opened."""
        self.simulator.faults.clear()
        self.runtime.engine.breakers = Breakers(self.runtime.engine.policy)


@contextmanager
def gateway(folder: Path, *, speed: float = 1000.0) -> Iterator[Gateway]:
    """The gateway while the block runs."""
    # Without backoff: a test that makes links fail waits for nobody.
    policy = Policy(backoff=Backoff(0.0, 0.0))
    runtime = Runtime(Settings(data_dir=folder, demo_speed=speed), policy=policy, quiet=True)
    app = application(lambda: runtime, where="a test")
    # The lifespan belongs to the caller: the runtime is closed when the server is gone.
    server = Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, name="gateway")
    thread.start()
    assert server.listens.wait(20.0)
    port = server.servers[0].sockets[0].getsockname()[1]
    assert runtime.simulator is not None
    try:
        yield Gateway(f"http://127.0.0.1:{port}/api/v1", runtime, runtime.simulator)
    finally:
        server.should_exit = True
        thread.join()
        runtime.close()


@contextmanager
def before(gateway: Gateway, server: httpx.AsyncBaseTransport) -> Iterator[Gateway]:
    """The gateway before another OpenRouter than the simulator's while the block runs."""
    engine = gateway.runtime.engine
    usual = engine.providers
    engine.providers = {"openrouter": OpenRouter(api_key="k", base_url="http://router", transport=server)}
    try:
        yield gateway
    finally:
        engine.providers = usual


def chunks(text: str) -> list[dict[str, Any]]:
    """The parsed events of a stream, without comments and the end marker."""
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def spoken(events: list[dict[str, Any]]) -> str:
    """The words in the chunks of a stream."""
    choices = [choice for event in events for choice in event["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)
