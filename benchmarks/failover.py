"""What hedging buys and costs where one call in twenty is ten times slower, and what a dead primary costs a breaker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.harness import Row, median
from jarvis_ai.domain import OPENAI, OPENROUTER, Chain, Prompt, Source
from jarvis_ai.engine import Engine
from jarvis_ai.policy import Backoff, Hedging, Policy
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.simulator import Fault, Simulator
from jarvis_ai.usage_log import UsageLog

NAME = "failover"
TITLE = "Failover on the simulator's sockets: hedging on and off, and a primary that is down for a minute"

SPEED = 4.0
"""How many times faster than life the simulator answers."""
TTFT = 0.45 / SPEED
"""Seconds to the first token that are usual for the model asked."""
CALLS, IN_FLIGHT = 400, 20
MODEL = "openrouter:openai/gpt-4o-mini"
CHAIN = Chain.of(MODEL, "openai:gpt-4o-mini")
PROMPT = Prompt.of("How do I plan a small party?", max_tokens=30)

QUICKER = 10.0
"""How many times faster than life the minute of the dead primary passes."""


def measure(turns: int = 7) -> list[Row]:
    """p99 and median of the first token in milliseconds, dollars of a thousand calls; and the breaker's figures."""
    with Simulator(speed=SPEED) as simulator, TemporaryDirectory() as folder:
        hedging = asyncio.run(_hedging(simulator, Path(folder), min(turns, 5)))
        breaker = asyncio.run(_breaker(simulator, Path(folder)))
    return [*hedging, *breaker]


@asynccontextmanager
async def _engine(simulator: Simulator, database: Path, policy: Policy, **world: object) -> AsyncIterator[Engine]:
    providers = {
        OPENROUTER: OpenRouter(api_key="sk-or-v1-benchmark", base_url=simulator.openrouter_url),
        OPENAI: OpenAI(api_key="sk-benchmark", base_url=simulator.openai_url),
    }
    log = UsageLog(database)
    engine = Engine(providers, log, policy=policy, **world)  # type: ignore[arg-type]
    try:
        yield engine
    finally:
        engine.settling.stop()
        for provider in providers.values():
            await provider.aclose()
        log.close()


async def _hedging(simulator: Simulator, folder: Path, turns: int) -> list[Row]:
    simulator.faults.set(MODEL, Fault("slow_first_token", rate=0.05, seconds=10 * TTFT))
    usual = Policy(hedging=Hedging(floor=TTFT))
    arms = {"on": usual, "off": replace(usual, hedging=Hedging(on=False))}
    times: dict[str, list[float]] = {arm: [] for arm in arms}
    billed = dict.fromkeys(arms, 0)
    async with AsyncExitStack() as stack:
        engines = {
            arm: await stack.enter_async_context(_engine(simulator, folder / f"{arm}.db", policy))
            for arm, policy in arms.items()
        }
        for engine in engines.values():
            await _ask(engine, 60)  # the engine learns how quick the model is
        for _ in range(turns):
            for arm, engine in engines.items():
                before = _billed(simulator)
                times[arm] += await _ask(engine, CALLS)
                await asyncio.sleep(0.5)  # what was called off is billed when the simulator notices
                billed[arm] += _billed(simulator) - before
    simulator.faults.clear()
    p99 = {arm: quantiles(each, n=100)[98] * 1e3 for arm, each in times.items()}
    p50 = {arm: median(each) * 1e3 for arm, each in times.items()}
    spent = {arm: nanos / 1e9 / (CALLS * turns) * 1000 for arm, nanos in billed.items()}
    return [
        Row("p99 first token", "ms", p99, goal=0.4 * p99["off"]),
        Row("median first token", "ms", p50, goal=1.1 * p50["off"]),
        Row("1,000 calls", "$", spent, goal=1.06 * spent["off"]),
    ]


def _billed(simulator: Simulator) -> int:
    """Nanos of everything that both providers have billed."""
    return simulator.ledger.nanos(OPENROUTER) + simulator.ledger.nanos(OPENAI)


async def _ask(engine: Engine, calls: int) -> list[float]:
    """Seconds to the first token of each call, as its caller sees it."""
    times: list[float] = []
    free = asyncio.Semaphore(IN_FLIGHT)

    async def one() -> None:
        async with free:
            completion = await engine.run(engine.open(PROMPT, CHAIN, source=Source.PYTHON))
            assert completion.ok, completion
            assert completion.ttft is not None
            times.append(completion.ttft)

    await asyncio.gather(*(one() for _ in range(calls)))
    return times


async def _breaker(simulator: Simulator, folder: Path) -> list[Row]:
    """A minute of a dead primary under steady traffic of five calls a second, with a clock that runs faster."""
    began = time.time()

    def clock() -> float:
        return began + (time.time() - began) * QUICKER

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / QUICKER)

    policy = Policy(hedging=Hedging(on=False), backoff=Backoff(base=0.0))
    async with _engine(simulator, folder / "breaker.db", policy, clock=clock, sleep=sleep) as engine:
        simulator.faults.set(MODEL, Fault("unavailable"))
        down_at, asked = clock(), []
        while clock() < down_at + 60:
            completion = await engine.run(engine.open(PROMPT, CHAIN, source=Source.PYTHON))
            assert completion.ok, completion
            asked += [each.started_at for each in completion.attempts if str(each.link) == MODEL]
            await sleep(0.2)
        simulator.faults.clear()
        up_at = clock()
        while completion.link != CHAIN.links[0].link:
            completion = await engine.run(engine.open(PROMPT, CHAIN, source=Source.PYTHON))
            await sleep(0.2)
        used_again = completion.attempts[-1].started_at - up_at
    limits = policy.breaker
    return [
        Row("probes of a primary that is down for a minute", "calls", {"ours": len(asked) - limits.failures}, goal=4),
        Row("used again after it has recovered", "s", {"ours": used_again}, goal=10),
    ]
