"""An engine whose providers are scripted and whose waits are only noted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jarvis_ai.domain import Chain, ChainLink, Completion, Event, Prompt, Source
from jarvis_ai.engine import Engine
from jarvis_ai.policy import Policy
from tests.builders import DIRECT, A, B, Notebook, Scripted

HELLO = Prompt.of("Hello")
CHAIN = Chain((ChainLink(A), ChainLink(B), ChainLink(DIRECT)))


class World:
    """Everything around one operation."""

    def __init__(self, *scripts: list, direct: list | None = None, policy: Policy | None = None) -> None:
        self.router = Scripted(list(scripts))
        self.direct = Scripted(direct or [])
        self.notebook = Notebook()
        self.slept: list[float] = []
        self.events: list[Event] = []
        self.told: Callable[[Event], None] = lambda event: None
        self.engine = Engine(
            {"openrouter": self.router, "openai": self.direct},
            self.notebook,
            policy=policy,
            sleep=self._sleep,
            jitter=lambda: 0.5,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        self.told(event)

    async def ask(self, chain: Chain = CHAIN, *, prompt: Prompt = HELLO, **about: Any) -> Completion:
        operation = self.engine.open(prompt, chain, source=Source.PYTHON, **about)
        return await self.engine.run(operation, self._emit)

    def seen(self, *kinds: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


def when(kind: type, event: asyncio.Event) -> Callable[[Event], None]:
    """Sets `event` as soon as an event of this kind is seen."""

    def told(happened: Event) -> None:
        if isinstance(happened, kind):
            event.set()

    return told
