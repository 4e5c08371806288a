"""Stages for drills, made from a runtime: an engine and a simulator of their own, its log and its prices.

Two runtimes take part: the drills' own, whose loop all of them run in, and the one of real traffic, whose settings say
how the real providers are asked. Of that one nothing but its log is used.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial

import httpx

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER, Link
from jarvis_ai.drills import DEADLINES, Drill, Outcome, Stage, drill_policy, full, keep, perform
from jarvis_ai.drills.detour import Detour, Unbilled, address, stand_ins
from jarvis_ai.drills.log import LogReader
from jarvis_ai.engine import Engine
from jarvis_ai.engine.settling import Account, Settling
from jarvis_ai.policy import Deadlines, Policy
from jarvis_ai.providers.base import Provider
from jarvis_ai.providers.transport import AiohttpTransport
from jarvis_ai.runtime.composition import providers, towards
from jarvis_ai.runtime.run import Run
from jarvis_ai.runtime.runtime import Runtime
from jarvis_ai.settings import Settings
from jarvis_ai.simulator import Simulator

logger = logging.getLogger("jarvis_ai.runtime")

PAUSES = (1.0, 2.0, 4.0)
"""Seconds before each time that a cost is asked for afterwards: a verdict waits for it, so not for long."""
SOON = (0.05, 0.2, 1.0)
"""The same on a simulator, whose account is up to date."""


@dataclass(slots=True)
class Rehearsal:
    """One drill under way."""

    run: Run
    ending: Future[Outcome]

    @property
    def outcome(self) -> Outcome | None:
        """What came of it; None while it lasts, and when it was stopped or broke."""
        ended = self.ending.done() and not self.ending.cancelled() and self.ending.exception() is None
        return self.ending.result() if ended else None

    def judged(self, timeout: float = 15.0) -> Outcome | None:
        """What came of it, which is known a moment after the run's end; None when it was stopped or broke."""
        wait([self.ending], timeout)
        return self.outcome


@dataclass(slots=True)
class FullRehearsal:
    """A full drill under way; its outcomes come in the order of their ends."""

    drills: Sequence[Drill]
    outcomes: list[Outcome] = field(default_factory=list)
    ending: Future[list[Outcome]] | None = None

    @property
    def done(self) -> bool:
        return self.ending is None or self.ending.done()

    def in_order(self) -> list[Outcome]:
        """What has ended so far, in the order of the drills."""
        places = {drill.name: place for place, drill in enumerate(self.drills)}
        return sorted(self.outcomes, key=lambda outcome: places[outcome.drill.name])

    def wait(self, timeout: float) -> None:
        """Block until it is over, or `timeout` seconds passed."""
        if self.ending is not None:
            wait([self.ending], timeout)

    @property
    def problem(self) -> str:
        """Why it broke, in one sentence; empty when it did not."""
        if self.ending is None or not self.ending.done() or self.ending.cancelled():
            return ""
        broken = self.ending.exception()
        return f"The full drill broke: {broken}. The server's log has more." if broken else ""

    def cancel(self) -> None:
        """Stop it; what has ended by then stays."""
        if self.ending is not None:
            self.ending.cancel()


class Rehearsals:
    """Where drills are started. Every method may be called from any thread."""

    def __init__(self, home: Runtime, front: Runtime, *, deadlines: Deadlines = DEADLINES) -> None:
        """`home` carries the drills out; `front` is the runtime of real traffic."""
        self._home = home
        self._front = front
        self._rehearsed = drill_policy(home.engine.policy, deadlines)

    @property
    def real_providers(self) -> bool:
        """Whether there are providers besides the simulator."""
        return not self._front.simulated

    def runtime(self, *, real: bool) -> Runtime:
        """Whose plans, prices and log a drill is about."""
        return self._front if real else self._home

    def policy(self, *, real: bool) -> Policy:
        """The policy that a drill runs under: that of real traffic with real providers, else a quicker one."""
        return self._front.engine.policy if real else self._rehearsed

    @property
    def speed(self) -> float:
        """How many times faster than life the simulator of a drill answers."""
        return self._home.settings.demo_speed

    def start(self, drill: Drill, *, real: bool = False) -> Rehearsal:
        """Begin a drill and return at once; its verdict is kept when it ends."""
        stage = self._stage(drill, real=real)
        operation = stage.open(drill)
        run = Run(operation)
        ending = self._home.spawn(self._perform, stage, drill, run)
        run.belongs_to(ending)
        return Rehearsal(run, ending)

    async def _perform(self, stage: Stage, drill: Drill, run: Run) -> Outcome:
        outcome = await perform(stage, drill, run.operation, run.emit)
        await asyncio.to_thread(self._keep, outcome)
        return outcome

    def start_full(self, drills: Sequence[Drill], *, real: bool = False) -> FullRehearsal:
        """Begin a full drill and return at once; each verdict is kept as it comes."""
        rehearsal = FullRehearsal(drills)

        def tell(outcome: Outcome) -> None:
            self._keep(outcome)
            rehearsal.outcomes.append(outcome)

        rehearsal.ending = self._home.spawn(partial(full, partial(self._stage, real=real), drills, tell=tell))
        return rehearsal

    def theatre(self, drill: Drill) -> Stage:
        """A stage on the simulator."""
        return self._stage(drill, real=False)

    def _keep(self, outcome: Outcome) -> None:
        try:
            keep(self._home.documents, outcome)
        except sqlite3.Error as exc:
            logger.warning("The verdict of a drill could not be kept: %s", exc)

    def _stage(self, drill: Drill, *, real: bool) -> Stage:
        runtime, policy = self.runtime(real=real), self.policy(real=real)
        simulator = Simulator(speed=self.speed)
        simulator.start()
        names = stand_ins(drill.faults) if real else {}
        if real:
            made = detoured(runtime.settings, simulator, names, policy.deadlines)
        else:
            made = providers(towards(simulator, runtime.settings), policy.deadlines)
        price, simulated = runtime.engine.price, not real
        engine = Engine(made, runtime.usage_log, policy=policy, price=price, simulated=simulated)
        engine.settling = Settling(lambda name: None, runtime.usage_log.record)
        settling = Settling(partial(_account, made), runtime.usage_log.record, pauses=PAUSES if real else SOON)
        close = partial(_close, made, simulator)
        return Stage(engine, simulator, LogReader(runtime.analytics), settling, close, names, real=real)


def detoured(
    settings: Settings, simulator: Simulator, names: dict[Link, Link], deadlines: Deadlines
) -> dict[str, Provider]:
    """The real providers, with the broken links led to the simulator under the `names` that it knows."""
    addresses = {
        OPENROUTER: settings.openrouter_base_url,
        OPENAI: settings.openai_base_url,
        ANTHROPIC: settings.anthropic_base_url,
    }

    def wrap(provider: str, straight: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        models = {link.model: known.model for link, known in names.items() if link.provider == provider}
        if not models:
            return straight
        aside, there = AiohttpTransport(), address(simulator, provider)
        return Detour(straight, aside, models, base_url=addresses[provider], simulated_url=there)

    made = providers(settings, deadlines, wrap=wrap)
    broken = {name: {link.model for link in names if link.provider == name} for name in made}
    return {name: Unbilled(each, broken[name]) if broken[name] else each for name, each in made.items()}


def _account(made: dict[str, Provider], name: str) -> Account | None:
    return getattr(made.get(name), "account", None)


async def _close(made: dict[str, Provider], simulator: Simulator) -> None:
    for provider in made.values():
        close = getattr(provider, "aclose", None)
        if close is not None:
            await close()
    await asyncio.to_thread(simulator.stop)
