"""Tamper evidence: a hash chain over operations that have ended, with their attempts.

A link holds the hash of one operation's rows, and a digest of that and of the link before it. So no row can be edited,
deleted or put elsewhere without breaking a link, unless every later one is made anew: whoever keeps the last digest
outside of the file finds that out as well. A cost that is settled later adds another link for the same operation.

The hash covers every column up to the last one that is not NULL, in the order in which the tables have them: a column
that is added later, and is NULL in old rows, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from jarvis_ai.domain import Status
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.rollups import PRUNED, mark

Row = tuple[Any, ...]

ENDED = f"status <> '{Status.PENDING.value}'"

LINK = "INSERT INTO chain (no, operation_id, started_at, content, digest) VALUES (?, ?, ?, ?, ?)"
LAST = "SELECT no, digest FROM chain ORDER BY no DESC LIMIT 1"
NEXT = f"""
    SELECT o.started_at, o.id, EXISTS (SELECT 1 FROM chain c WHERE c.operation_id = o.id) FROM operations o
    WHERE (o.started_at, o.id) > (?, ?) AND {ENDED} ORDER BY o.started_at, o.id LIMIT ?
"""

FIRST: Row | None = (0, "")
"""Before the first operation."""

BEGINNING = b""
"""What stands in place of the digest before the first link."""


class Break(NamedTuple):
    """One thing that is not as it was written."""

    operation_id: str
    what: str


def link(connection: Connection, operation_ids: Iterable[str]) -> None:
    """Add links for those of the operations that have ended, in the transaction that wrote them."""
    number, digest = connection.execute(LAST).fetchone() or (0, BEGINNING)
    for id_ in operation_ids:
        row = connection.execute(f"SELECT * FROM operations WHERE id = ? AND {ENDED}", (id_,)).fetchone()
        if row is None:
            continue
        tried = connection.execute("SELECT * FROM attempts WHERE operation_id = ? ORDER BY attempt_no", (id_,))
        content = content_of(row, tried.fetchall())
        number, digest = number + 1, digest_of(digest, id_, content)
        connection.execute(LINK, (number, id_, row[1], content, digest))


def link_rest(connection: Connection, after: Row, limit: int) -> tuple[int, Row | None]:
    """Add links for those of some operations that have none: how many, and where to go on; None at the end.

    For a log that was begun without a chain. `after` is a start and an id, `FIRST` in the beginning.
    """
    some = connection.execute(NEXT, (*after, limit)).fetchall()
    ids = [id_ for _, id_, linked in some if not linked]
    link(connection, ids)
    return len(ids), some[-1][:2] if some else None


def head(connection: Connection) -> str:
    """The last digest, to be kept outside of the file; empty when there is no link."""
    last = connection.execute(LAST).fetchone()
    return last[1].hex() if last else ""


def breaks(connection: Connection) -> Iterator[Break]:
    """Everything that is not as it was written, links first. The connection should be in a transaction."""
    yield from _broken_links(connection)
    yield from _changed_rows(connection)


def _broken_links(connection: Connection) -> Iterator[Break]:
    expected, before = 1, BEGINNING
    for number, id_, content, digest in connection.execute(
        "SELECT no, operation_id, content, digest FROM chain ORDER BY no"
    ):
        if number != expected:
            yield Break(id_, f"links {expected} to {number - 1} before it are missing")
        elif digest != digest_of(before, id_, content):
            yield Break(id_, f"link {number} does not follow from the one before it")
        expected, before = number + 1, digest


def _changed_rows(connection: Connection) -> Iterator[Break]:
    """What the last link of each operation says against its rows. All three tables are read once, in order of ids."""
    pruned = mark(connection, PRUNED)
    links = _last_links(connection)
    linked = next(links, None)
    covered = connection.execute("SELECT MIN(started_at) FROM chain").fetchone()[0]
    for row, tried in _facts(connection):
        while linked and linked[0] < row[0]:
            yield from _missing(linked, pruned)
            linked = next(links, None)
        if linked and linked[0] == row[0]:
            if content_of(row, tried) != linked[2]:
                yield Break(row[0], "its rows were changed")
            linked = next(links, None)
        elif covered is not None and row[1] >= covered:
            yield Break(row[0], "it has no link")
    while linked:
        yield from _missing(linked, pruned)
        linked = next(links, None)


def _missing(linked: Row, pruned: int) -> Iterator[Break]:
    id_, started_at, _ = linked
    if started_at >= pruned:
        yield Break(id_, "its rows are missing")


def _last_links(connection: Connection) -> Iterator[Row]:
    rows = connection.execute("SELECT operation_id, started_at, content FROM chain ORDER BY operation_id, no")
    for _, group in groupby(rows, itemgetter(0)):
        *_, last = group
        yield last


def _facts(connection: Connection) -> Iterator[tuple[Row, list[Row]]]:
    """Operations that have ended, each with its attempts."""
    attempts = connection.execute("SELECT * FROM attempts ORDER BY operation_id, attempt_no")
    ahead = attempts.fetchone()
    for row in connection.execute(f"SELECT * FROM operations WHERE {ENDED} ORDER BY id"):
        tried: list[Row] = []
        while ahead is not None and ahead[0] <= row[0]:
            if ahead[0] == row[0]:
                tried.append(ahead)
            ahead = attempts.fetchone()
        yield row, tried


def content_of(operation: Row, attempts: Iterable[Row]) -> bytes:
    """The hash of an operation's rows."""
    return sha256(orjson.dumps([shortened(operation), *map(shortened, attempts)])).digest()


def shortened(row: Row) -> Row:
    """Without the NULLs at its end."""
    length = len(row)
    while length and row[length - 1] is None:
        length -= 1
    return row[:length]


def digest_of(before: bytes, operation_id: str, content: bytes) -> bytes:
    """A link's digest, from that of the link before it."""
    return sha256(before + operation_id.encode() + content).digest()
