"""Fills a log with made-up traffic, through the real schema and with roll-ups that are true."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from uuid import uuid4

import numpy as np

from jarvis_ai.usage_log.columnar import Columns, matrix
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.levels import DAY_MS
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rollups import Rollups
from jarvis_ai.usage_log.sealing import seal_all, sealed_until
from jarvis_ai.usage_log.search import index
from jarvis_ai.usage_log.traffic import Traffic, cells_of, hours, made
from jarvis_ai.usage_log.transactions import transaction

ROWS_AT_ONCE = 16
"""That one statement inserts."""

BODIES_AT_ONCE = 5000
"""That are made searchable in one transaction."""


def synthesize(
    connection: Connection, *, rows: int, days: int, seed: int, now_ms: int, days_of_bodies: int = 0
) -> Iterator[int]:
    """Write `rows` operations of the last `days`, some hours at a time; yields how many there are so far.

    The database has the present schema. Bodies are written for the last `days_of_bodies` alone.
    """
    chance, rollups, written = np.random.default_rng(seed), Rollups(), 0
    make_room(connection, now_ms - days * DAY_MS, now_ms)
    for some in hours(chance, rows, days, now_ms):
        with _uncollected(), transaction(connection, "IMMEDIATE"), _in_one_go(connection):
            _write(connection, rollups, made(chance, some, now_ms, bodies_from=now_ms - days_of_bodies * DAY_MS))
        written += len(some)
        yield written
    for _ in seal_all(connection, sealed_until(now_ms)):
        pass
    while isinstance(connection, sqlite3.Connection) and index(connection, now_ms, limit=BODIES_AT_ONCE):
        pass  # a server does so by itself


def make_room(connection: Connection, start: int, end: int) -> None:
    """Make a server's partitions for facts to come, from one UTC millisecond to another, both included."""
    if not isinstance(connection, sqlite3.Connection):
        from jarvis_ai.usage_log.postgres.partitions import cover  # noqa: PLC0415 - few need the driver

        cover(connection, start, end)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: rows make no cycles, and it would look through all of them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _in_one_go(connection: Connection) -> AbstractContextManager[object]:
    """A server is told the next thing before it has answered the last; a file answers at once."""
    sending: AbstractContextManager[object] = getattr(connection, "pipeline", nullcontext)()
    return sending


def _write(connection: Connection, rollups: Rollups, traffic: Traffic) -> None:
    _insert(connection, "operations", traffic.operations)
    _insert(connection, "attempts", traffic.attempts)
    _insert(connection, "bodies", traffic.bodies)
    rollups.add(connection, cells_of(traffic))


def _insert(connection: Connection, table: str, columns: Columns) -> None:
    """Several rows a statement: a fifth of what one takes is the way to the database and back."""
    rows, row = matrix(list(columns.values())), f"({', '.join('?' * len(columns))})"
    whole = len(rows) // ROWS_AT_ONCE * ROWS_AT_ONCE
    together = rows[:whole].reshape(-1, ROWS_AT_ONCE * len(columns))
    head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
    connection.executemany(f"{head} {', '.join([row] * ROWS_AT_ONCE)}", together.tolist())
    connection.executemany(f"{head} {row}", rows[whole:].tolist())


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a log; one that is not there appears whole or not at all, and of several the first one wins."""
    if path.exists():
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            migrate(connection)
            yield connection
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{uuid4().hex}.new")
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            # Nobody else has it open, and a half-written one is thrown away: no journal.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -262144")
            migrate(connection)
            yield connection
            connection.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
