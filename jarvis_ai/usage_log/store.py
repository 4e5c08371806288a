"""The database file: one connection, for whoever is writing. Not for two threads at a time."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.transactions import transaction
from jarvis_ai.usage_log.upkeep import Retention, keep_up
from jarvis_ai.usage_log.writers import Writer
from jarvis_ai.usage_log.writing import Writing

logger = logging.getLogger("jarvis_ai.usage_log")

MEMORY = ":memory:"


class Store(Writing):
    """Opens the file when it is first needed, and again after a failure. Raises `sqlite3.Error` and `OSError`."""

    def __init__(
        self,
        path: str,
        writer: Writer,
        *,
        busy_timeout: float,
        checkpoints: bool = True,
        durable: bool = False,
        chained: bool = False,
    ) -> None:
        """`busy_timeout`: seconds to wait for other writers; `checkpoints`: whether a commit may go on to the disk;
        `durable`: whether it must, so that it survives the machine and not only the process; `chained`: whether what
        has ended gets a link of the hash chain."""
        super().__init__(writer, chained=chained)
        self.path = path
        self.busy_timeout = busy_timeout
        self.checkpoints = checkpoints
        self.durable = durable
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """Device and number of the file that is open."""

    def keep_up(self, retention: Retention, now: int) -> bool:
        """A small step of what nobody waits for at `now`, in milliseconds; whether there may be more to do."""
        return keep_up(self._ready(), self.rollups, self.sealing, retention, now)

    def checkpoint(self) -> None:
        """Move commits into the database as far as no reader stands in the way. One that fails is made up later."""
        try:
            (self._connection or self._open()).execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (sqlite3.Error, OSError):
            self.close()

    def close(self) -> None:
        """Let go of the file; the next use opens it anew."""
        self.forget()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _transaction(self, *, alone: bool = False) -> Iterator[Connection]:
        connection = self._ready()
        try:
            with transaction(connection, "IMMEDIATE"):
                yield connection
        except BaseException:
            self.forget()
            raise

    def _ready(self) -> sqlite3.Connection:
        if self._connection is not None and self._file != identity(self.path):
            logger.warning("The usage log %s was moved or removed; a new one is begun in its place.", self.path)
            self.close()
        return self._connection or self._open()

    def _open(self) -> sqlite3.Connection:
        if self.path != MEMORY:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=self.busy_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            # Only heard by a file that is still empty; the others use the room of what was pruned again.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self.durable else 'NORMAL'}")
            if not self.checkpoints:
                connection.execute("PRAGMA wal_autocheckpoint = 0")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._file = connection, identity(self.path)
        return connection


def identity(path: str) -> tuple[int, int] | None:
    """What tells the file at `path` from another that may come to lie there; None when there is none."""
    try:
        # Asked before every commit: os.stat on a text costs a third of Path.stat.
        stat = os.stat(path)  # noqa: PTH116 - see above
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
