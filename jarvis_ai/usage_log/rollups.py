"""Cells in the database: they change in the transaction that changes the facts they count.

What a transaction adds is what the facts that it touched count after it, less what they counted before it. So a row
that is written twice counts once, and a cost that is settled later, or an interrupted call that did end, changes the
cells that it is in. A call writes two cells; of hours that are over chunks are made (`sealing`), and where something
changes after that, the chunks that it is in are said to be stale in the same transaction: nobody reads them until they
are made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from secrets import randbits

from jarvis_ai.usage_log.cells import (
    ATTEMPT,
    CELLS,
    OPERATION,
    Cell,
    Cells,
    Counted,
    Key,
    Place,
    columns_of,
    difference,
    fold,
    sound,
    tidy,
)
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import Outcome, ended, has_ended, standings
from jarvis_ai.usage_log.levels import LEVELS, Level, end_of, start_of

TABLES: Mapping[Counted, str] = {OPERATION: "operation_cells", ATTEMPT: "attempt_cells"}

SEALED, FILLED, PRUNED = "sealed", "filled", "pruned"
"""Marks: before the first, there are chunks; from the second on, all facts are counted; before the third, facts have
been pruned."""

TIDY_EVERY = 64
"""Facts after which a cell's histograms are put into their shortest form."""

MOST_LOOSE = 10_000
"""Cells of which it is remembered at most how loose they are: every hour has new ones."""


def upsert(counted: Counted) -> str:
    """Adds a cell to the one that is there."""
    table, names, empty = TABLES[counted], columns_of(CELLS[counted]), CELLS[counted]()
    marks = ", ".join("?" * (2 + len(names)))
    sums = ", ".join(
        f"{name} = CAST({table}.{name} || excluded.{name} AS BLOB)"
        if isinstance(value, bytes)
        else f"{name} = {table}.{name} + excluded.{name}"
        for name, value in zip(names, empty, strict=True)
    )
    return f"""
        INSERT INTO {table} (start, key, {", ".join(names)}) VALUES ({marks})
        ON CONFLICT (start, key) DO UPDATE SET {sums}
    """


def select(counted: Counted) -> str:
    """The cell of an hour and a key."""
    return f"""
        SELECT {", ".join(columns_of(CELLS[counted]))} FROM {TABLES[counted]} WHERE start = ? AND key = ?
    """


def replace(counted: Counted) -> str:
    """Puts a cell in the place of the one that is there."""
    names = columns_of(CELLS[counted])
    return f"""
        UPDATE {TABLES[counted]} SET {", ".join(f"{name} = ?" for name in names)}
        WHERE start = ? AND key = ?
    """


def select_between(counted: Counted) -> str:
    """Keys, hours and cells from :start up to :end."""
    return f"""
        SELECT {", ".join(f"k.{name}" for name in columns_of(Key))}, c.start,
            {", ".join(f"c.{name}" for name in columns_of(CELLS[counted]))}
        FROM {TABLES[counted]} c JOIN rollup_keys k ON k.id = c.key
        WHERE c.start >= :start AND c.start < :end
    """


UPSERT = {counted: upsert(counted) for counted in CELLS}
SELECT = {counted: select(counted) for counted in CELLS}
REPLACE = {counted: replace(counted) for counted in CELLS}

KEY_COLUMNS = columns_of(Key)
ADD_KEY = f"""
    INSERT INTO rollup_keys ({", ".join(KEY_COLUMNS)}) VALUES ({", ".join("?" * len(KEY_COLUMNS))})
    ON CONFLICT DO NOTHING
"""
FIND_KEY = f"SELECT id FROM rollup_keys WHERE {' AND '.join(f'{name} = ?' for name in KEY_COLUMNS)}"

SET_STALE = """
    INSERT INTO rollup_stale (level, start, changes) VALUES (?, ?, ?)
    ON CONFLICT (level, start) DO UPDATE SET changes = rollup_stale.changes + 1
"""


class Rollups:
    """Writes cells in whatever transaction it is given. Not for two threads at a time, nor for two databases."""

    def __init__(self) -> None:
        self._ids: dict[Key, int] = {}
        self._loose: Counter[Place] = Counter()
        """Facts that were added to a cell since its histograms were in their shortest form, as far as we know."""

    def forget(self) -> None:
        """After a transaction that was rolled back, or another file: what was known of it may not be there."""
        self._ids.clear()
        self._loose.clear()

    @contextmanager
    def following(self, connection: Connection, outcomes: Mapping[str, Outcome]) -> Iterator[None]:
        """What is written meanwhile to these operations, by id, and to their attempts is counted, when it ends well."""
        if not outcomes:
            yield
            return
        before = standings(connection, outcomes)
        there = fold(fact for id_ in outcomes if has_ended(before[id_]) for fact in ended(connection, id_))
        yield
        cells = fold(fact for id_, outcome in outcomes.items() for fact in outcome.facts(connection, id_, before[id_]))
        self.add(connection, difference(cells, there) if there else cells)

    def add(self, connection: Connection, cells: Mapping[Place, Cell]) -> None:
        """Merge cells into the database; the chunks that they are in are stale from then on."""
        if not cells:
            return
        self._merge(connection, cells)
        sealed = mark(connection, SEALED)
        set_stale(connection, {place.start for place in cells if place.start < sealed}, sealed)

    def _merge(self, connection: Connection, cells: Mapping[Place, Cell]) -> None:
        # In the same order by everybody: two writers of one server must not wait for each other.
        for place, cell in sorted(cells.items(), key=itemgetter(0)):
            counted = place.key.counted
            where = (place.start, self._id(connection, place.key))
            connection.execute(UPSERT[counted], (*where, *cell))
            self._loose[place] += cell[0]  # the first field is the number of facts
            if len(self._loose) > MOST_LOOSE:
                self._loose.clear()
            if self._loose[place] >= TIDY_EVERY:
                self._tidy(connection, counted, where)
                del self._loose[place]

    def _tidy(self, connection: Connection, counted: Counted, where: tuple[int, int]) -> None:
        row = connection.execute(SELECT[counted], where).fetchone()
        if sound(columns_of(CELLS[counted]), row):
            connection.execute(REPLACE[counted], (*tidy(CELLS[counted]._make(row)), *where))

    def _id(self, connection: Connection, key: Key) -> int:
        found = self._ids.get(key)
        if found is None:
            connection.execute(ADD_KEY, key)
            (found,) = connection.execute(FIND_KEY, key).fetchone()
            self._ids[key] = found
        return found


def stored(connection: Connection, start: int, end: int) -> Cells:
    """The cells of the hours that begin in a stretch of time, but for those that cannot be read."""
    values, width = {"start": start, "end": end}, len(KEY_COLUMNS)
    cells: Cells = {}
    for counted, kind in CELLS.items():
        for row in connection.execute(select_between(counted), values):
            if sound(columns_of(kind), row[width + 1 :]):
                cells[Place(Key._make(row[:width]), row[width])] = kind._make(row[width + 1 :])
    return cells


def discard(connection: Connection, start: int) -> None:
    """Delete the cells of an hour that cannot be read."""
    for counted, kind in CELLS.items():
        names = columns_of(kind)
        rows = connection.execute(f"SELECT key, {', '.join(names)} FROM {TABLES[counted]} WHERE start = ?", (start,))
        for key, *values in rows.fetchall():
            if not sound(names, values):
                connection.execute(f"DELETE FROM {TABLES[counted]} WHERE start = ? AND key = ?", (start, key))


def next_start(connection: Connection, start: int) -> int | None:
    """The first hour from `start` on that has cells."""
    firsts = [f"SELECT MIN(start) FROM {table} WHERE start >= ?" for table in TABLES.values()]
    found = [connection.execute(sql, (start,)).fetchone()[0] for sql in firsts]
    return min((at for at in found if at is not None), default=None)


def set_stale(connection: Connection, hours: Iterable[int], sealed: int) -> None:
    """Say that the chunks of these hours, before `sealed`, and of their days and months do not hold what they should.

    Of days and months that are not over there are none.
    """
    stale = {(level, start_of(level, hour)) for hour in hours for level in LEVELS}
    # In the same order by everybody: see `Rollups`.
    rows = sorted((level, start) for level, start in stale if end_of(level, start) <= sealed)
    for level, start in rows:
        change(connection, level, start)


def change(connection: Connection, level: Level, start: int) -> None:
    """Say that the chunks of one stretch of time do not hold what they should.

    `changes` becomes a number that it never was: who has made them of what was there before must not take it for old.
    """
    connection.execute(SET_STALE, (level, start, randbits(62)))


def mark(connection: Connection, name: str) -> int:
    """One of the marks, UTC milliseconds."""
    (at,) = connection.execute("SELECT at FROM rollup_marks WHERE name = ?", (name,)).fetchone()
    return int(at)


def set_mark(connection: Connection, name: str, at: int) -> None:
    """Move a mark."""
    connection.execute("UPDATE rollup_marks SET at = ? WHERE name = ?", (at, name))
