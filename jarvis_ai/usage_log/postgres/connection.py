"""A connection to the server that takes the log's SQL and fails as SQLite's connections do.

Callers of a log catch `sqlite3.Error` for whatever its database refuses; both modules share their kinds of errors by
way of PEP 249. Nothing that is raised here holds the password.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.types.string import StrDumper

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.connection import Cursor, Values
from jarvis_ai.usage_log.postgres.sql import TRANSACTIONS, taken, translated

CONNECT_TIMEOUT = 2
"""Seconds: the least that libpq takes."""

SILENCE_MS = 5000
"""After which a server that takes nothing more is given up: a call waits for its row."""


class ServerError(sqlite3.OperationalError):
    """What the server refused, or that it cannot be reached. `sqlstate` is its own word for it, if it said any."""

    def __init__(self, message: str, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class Number(Loader):
    """A sum of integers is exact and an integer; whatever has a fraction is a float, as in SQLite."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


class Text(StrDumper):
    """PostgreSQL has no NUL in its texts; what a model wrote must not fail a call."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)


class Connection:
    """One connection, for one thread at a time. Begins no transaction by itself."""

    def __init__(self, server: ServerAddress, connection: psycopg.Connection[Any]) -> None:
        self._server = server
        self._connection = connection

    def execute(self, sql: str, values: Values = (), /) -> Cursor:
        with translating(self._server):
            if sql in TRANSACTIONS:
                for statement in TRANSACTIONS[sql]:
                    cursor = self._connection.execute(statement)
            else:
                statement = translated(sql)
                cursor = self._connection.execute(statement.encode(), taken(statement, values))
        return cast("Cursor", cursor)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
        with translating(self._server), self._connection.cursor() as cursor:
            cursor.executemany(translated(sql).encode(), rows)

    def rollback(self) -> None:
        with translating(self._server):
            self._connection.rollback()

    def pipeline(self) -> AbstractContextManager[Any]:
        """Statements in it are sent without waiting for one another, until an answer is asked for."""
        return self._pipeline()

    @contextmanager
    def _pipeline(self) -> Iterator[None]:
        with translating(self._server), self._connection.pipeline():
            yield

    def close(self) -> None:
        self._connection.close()


def connect(server: ServerAddress, *, durable: bool = False, name: str = "jarvis") -> Connection:
    """`durable`: whether a commit waits for the server's disk, whatever the server is set to. Raises `ServerError`."""
    return Connection(server, raw(server, durable=durable, name=name))


def raw(server: ServerAddress, *, durable: bool = False, name: str = "jarvis") -> psycopg.Connection[Any]:
    """psycopg's own connection, set up for the log."""
    with translating(server):
        connection = psycopg.connect(server.url, autocommit=True, **parameters(name))
        try:
            configure(connection)
            if durable:
                connection.execute("SET synchronous_commit = on")
        except BaseException:
            connection.close()
            raise
    return connection


def parameters(name: str) -> dict[str, Any]:
    """What every connection is opened with, besides the address."""
    return {
        "connect_timeout": CONNECT_TIMEOUT,
        "tcp_user_timeout": SILENCE_MS,
        "application_name": name,
        "client_encoding": "utf8",
    }


def configure(connection: psycopg.Connection[Any]) -> None:
    """Teach it the log's types."""
    connection.adapters.register_loader("numeric", Number)
    connection.adapters.register_dumper(str, Text)


@contextmanager
def translating(server: ServerAddress) -> Iterator[None]:
    """psycopg's errors become ours, and keep the cause's words but for the password."""
    try:
        yield
    except psycopg.Error as exc:
        said = server.without_password(str(exc).strip() or type(exc).__name__)
        # Not the cause itself: its own words may hold what ours must not.
        raise ServerError(said.splitlines()[0], exc.sqlstate) from None
