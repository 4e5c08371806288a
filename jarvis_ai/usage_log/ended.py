"""Which facts count: the rows of operations that have ended, read from the database or from what is being written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from jarvis_ai.domain import Status
from jarvis_ai.usage_log.cells import Ended, EndedAttempt, EndedOperation, columns_of
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.rows import Row, Write

PENDING = Status.PENDING.value


class Standing(NamedTuple):
    """How an operation stands before it is written to. The fields are columns of `operations`."""

    status: str
    started_at: int
    source: str
    task: str
    simulated: int
    cached: int


SHARED = ("started_at", "source", "task", "simulated")
"""The columns of its operation that count for an attempt; the first fields of both kinds of fact."""

HOW_IT_ENDED = itemgetter(*columns_of(EndedOperation)[len(SHARED) : -1])
HOW_IT_WENT = itemgetter(*columns_of(EndedAttempt)[len(SHARED) :])

ENDED = f"""
    SELECT {", ".join(f"o.{name}" for name in columns_of(EndedOperation))} FROM operations o
    WHERE {{which}} AND o.status <> '{PENDING}'
"""
THEIR_ATTEMPTS = f"""
    SELECT {", ".join(f"{'o' if name in SHARED else 'a'}.{name}" for name in columns_of(EndedAttempt))}
    FROM operations o JOIN attempts a ON a.operation_id = o.id
    WHERE {{which}} AND o.status <> '{PENDING}' AND a.status <> '{PENDING}'
"""
OPERATION, ITS_ATTEMPTS = (sql.format(which="o.id = ?") for sql in (ENDED, THEIR_ATTEMPTS))
OPERATIONS, ALL_ATTEMPTS = (
    sql.format(which="o.started_at >= ? AND o.started_at < ?") for sql in (ENDED, THEIR_ATTEMPTS)
)
STANDING = f"SELECT {', '.join(columns_of(Standing))} FROM operations WHERE id = ?"

STANDINGS = f"""
    SELECT id, {", ".join(columns_of(Standing))} FROM operations
    WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id
"""

SEVERAL = 4
"""From so many on they are asked for at once: over a network each question takes its time."""


@dataclass(slots=True)
class Outcome:
    """What one transaction writes to an operation and its attempts, as far as it counts."""

    completion: Row | None = None
    attempts: dict[int, Row] = field(default_factory=dict)
    """By their number."""
    whole: bool = True
    """Whether nothing else is written to them."""

    def facts(self, connection: Connection, operation_id: str, before: Standing | None) -> list[Ended]:
        """What counts of the operation once this is written, nothing while it is pending.

        Most operations end with all their attempts in one transaction: then nothing is read that was just written.
        """
        completion = self.completion
        if not self.whole or before is None or has_ended(before):
            return ended(connection, operation_id)
        if completion is None:
            return []
        if len(self.attempts) != completion["attempts"]:
            return ended(connection, operation_id)
        shared = before[1:5]
        operation = EndedOperation._make((*shared, *HOW_IT_ENDED(completion), before.cached))
        return [operation, *(EndedAttempt._make((*shared, *HOW_IT_WENT(row))) for row in self.attempts.values())]


def outcomes(writes: Sequence[Write]) -> dict[str, Outcome]:
    """What is written to operations that may have ended by it, by their ids."""
    found: dict[str, Outcome] = {}
    for statement, row in writes:
        if statement == "completion":
            found.setdefault(row["id"], Outcome()).completion = row
        elif statement == "attempt":
            found.setdefault(row["operation_id"], Outcome()).attempts[row["attempt_no"]] = row
    return found


def has_ended(operation: Standing | None) -> bool:
    """Whether there is such an operation, and it is not pending."""
    return operation is not None and operation.status != PENDING


def standing(connection: Connection, operation_id: str) -> Standing | None:
    """How an operation stands; None when it is not there."""
    row = connection.execute(STANDING, (operation_id,)).fetchone()
    return None if row is None else Standing._make(row)


def standings(connection: Connection, operation_ids: Iterable[str]) -> dict[str, Standing | None]:
    """How several stand. A server's writers lock them, in order of their ids, lest two wait for each other."""
    ids = sorted(operation_ids)
    if len(ids) < SEVERAL:
        return {id_: standing(connection, id_) for id_ in ids}
    rows = connection.execute(STANDINGS, {"ids": json.dumps(ids)})
    return {**dict.fromkeys(ids), **{id_: Standing._make(row) for id_, *row in rows}}


def ended(connection: Connection, operation_id: str) -> list[Ended]:
    """What counts of an operation, nothing while it is pending."""
    row = connection.execute(OPERATION, (operation_id,)).fetchone()
    if row is None:
        return []
    attempts = map(EndedAttempt._make, connection.execute(ITS_ATTEMPTS, (operation_id,)))
    return [EndedOperation._make(row), *attempts]


def ended_between(connection: Connection, start: int, end: int) -> Iterator[Ended]:
    """What counts of the operations that began in a stretch of time, in UTC milliseconds."""
    yield from map(EndedOperation._make, connection.execute(OPERATIONS, (start, end)))
    yield from map(EndedAttempt._make, connection.execute(ALL_ATTEMPTS, (start, end)))
