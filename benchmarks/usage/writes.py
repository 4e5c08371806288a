"""What a call's rows cost: with roll-ups and without, in an empty log and in large ones; and how long callers wait."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Row, median, percentile
from benchmarks.usage.logs import Log
from jarvis_ai.address import ServerAddress
from jarvis_ai.domain import (
    Attempt,
    Chain,
    Completion,
    Cost,
    CostSource,
    Fact,
    Link,
    Operation,
    Prompt,
    Source,
    Status,
    Usage,
)
from jarvis_ai.engine.ids import uuid7
from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.ended import Outcome
from jarvis_ai.usage_log.rollups import Rollups
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import Writer

CALLS = 300
"""Calls of a turn."""
SECONDS_A_TURN, MODEL_SECONDS = 0.4, 0.05

EMPTY, ROLLUPS, FACTS = "empty", "roll-ups", "facts alone"
ROW_GOAL, GROWTH_GOAL = 500.0, 1.15
"""Microseconds of a transaction; those of both in a large log over those in an empty one."""
WAIT_GOAL = {1: 500.0, 10: 500.0, 100: 5000.0}
"""Callers at a time, and the microseconds that an intent may take then. A hundred keep one loop busy all the time."""

GPT_4O = Link.parse("openai/gpt-4o")
CHAIN = Chain.of("openai/gpt-4o", "anthropic/claude-haiku-4.5")

Call = tuple[list[Fact], list[Fact]]
"""What is written before the dispatch, and after the end."""

Places = Mapping[str, Mapping[str, "Spent"]]
"""By the name of the log, then with roll-ups or without."""


class NoRollups(Rollups):
    """Writes facts alone."""

    @contextmanager
    def following(self, connection: sqlite3.Connection, outcomes: Mapping[str, Outcome]) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Spent:
    """On one log, in microseconds a transaction."""

    store: Store
    intents: list[float] = field(default_factory=list)
    outcomes: list[float] = field(default_factory=list)

    @property
    def whole(self) -> float:
        return median(self.intents) + median(self.outcomes)


def call(number: int) -> Call:
    """One that answers at once; its numbers differ like those of real ones."""
    now = time.time()
    operation = Operation(uuid7(now), now, Source.API, Prompt.of("How long does an egg take?"), CHAIN, task="fast")
    asked = Attempt(operation.id, 1, GPT_4O, now, reason="first in the chain")
    latency = 0.8 + number * 0.618034 % 1
    answered = Attempt(
        operation.id, 1, GPT_4O, now, Status.OK, latency=latency, ttft=latency / 4, usage=Usage(40, 90 + number % 60),
        cost=Cost(1_000_000 + number, CostSource.BILLED), generation_id=f"gen-{number}", served_model="gpt-4o",
    )  # fmt: skip
    completion = Completion(
        operation.id, now + latency, Status.OK, text="Six to seven minutes.", link=GPT_4O, preferred=GPT_4O,
        attempts=(answered,), usage=answered.usage, cost=answered.cost, latency=latency, ttft=latency / 4,
        overhead=0.0007,
    )  # fmt: skip
    return [operation, asked], [answered, completion]


def costs(logs: Sequence[Log], turns: int) -> Iterator[Row]:
    """A call's two transactions in each log and in an empty one, which take turns; then large against empty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        paths = {EMPTY: folder / "empty.db", **{log.name: stack.enter_context(log.writable()) for log in logs}}
        spent = {name: {ROLLUPS: Spent(store(path, Rollups())), FACTS: Spent(store(path, NoRollups()))}
                 for name, path in paths.items()}  # fmt: skip
        everybody = [each for both in spent.values() for each in both.values()]
        stack.callback(lambda: [each.store.close() for each in everybody])
        for turn in range(turns + 1):
            for each in everybody:
                written(each, counts=turn > 0)  # the first turn only warms up
    yield from by_log(spent)


def by_log(spent: Places) -> Iterator[Row]:
    for what in ("intents", "outcomes"):
        for name, both in spent.items():
            values = {kind: median(getattr(each, what)) for kind, each in both.items()}
            yield Row(f"{what.removesuffix('s')}, {name}", "µs a call", values, ROW_GOAL)
    empty = spent[EMPTY][ROLLUPS].whole
    for name, both in list(spent.items())[1:]:
        yield Row(f"both, {name}", "µs", {ROLLUPS: both[ROLLUPS].whole, "empty log": empty}, GROWTH_GOAL * empty)


def store(path: Path, rollups: Rollups) -> Store:
    """As the loop's: it commits to memory, and the disk is left to others."""
    found = Store(str(path), Writer.this(), busy_timeout=0, checkpoints=False)
    found.rollups = rollups
    return found


def written(spent: Spent, *, counts: bool) -> None:
    """A turn's calls, and what they took if it counts."""
    for number in range(CALLS):
        took = clocked(spent.store, number)
        if counts:
            spent.intents.append(took[0] * 1e6)
            spent.outcomes.append(took[1] * 1e6)
    spent.store.checkpoint()


def clocked(target: Store, number: int) -> tuple[float, float]:
    """Seconds of both transactions of a call."""
    before, after = ([write for fact in facts for write in writes_of(fact, writer="bench")] for facts in call(number))
    began = time.perf_counter()
    target.apply(before)
    between = time.perf_counter()
    target.apply(after)
    return between - began, time.perf_counter() - between


def callers(place: Path | ServerAddress, turns: int, *, model_seconds: float = MODEL_SECONDS) -> Iterator[Row]:
    """How long one of so many callers at a time waits until its rows are kept, when a model takes so long to answer."""
    local = isinstance(place, Path)
    with closing(UsageLog(place)) as log:
        for count, goal in WAIT_GOAL.items():
            end = time.perf_counter() + SECONDS_A_TURN * turns
            calls = asyncio.run(crowd(log, count, model_seconds, end))
            intents, outcomes = ([call_[place] for call_ in calls] for place in (0, 1))
            values = {"intent": median(intents), "outcome": median(outcomes), "intent, p99": percentile(intents, 0.99)}
            yield Row(f"{count} callers", "µs waited", values, goal if local else None, contest=False)


async def crowd(log: UsageLog, count: int, model_seconds: float, end: float) -> list[tuple[float, float]]:
    """Microseconds that an intent and an outcome waited, of each call that began before `end`."""
    calls: list[tuple[float, float]] = []

    async def caller(number: int) -> None:
        await asyncio.sleep(model_seconds * (number * 0.618034 % 1))
        while time.perf_counter() < end:
            before, after = call(number)
            intent = await waited(log, before)
            await asyncio.sleep(model_seconds * (0.5 + number * 0.618034 % 1))
            calls.append((intent, await waited(log, after)))
            number += count

    await asyncio.gather(*map(caller, range(count)))
    return calls


async def waited(log: UsageLog, facts: Sequence[Fact]) -> float:
    """Microseconds until they are kept."""
    began = time.perf_counter()
    await log.record(*facts)
    return (time.perf_counter() - began) * 1e6
