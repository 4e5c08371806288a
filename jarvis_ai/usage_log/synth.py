"""Fills a log with made-up traffic, through the real schema and with roll-ups that are true."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from uuid import uuid4

import numpy as np

from jarvis_ai.usage_log.cells import EndedAttempt, EndedOperation, columns_of, fold
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import SHARED
from jarvis_ai.usage_log.levels import DAY_MS, HOUR_MS
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rollups import LATE_MS, Rollups
from jarvis_ai.usage_log.search import index
from jarvis_ai.usage_log.traffic import Columns, Traffic, hour, hours
from jarvis_ai.usage_log.transactions import transaction

WRITER = "synth"

BODIES_AT_ONCE = 5000
"""That are made searchable in one transaction."""


def synthesize(
    connection: Connection, *, rows: int, days: int, seed: int, now_ms: int, days_of_bodies: int = 0
) -> Iterator[int]:
    """Write `rows` operations of the last `days`, an hour at a time; yields how many there are so far.

    The database has the present schema. Bodies are written for the last `days_of_bodies` alone.
    """
    chance, rollups, written = np.random.default_rng(seed), Rollups(), 0
    for start, count in hours(chance, rows, days, now_ms):
        bodies = start >= now_ms - days_of_bodies * DAY_MS
        with _uncollected(), transaction(connection, "IMMEDIATE"):
            _write(connection, rollups, hour(chance, start, count, now_ms, bodies=bodies))
        written += count
        yield written
    until = (now_ms - LATE_MS) // HOUR_MS * HOUR_MS
    while not _sealed(connection, rollups, until):
        pass
    while isinstance(connection, sqlite3.Connection) and index(connection, now_ms, limit=BODIES_AT_ONCE):
        pass  # a server does so by itself


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


def _sealed(connection: Connection, rollups: Rollups, until: int) -> bool:
    with _uncollected(), transaction(connection, "IMMEDIATE"):
        return rollups.seal(connection, until, step=DAY_MS) >= until


def _write(connection: Connection, rollups: Rollups, traffic: Traffic) -> None:
    operations, attempts, bodies = traffic
    count = len(operations["id"])
    constants: Columns = {
        "tag": [""] * count,
        "arm": [""] * count,
        "simulated": [1] * count,
        "writer": [WRITER] * count,
    }
    operations = {**operations, **constants, "cached": [0] * count}
    _insert(connection, "operations", operations)
    _insert(connection, "attempts", attempts)
    _insert(connection, "bodies", bodies)
    rollups.add(connection, fold(chain(_operations(operations), _attempts(operations, attempts))))


def _insert(connection: Connection, table: str, columns: Columns) -> None:
    if columns:
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.executemany(sql, zip(*columns.values(), strict=True))


def _operations(columns: Columns) -> Iterator[EndedOperation]:
    return map(EndedOperation._make, _rows(columns, columns_of(EndedOperation)))


def _attempts(operations: Columns, attempts: Columns) -> Iterator[EndedAttempt]:
    if not attempts:
        return
    shared = dict(zip(operations["id"], _rows(operations, SHARED), strict=True))
    absent = [0] * len(attempts["operation_id"])
    columns = {**dict.fromkeys(columns_of(EndedAttempt), absent), **attempts}
    own = _rows(columns, columns_of(EndedAttempt)[len(SHARED) :])
    for id_, row in zip(attempts["operation_id"], own, strict=True):
        yield EndedAttempt(*shared[id_], *row)


def _rows(columns: Columns, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(columns[name] for name in names), strict=True)


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
