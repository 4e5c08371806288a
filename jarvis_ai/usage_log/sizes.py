"""How large a log is and how far back it goes, in an instant: nothing here reads a whole table.

Rows are counted by the numbers that SQLite gives them, bytes by what the newest rows take: both are estimates.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE = 500
"""Rows that are looked at."""

INDEXED = 1.25
"""What a row takes with its places in the indexes, as a multiple of its columns."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """What one table holds."""

    name: str
    rows: int
    bytes: int
    oldest: int | None
    """UTC milliseconds at which the oldest row's operation began; None of an empty table."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a log takes on the disk, and what is in it."""

    file_bytes: int
    free_bytes: int
    """Of it, not in use: room for new rows."""
    journal_bytes: int
    """Beside it: what was committed and is not in the file yet."""
    spool_bytes: int
    """Beside it: rows that could not be written."""
    tables: tuple[TableSize, ...]
    """`operations`, `attempts` and `bodies`."""

    @property
    def rollup_bytes(self) -> int:
        """What is left: roll-ups, and the words of the search."""
        return max(0, self.file_bytes - self.free_bytes - sum(table.bytes for table in self.tables))


def sizes_of(path: Path) -> Sizes | None:
    """Of the log at `path`; None where there is none yet. Raises `sqlite3.Error`."""
    if not path.is_file() or not path.stat().st_size:
        return None
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return sizes(connection, path)


def sizes(connection: sqlite3.Connection, path: Path) -> Sizes:
    """Of the log at `path`, asked on a connection to it. Raises `sqlite3.Error`."""
    counts = ("page_size", "page_count", "freelist_count")
    page, pages, free = (int(_one(connection, f"PRAGMA {name}")[0]) for name in counts)
    operations = _numbered(connection, "operations", "started_at")
    return Sizes(
        file_bytes=page * pages,
        free_bytes=page * free,
        journal_bytes=_size(path.with_name(f"{path.name}-wal")),
        spool_bytes=_size(path.with_name(f"{path.name}.spool.jsonl")),
        tables=(operations, _attempts(connection, operations), _numbered(connection, "bodies", "operation_id")),
    )


def _numbered(connection: sqlite3.Connection, name: str, by: str) -> TableSize:
    """A table whose rows are numbered as they come and pruned from the oldest on; `by` is indexed and sorts by time."""
    # One at a time: together SQLite would read them all.
    first, last = _one(connection, f"SELECT (SELECT MIN(rowid) FROM {name}), (SELECT MAX(rowid) FROM {name})")
    rows = 0 if last is None else last - first + 1
    each = _width(connection, name, "rowid") * INDEXED
    oldest = _one(connection, f"SELECT started_at FROM {name} ORDER BY {by} LIMIT 1") or (None,)
    return TableSize(name, rows, round(rows * each), oldest[0])


def _attempts(connection: sqlite3.Connection, operations: TableSize) -> TableSize:
    """As many for each operation as the newest ones have."""
    newest = f"SELECT id FROM operations ORDER BY started_at DESC LIMIT {SAMPLE}"
    operations_seen, seen = _one(
        connection,
        f"SELECT COUNT(*), SUM((SELECT COUNT(*) FROM attempts a WHERE a.operation_id = o.id)) FROM ({newest}) o",
    )
    rows = round(operations.rows * seen / operations_seen) if operations_seen else 0
    return TableSize("attempts", rows, round(rows * _width(connection, "attempts", "operation_id")), operations.oldest)


def _width(connection: sqlite3.Connection, name: str, by: str) -> float:
    """Bytes that one of the newest rows takes on average."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    lengths = " + ".join(f"COALESCE(LENGTH(CAST({column} AS BLOB)), 0) + 1" for column in columns)
    newest = f"SELECT * FROM {name} ORDER BY {by} DESC LIMIT {SAMPLE}"
    return float(_one(connection, f"SELECT AVG({lengths}) FROM ({newest})")[0] or 0)


def _one(connection: sqlite3.Connection, sql: str) -> Any:
    """The first row, None when there is none."""
    return connection.execute(sql).fetchone()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
