"""A log from one database into another, a file or a server's, in steps that may be stopped and taken up again.

Facts are copied as they are, oldest first, an operation with all that belongs to it; roll-ups come last and at once, so
that what was counted of pruned facts comes along. All is read in one snapshot: the old log may go on, and a second run
brings what came meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from jarvis_ai.usage_log.cells import CELLS, Cells, Key
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.levels import DAY_MS
from jarvis_ai.usage_log.rollups import ADD_KEY, FILLED, FIND_KEY, PRUNED, SEALED, TABLES, UPSERT, mark, stored
from jarvis_ai.usage_log.sealing import CHUNKS, seal_all
from jarvis_ai.usage_log.transactions import transaction
from jarvis_ai.usage_log.writers import LONGEST_MS

OPERATIONS = 500
"""That are copied in one transaction, with their attempts and bodies."""

AGAIN_MS = 2 * LONGEST_MS
"""What began so shortly before the end of the last run is copied again: it may have ended since, or have got a cost."""

COPIED = "copied"
"""Mark of the new log: when the newest operation began that was copied into it."""

LINKS = 5000
"""Of the hash chain that are copied in one transaction."""

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"attempts": ("operation_id", "attempt_no"), "bodies": ("operation_id",)}
)
"""Tables of what belongs to an operation, and their keys."""

STRETCH_MS = 10 * DAY_MS
"""How much of the roll-ups is held in memory."""


class Foreign(ValueError):
    """The target holds rows that no copy brought."""


class Progress(NamedTuple):
    """After one step: operations so far in this run, and UTC milliseconds at which the last of them began."""

    operations: int
    reached: int


def copy(source: Connection, target: Connection) -> Iterator[Progress]:
    """Copy all that is in `source`; both have the present schema. Raises `Foreign` before anything is written."""
    start = begin(target)
    with transaction(source, "DEFERRED"):
        done, after = 0, (start, "")
        while rows := operations(source, after):
            with transaction(target, "IMMEDIATE"):
                bring(source, target, rows)
                set_copied(target, rows[-1]["started_at"])
            done, after = done + len(rows), (rows[-1]["started_at"], rows[-1]["id"])
            yield Progress(done, after[0])
        while bring_links(source, target):
            pass
        sealed = mark(source, SEALED)
        with transaction(target, "IMMEDIATE"):
            count(source, target)
    for _ in seal_all(target, sealed):
        pass


def begin(target: Connection) -> int:
    """Where to begin, or to go on, in UTC milliseconds. Raises `Foreign`."""
    found = target.execute("SELECT at FROM rollup_marks WHERE name = ?", (COPIED,)).fetchone()
    (newest,) = target.execute("SELECT MAX(started_at) FROM operations").fetchone()
    copied = found[0] if found else -1
    if newest is not None and newest > copied:
        raise Foreign("it holds calls of its own; copy into a log that is new, or that this command began")
    return max(0, int(copied) - AGAIN_MS)


def operations(source: Connection, after: tuple[int, str]) -> list[dict[str, Any]]:
    """The next ones by time and id."""
    names = columns(source, "operations")
    sql = f"""SELECT {", ".join(names)} FROM operations WHERE (started_at, id) > (?, ?)
        ORDER BY started_at, id LIMIT ?"""
    return [dict(zip(names, row, strict=True)) for row in source.execute(sql, (*after, OPERATIONS))]


def bring(source: Connection, target: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write operations with all that belongs to them, in place of what is there of them."""
    write(target, "operations", ("id",), list(rows[0]), [tuple(row.values()) for row in rows])
    ids = json.dumps([row["id"] for row in rows])
    for table, key in PARTS.items():
        names = columns(source, table)
        sql = f"SELECT {', '.join(names)} FROM {table} WHERE operation_id IN (SELECT value FROM json_each(:ids))"
        write(target, table, key, names, source.execute(sql, {"ids": ids}).fetchall())


def bring_links(source: Connection, target: Connection) -> bool:
    """Write the next links of the hash chain, those of pruned operations included; whether there were any."""
    (last,) = target.execute("SELECT COALESCE(MAX(no), 0) FROM chain").fetchone()
    names = columns(source, "chain")
    sql = f"SELECT {', '.join(names)} FROM chain WHERE no > ? ORDER BY no LIMIT ?"
    rows = source.execute(sql, (last, LINKS)).fetchall()
    with transaction(target, "IMMEDIATE"):
        write(target, "chain", ("no",), names, rows)
    return bool(rows)


def write(
    target: Connection, table: str, key: Sequence[str], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put rows into a table, in place of those with the same key."""
    others = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    target.executemany(
        f"""INSERT INTO {table} ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})
            ON CONFLICT ({", ".join(key)}) DO UPDATE SET {others}""",
        rows,
    )


def count(source: Connection, target: Connection) -> None:
    """Make the roll-ups of `target` those of `source`; what is made of them is stale."""
    for table in (*TABLES.values(), *CHUNKS.values(), "rollup_stale"):
        target.execute(f"DELETE FROM {table}")
    ids: dict[Key, int] = {}
    for cells in stretches(source):
        for key in {place.key for place in cells} - ids.keys():
            target.execute(ADD_KEY, key)
            (ids[key],) = target.execute(FIND_KEY, key).fetchone()
        for counted in CELLS:
            rows = [(p.start, ids[p.key], *cell) for p, cell in cells.items() if p.key.counted == counted]
            target.executemany(UPSERT[counted], rows)
    marks = source.execute("SELECT at, name FROM rollup_marks WHERE name IN (?, ?)", (FILLED, PRUNED))
    target.executemany("UPDATE rollup_marks SET at = ? WHERE name = ?", [*marks.fetchall(), (0, SEALED)])


def stretches(source: Connection) -> Iterator[Cells]:
    """All cells, some at a time."""
    bounds = [source.execute(f"SELECT MIN(start), MAX(start) FROM {table}").fetchone() for table in TABLES.values()]
    known = [at for pair in bounds for at in pair if at is not None]
    for start in range(min(known, default=0), max(known, default=-1) + 1, STRETCH_MS):
        yield stored(source, start, start + STRETCH_MS)


def columns(connection: Connection, table: str) -> list[str]:
    """The names of a table's columns, in order."""
    found = connection.execute(f"SELECT * FROM {table} LIMIT 0")
    return [column[0] for column in found.description or ()]


def set_copied(target: Connection, at: int) -> None:
    """Remember how far the copy is."""
    sql = """INSERT INTO rollup_marks (name, at) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE rollup_marks.at < excluded.at"""
    target.execute(sql, (COPIED, at))
