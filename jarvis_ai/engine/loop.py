"""One operation from its plan to its completion.

`Engine.run` is a coroutine and not a generator: streaming or not, there is one loop, and its events leave through
`emit`, which runs in the engine's thread and may queue or write but never wait.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, Unpack

from jarvis_ai.domain import (
    UNKNOWN_COST,
    About,
    Chain,
    Completion,
    Fact,
    Operation,
    Prompt,
    Source,
)
from jarvis_ai.engine.breakers import Breakers
from jarvis_ai.engine.budget import HedgeBudget
from jarvis_ai.engine.costs import Price
from jarvis_ai.engine.gates import Gate
from jarvis_ai.engine.ids import uuid7
from jarvis_ai.engine.settling import Account, Settling
from jarvis_ai.engine.speeds import Speeds
from jarvis_ai.engine.walk import Emit, Walk
from jarvis_ai.policy import Policy
from jarvis_ai.providers.base import Provider


class Recorder(Protocol):
    """Where facts are kept."""

    async def record(self, *facts: Fact) -> None:
        """Keep `facts`, all or none, in order; returns once they would survive the process. Never raises.

        Takes them in before it first waits: a caller that is cancelled meanwhile loses none.
        """
        ...


class Engine:
    """Walks chains. One a process, used from one event loop."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        recorder: Recorder,
        *,
        policy: Policy | None = None,
        price: Price = lambda link, usage, at: UNKNOWN_COST,
        simulated: bool = False,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.providers = providers
        self.recorder = recorder
        self.policy = policy or Policy()
        self.breakers = Breakers(self.policy)
        self.settling = Settling(self._account, recorder.record)
        self.speeds = Speeds()
        self.hedges = HedgeBudget(self.policy.hedging)
        self._gates: dict[str, Gate] = {}
        self.price = price
        self.simulated = simulated
        self.clock = clock
        self.timer = timer
        self.sleep = sleep
        self.jitter = jitter

    def open(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Operation:
        """A new operation, not yet begun."""
        now = self.clock()
        return Operation(uuid7(now), now, source, prompt, chain, simulated=self.simulated, **about)

    async def run(self, operation: Operation, emit: Emit = lambda event: None) -> Completion:
        """Ask the operation's links until one has answered whole, or nobody is left to ask.

        Returns the completion, whose status is ok or failed. When the task is cancelled the operation is recorded as
        cancelled and the cancellation goes on. The first event is `Planned`, the last `Completed`.
        """
        return await Walk(self, operation, emit).to_the_end()

    def _account(self, provider: str) -> Account | None:
        return getattr(self.providers.get(provider), "account", None)

    def gate(self, provider: str) -> Gate:
        """Where calls to `provider` queue."""
        gate = self._gates.get(provider)
        if gate is None:
            gate = self._gates[provider] = Gate(provider, self.policy.concurrency)
        return gate
