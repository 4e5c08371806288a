"""Read-only connections to the log, one a thread: a reader never holds up the writer, or another reader.

No question may take longer than the limit: a page that waits for one holds up whoever looks at it, and the machine.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jarvis_ai.usage_log.store import identity

LIMIT = 5.0
"""Seconds that one question may take."""

CHECK_EVERY = 20_000
"""Instructions of SQLite's machine between two looks at the clock: about a millisecond."""


class TooSlow(sqlite3.OperationalError):
    """A question was given up because it took too long. `seconds` is its limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the question to the usage log was given up after {seconds:g} s; ask about a shorter time or with fewer "
            "filters"
        )
        self.seconds = seconds


class Reader:
    """Runs queries on a log that may not be there yet. Raises `TooSlow` and other kinds of `sqlite3.Error`."""

    def __init__(
        self,
        path: Path | str,
        *,
        busy_timeout: float = 2.0,
        limit: float = LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self.limit = limit
        self._busy_timeout = busy_timeout
        self._clock = clock
        self._local = threading.local()

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, limit: float | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of the answer; none when there is no log yet. `limit`: seconds, when others than usual."""
        connection = self._connection()
        if connection is None:
            return []
        with self._limited(self.limit if limit is None else limit):
            return connection.execute(sql, parameters or {}).fetchall()

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The same with the columns' names."""
        connection = self._connection()
        if connection is None:
            return []
        with self._limited(self.limit):
            cursor = connection.execute(sql, parameters or {})
            names = [description[0] for description in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `Answers.snapshot`."""
        connection = self._connection()
        if connection is None:
            yield
            return
        self._local.held = True
        connection.execute("BEGIN")
        try:
            yield
        finally:
            self._local.held = False
            connection.rollback()

    @contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        self._local.deadline = self._clock() + seconds
        try:
            yield
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TooSlow(seconds) from exc
            raise

    def _overdue(self) -> bool:
        return self._clock() > float(self._local.deadline)

    def _connection(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if getattr(self._local, "held", False):
            return connection
        file = identity(str(self.path))
        if connection is not None and self._local.file != file:
            # The log was moved away, and what lies there now is another.
            connection.close()
            connection = None
        if connection is None:
            connection = self._open()
        self._local.connection, self._local.file = connection, file
        return connection

    def _open(self) -> sqlite3.Connection | None:
        if not self.path.is_file() or not self.path.stat().st_size:
            return None
        uri = f"{self.path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=self._busy_timeout, isolation_level=None)
        # Before the last table that is asked is there, another process is still setting up.
        ready = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'rollup_stale'").fetchone()
        if not ready:
            connection.close()
            return None
        connection.set_progress_handler(self._overdue, CHECK_EVERY)
        return connection
