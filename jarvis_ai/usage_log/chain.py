"""Tamper evidence: a hash chain over operations that have ended, with their attempts.

A link holds the hash of one operation's rows, and a digest of that and of the link before it. So no row can be edited,
deleted or put elsewhere without breaking a link, unless every later one is made anew: whoever keeps the last digest
outside of the file finds that out as well. A cost that is settled later adds another link for the same operation.

The hash covers every column up to the last one that is not NULL, in the order in which the tables have them: a column
that is added later, and is NULL in old rows, changes nothing. `tampering` compares it with the rows as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson

from jarvis_ai.domain import Status
from jarvis_ai.usage_log.connection import Connection

Row = tuple[Any, ...]

ENDED = f"status <> '{Status.PENDING.value}'"

THEIRS = "IN (SELECT value FROM json_each(:ids))"
OPERATIONS = f"SELECT * FROM operations WHERE id {THEIRS} AND {ENDED}"
ATTEMPTS = f"SELECT * FROM attempts WHERE operation_id {THEIRS} ORDER BY operation_id, attempt_no"

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


def link(connection: Connection, operation_ids: Iterable[str]) -> None:
    """Add links for those of the operations that have ended, in the transaction that wrote them."""
    ids = list(operation_ids)
    ended = rows_of(connection, ids) if ids else {}
    number, digest = connection.execute(LAST).fetchone() or (0, BEGINNING)
    links = []
    for id_ in filter(ended.__contains__, ids):
        row, tried = ended[id_]
        content = content_of(row, tried)
        number, digest = number + 1, digest_of(digest, id_, content)
        links.append((number, id_, row[1], content, digest))
    connection.executemany(LINK, links)


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


def holds(connection: Connection, digest: str) -> bool:
    """Whether there is a link with this digest, as `head` once said it."""
    try:
        wanted = bytes.fromhex(digest)
    except ValueError:
        return False
    return connection.execute("SELECT 1 FROM chain WHERE digest = ?", (wanted,)).fetchone() is not None


def rows_of(connection: Connection, operation_ids: Iterable[str]) -> Mapping[str, tuple[Row, list[Row]]]:
    """Those of the operations that have ended, by id, each with its attempts in order."""
    theirs = {"ids": json.dumps(list(operation_ids))}
    found: dict[str, tuple[Row, list[Row]]] = {row[0]: (row, []) for row in connection.execute(OPERATIONS, theirs)}
    for row in connection.execute(ATTEMPTS, theirs):
        if row[0] in found:
            found[row[0]][1].append(row)
    return found


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
