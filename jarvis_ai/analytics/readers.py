"""Who answers questions to a log, by where the log is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics.reader import LIMIT, Reader


class Answers(Protocol):
    """Runs queries, from any thread. Raises `TooSlow` and other kinds of `sqlite3.Error`, whichever the database is."""

    limit: float
    """Seconds that one question may take."""

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, limit: float | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of the answer; none when there is no log yet. `limit`: seconds, when others than usual."""

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The same with the columns' names."""

    def snapshot(self) -> AbstractContextManager[None]:
        """What this thread asks meanwhile sees the log as it is at the first question. Not one in another."""


def reader_of(place: Path | str | ServerAddress, *, limit: float = LIMIT) -> Answers:
    """A reader of the log in a file or on a server."""
    if isinstance(place, ServerAddress):
        from jarvis_ai.analytics.server_reader import ServerReader  # noqa: PLC0415 - few need the driver

        return ServerReader(place, limit=limit)
    return Reader(place, limit=limit)
