"""What reaches the writer, and how those who wait for it are woken."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from concurrent.futures import Future
from dataclasses import dataclass, field

from jarvis_ai.domain import Fact

logger = logging.getLogger("jarvis_ai.usage_log")


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The facts of one call, and whom to wake."""

    facts: tuple[Fact, ...]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Turn:
    """What came in during one turn of an event loop."""

    records: int = 0
    gathered: list[Batch] = field(default_factory=list)
    """Those that were not committed as they came."""


@dataclass(frozen=True, slots=True, eq=False)
class Recover:
    """Somebody asks for recovery, and waits for its count."""

    done: Future[int]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Move what was committed from the write-ahead log into the database."""


@dataclass(frozen=True, slots=True)
class Stop:
    """No more will come."""


Item = Batch | Recover | Checkpoint | Stop


def wake(batches: list[Batch]) -> None:
    """Tell the callers that their rows are kept: one wake-up a loop, however many wait there."""
    waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
    for batch in batches:
        waiting[batch.loop].append(batch.done)
    for loop, futures in waiting.items():
        try:
            loop.call_soon_threadsafe(settle, futures)
        except RuntimeError:
            logger.debug("A caller's event loop was closed before its rows were written.")


def settle(futures: list[asyncio.Future[None]]) -> None:
    """Runs in the callers' loop; those who were cancelled have gone."""
    for future in futures:
        if not future.done():
            future.set_result(None)
