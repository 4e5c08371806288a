"""What a row costs: with its roll-ups and without, in an empty log and in a large one, for one caller and for a crowd.

`python -m benchmarks.usage_log --rows 10000 10000000` chooses the sizes; rows are made up for the purpose.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Row, median, save, table
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
from jarvis_ai.usage_log.synth import opened, synthesize
from jarvis_ai.usage_log.writers import Writer

NAME = "usage_log"
TITLE = "The usage log: what its rows cost (median microseconds)"

SIZES = (10_000, 1_000_000)
DAYS = 90
CALLS = 300
"""Calls of a turn."""
CALLS_OF_A_CALLER, MODEL_SECONDS = 8, 0.05

WAIT_GOAL = {1: 500.0, 10: 500.0, 100: 5000.0}
"""Callers at a time, and the microseconds that an intent may take then. A hundred keep one loop busy all the time."""

GPT_4O = Link.parse("openai/gpt-4o")
CHAIN = Chain.of("openai/gpt-4o", "anthropic/claude-haiku-4.5")

Call = tuple[list[Fact], list[Fact]]
"""What is written before the dispatch, and after the end."""


class NoRollups(Rollups):
    """Writes facts alone."""

    @contextmanager
    def following(self, connection: sqlite3.Connection, outcomes: Mapping[str, Outcome]) -> Iterator[None]:
        yield


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


def measure(turns: int = 7, sizes: Sequence[int] = SIZES) -> list[Row]:
    """The cost of rows by size of the log, then by number of callers; contenders take turns."""
    with TemporaryDirectory() as folder:
        costs = {size: cost(Path(folder) / f"{size}.db", size, turns) for size in (0, *sizes)}
        return [*by_size(costs), *asyncio.run(by_callers(Path(folder) / "crowd.db", turns))]


def by_size(costs: Mapping[int, Mapping[str, tuple[float, float]]]) -> Iterator[Row]:
    """Each size with its roll-ups and without, and the larger logs against the empty one."""
    for place, what in enumerate(("intent", "outcome")):
        for size, cost_ in costs.items():
            values = {name: round(both[place], 1) for name, both in cost_.items()}
            yield Row(f"{what}, {size:,} rows", "µs a call", values, goal=500.0)
    empty = sum(costs[0]["roll-ups"])
    for size, cost_ in list(costs.items())[1:]:
        whole = sum(cost_["roll-ups"])
        yield Row(
            f"{size:,} rows", "µs, both", {"roll-ups": round(whole, 1), "empty log": round(empty, 1)}, empty * 1.15
        )


def cost(path: Path, size: int, turns: int) -> dict[str, tuple[float, float]]:
    """Median microseconds of the intent's transaction and of the outcome's, in a log of so many operations."""
    if size:
        with opened(path) as connection:
            for _ in synthesize(connection, rows=size, days=DAYS, seed=1, now_ms=round(time.time() * 1000)):
                pass
    stores = {"roll-ups": store(path, Rollups()), "facts alone": store(path, NoRollups())}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in stores}
    for turn in range(turns + 1):
        for name, target in stores.items():
            found = [timed(target, number) for number in range(CALLS)]
            times[name] += found if turn else []  # the first turn only warms up
            target.checkpoint()
    for target in stores.values():
        target.close()
    return {name: (middle(found, 0), middle(found, 1)) for name, found in times.items()}


def store(path: Path, rollups: Rollups) -> Store:
    """As the loop's: it commits to memory, and the disk is left to others."""
    found = Store(str(path), Writer.this(), busy_timeout=0, checkpoints=False)
    found.rollups = rollups
    return found


def timed(target: Store, number: int) -> tuple[float, float]:
    """Seconds of both transactions of a call."""
    before, after = ([write for fact in facts for write in writes_of(fact, writer="bench")] for facts in call(number))
    began = time.perf_counter()
    target.apply(before)
    between = time.perf_counter()
    target.apply(after)
    return between - began, time.perf_counter() - between


def middle(times: Sequence[tuple[float, float]], place: int) -> float:
    """Of one of both, in microseconds."""
    return median([both[place] for both in times]) * 1e6


async def by_callers(path: Path, turns: int) -> list[Row]:
    """How long a caller waits until its rows are kept, with so many of them at a time."""
    with closing(UsageLog(path)) as log:
        return [await waits(log, callers, turns) for callers in WAIT_GOAL]


async def waits(log: UsageLog, callers: int, turns: int) -> Row:
    """Median microseconds of an intent; the outcome's stands beside it. Between the two a model takes its time."""
    intents: list[float] = []
    outcomes: list[float] = []

    async def caller(first: int) -> None:
        await asyncio.sleep(MODEL_SECONDS * (first * 0.618034 % 1))
        for number in range(first, first + turns * CALLS_OF_A_CALLER):
            before, after = call(number)
            began = time.perf_counter()
            await log.record(*before)
            intents.append(time.perf_counter() - began)
            await asyncio.sleep(MODEL_SECONDS * (0.5 + number * 0.618034 % 1))
            began = time.perf_counter()
            await log.record(*after)
            outcomes.append(time.perf_counter() - began)

    await asyncio.gather(*(caller(number * 1000) for number in range(callers)))
    values = {"intent": round(median(intents) * 1e6, 1), "outcome": round(median(outcomes) * 1e6, 1)}
    return Row(f"{callers} callers", "µs waited", values, goal=WAIT_GOAL[callers])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.usage_log", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES), help="operations in the larger logs")
    parser.add_argument("--turns", type=int, default=7)
    wanted = parser.parse_args()
    rows = measure(wanted.turns, wanted.rows)
    for unit in dict.fromkeys(row.unit for row in rows):
        print(table([row for row in rows if row.unit == unit]), end="\n\n")
    print(f"→ {save(NAME, rows)}")


if __name__ == "__main__":
    main()
