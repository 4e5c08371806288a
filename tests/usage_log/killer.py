"""A program that writes to a log and is killed, again and again: `python -m tests.usage_log.killer LOG TIMES SEED`. Of
several on one log each has its own seed.

It prints the id of every operation whose rows were said to be kept, and how many attempts it had. Children are forked
from a process that has everything imported, so that a kill costs milliseconds.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import sys
import time

from jarvis_ai.usage_log import UsageLog
from tests.usage_log.facts import HAIKU, answered, asked, completed, failed, operation

CALLERS = 5
LIFE = 0.02
"""Seconds until a kill, on average: it may come at any moment, however long the last one is ago."""

PER_LIFE = 100_000
PER_SEED = 10_000 * PER_LIFE
"""Numbers of operations."""


def number_of(operation_id: str) -> int:
    """The number of an operation, by which its writer is known."""
    return int(operation_id.removeprefix("op-"))


async def caller(log: UsageLog, kept: int, first: int) -> None:
    """One call after the other, each with one attempt or two."""
    for number in range(first, first + PER_LIFE, CALLERS):
        op = operation(number, at=time.time())
        await log.record(op, asked(op))
        attempts = [answered(op)]
        if number % 3 == 0:
            attempts = [failed(op), answered(op, 2, HAIKU)]
            await log.record(failed(op), asked(op, 2, HAIKU))
        await log.record(attempts[-1], completed(op, *attempts))
        os.write(kept, f"{op.id} {len(attempts)}\n".encode())
        if number % 2:
            await asyncio.sleep(0)


async def write(path: str, kept: int, first: int) -> None:
    log = UsageLog(path)
    await asyncio.gather(*(caller(log, kept, first + number) for number in range(CALLERS)))


def life(path: str, first: int, seconds: float, *, early: bool) -> bytes:
    """Write until killed, so long after the first acknowledgement or after the birth; what was acknowledged."""
    kept, told = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio.run(write(path, told, first))
        os._exit(0)
    os.close(told)
    said = b"" if early else os.read(kept, 1 << 16)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([kept], [], [], left)[0]:
            said += os.read(kept, 1 << 16)
    os.kill(child, signal.SIGKILL)
    while piece := os.read(kept, 1 << 16):
        said += piece
    os.close(kept)
    os.waitpid(child, 0)
    return said[: said.rfind(b"\n") + 1]


def main(path: str, times: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(times):
        first, seconds = seed * PER_SEED + number * PER_LIFE, chance.expovariate(1 / LIFE)
        sys.stdout.buffer.write(life(path, first, seconds, early=number % 4 == 0))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
