"""Full-text search of bodies: what was redacted before it was written is all that can be found.

A body becomes searchable soon after its operation has ended, not with it: taking words apart costs more than the row.
"""

from __future__ import annotations

from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.rollups import mark, set_mark
from jarvis_ai.usage_log.transactions import transaction
from jarvis_ai.usage_log.writers import LONGEST_MS

SEARCHABLE = "searchable"
"""Mark: the rowid of `bodies` up to which all are searchable, but for those that are not there any more."""

BODIES = 100
"""That a step takes in at most."""

NEXT = """
    SELECT b.rowid, b.operation_id, o.status = 'pending' AND b.started_at > :waits
    FROM bodies b JOIN operations o ON o.id = b.operation_id
    WHERE b.rowid > :after ORDER BY b.rowid LIMIT :limit
"""
TAKE_IN = """
    INSERT INTO body_search (rowid, request, answer)
    SELECT id, request, answer FROM body_texts WHERE operation_id = ?
"""


def index(connection: Connection, now: int, *, limit: int = BODIES) -> bool:
    """Make some more bodies searchable; whether there were any. `now` is UTC milliseconds."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'body_search'").fetchone() is None:
        return False
    after, (last,) = mark(connection, SEARCHABLE), connection.execute("SELECT MAX(rowid) FROM bodies").fetchone()
    if (last or 0) < after:
        after = 0  # somebody has compacted the file, and the rows have new numbers
    values = {"after": after, "waits": now - LONGEST_MS, "limit": limit}
    ready: list[tuple[int, str]] = []
    for rowid, id_, waits in connection.execute(NEXT, values).fetchall():
        if waits:
            break
        ready.append((rowid, id_))
    if ready:
        with transaction(connection, "IMMEDIATE"):
            _take_in(connection, [id_ for _, id_ in ready])
            set_mark(connection, SEARCHABLE, ready[-1][0])
    return bool(ready)


def _take_in(connection: Connection, operation_ids: list[str]) -> None:
    for id_ in operation_ids:
        new = connection.execute("INSERT INTO searchable (operation_id) VALUES (?) ON CONFLICT DO NOTHING", (id_,))
        if new.rowcount:
            connection.execute(TAKE_IN, (id_,))
