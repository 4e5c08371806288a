"""Questions to a log on a PostgreSQL server: the same SQL, connections that cannot write, a limit for each question."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics.queries import HAS_SEARCH, STEPS
from jarvis_ai.analytics.reader import LIMIT, TooSlow
from jarvis_ai.analytics.where import WORDS
from jarvis_ai.usage_log.postgres.connection import ServerError, configure, parameters, translating
from jarvis_ai.usage_log.postgres.sql import taken, translated

CONNECTIONS = 8
"""Questions that are asked at the same time at most; the others wait."""

PATIENCE, ABSENCE = 2.0, 10.0
"""Seconds to wait for a connection, and for how long nobody waits again when there was none: a page asks a lot."""

CANCELLED = "57014"
"""What PostgreSQL calls a question that took too long."""

NOT_THERE = frozenset({"42P01", "3F000", "25P02"})
"""How it says that a log is not there yet: no such table, no such schema, a snapshot in which it has said so."""

SETTINGS = (
    "SET default_transaction_read_only = on",
    # A plan for all values fits none of them, and compiling takes longer than asking.
    "SET plan_cache_mode = force_custom_plan",
    "SET jit = off",
    # A page needs the first rows that fit: workers start later than one process ends, and read what nobody wants.
    "SET max_parallel_workers_per_gather = 0",
)

IN_ITS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        STEPS: """SELECT (no - 1)::int AS piece, value->>0 AS kind, (value->>1)::bigint AS start,
            (value->>2)::bigint AS until
        FROM jsonb_array_elements(:steps::jsonb) WITH ORDINALITY AS piece(value, no)""",
        WORDS: """o.id IN (
            SELECT b.operation_id FROM bodies b WHERE body_words(b.request, b.answer) @@ to_tsquery(
                'simple', replace(replace(replace(:words, '"', ''), ' ', ' & '), '*', ':*')))""",
        HAS_SEARCH: "SELECT 1",
    }
)
"""Parts of questions that SQLite and PostgreSQL have no common words for."""

STEP_BY_STEP = re.compile(r"FROM steps s CROSS JOIN (\w+) c\s+ON (.*)", re.DOTALL)
"""What is read of a list: by the index for each of its steps, as SQLite does. This planner would compare every row with
every step, fifty times as long, if it were not forbidden to take the two apart (`OFFSET`)."""


class ServerReader:
    """Runs queries on a server's log that may not be there yet. Raises `TooSlow` and `ServerError`."""

    def __init__(
        self, server: ServerAddress, *, limit: float = LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.server = server
        self.limit = limit
        self._clock = clock
        self._held = threading.local()
        """The connection of a thread's snapshot, as `connection`."""
        self._absent_until = 0.0
        self._pool = ConnectionPool(
            server.url,
            kwargs={"autocommit": True, **parameters("jarvis reader")},
            configure=set_up,
            check=ConnectionPool.check_connection,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE,
            open=False,
        )
        weakref.finalize(self, self._pool.close)

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, limit: float | None = None
    ) -> list[tuple[Any, ...]]:
        """See `Reader.rows`."""
        return self._ask(sql, parameters, self.limit if limit is None else limit)[0]

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """See `Reader.records`."""
        rows, names = self._ask(sql, parameters, self.limit)
        return [dict(zip(names, row, strict=True)) for row in rows]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `Answers.snapshot`."""
        with translating(self.server), self._connection() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = None
                connection.rollback()

    def _ask(
        self, sql: str, values: Mapping[str, Any] | None, seconds: float
    ) -> tuple[list[tuple[Any, ...]], list[str]]:
        try:
            with translating(self.server), self._connection() as connection, connection.pipeline():
                milliseconds = str(max(1, round(seconds * 1000)))
                connection.execute("SELECT set_config('statement_timeout', %s, false)", [milliseconds])
                question = in_its_words(sql)
                cursor = connection.execute(question.encode(), taken(question, values or {}))
                return cursor.fetchall(), [column.name for column in cursor.description or ()]
        except ServerError as exc:
            if exc.sqlstate == CANCELLED:
                raise TooSlow(seconds) from exc
            if exc.sqlstate in NOT_THERE:
                return [], []
            raise

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        if held := getattr(self._held, "connection", None):
            yield held
            return
        if self._clock() < self._absent_until:
            raise self._absent()
        self._pool.open()
        try:
            connection = self._pool.getconn()
        except PoolTimeout:
            self._absent_until = self._clock() + ABSENCE
            raise self._absent() from None
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    def _absent(self) -> ServerError:
        return ServerError(
            f"the server at {self.server} cannot be reached or is busy; see that it runs, takes connections from this "
            "machine and knows the user and the password in USAGE_DATABASE_URL"
        )


def set_up(connection: psycopg.Connection[Any]) -> None:
    """Make a connection one of ours that cannot write."""
    configure(connection)
    for setting in SETTINGS:
        connection.execute(setting.encode())


@lru_cache(maxsize=1024)
def in_its_words(sql: str) -> str:
    """A question for psycopg."""
    for ours, theirs in IN_ITS_WORDS.items():
        sql = sql.replace(ours, theirs)
    return translated(
        STEP_BY_STEP.sub(r"FROM steps s CROSS JOIN LATERAL (SELECT * FROM \1 c WHERE \2 OFFSET 0) c", sql)
    )
