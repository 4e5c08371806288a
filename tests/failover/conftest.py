"""An engine over the real transport, and the simulator's sockets behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from jarvis_ai.domain import Chain, Completion, Event, Prompt, Source, TextDelta, TextDiscarded
from jarvis_ai.engine import Engine
from jarvis_ai.policy import Backoff, Deadlines, Hedging, Policy
from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.simulator import Simulator
from tests.builders import Notebook

CHAIN = Chain.of("openai/gpt-4o", "openai/gpt-4o-mini", "openai:gpt-4o", "anthropic:claude-haiku-4-5")
FIRST = str(CHAIN.links[0].link)

QUICK = Policy(
    deadlines=Deadlines(headers=1.5, first_token=1.5, silence=1.5, total=30.0, answer=30.0),
    backoff=Backoff(base=0.001),
    hedging=Hedging(on=False),
)
"""The usual policy with shorter times: what it decides is the same."""


@pytest.fixture(scope="package")
def running() -> Iterator[Simulator]:
    with Simulator(speed=1000) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Iterator[Simulator]:
    running.faults.clear()
    yield running
    running.faults.clear()


class Caller:
    """Somebody who asks, and what is before him in the end."""

    def __init__(self, simulator: Simulator) -> None:
        self.notebook = Notebook()
        self._engines: list[Engine] = []
        self.providers = {
            "openrouter": OpenRouter(api_key="sk-or-v1-test", base_url=simulator.openrouter_url),
            "openai": OpenAI(api_key="sk-test", base_url=simulator.openai_url),
            "anthropic": Anthropic(api_key="sk-ant-test", base_url=simulator.anthropic_url),
        }
        self.engine = self.made(QUICK)

    def made(self, policy: Policy, **world: Any) -> Engine:
        engine = Engine(self.providers, self.notebook, policy=policy, **world)
        self._engines.append(engine)
        return engine

    async def leave(self) -> None:
        for engine in self._engines:
            engine.settling.stop()
        for provider in self.providers.values():
            await provider.aclose()

    async def ask(
        self, text: str = "How do I plan a party?", chain: Chain = CHAIN, **about: Any
    ) -> tuple[Completion, str]:
        received: list[str] = []

        def emit(event: Event) -> None:
            match event:
                case TextDelta(piece):
                    received.append(piece)
                case TextDiscarded():
                    received.clear()

        operation = self.engine.open(Prompt.of(text), chain, source=Source.PYTHON, **about)
        completion = await self.engine.run(operation, emit)
        return completion, "".join(received)


@pytest.fixture
async def caller(simulator: Simulator) -> AsyncIterator[Caller]:
    caller = Caller(simulator)
    yield caller
    await caller.leave()
