"""What the log asks of a database: the few methods that SQLite's connections have and PostgreSQL's are given.

SQL is SQLite's wherever both understand it; what PostgreSQL says otherwise is translated by its own connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]
"""For question marks in order, or for names."""


class Cursor(Protocol):
    """The answer to one statement."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """Of each column, its name first."""

    @property
    def rowcount(self) -> int:
        """Rows that it has changed."""

    def fetchone(self) -> Any:
        """The next row as a tuple, None at the end."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection that begins no transaction by itself."""

    def execute(self, sql: str, values: Values = ..., /) -> Cursor:
        """Run one statement. Raises `sqlite3.Error`, whichever the database is."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Run it for each of the rows, in order."""

    def rollback(self) -> None:
        """Undo what the transaction did, if there is one."""
