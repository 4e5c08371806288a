"""What a log needs and nobody waits for, in steps so small that no writer notices.

A step holds the write lock for a few milliseconds at most. Facts are pruned by age; what was counted of them stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.levels import DAY_MS, HOUR, start_of
from jarvis_ai.usage_log.rebuild import fill
from jarvis_ai.usage_log.rollups import FILLED, PRUNED, Rollups, mark, set_mark
from jarvis_ai.usage_log.sealing import Sealing, sealed_until
from jarvis_ai.usage_log.search import index
from jarvis_ai.usage_log.transactions import transaction

ROWS = 200
"""Operations or bodies that a step deletes at most."""

KEYS: Mapping[str, str] = MappingProxyType({"bodies": "operation_id", "attempts": "operation_id", "operations": "id"})
"""Tables of facts and which column names the operation, in the order in which rows go: what hangs on one before it."""

PAGES, FREE_SHARE = 200, 20
"""Pages that a step gives back to the disk, when more than one in so many is free: the next rows need some."""


Chore = Callable[[], bool]
"""Does one step, and says whether there may be more."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows are kept, in days. Roll-ups are kept for ever."""

    bodies: float = 30.0
    """0: none are written."""
    facts: float = 400.0


def keep_up(connection: Connection, rollups: Rollups, sealing: Sealing, retention: Retention, now: int) -> bool:
    """One step of the first chore that has something to do; whether there may be more. `now` is UTC milliseconds."""
    of_files: tuple[Chore, ...] = (lambda: index(connection, now), lambda: shrink(connection))
    return any(chore() for chore in (*everywhere(connection, rollups, sealing, retention, now), *of_files))


def everywhere(
    connection: Connection, rollups: Rollups, sealing: Sealing, retention: Retention, now: int
) -> tuple[Chore, ...]:
    """The chores of every database, a file or a server's."""
    return (
        lambda: fill(connection, rollups),
        lambda: sealing.step(connection, sealed_until(now)),
        lambda: prune_bodies(connection, round(now - retention.bodies * DAY_MS)),
        lambda: prune_facts(connection, round(now - retention.facts * DAY_MS)),
    )


def prune_bodies(connection: Connection, before: int) -> bool:
    """Delete some bodies of operations that began before a time; whether there were any.

    The oldest are found by their ids, which sort by time.
    """
    oldest = connection.execute("SELECT operation_id, started_at FROM bodies ORDER BY operation_id LIMIT ?", (ROWS,))
    old = [id_ for id_, at in oldest.fetchall() if at < before]
    if old:
        with transaction(connection, "IMMEDIATE"):
            delete(connection, old, "bodies")
    return bool(old)


def prune_facts(connection: Connection, before: int) -> bool:
    """Delete some operations of hours that end before a time, with their attempts and bodies; whether there were any.

    Not before all of them are counted.
    """
    end = start_of(HOUR, max(before, 0))
    oldest = connection.execute(
        "SELECT id FROM operations WHERE started_at < ? ORDER BY started_at LIMIT ?", (end, ROWS)
    )
    old = [id_ for (id_,) in oldest]
    if not old or mark(connection, FILLED) > 0:
        return False
    with transaction(connection, "IMMEDIATE"):
        # Said first: from now on nobody expects these hours to equal their facts.
        set_mark(connection, PRUNED, max(end, mark(connection, PRUNED)))
        delete(connection, old, *KEYS)
    return True


def delete(connection: Connection, operation_ids: Sequence[str], *tables: str) -> None:
    """Delete what is in these tables of some operations: one statement for each table, whatever is between."""
    for table in tables:
        sql = f"DELETE FROM {table} WHERE {KEYS[table]} IN (SELECT value FROM json_each(:ids))"
        connection.execute(sql, {"ids": json.dumps(operation_ids)})


def shrink(connection: Connection) -> bool:
    """Give some free pages back to the disk; whether there were more than the next rows need."""
    free, pages, mode = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("freelist_count", "page_count", "auto_vacuum")
    )
    if mode == 0 or free < PAGES or free * FREE_SHARE < pages:
        return False
    connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
    return True
