"""Rows that reach the database, or wait for it: what a log does whose file is sick, and what nobody waits for.

For the writer's thread alone, but for `keep_for_later`. It knows nothing of callers, their loops and their turns.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

from jarvis_ai.usage_log.rows import Write, ms
from jarvis_ai.usage_log.spool import Spool
from jarvis_ai.usage_log.upkeep import Retention
from jarvis_ai.usage_log.writers import signature
from jarvis_ai.usage_log.writing import Writing

logger = logging.getLogger("jarvis_ai.usage_log")

HEARTBEAT = 30.0
"""Seconds between two signs of life of a writer."""

CHORES = 5.0
"""Seconds between two looks at what nobody waits for."""

PAUSE = 0.05
"""Seconds between two steps of a chore that is not done: callers come first."""


class Keeper:
    """Writes to the database, after what was spooled before; else to the spool. Raises nothing."""

    def __init__(
        self,
        store: Writing,
        spool: Spool,
        *,
        path: str,
        retention: Retention,
        clock: Callable[[], float],
        retry_after: float,
    ) -> None:
        """`path`: what the log is called towards an operator; `retry_after`: seconds between tries of a sick file."""
        self.alarm: str | None = None
        """What is wrong with the log, in one sentence for an operator; None while rows reach the database."""
        self._store = store
        self._spool = spool
        self._path = path
        self._retention = retention
        self._clock = clock
        self._retry_after = retry_after
        self._next_try = self._next_beat = 0.0
        self._next_chore = time.monotonic() + HEARTBEAT
        """Not at once: a process that only looks in has better to do."""

    def write(self, writes: list[Write]) -> None:
        """To the database, after what was spooled before; else to the spool."""
        now = time.monotonic()
        if now < self._next_try:
            self.keep_for_later(writes)
            return
        try:
            replayed = self._spool.replay(self._store.apply) if self._spool else 0
            if writes:
                self._store.apply(writes)
            if now >= self._next_beat:
                self._sign()
        except Exception as exc:  # noqa: BLE001 - the writer must outlive whatever happens, or every call would hang
            self._sicken(exc, writes)
            return
        self._heal(replayed)

    def beat(self) -> int:
        """Give a sign of life, and recover what dead processes left; how many operations, 0 when it cannot be done."""
        try:
            return self._sign()
        except Exception as exc:  # noqa: BLE001 - see above
            self._sicken(exc, [])
            return 0

    def chores(self) -> None:
        """What nobody waits for, a small step at a time."""
        if self.alarm or time.monotonic() < self._next_chore:
            return
        try:
            more = self._store.keep_up(self._retention, self._now())
        except Exception as exc:  # noqa: BLE001 - the writer must outlive whatever happens, or every call would hang
            logger.warning("A chore of the usage log %s is put off: %s", self._path, exc)
            self._store.close()
            more = False
        self._next_chore = time.monotonic() + (PAUSE if more else CHORES)

    def patience(self) -> float:
        """Seconds until something is to be done though nobody calls."""
        if self.alarm:
            return self._retry_after
        return min(max(self._next_chore - time.monotonic(), 0.0), HEARTBEAT)

    def keep_for_later(self, writes: list[Write]) -> bool:
        """To the spool file; False when it takes nothing and rows are in memory only. In whichever thread."""
        # With our signature: whoever replays them must be able to tell whether we still live.
        signed = [Write("writer", signature(self._store.writer, self._now())), *writes] if writes else []
        return self._spool.append(signed)

    def checkpoint(self) -> None:
        """Move commits into the database."""
        self._store.checkpoint()

    def leave(self) -> None:
        """Try once more to write what waits, sign off and let go of the database."""
        if self._spool:
            self._next_try = 0.0
            self.write([])
        if self._spool.held:
            logger.error("%d rows of the usage log %s found no place and are lost.", self._spool.held, self._path)
        try:
            self._store.leave()
        except (sqlite3.Error, OSError):
            logger.warning("The usage log %s could not be closed in good order.", self._path)
        self._store.close()

    def _sign(self) -> int:
        recovered = self._store.beat(self._now())
        self._next_beat = time.monotonic() + HEARTBEAT
        return recovered

    def _sicken(self, exc: Exception, writes: list[Write]) -> None:
        self._store.close()
        self._next_try = time.monotonic() + self._retry_after
        self._next_beat = 0.0
        where = f"their rows wait in {self._spool.path}" if self.keep_for_later(writes) else "their rows are in memory"
        alarm = f"The usage log {self._path} cannot be written: {exc}. Calls go on; {where} until it can."
        if self.alarm != alarm:
            logger.error(alarm)
        self.alarm = alarm

    def _heal(self, replayed: int) -> None:
        if self.alarm or replayed:
            logger.warning("The usage log %s is written again; %d waiting rows are in it now.", self._path, replayed)
        self.alarm = None

    def _now(self) -> int:
        return ms(self._clock()) or 0
