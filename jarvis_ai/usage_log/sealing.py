"""Chunks in the database: made of hours that are over, and anew of those in which something changed after that.

Sealing an hour is a mark that moves past it; from then on its chunks are stale, and so are those of its day and of its
month when they are over with it. One stale chunk at a time is made of what lies below it: hours of cells, days of
hours, months of days, each in every cut. That is counted in a snapshot, and written only when nothing changed
meanwhile: a writer waits for some rows, not for sums.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jarvis_ai.usage_log.cells import CELLS, UNSOUND, Counted, Key, columns_of, sound
from jarvis_ai.usage_log.chunks import Chunk, chunk_of, joined, packed, unpacked
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.cuts import CUTS, Names, names
from jarvis_ai.usage_log.levels import BELOW, DAY, DAY_MS, HOUR, HOUR_MS, MONTH, Level, end_of, start_of
from jarvis_ai.usage_log.rollups import KEY_COLUMNS, SEALED, TABLES, change, mark, next_start, set_mark
from jarvis_ai.usage_log.transactions import transaction

logger = logging.getLogger("jarvis_ai.usage_log")

CHUNKS: Mapping[Counted, str] = {"operation": "operation_chunks", "attempt": "attempt_chunks"}

LATE_MS = 600_000
"""How long after its end an hour is sealed: hardly a call that began in it is still under way."""

CELLS_OF_AN_HOUR = {
    counted: f"SELECT key, {', '.join(columns_of(kind))} FROM {TABLES[counted]} WHERE start = ?"
    for counted, kind in CELLS.items()
}
COLUMNS = {counted: ("key", *columns_of(kind)) for counted, kind in CELLS.items()}
BETWEEN = {
    counted: f"""SELECT {", ".join(columns)} FROM {CHUNKS[counted]}
        WHERE cut = ? AND level = ? AND start >= ? AND start < ? ORDER BY start"""
    for counted, columns in COLUMNS.items()
}
FORGET = {
    counted: f"DELETE FROM {table} WHERE cut = ? AND level = ? AND start = ?" for counted, table in CHUNKS.items()
}
ADD = {
    counted: f"""INSERT INTO {CHUNKS[counted]} (cut, level, start, {", ".join(columns)})
        VALUES ({", ".join("?" * (3 + len(columns)))})"""
    for counted, columns in COLUMNS.items()
}

AHEAD_MS = DAY_MS
"""How far apart the clocks of two machines may be."""

LEFT_OUT = (
    "Rows of %s at %d cannot be read and are left out; python -m jarvis_ai.usage_log rebuild DATABASE makes them anew."
)

FIRST_STALE = """
    SELECT level, start, changes FROM rollup_stale
    ORDER BY CASE level WHEN 'hour' THEN 0 WHEN 'day' THEN 1 ELSE 2 END, start LIMIT 1
"""
"""What lies below comes first."""


class Which(NamedTuple):
    """Chunks of one stretch of time."""

    level: Level
    start: int
    """UTC milliseconds."""

    @property
    def end(self) -> int:
        return end_of(self.level, self.start)


class Span(NamedTuple):
    """Chunks of one level that start at or after `start` and before `end`."""

    level: Level
    start: int
    end: int


Made = dict[tuple[Counted, str], Chunk]
"""By what they count, and by cut; empty ones are left out."""


class Sealing:
    """Makes chunks, in transactions of its own. Not for two threads at a time, nor for two databases."""

    def __init__(self) -> None:
        self._keys = 0
        self._names: dict[str, Names] = {}

    def forget(self) -> None:
        """Another file: the numbers of its keys are others."""
        self._keys = 0

    def step(self, connection: Connection, until: int) -> bool:
        """Make a stale chunk anew, of the next hour before `until` when none is; whether there was anything to do."""
        if self.refresh(connection):
            return True
        moved = seal(connection, until)
        if moved:
            self.refresh(connection)
        return moved

    def refresh(self, connection: Connection) -> bool:
        """Make the first stale chunk anew, in every cut; whether there was one."""
        with transaction(connection, "DEFERRED"):
            found = connection.execute(FIRST_STALE).fetchone()
            if found is None:
                return False
            which, changes = Which(*found[:2]), found[2]
            # Packed here already: others wait while it is written.
            rows = {one: packed(chunk) for one, chunk in self.made(connection, which).items()}
        with transaction(connection, "IMMEDIATE"):
            sql = "DELETE FROM rollup_stale WHERE level = ? AND start = ? AND changes = ?"
            if connection.execute(sql, (*which, changes)).rowcount:
                _write(connection, which, rows)
        return True

    def made(self, connection: Connection, which: Which) -> Made:
        """What the chunks of a stretch of time should be, by what lies below them."""
        found: Made = {}
        for counted in CELLS:
            cells = _cells(connection, counted, which.start) if which.level == HOUR else None
            for cut, named in self._cuts(connection).items():
                below = _below(connection, counted, cut, which) if cells is None else [cells]
                if below and len(chunk := joined(below, named)):
                    found[counted, cut] = chunk
        return found

    def standing(self, connection: Connection, which: Which) -> Made:
        """The chunks of a stretch of time as they are."""
        found: Made = {}
        for counted in CELLS:
            for cut, named in self._cuts(connection).items():
                if chunks := stored(connection, counted, cut, Span(which.level, which.start, which.start + 1)):
                    found[counted, cut] = joined(chunks, named)
        return found

    def _cuts(self, connection: Connection) -> Mapping[str, Names]:
        (count,) = connection.execute("SELECT COUNT(*) FROM rollup_keys").fetchone()
        if count != self._keys:
            rows = connection.execute(f"SELECT id, {', '.join(KEY_COLUMNS)} FROM rollup_keys ORDER BY id")
            keys = {number: Key._make(key) for number, *key in rows}
            self._keys, self._names = count, {cut: names(keys, cut) for cut in CUTS}
        return self._names


def seal(connection: Connection, until: int) -> bool:
    """Move the mark past the next hour before `until` that has cells, or to `until`; whether it moved.

    Back as well, when it is so far ahead that some clock was wrong: what is written there would be late for ever.
    """
    if until <= mark(connection, SEALED) <= until + AHEAD_MS:
        return False
    with transaction(connection, "IMMEDIATE"):
        sealed = mark(connection, SEALED)
        if sealed > until + AHEAD_MS:
            set_mark(connection, SEALED, until)
            return True
        begin = next_start(connection, sealed)
        end = max(sealed, until if begin is None else min(begin + HOUR_MS, until))
        for which in sorted(_over(sealed, begin, end)):
            change(connection, *which)
        set_mark(connection, SEALED, end)
    return end > sealed


def seal_all(connection: Connection, until: int) -> Iterator[int]:
    """Seal every hour before `until` and make all chunks; yields how far it is."""
    sealing = Sealing()
    while sealing.step(connection, until):
        yield mark(connection, SEALED)


def sealed_until(now: int) -> int:
    """How far a log is to be sealed at a time; both are UTC milliseconds."""
    return start_of(HOUR, now - LATE_MS)


def _over(sealed: int, begin: int | None, end: int) -> Iterator[Which]:
    """What is over when the mark moves from `sealed` to `end`, and holds the hour at `begin` or one before."""
    hours = [hour for hour in (sealed - HOUR_MS, begin) if hour is not None and 0 <= hour < end]
    for level in (HOUR, DAY, MONTH):
        for start in {start_of(level, hour) for hour in hours}:
            if sealed < end_of(level, start) <= end:
                yield Which(level, start)


def _cells(connection: Connection, counted: Counted, hour: int) -> Chunk:
    rows = connection.execute(CELLS_OF_AN_HOUR[counted], (hour,)).fetchall()
    try:
        return chunk_of(counted, rows)
    except UNSOUND:
        logger.warning(LEFT_OUT, TABLES[counted], hour)
        return chunk_of(counted, [row for row in rows if sound(COLUMNS[counted][1:], row[1:])])


def _below(connection: Connection, counted: Counted, cut: str, which: Which) -> list[Chunk]:
    return stored(connection, counted, cut, Span(BELOW[which.level], which.start, which.end))


def stored(connection: Connection, counted: Counted, cut: str, span: Span) -> list[Chunk]:
    """The chunks of a stretch of time, in order."""
    rows = connection.execute(BETWEEN[counted], (cut, *span)).fetchall()
    try:
        return [unpacked(counted, row) for row in rows]
    except UNSOUND:
        logger.warning(LEFT_OUT, CHUNKS[counted], span.start)
        return []


def _write(connection: Connection, which: Which, rows: Mapping[tuple[Counted, str], tuple[bytes, ...]]) -> None:
    """Put chunks in the place of those that are there."""
    for counted in CELLS:
        for cut in CUTS:
            connection.execute(FORGET[counted], (cut, *which))
            if row := rows.get((counted, cut)):
                connection.execute(ADD[counted], (cut, *which, *row))
