"""Drills played: faults on, one operation through a real engine over real sockets, and everything known of it judged.

A stage is made for one drill and thrown away after it: an engine with breakers and speeds of its own, and a simulator
that nobody else asks. So drills may run side by side, and none disturbs the traffic of the process that it runs in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from anyio import CancelScope

from jarvis_ai.domain import Completed, Completion, Event, Link, Operation, Source
from jarvis_ai.drills.cases import Drill
from jarvis_ai.drills.forecast import Forecast, foresee
from jarvis_ai.drills.verdicts import SLACK, Evidence, Row, Seen, Verdict, judge
from jarvis_ai.engine import Engine
from jarvis_ai.engine.settling import Settling
from jarvis_ai.simulator import Simulator

AT_ONCE = 4
"""Drills of a full one that run side by side: their waits overlap, their work does not fill a small machine."""

Emit = Callable[[Event], None]


class Log(Protocol):
    """How the usage log is read back."""

    def __call__(self, operation_id: str) -> tuple[Sequence[Row], str]:
        """The rows of an operation's attempts, and the operation's own status; empty where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """What one drill needs."""

    engine: Engine
    simulator: Simulator
    """Where faults happen."""
    log: Log
    settling: Settling
    """Asks for costs that were not known at the end, before the log is read: the engine's own outlives the stage."""
    close: Callable[[], Awaitable[None]]
    """Clears everything away that was made for it."""
    stand_ins: dict[Link, Link] = field(default_factory=dict)
    """Under which name the simulator knows a broken link, where that is another."""
    real: bool = False
    """Whether links without a fault are the providers themselves."""

    def open(self, drill: Drill) -> Operation:
        """The operation of a drill, not yet begun."""
        chain = drill.chain
        return self.engine.open(drill.prompt, chain, source=Source.DRILL, tag=drill.name, restarts=drill.restarts)

    def forecast(self, drill: Drill) -> Forecast:
        """What the engine's policy promises for a drill."""
        speed = self.simulator.speed
        policy, restarts = self.engine.policy, drill.restarts
        return foresee(drill.chain, drill.faults, policy, prompt=drill.prompt, restarts=restarts, speed=speed)


Theatre = Callable[[Drill], Stage]
"""Makes the stage for a drill; may block for a moment."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A drill and what came of it."""

    drill: Drill
    forecast: Forecast
    verdict: Verdict
    completion: Completion
    started_at: float
    """Seconds since the epoch."""
    simulated: bool
    """Whether the simulator answered for every link."""


async def perform(stage: Stage, drill: Drill, operation: Operation, emit: Emit = lambda event: None) -> Outcome:
    """Play one drill to its end and clear the stage. A cancelled one is recorded as such and has no outcome."""
    try:
        return await _perform(stage, drill, operation, emit)
    finally:
        with CancelScope(shield=True):
            await stage.close()


async def _perform(stage: Stage, drill: Drill, operation: Operation, emit: Emit) -> Outcome:
    events: list[Event] = []

    def tell(event: Event) -> None:
        events.append(event)
        emit(event)

    for link, fault in drill.faults.items():
        stage.simulator.faults.set(str(stage.stand_ins.get(link, link)), fault)
    hung = True
    with suppress(TimeoutError):
        async with asyncio.timeout(stage.engine.policy.deadlines.longest + SLACK):
            await stage.engine.run(operation, tell)
            hung = False
    completion = next(event.completion for event in reversed(events) if isinstance(event, Completed))
    await _settle(stage, completion)
    evidence = await _evidence(stage, drill, completion, Seen.of(events), operation.started_at, hung=hung)
    forecast = stage.forecast(drill)
    return Outcome(
        drill, forecast, judge(forecast, evidence), completion, operation.started_at, simulated=not stage.real
    )


async def _settle(stage: Stage, completion: Completion) -> None:
    if any(attempt.cost.nanos is None and attempt.generation_id for attempt in completion.attempts):
        await stage.settling.settle(completion)


async def _evidence(
    stage: Stage, drill: Drill, completion: Completion, seen: Seen, started_at: float, *, hung: bool
) -> Evidence:
    rows, status = await asyncio.to_thread(stage.log, completion.operation_id)
    simulator = stage.simulator
    return Evidence(
        completion=completion,
        seen=seen,
        started_at=started_at,
        longest=stage.engine.policy.deadlines.longest,
        hung=hung,
        healthy={} if stage.real else healthy(simulator, drill, completion.text),
        rows=rows,
        row_status=status,
        dispatched=None if stage.real else sum(call.method == "POST" for call in simulator.calls),
        charges={} if stage.real else {charge.id: charge.nanos for charge in simulator.ledger.charges()},
    )


def healthy(simulator: Simulator, drill: Drill, said: str) -> dict[Link, str]:
    """What each simulated link says when nothing goes wrong, and what the model says whose name `said` bears.

    An answer that broke off in the middle of a name may have been finished in that of another model.
    """
    links = {place.link for place in drill.chain.links}
    if speaker := simulator.speaker(said):
        links.add(Link.parse(speaker))
    texts = {link: simulator.says(link.provider, link.model, drill.prompt.messages) for link in links}
    return {link: text for link, text in texts.items() if text is not None}


async def full(
    theatre: Theatre,
    drills: Iterable[Drill],
    *,
    at_once: int = AT_ONCE,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Play all drills, some side by side, and give their outcomes in order; `tell` hears of each as it ends."""
    free = asyncio.Semaphore(at_once)

    async def play(drill: Drill) -> Outcome:
        async with free:
            stage = await _made(theatre, drill)
            outcome = await perform(stage, drill, stage.open(drill))
        tell(outcome)
        return outcome

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(play(drill)) for drill in drills]
    return [task.result() for task in tasks]


async def _made(theatre: Theatre, drill: Drill) -> Stage:
    """The stage; when nobody waits for it any more it is cleared away as soon as it stands."""
    making = asyncio.ensure_future(asyncio.to_thread(theatre, drill))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        await (await making).close()
        raise
