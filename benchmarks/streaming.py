"""What a streamed answer of 500 chunks costs: how late its first token is, and the CPU time of a chunk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import Contender, bare_httpx, openai_package, ours
from benchmarks.harness import Row, median, mock

NAME = "streaming"
TITLE = "500 streamed chunks: first token after the mock's sending, CPU time of a chunk"

WORDS = 500
AT_ONCE, APART = 0, 1000
"""Microseconds between two chunks. Apart, each chunk wakes the loop once, as a real model's do."""
FIRST_TOKEN_GOAL = 1.0
CPU_GOAL = 30.0


def measure(turns: int = 7) -> list[Row]:
    """Median lateness in milliseconds and median CPU microseconds a chunk; contenders take turns."""
    with mock() as base_url, TemporaryDirectory() as folder:
        return asyncio.run(_measure(base_url, Path(folder), turns))


async def _measure(base_url: str, folder: Path, turns: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        contenders = [
            await stack.enter_async_context(door)
            for door in (ours(base_url, folder), bare_httpx(base_url), openai_package(base_url))
        ]
        # At once, mock and caller fight for the processor, and the first token waits for the five hundredth.
        _, cpu_at_once = await _turns(contenders, AT_ONCE, turns)
        late_apart, cpu_apart = await _turns(contenders, APART, turns)
    return [
        Row("first token", "ms", _medians(late_apart, 1e3), FIRST_TOKEN_GOAL),
        Row("CPU a chunk, all at once", "µs", _medians(cpu_at_once, 1e6), CPU_GOAL),
        Row("CPU a chunk, 1 ms apart", "µs", _medians(cpu_apart, 1e6)),
    ]


Times = dict[str, list[float]]


async def _turns(contenders: Sequence[Contender], pause: int, turns: int) -> tuple[Times, Times]:
    """By contender: seconds from the mock's sending to the first token, and CPU seconds of a chunk."""
    late: Times = {contender.name: [] for contender in contenders}
    cpu: Times = {contender.name: [] for contender in contenders}
    for contender in contenders:
        await contender.stream(WORDS, AT_ONCE)
    for _ in range(turns):
        for contender in contenders:
            began = time.process_time()
            late[contender.name].append(await contender.stream(WORDS, pause))
            cpu[contender.name].append((time.process_time() - began) / WORDS)
    return late, cpu


def _medians(values: Times, factor: float) -> dict[str, float]:
    return {name: round(median(found) * factor, 4) for name, found in values.items()}
