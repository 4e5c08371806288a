"""Facts on a server by the month of UTC in which they began: a month that is too old goes at once, not row by row.

Ids sort by time, so the tables are partitioned by them: keys stay what they are, and what is asked by id touches one
month. What has no month of its own lies in the default partitions, `operations_other` and its kin: ids that are no
UUIDv7, and calls of a time for which nobody made a month. No call waits for one to be made.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.levels import DAY_MS, HOUR, MONTH, end_of, start_of
from jarvis_ai.usage_log.postgres.connection import ServerError
from jarvis_ai.usage_log.rollups import FILLED, PRUNED, mark, set_mark
from jarvis_ai.usage_log.transactions import transaction
from jarvis_ai.usage_log.upkeep import KEYS, Chore, Retention

logger = logging.getLogger("jarvis_ai.usage_log")

AHEAD_MS = 62 * DAY_MS
"""How long before it begins a month is ready."""

MOST_MOVED = 10_000
"""Rows that a new month takes out of the default partition at most: writers wait for it. One that has more of them
there stays there."""

LOCK_MS = 50
"""How long writers wait at most because a month waits for the end of somebody's question. Then it is put off."""

BUSY = "55P03"
"""What PostgreSQL calls a lock that was not to be had in time."""

BOUNDS = re.compile(r"FROM \((?:'(.*)'|MINVALUE)\) TO \((?:'(.*)'|MAXVALUE)\)")

THERE = """
    SELECT parent.relname, child.oid::regclass::text, pg_get_expr(child.relpartbound, child.oid)
    FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent JOIN pg_class child ON child.oid = i.inhrelid
    WHERE parent.oid IN (to_regclass('operations'), to_regclass('attempts'), to_regclass('bodies'))
"""

OURS = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'operations'::regclass"

LAST = "\x7f"
"""Sorts after every id."""


class Partition(NamedTuple):
    """A part of a table: ids from `start` on and before `end`."""

    table: str
    name: str
    start: str
    end: str


def by_month(connection: Connection, retention: Retention, now: int) -> tuple[Chore, ...]:
    """The chores of months; none where the user may not change the tables. `now` is UTC milliseconds."""
    (ours,) = connection.execute(OURS).fetchone()
    chores: tuple[Chore, ...] = (
        lambda: cover(connection, now, now + AHEAD_MS),
        lambda: drop_bodies(connection, round(now - retention.bodies * DAY_MS)),
        lambda: drop_facts(connection, round(now - retention.facts * DAY_MS)),
    )
    return chores if ours else ()


def cover(connection: Connection, start: int, end: int) -> bool:
    """Make the months from one UTC millisecond to another that have no partition; whether any was made."""
    made = [make(connection, table, month) for table, month in missing(partitions(connection), start, end)]
    return any(made)


def drop_bodies(connection: Connection, before: int) -> bool:
    """Drop one month of bodies whose operations all began before a time; whether there was one."""
    return any(_drop(connection, p) for p in outdated(connection, ("bodies",), before))


def drop_facts(connection: Connection, before: int) -> bool:
    """Drop one month of one table whose operations all are of hours that end before a time; whether there was one.

    Not before all of them are counted.
    """
    end = start_of(HOUR, max(before, 0))
    old = outdated(connection, tuple(KEYS), end)
    if not old or mark(connection, FILLED) > 0:
        return False
    return any(_drop(connection, p, pruned=end) for p in old)


def outdated(connection: Connection, tables: Sequence[str], before: int) -> list[Partition]:
    """The partitions of some tables that hold nothing of operations that began at a time or later, oldest first."""
    old = [p for p in partitions(connection) if p.table in tables and p.end <= bound(before)]
    # An id that came with an import may say another time than its row.
    found = [p for p in old if (_newest(connection, p) or 0) < before]
    return sorted(found, key=lambda p: (p.end, list(KEYS).index(p.table)))


def partitions(connection: Connection) -> list[Partition]:
    """All that have bounds, which the default ones have not."""
    found = []
    for table, name, said in connection.execute(THERE).fetchall():
        if bounds := BOUNDS.search(said):
            found.append(Partition(table, name, bounds[1] or "", bounds[2] or LAST))
    return found


def missing(there: Sequence[Partition], start: int, end: int) -> list[tuple[str, int]]:
    """Tables and months from one UTC millisecond to another that no partition holds a part of."""
    return [
        (table, month)
        for month in months(start, end)
        for table in KEYS
        if not any(p.table == table and p.start < bound(end_of(MONTH, month)) and bound(month) < p.end for p in there)
    ]


def months(start: int, end: int) -> Iterator[int]:
    """Where the months begin that hold the UTC milliseconds from `start` to `end`, both included."""
    at = start_of(MONTH, start)
    while at <= end:
        yield at
        at = end_of(MONTH, at)


def bound(at: int) -> str:
    """How UUIDv7s of this UTC millisecond begin: earlier ones sort before it, these and later ones do not."""
    return f"{at >> 16:08x}-{at & 0xFFFF:04x}"


def make(connection: Connection, table: str, month: int) -> bool:
    """Make the partition of a month; whether it was made. Its rows that lie in the default partition move."""
    name, key = f"{table}_{datetime.fromtimestamp(month / 1000, UTC):%Y_%m}", KEYS[table]
    start, end = bound(month), bound(end_of(MONTH, month))
    of_the_month = f"FROM {table}_other WHERE {key} >= '{start}' AND {key} < '{end}'"

    def change() -> bool:
        # Another process may have made it meanwhile, or somebody has it detached.
        (there,) = connection.execute("SELECT to_regclass(?) IS NOT NULL", (name,)).fetchone()
        many = connection.execute(f"SELECT 1 {of_the_month} OFFSET {MOST_MOVED} LIMIT 1").fetchone()
        if there or many:
            return False
        # Not PARTITION OF: that would have the whole table alone, where ATTACH lets writers and readers be.
        connection.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)")
        connection.execute(f"WITH moved AS (DELETE {of_the_month} RETURNING *) INSERT INTO {name} SELECT * FROM moved")
        connection.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')")
        return True

    return _at_once(connection, change)


def _drop(connection: Connection, partition: Partition, *, pruned: int = 0) -> bool:
    def change() -> bool:
        if pruned:
            # From now on nobody expects these hours to equal their facts.
            set_mark(connection, PRUNED, max(pruned, mark(connection, PRUNED)))
        connection.execute(f"DROP TABLE IF EXISTS {partition.name}")
        return True

    return _at_once(connection, change)


def _at_once(connection: Connection, change: Callable[[], bool]) -> bool:
    """Whether a change to the tables was done. One that the server refuses, or has no time for, is put off."""
    try:
        with transaction(connection, "IMMEDIATE"):
            connection.execute(f"SET LOCAL lock_timeout = {LOCK_MS}")
            return change()
    except ServerError as exc:
        if exc.sqlstate is None:
            raise
        level = logging.DEBUG if exc.sqlstate == BUSY else logging.WARNING
        logger.log(level, "A month of the usage log is made or dropped later: %s", exc)
        return False


def _newest(connection: Connection, partition: Partition) -> int | None:
    """When the last operation began whose id is within the bounds."""
    within = connection.execute(
        "SELECT MAX(started_at) FROM operations WHERE id >= ? AND id < ?", (partition.start, partition.end)
    )
    (at,) = within.fetchone()
    return None if at is None else int(at)
