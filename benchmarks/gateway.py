"""What the gateway adds to a call: the same client, through it and past it, on the same mock.

The gateway is a process of its own, as `python -m jarvis_ai.api` serves it, with both log rows and the bodies.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.contenders import ROOMY, Contender, bare_httpx
from benchmarks.engine_call import CALLS, turn
from benchmarks.harness import Row, median, mock
from benchmarks.streaming import APART, AT_ONCE, WORDS

NAME = "gateway"
TITLE = "The gateway: a call through it and past it, the first token's lateness, CPU time of a chunk in its process"

CALL_GOALS = {1: 12.0, 10: 100.0}
"""Milliseconds by calls in flight, of which the answer's twenty chunks take a good part."""
TOKEN = "benchmark"
FIRST_TOKEN_GOAL = 2.0
CPU_GOAL = 250.0
SHORT = 20
"""Words of an answer in one piece: the gateway itself always asks for a stream."""
STARTS_WITHIN = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Server:
    """The gateway's process, from outside."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(provider: str, folder: Path) -> Iterator[Server]:
    """The gateway before `provider`, while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "OPENROUTER_API_KEY": "sk-or-v1-benchmark",
        "OPENROUTER_BASE_URL": provider,
        "JARVIS_API_TOKEN": TOKEN,
        "JARVIS_DATA_DIR": str(folder),
    }
    command = [sys.executable, "-m", "jarvis_ai.api", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet) as process:  # noqa: S603 - our own module
        try:
            yield Server(answering(f"http://127.0.0.1:{port}/api/v1"), process.pid)
        finally:
            process.terminate()


def answering(url: str) -> str:
    """The same address, once somebody answers there."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        try:
            httpx.get(f"{url}/openapi.json")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError(f"The gateway did not start within {STARTS_WITHIN:g} s.")


def measure(turns: int = 7) -> list[Row]:
    """Median milliseconds through the gateway and past it, and the CPU microseconds of a chunk within it."""
    with mock() as provider, TemporaryDirectory() as folder, served(provider, Path(folder)) as server:
        return asyncio.run(_measure(provider, server, turns))


async def _measure(provider: str, server: Server, turns: int) -> list[Row]:
    async with AsyncExitStack() as stack:
        doors = (
            bare_httpx(server.url, "gateway", ROOMY, key=TOKEN, words=SHORT),
            bare_httpx(provider, "past it", ROOMY, words=SHORT),
        )
        contenders = [await stack.enter_async_context(door) for door in doors]
        calls = [await _calls(contenders, in_flight, turns) for in_flight in CALL_GOALS]
        chunks = [await _cpu(contenders[0], server, turns, pause) for pause in (APART, AT_ONCE)]
        return [*calls, await _lateness(contenders, turns), *chunks]


async def _calls(contenders: Sequence[Contender], in_flight: int, turns: int) -> Row:
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        await turn(contender, in_flight, in_flight)
    for _ in range(turns):
        for contender in contenders:
            times[contender.name] += await turn(contender, in_flight, CALLS[in_flight])
    medians = {name: _ms(values) for name, values in times.items()}
    return Row(f"a call, {in_flight} in flight", "ms", medians, CALL_GOALS[in_flight])


async def _lateness(contenders: Sequence[Contender], turns: int) -> Row:
    late: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(turns):
        for contender in contenders:
            late[contender.name].append(await contender.stream(WORDS, APART))
    return Row("first token", "ms", {name: _ms(values) for name, values in late.items()}, FIRST_TOKEN_GOAL)


async def _cpu(contender: Contender, server: Server, turns: int, pause: int) -> Row:
    began = server.cpu()
    for _ in range(turns):
        await contender.stream(WORDS, pause)
    used = round((server.cpu() - began) / turns / WORDS * 1e6, 1)
    return Row(f"CPU a chunk, {'1 ms apart' if pause else 'all at once'}", "µs", {contender.name: used}, CPU_GOAL)


def _ms(seconds: Sequence[float]) -> float:
    return round(median(seconds) * 1000, 4)
