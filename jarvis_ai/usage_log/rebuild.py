"""Roll-ups made anew from the facts, and proved equal to them, while others go on writing.

Cells of an hour are compared with its facts, chunks with what lies below them. A step reads both in one snapshot; what
must be added to cells so that they agree is added in a transaction of its own. Nobody waits while it counts: what is
written meanwhile is added as well, and sums may come in any order. A step whose cells have changed under its hands
begins again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jarvis_ai.usage_log.cells import Cells, difference, fold
from jarvis_ai.usage_log.chunks import equal
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import ended_between
from jarvis_ai.usage_log.levels import HOUR, HOUR_MS, LEVELS, end_of, start_of
from jarvis_ai.usage_log.rollups import (
    FILLED,
    PRUNED,
    SEALED,
    Rollups,
    change,
    discard,
    mark,
    next_start,
    set_mark,
    stored,
)
from jarvis_ai.usage_log.sealing import CHUNKS, Sealing, Which
from jarvis_ai.usage_log.transactions import transaction

TRIES = 5
"""Times that a step is begun again before it counts with the database locked."""


class Hour(NamedTuple):
    """The cells of one hour, which are compared with its facts."""

    start: int

    @property
    def end(self) -> int:
        return self.start + HOUR_MS


Step = Hour | Which


def rebuild(connection: Connection) -> Iterator[tuple[Step, int]]:
    """Make every cell and chunk what it should be: each step as it is done, and how much of it was not.

    Facts that were pruned are not asked for any more: what was counted of them stays.
    """
    rollups, sealing = Rollups(), Sealing()
    for hour in hours(connection):
        yield hour, correct(connection, rollups, hour)
    for which in whole(connection):
        yield which, remake(connection, sealing, which)
    while sealing.refresh(connection):
        pass


def verify(connection: Connection) -> Iterator[tuple[Step, int]]:
    """The same without changing anything."""
    sealing = Sealing()
    for hour in hours(connection):
        with transaction(connection, "DEFERRED"):
            yield hour, len(changes_of(connection, hour, standing(connection, hour)))
    for which in whole(connection):
        with transaction(connection, "DEFERRED"):
            yield which, different(connection, sealing, which)


def fill(connection: Connection, rollups: Rollups) -> bool:
    """Count the newest hour of facts that were there before roll-ups were; whether there may be more of them."""
    filled = mark(connection, FILLED)
    (newest,) = connection.execute("SELECT MAX(started_at) FROM operations WHERE started_at < ?", (filled,)).fetchone()
    if newest is None and filled <= 0:
        return False
    hour = 0 if newest is None else start_of(HOUR, newest)
    if newest is not None:
        correct(connection, rollups, Hour(hour))
    with transaction(connection, "IMMEDIATE"):
        set_mark(connection, FILLED, min(hour, mark(connection, FILLED)))
    return hour > 0


def correct(connection: Connection, rollups: Rollups, hour: Hour) -> int:
    """Make the cells of an hour what they should be; how many were not."""
    for _ in range(TRIES):
        with transaction(connection, "DEFERRED"):
            there = standing(connection, hour)
            changes = changes_of(connection, hour, there)
        if not changes:
            return 0
        with transaction(connection, "IMMEDIATE"):
            if standing(connection, hour) == there:
                return _add(connection, rollups, hour, changes)
    with transaction(connection, "IMMEDIATE"):
        return _add(connection, rollups, hour, changes_of(connection, hour, standing(connection, hour)))


def _add(connection: Connection, rollups: Rollups, hour: Hour, changes: Cells) -> int:
    try:
        discard(connection, hour.start)
        rollups.add(connection, changes)
    except BaseException:
        rollups.forget()
        raise
    return len(changes)


def changes_of(connection: Connection, hour: Hour, there: Cells) -> Cells:
    """What the cells of an hour that are `there` lack to say what its facts say; nothing once facts are pruned."""
    if hour.start < mark(connection, PRUNED):
        return {}
    return difference(fold(ended_between(connection, hour.start, hour.end)), there)


def standing(connection: Connection, hour: Hour) -> Cells:
    """The cells of an hour as they are."""
    return stored(connection, hour.start, hour.end)


def remake(connection: Connection, sealing: Sealing, which: Which) -> int:
    """Make chunks anew when they are not what they should be; how many were not."""
    with transaction(connection, "DEFERRED"):
        count = different(connection, sealing, which)
    if count:
        with transaction(connection, "IMMEDIATE"):
            change(connection, *which)
        while sealing.refresh(connection):
            pass
    return count


def different(connection: Connection, sealing: Sealing, which: Which) -> int:
    """How many chunks are not what lies below them; none when they are stale, since nobody reads them."""
    sql = "SELECT 1 FROM rollup_stale WHERE level = ? AND start = ?"
    if connection.execute(sql, which).fetchone():
        return 0
    made, there = sealing.made(connection, which), sealing.standing(connection, which)
    return sum(
        not (one in made and one in there and equal(made[one], there[one])) for one in made.keys() | there.keys()
    )


def hours(connection: Connection) -> Iterator[Hour]:
    """Those that have facts which were not pruned, or cells."""
    pruned, hour = mark(connection, PRUNED), next_hour(connection, 0)
    while hour is not None:
        if hour >= pruned:
            yield Hour(hour)
        hour = next_hour(connection, hour + HOUR_MS)


def whole(connection: Connection) -> list[Which]:
    """All sealed hours, days and months that have cells or chunks, in the order in which they are made."""
    sealed, found = mark(connection, SEALED), set[Which]()
    hour = next_start(connection, 0)
    while hour is not None and hour < sealed:
        found |= {Which(level, start_of(level, hour)) for level in LEVELS}
        hour = next_start(connection, hour + HOUR_MS)
    for table in CHUNKS.values():
        found |= {Which(*row) for row in connection.execute(f"SELECT DISTINCT level, start FROM {table}")}
    over = [which for which in found if end_of(which.level, which.start) <= sealed]
    return sorted(over, key=lambda which: (LEVELS.index(which.level), which.start))


def next_hour(connection: Connection, start: int) -> int | None:
    """The first hour from `start` on that has facts or cells."""
    (fact,) = connection.execute("SELECT MIN(started_at) FROM operations WHERE started_at >= ?", (start,)).fetchone()
    found = [at for at in (fact, next_start(connection, start)) if at is not None]
    return start_of(HOUR, min(found)) if found else None
