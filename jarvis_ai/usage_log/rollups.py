"""Cells in the database: they change in the transaction that changes the facts they count.

What a transaction adds is what the facts that it touched count after it, less what they counted before it. So a row
that is written twice counts once, and a cost that is settled later, or an interrupted call that did end, changes the
cells that it is in. A call writes two cells, by the hour; days, months and further cuts are made of the hours that are
over (`seal`), and what comes late for those is added to all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter

from jarvis_ai.usage_log.cells import (
    ATTEMPT,
    CELLS,
    FULL,
    OPERATION,
    Cell,
    Cells,
    Counted,
    Key,
    Place,
    columns_of,
    difference,
    fold,
    higher,
    tidy,
)
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import Outcome, ended, has_ended, standings
from jarvis_ai.usage_log.levels import HOUR, HOUR_MS, Level

TABLES: Mapping[Counted, str] = {OPERATION: "operation_cells", ATTEMPT: "attempt_cells"}

SEALED, FILLED, PRUNED = "sealed", "filled", "pruned"
"""Marks: before the first, days, months and further cuts are complete; from the second on, all hours are; before the
third, facts have been pruned."""

ALL, ONLY_FULL, FURTHER = "", "AND k.cut = 'full'", "AND k.cut <> 'full'"
"""Which cuts."""

LATE_MS = 600_000
"""How long after its end an hour is sealed: hardly a call that began in it is still under way."""

TIDY_EVERY = 64
"""Facts after which a cell's histograms are put into their shortest form."""

MOST_LOOSE = 10_000
"""Cells of which it is remembered at most how loose they are: every hour has new ones."""


def upsert(counted: Counted) -> str:
    """Adds a cell to the one that is there."""
    table, names, empty = TABLES[counted], columns_of(CELLS[counted]), CELLS[counted]()
    marks = ", ".join("?" * (3 + len(names)))
    sums = ", ".join(
        f"{name} = CAST({table}.{name} || excluded.{name} AS BLOB)"
        if isinstance(value, bytes)
        else f"{name} = {table}.{name} + excluded.{name}"
        for name, value in zip(names, empty, strict=True)
    )
    return f"""
        INSERT INTO {table} (level, key, start, {", ".join(names)}) VALUES ({marks})
        ON CONFLICT (level, key, start) DO UPDATE SET {sums}
    """


def select(counted: Counted) -> str:
    """The cells of one key, level and start."""
    return f"""
        SELECT {", ".join(columns_of(CELLS[counted]))} FROM {TABLES[counted]} WHERE level = ? AND key = ? AND start = ?
    """


def replace(counted: Counted) -> str:
    """Puts a cell in the place of the one that is there."""
    names = columns_of(CELLS[counted])
    return f"""
        UPDATE {TABLES[counted]} SET {", ".join(f"{name} = ?" for name in names)}
        WHERE level = ? AND key = ? AND start = ?
    """


def select_between(counted: Counted, cuts: str) -> str:
    """Keys, starts and cells of a level from :start up to :end."""
    return f"""
        SELECT {", ".join(f"k.{name}" for name in columns_of(Key))}, c.start,
            {", ".join(f"c.{name}" for name in columns_of(CELLS[counted]))}
        FROM rollup_keys k CROSS JOIN {TABLES[counted]} c
        ON c.level = :level AND c.key = k.id AND c.start >= :start AND c.start < :end
        WHERE k.counted = '{counted}' {cuts}
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
        """Merge cells of the full cut by the hour into the database, and into what stands above the sealed ones."""
        if not cells:
            return
        self.merge(connection, cells)
        sealed = mark(connection, SEALED)
        if late := {place: cell for place, cell in cells.items() if place.start < sealed}:
            self.merge(connection, higher(late))

    def seal(self, connection: Connection, until: int, *, step: int = HOUR_MS) -> int:
        """Make days, months and further cuts of the next hours that have cells; how far they are complete then.

        `until` is returned when no such hour lies before it. `step` milliseconds are sealed in one transaction, the
        caller's.
        """
        sealed = mark(connection, SEALED)
        begin = next_start(connection, sealed)
        if begin is None or begin >= until:
            end = max(sealed, until)
        else:
            end = min(begin + step, until)
            self.merge(connection, higher(stored(connection, HOUR, begin, end)))
        set_mark(connection, SEALED, end)
        return end

    def merge(self, connection: Connection, cells: Mapping[Place, Cell]) -> None:
        """Merge cells into the database, and into nothing else."""
        # In the same order by everybody: two writers of one server must not wait for each other.
        for place, cell in sorted(cells.items(), key=itemgetter(0)):
            counted = place.key.counted
            where = (place.level, self._id(connection, place.key), place.start)
            connection.execute(UPSERT[counted], (*where, *cell))
            self._loose[place] += cell[0]  # the first field is the number of facts
            if len(self._loose) > MOST_LOOSE:
                self._loose.clear()
            if self._loose[place] >= TIDY_EVERY:
                self._tidy(connection, counted, where)
                del self._loose[place]

    def _tidy(self, connection: Connection, counted: Counted, where: tuple[Level, int, int]) -> None:
        row = connection.execute(SELECT[counted], where).fetchone()
        connection.execute(REPLACE[counted], (*tidy(CELLS[counted]._make(row)), *where))

    def _id(self, connection: Connection, key: Key) -> int:
        found = self._ids.get(key)
        if found is None:
            connection.execute(ADD_KEY, key)
            (found,) = connection.execute(FIND_KEY, key).fetchone()
            self._ids[key] = found
        return found


def stored(connection: Connection, level: Level, start: int, end: int, *, cuts: str = ONLY_FULL) -> Cells:
    """The cells of a level that begin in a stretch of time; `cuts` is `ONLY_FULL`, `FURTHER` or `ALL`."""
    values, width = {"level": level, "start": start, "end": end}, len(KEY_COLUMNS)
    cells: Cells = {}
    for counted, kind in CELLS.items():
        for row in connection.execute(select_between(counted, cuts), values):
            key = Key(counted, *row[1:width])
            cells[Place(level, key, row[width])] = kind._make(row[width + 1 :])
    return cells


def next_start(connection: Connection, start: int) -> int | None:
    """The first hour from `start` on that has cells."""
    firsts = [
        f"""SELECT (SELECT MIN(c.start) FROM {table} c WHERE c.level = 'hour' AND c.key = k.id AND c.start >= ?)
            FROM rollup_keys k WHERE k.counted = '{counted}' AND k.cut = '{FULL}'"""
        for counted, table in TABLES.items()
    ]
    found = [at for sql in firsts for (at,) in connection.execute(sql, (start,)) if at is not None]
    return min(found, default=None)


def mark(connection: Connection, name: str) -> int:
    """One of the marks, UTC milliseconds."""
    (at,) = connection.execute("SELECT at FROM rollup_marks WHERE name = ?", (name,)).fetchone()
    return int(at)


def set_mark(connection: Connection, name: str, at: int) -> None:
    """Move a mark."""
    connection.execute("UPDATE rollup_marks SET at = ? WHERE name = ?", (at, name))
