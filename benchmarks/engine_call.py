"""What one call costs: the whole engine against bare httpx and against the openai package, on the same mock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import ROOMY, Contender, bare_httpx, openai_package, ours
from benchmarks.harness import Row, median, mock

NAME = "engine_call"
TITLE = "One call: plan, breaker and both log rows, against a bare call (median milliseconds)"

IN_FLIGHT = (1, 10, 100)
CALLS = {1: 60, 10: 200, 100: 600}
"""Calls a contender makes in its turn."""


def measure(turns: int = 7) -> list[Row]:
    """Median milliseconds of a call at each number in flight; contenders take turns."""
    with mock() as base_url, TemporaryDirectory() as folder:
        return asyncio.run(_measure(base_url, Path(folder), turns))


async def _measure(base_url: str, folder: Path, turns: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        contenders = [
            await stack.enter_async_context(door)
            for door in (
                ours(base_url, folder),
                bare_httpx(base_url),
                bare_httpx(base_url, "httpx roomy", ROOMY),
                openai_package(base_url),
                ours(base_url, folder, "with bodies", bodies=True),
            )
        ]
        return [await _row(contenders, in_flight, turns) for in_flight in IN_FLIGHT]


async def _row(contenders: Sequence[Contender], in_flight: int, turns: int) -> Row:
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        await turn(contender, in_flight, in_flight)  # connections are open and code is warm before anybody counts
    for _ in range(turns):
        for contender in contenders:
            times[contender.name] += await turn(contender, in_flight, CALLS[in_flight])
    medians = {name: round(median(values) * 1000, 4) for name, values in times.items()}
    return Row(f"{in_flight} in flight", "ms", medians)


async def turn(contender: Contender, in_flight: int, calls: int) -> list[float]:
    """Seconds of each call, with so many of them under way at any time."""
    times: list[float] = []

    async def caller() -> None:
        while len(times) + under_way[0] < calls:
            under_way[0] += 1
            began = time.perf_counter()
            await contender.ask()
            times.append(time.perf_counter() - began)
            under_way[0] -= 1

    under_way = [0]
    await asyncio.gather(*(caller() for _ in range(in_flight)))
    return times
