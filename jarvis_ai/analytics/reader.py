"""Read-only connections to the log, one a thread: a reader never holds up the writer, or another reader."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jarvis_ai.usage_log.store import identity


class Reader:
    """Runs queries on a log that may not be there yet."""

    def __init__(self, path: Path | str, *, busy_timeout: float = 2.0) -> None:
        self.path = Path(path)
        self._busy_timeout = busy_timeout
        self._local = threading.local()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of the answer; none when there is no log yet."""
        connection = self._connection()
        if connection is None:
            return []
        return connection.execute(sql, parameters or {}).fetchall()

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The same with the columns' names."""
        connection = self._connection()
        if connection is None:
            return []
        cursor = connection.execute(sql, parameters or {})
        names = [description[0] for description in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _connection(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
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
        # The writer makes the last table last: before it is there, another process is still setting up.
        ready = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'writers'").fetchone()
        if ready:
            return connection
        connection.close()
        return None
