"""The operations of a filter and a period with all that belongs to them, read by key, some at a time.

Each step looks at the next so many rows of the log, whether or not the filter lets them through: so a step takes as
long whatever is asked, an export can be stopped between two of them, and how far it is can be told exactly. A step
reads one snapshot: an operation and its attempts agree. Nothing is held open between steps, lest a log that is written
meanwhile could not tidy itself up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import EVERYTHING, Filters, Period
from jarvis_ai.analytics.queries import HAS_SEARCH
from jarvis_ai.analytics.where import ANYWHERE, LIKE, bounds, of_operations, words
from jarvis_ai.exports.layout import BODY, IMPLIED, OPERATION, TABLES, Record, Row
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.transactions import transaction

Key = tuple[int, str]
"""When an operation began, in UTC milliseconds, and its id."""

LOOKED_AT, WITH_BODIES = 2000, 100
"""Operations that a step looks at; fewer with bodies, which may be long."""

BUSY_TIMEOUT = 10.0
"""Seconds to wait for a log that is just being set up."""

KEYS = """
    SELECT o.started_at, o.id FROM operations o
    WHERE (o.started_at, o.id) > (:at, :id) AND o.started_at < :end ORDER BY o.started_at, o.id LIMIT :limit
"""
FOUND = """
    SELECT {columns} FROM operations o
    WHERE (o.started_at, o.id) > (:at, :id) AND (o.started_at, o.id) <= (:last_at, :last_id) AND {where}
    ORDER BY o.started_at, o.id
"""
THEIRS = """
    SELECT operation_id, {columns} FROM {table}
    WHERE operation_id IN (SELECT value FROM json_each(:ids)) ORDER BY operation_id{order}
"""
COUNT = "SELECT COUNT(*) FROM operations WHERE started_at >= :start AND started_at < :end"

# Words are looked for in one body after the other: the index would be asked for all of them at each step.
SQLITE_WORDS = f"""(EXISTS (
        SELECT 1 FROM searchable s WHERE s.operation_id = o.id
        AND EXISTS (SELECT 1 FROM body_search f WHERE f.rowid = s.id AND body_search MATCH :words))
    OR EXISTS (SELECT 1 FROM bodies b WHERE b.operation_id = o.id AND {LIKE}
        AND b.rowid > (SELECT at FROM rollup_marks WHERE name = 'searchable')))"""
SERVER_WORDS = """EXISTS (
        SELECT 1 FROM bodies b WHERE b.operation_id = o.id AND body_words(b.request, b.answer) @@ to_tsquery(
            'simple', replace(replace(replace(:words, '"', ''), ' ', ' & '), '*', ':*')))"""


class OtherVersion(ValueError):
    """The log has other columns than this version of the program."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be exported."""

    filters: Filters = EVERYTHING
    period: Period | None = None
    """None is all of time."""
    bodies: bool = False
    """Whether requests and answers come along."""


class Step(NamedTuple):
    """What one step has found, and how many operations of the period it has looked at for that."""

    records: Sequence[Record]
    looked_at: int


@contextmanager
def reading(place: Path | ServerAddress) -> Iterator[Connection]:
    """A connection to a log that cannot write to it. Raises `sqlite3.Error`, and `FileNotFoundError`."""
    if isinstance(place, ServerAddress):
        from jarvis_ai.usage_log.postgres.connection import connect  # noqa: PLC0415 - few need the driver

        with closing(connect(place, name="jarvis export")) as server:
            server.execute("SET default_transaction_read_only = on")
            yield server
        return
    if not place.is_file():
        raise FileNotFoundError(f"there is no usage log at {place}")
    uri = f"{place.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)) as file:
        yield file


def check(connection: Connection) -> None:
    """Raises `OtherVersion` where rows of this log would not be in an export as they are."""
    for table, columns in TABLES.items():
        found = connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()
        there, known = {column[0] for column in found}, {*columns.names, *IMPLIED[table]}
        if new := sorted(there - known):
            raise OtherVersion(
                f"{table} has a column {new[0]} that this version does not know; use the version that made it"
            )
        if missing := sorted(known - there):
            raise OtherVersion(
                f"{table} has no column {missing[0]}: the log is of an older version; "
                "`python -m jarvis_ai.usage_log verify` brings it to the present one"
            )


def count(connection: Connection, selection: Selection) -> int:
    """How many operations there are to look at."""
    return int(connection.execute(COUNT, bounds(selection.period)).fetchone()[0])


def steps(connection: Connection, selection: Selection) -> Iterator[Step]:
    """Operations in order of their start, each with its attempts and, if asked for, its body.

    What begins meanwhile comes at the end. Raises `OtherVersion` before the first one.
    """
    check(connection)
    sql, values = question(connection, selection)
    limit = WITH_BODIES if selection.bodies else LOOKED_AT
    within = bounds(selection.period)
    after: Key = (within["start"], "")
    while True:
        with transaction(connection, "DEFERRED"):
            next_ones = {"at": after[0], "id": after[1], "end": within["end"], "limit": limit}
            keys: list[Key] = connection.execute(KEYS, next_ones).fetchall()
            if not keys:
                return
            rows = connection.execute(sql, {**values, **between(after, keys[-1])}).fetchall()
            records = together(connection, rows, bodies=selection.bodies)
        yield Step(records, len(keys))
        after = keys[-1]


def between(after: Key, last: Key) -> dict[str, Any]:
    """The named parameters of a step that goes on after one key, up to and with another."""
    return {
        "at": after[0],
        "id": after[1],
        "last_at": last[0],
        "last_id": last[1],
        "start": after[0],
        "end": last[0] + 1,
    }


def question(connection: Connection, selection: Selection) -> tuple[str, dict[str, Any]]:
    """Which of a step's operations are wanted, and the named parameters of that."""
    where, values = of_operations(selection.period, selection.filters)
    if words(selection.filters.text):
        where = where.replace(ANYWHERE, _search(connection))
    columns = ", ".join(f"o.{name}" for name in OPERATION.names)
    return FOUND.format(columns=columns, where=where), values


def _search(connection: Connection) -> str:
    if not isinstance(connection, sqlite3.Connection):
        return SERVER_WORDS
    return SQLITE_WORDS if connection.execute(HAS_SEARCH).fetchone() else ANYWHERE


def together(connection: Connection, rows: Sequence[Row], *, bodies: bool) -> list[Record]:
    """Operations with their attempts and bodies."""
    ids = [row[0] for row in rows]
    attempts = theirs(connection, "attempts", ids)
    said = theirs(connection, "bodies", ids) if bodies else {}
    return [Record(row, attempts.get(row[0], ()), next(iter(said.get(row[0], ())), None)) for row in rows]


def theirs(connection: Connection, table: str, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of `attempts` or `bodies` that belong to operations, by their ids; attempts in order."""
    order = "" if TABLES[table] is BODY else ", attempt_no"
    sql = THEIRS.format(columns=", ".join(TABLES[table].names), table=table, order=order)
    found: dict[str, list[Row]] = {}
    for id_, *row in connection.execute(sql, {"ids": json.dumps(list(ids))}) if ids else ():
        found.setdefault(id_, []).append(tuple(row))
    return found
