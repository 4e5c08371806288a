"""Roll-ups made anew from the facts, and proved equal to them, while others go on writing.

A step reads facts and cells in one snapshot, finds what must be added so that they agree, and adds it in a transaction
of its own. Nobody waits while it counts: what is written meanwhile is added as well, and sums may come in any order. A
step whose cells have changed under its hands begins again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jarvis_ai.usage_log.cells import Cells, difference, fold, higher, months_of
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import ended_between
from jarvis_ai.usage_log.levels import DAY, HOUR, HOUR_MS, MONTH, Level, end_of, start_of
from jarvis_ai.usage_log.rollups import (
    ALL,
    FILLED,
    FURTHER,
    PRUNED,
    SEALED,
    Rollups,
    mark,
    next_start,
    set_mark,
    stored,
)
from jarvis_ai.usage_log.transactions import transaction

TRIES = 5
"""Times that a step is begun again before it counts with the database locked."""


class Step(NamedTuple):
    """Cells that are compared at once: those of one hour with its facts; those of one day, in all cuts of hour and day,
    with its hours; or those of one month with its days."""

    level: Level
    start: int

    @property
    def end(self) -> int:
        return end_of(self.level, self.start)


def rebuild(connection: Connection) -> Iterator[tuple[Step, int]]:
    """Make every cell what it should be: each step as it is done, and how many of its cells were not.

    Facts that were pruned are not asked for any more: what was counted of them stays.
    """
    rollups = Rollups()
    for step in steps(connection):
        yield step, correct(connection, rollups, step)


def verify(connection: Connection) -> Iterator[tuple[Step, int]]:
    """The same without changing anything."""
    for step in steps(connection):
        with transaction(connection, "DEFERRED"):
            yield step, len(difference(wanted(connection, step), standing(connection, step)))


def fill(connection: Connection, rollups: Rollups) -> bool:
    """Count the newest hour of facts that were there before roll-ups were; whether there may be more of them."""
    filled = mark(connection, FILLED)
    (newest,) = connection.execute("SELECT MAX(started_at) FROM operations WHERE started_at < ?", (filled,)).fetchone()
    if newest is None and filled == 0:
        return False
    hour = 0 if newest is None else start_of(HOUR, newest)
    if newest is not None:
        correct(connection, rollups, Step(HOUR, hour))
    with transaction(connection, "IMMEDIATE"):
        set_mark(connection, FILLED, min(hour, mark(connection, FILLED)))
    return hour > 0


def correct(connection: Connection, rollups: Rollups, step: Step) -> int:
    """Make the cells of a step what they should be; how many were not."""
    for _ in range(TRIES):
        with transaction(connection, "DEFERRED"):
            there = standing(connection, step)
            changes = difference(wanted(connection, step), there)
        if not changes:
            return 0
        with transaction(connection, "IMMEDIATE"):
            if standing(connection, step) == there:
                return _add(connection, rollups, step, changes)
    with transaction(connection, "IMMEDIATE"):
        return _add(connection, rollups, step, difference(wanted(connection, step), standing(connection, step)))


def _add(connection: Connection, rollups: Rollups, step: Step, changes: Cells) -> int:
    try:
        (rollups.add if step.level == HOUR else rollups.merge)(connection, changes)
    except BaseException:
        rollups.forget()
        raise
    return len(changes)


def wanted(connection: Connection, step: Step) -> Cells:
    """The cells of a step as what lies below them says."""
    if step.level == HOUR:
        return fold(ended_between(connection, step.start, step.end))
    if step.level == MONTH:
        return months_of(stored(connection, DAY, step.start, step.end))
    above = higher(stored(connection, HOUR, step.start, min(step.end, mark(connection, SEALED))))
    return {place: cell for place, cell in above.items() if place.level != MONTH}


def standing(connection: Connection, step: Step) -> Cells:
    """The cells of a step as they are."""
    if step.level == HOUR:
        return stored(connection, HOUR, step.start, step.end)
    cells = stored(connection, step.level, step.start, step.end, cuts=ALL)
    if step.level == DAY:
        cells |= stored(connection, HOUR, step.start, step.end, cuts=FURTHER)
    return cells


def steps(connection: Connection) -> Iterator[Step]:
    """All that there is to compare, in the order in which it can be corrected: a month is made of days."""
    pruned, days = mark(connection, PRUNED), set[int]()
    hour = next_hour(connection, 0)
    while hour is not None:
        days.add(start_of(DAY, hour))
        if hour >= pruned:
            yield Step(HOUR, hour)
        hour = next_hour(connection, hour + HOUR_MS)
    yield from (Step(DAY, day) for day in sorted(days))
    yield from (Step(MONTH, month) for month in sorted({start_of(MONTH, day) for day in days}))


def next_hour(connection: Connection, start: int) -> int | None:
    """The first hour from `start` on that has facts or cells."""
    (fact,) = connection.execute("SELECT MIN(started_at) FROM operations WHERE started_at >= ?", (start,)).fetchone()
    found = [at for at in (fact, next_start(connection, start)) if at is not None]
    return start_of(HOUR, min(found)) if found else None
