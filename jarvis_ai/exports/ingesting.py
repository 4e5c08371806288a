"""From a file into a log. What is there stays as it is, so a second run changes nothing.

Facts and the roll-ups that count them change in one transaction, some operations at a time: where a file turns out to
be bad, what came before is in the log whole, and a run with the mended file goes on behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from jarvis_ai.domain import Status
from jarvis_ai.exports.layout import (
    ATTEMPT,
    ATTEMPT_STATUS,
    BODY,
    ID,
    OPERATION,
    OPERATION_STATUS,
    STARTED_AT,
    Record,
    Row,
)
from jarvis_ai.exports.selection import theirs
from jarvis_ai.usage_log.cells import Ended, EndedAttempt, EndedOperation, columns_of, fold
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import SHARED
from jarvis_ai.usage_log.levels import MONTH, start_of
from jarvis_ai.usage_log.rollups import PRUNED, Rollups, mark
from jarvis_ai.usage_log.synth import make_room
from jarvis_ai.usage_log.transactions import transaction

OPERATIONS = 500
"""In one transaction: whoever else writes waits for no longer than they take."""

OF_OPERATION = [OPERATION.place(name) for name in columns_of(EndedOperation)]
OF_BOTH = [OPERATION.place(name) for name in SHARED]
OF_ATTEMPT = [ATTEMPT.place(name) for name in columns_of(EndedAttempt)[len(SHARED) :]]


class Ingested(NamedTuple):
    """What became of the operations of a file."""

    new: int = 0
    there: int = 0
    """They were in the log as they are in the file."""
    different: int = 0
    """They were in the log otherwise, and stay so."""
    pending: int = 0
    """They were under way when they were exported: nobody here would ever finish them, so they are left out."""
    pruned: int = 0
    """They began before what the log has pruned: it counts them still, and they would count twice."""

    @property
    def read(self) -> int:
        """All of them."""
        return sum(self)


def ingest(target: Connection, records: Iterable[Record]) -> Iterator[Ingested]:
    """Put records into a log of the present schema; what became of all so far, after each transaction.

    An operation that is there gets its body where it has none. Raises `sqlite3.Error`, and what `records` raise.
    """
    rollups, ingested, rest, months = Rollups(), Ingested(), iter(records), set[int]()
    while some := list(islice(rest, OPERATIONS)):
        _make_room(target, some, months)
        try:
            with transaction(target, "IMMEDIATE"):
                told = _ingest(target, rollups, some)
        except BaseException:
            rollups.forget()
            raise
        ingested = Ingested(*map(sum, zip(ingested, told, strict=True)))
        yield ingested


def _make_room(target: Connection, records: Sequence[Record], months: set[int]) -> None:
    """A server keeps each month apart; `months` are those that have been seen to."""
    for month in {start_of(MONTH, each.operation[STARTED_AT]) for each in records} - months:
        make_room(target, month, month)
        months.add(month)


def _ingest(target: Connection, rollups: Rollups, records: Sequence[Record]) -> Ingested:
    pruned = mark(target, PRUNED)
    ended = [each for each in records if each.operation[OPERATION_STATUS] != Status.PENDING]
    kept = [each for each in ended if each.operation[STARTED_AT] >= pruned]
    known = standing(target, [each.operation[ID] for each in kept])
    new: dict[str, Record] = {}
    same: list[Record] = []
    for each in kept:
        there = known.get(each.operation[ID]) or new.get(each.operation[ID])
        if there is None:
            new[each.operation[ID]] = each
        elif equal(there, each):
            same.append(each)
    _insert(target, rollups, list(new.values()))
    _insert_bodies(target, [*new.values(), *same])
    return Ingested(
        new=len(new),
        there=len(same),
        different=len(kept) - len(new) - len(same),
        pending=len(records) - len(ended),
        pruned=len(ended) - len(kept),
    )


def standing(target: Connection, ids: Sequence[str]) -> dict[str, Record]:
    """The operations of these ids that are in the log, without bodies."""
    sql = f"""SELECT {", ".join(OPERATION.names)} FROM operations
        WHERE id IN (SELECT value FROM json_each(:ids))"""
    rows = target.execute(sql, {"ids": json.dumps(list(ids))}).fetchall()
    attempts = theirs(target, "attempts", [row[ID] for row in rows])
    return {row[ID]: Record(row, attempts.get(row[ID], ()), None) for row in rows}


def equal(one: Record, other: Record) -> bool:
    """Whether two operations are the same, attempts included, as far as both databases can say it."""
    return _rows(one) == _rows(other) or [*map(_storable, _rows(one))] == [*map(_storable, _rows(other))]


def _rows(of: Record) -> list[Row]:
    return [of.operation, *of.attempts]


def _storable(row: Row) -> Row:
    # PostgreSQL has no NUL in its texts.
    return tuple(value.replace("\x00", "\ufffd") if isinstance(value, str) else value for value in row)


def _insert(target: Connection, rollups: Rollups, records: Sequence[Record]) -> None:
    _write(target, "operations", OPERATION.names, [each.operation for each in records])
    attempts = [(each.operation[ID], *attempt) for each in records for attempt in each.attempts]
    _write(target, "attempts", ["operation_id", *ATTEMPT.names], attempts)
    rollups.add(target, fold(fact for each in records for fact in facts(each)))


def _insert_bodies(target: Connection, records: Sequence[Record]) -> None:
    rows = [(each.operation[ID], each.operation[STARTED_AT], *each.body) for each in records if each.body is not None]
    _write(target, "bodies", ["operation_id", "started_at", *BODY.names], rows, "ON CONFLICT DO NOTHING")


def _write(target: Connection, table: str, names: Sequence[str], rows: Sequence[Row], otherwise: str = "") -> None:
    marks = ", ".join("?" * len(names))
    if rows:
        target.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {otherwise}", rows)


def facts(of: Record) -> Iterator[Ended]:
    """What counts of an operation that has ended."""
    yield EndedOperation._make(of.operation[place] for place in OF_OPERATION)
    shared: list[Any] = [of.operation[place] for place in OF_BOTH]
    for attempt in of.attempts:
        if attempt[ATTEMPT_STATUS] != Status.PENDING:
            yield EndedAttempt._make([*shared, *(attempt[place] for place in OF_ATTEMPT)])
