"""What in a log is not as its hash chain says it was written (see `chain`).

Links are read in their order, some at a time: each must follow from the one before it, and the last one of an operation
must hold the hash of its rows as they are now. SQLite itself tells which rows do not look as they should, and only
those are read and decided upon. However long the chain, what is in memory is one batch of links and their rows.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

import orjson

from jarvis_ai.usage_log.chain import BEGINNING, ENDED, THEIRS, Row, content_of, digest_of, rows_of
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.rollups import PRUNED, mark
from jarvis_ai.usage_log.transactions import transaction

LINKS = 1000
"""That are compared at once."""

PART = 50_000
"""Links that are worth a process."""

TOLD = 100
"""Breaks of a part that are named."""

TIME = 13
"""Letters of a UUIDv7 that say when it was made, to the millisecond."""


class Break(NamedTuple):
    """One thing that is not as it was written."""

    operation_id: str
    what: str


class Stretch(NamedTuple):
    """Links by their numbers, both ends included."""

    first: int
    last: int


Opened = Callable[[], AbstractContextManager[Connection]]
"""Opens the log."""

Question = Callable[[Connection], Iterator[Break]]
"""What is not as it should be in some respect."""

NO, ID, DIGEST = 0, 1, 4
"""Columns of a link."""

EVERY = Stretch(-(2**63), 2**63 - 1)
"""Numbers that no link should have are looked at as well."""

SOME = f"""
    SELECT no, operation_id, started_at, content, digest FROM chain WHERE no BETWEEN ? AND ? ORDER BY no LIMIT {LINKS}
"""
BEFORE = "SELECT no, digest FROM chain WHERE no < ? ORDER BY no DESC LIMIT 1"
NEWEST = f"SELECT operation_id, MAX(no) FROM chain WHERE operation_id {THEIRS} GROUP BY operation_id"

COVERED = "SELECT MIN(started_at) FROM chain"
UNLINKED = f"""
    SELECT o.id FROM operations o WHERE o.{ENDED} AND o.started_at >= ?
    AND NOT EXISTS (SELECT 1 FROM chain c WHERE c.operation_id = o.id) ORDER BY o.id
"""
STRAY = """
    SELECT DISTINCT a.operation_id FROM attempts a WHERE a.started_at >= ?
    AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = a.operation_id) ORDER BY a.operation_id
"""

FLOAT = """
    CASE WHEN t.{0} IS NULL OR t.{0} = CAST(t.{0} * 1000.0 + 0.5 AS INTEGER) / 1000.0 THEN t.{0} ELSE 'inexact' END
"""
"""A number of at most three decimals, which SQLite writes without loss."""


def breaks(connection: Connection) -> Iterator[Break]:
    """Everything that is not as it was written. The connection should be in a transaction."""
    yield from broken_links(connection, EVERY)
    yield from unlinked(connection)


def stretches(connection: Connection, *, least: int = PART) -> list[Stretch]:
    """The links in parts for the processors that are there, two for each lest one waits for the other, but of `least`
    links each."""
    (last,) = connection.execute("SELECT COALESCE(MAX(no), 0) FROM chain").fetchone()
    count = max(1, min(2 * processors(), last // least))
    inner = [last * part // count for part in range(1, count)]
    return list(map(Stretch, (EVERY.first, *(no + 1 for no in inner)), (*inner, EVERY.last)))


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def found(opened: Opened, parts: Sequence[Stretch]) -> Iterator[tuple[list[Break], int]]:
    """Everything that is not as it was written, some at a time: the first of them, and how many there are.

    Each part is looked at by a process of its own, in a snapshot of its own: a link and what it is about are written in
    one transaction. `opened` must be what another process can be given.
    """
    questions = (*(partial(broken_links, stretch=stretch) for stretch in parts), unlinked)
    ask = partial(in_a_snapshot, opened)
    if len(parts) == 1:
        yield from map(ask, questions)
        return
    with ProcessPoolExecutor(processors(), get_context("spawn")) as pool:
        yield from pool.map(ask, questions)


def in_a_snapshot(opened: Opened, question: Question) -> tuple[list[Break], int]:
    """The first breaks that are found, and how many there are."""
    with opened() as connection, transaction(connection, "DEFERRED"):
        breaks = question(connection)
        first = list(islice(breaks, TOLD))
        return first, len(first) + sum(1 for _ in breaks)


def unlinked(connection: Connection) -> Iterator[Break]:
    """Rows that were put in: those since the chain began that no link knows."""
    (covered,) = connection.execute(COVERED).fetchone()
    if covered is None:
        return
    for (id_,) in connection.execute(UNLINKED, (covered,)):
        yield Break(id_, "it has no link")
    for (id_,) in connection.execute(STRAY, (covered,)):
        yield Break(id_, "it has attempts, but is not there itself")


def broken_links(connection: Connection, stretch: Stretch) -> Iterator[Break]:
    """What is wrong with some links and with the rows that they are about."""
    doubts = doubtful(connection)
    number, digest = connection.execute(BEFORE, (stretch.first,)).fetchone() or (0, BEGINNING)
    for links in batches(connection, stretch):
        yield from misplaced(links, number, digest)
        if doubted := in_doubt(connection, doubts, links):
            yield from changed(connection, doubted)
        number, digest = links[-1][NO], links[-1][DIGEST]


def in_doubt(connection: Connection, doubts: str, links: Sequence[Row]) -> Sequence[Row]:
    """Those of the links whose rows must be looked at."""
    try:
        numbers = {no for (no,) in connection.execute(doubts, (links[0][NO], links[-1][NO]))}
    except sqlite3.OperationalError:
        return links  # there is a value that SQLite cannot write as JSON
    return [link for link in links if link[NO] in numbers]


def batches(connection: Connection, stretch: Stretch) -> Iterator[list[Row]]:
    """The links in their order."""
    first, last = stretch
    while first <= last and (links := connection.execute(SOME, (first, last)).fetchall()):
        yield links
        first = links[-1][NO] + 1


def misplaced(links: Sequence[Row], number: int, digest: bytes) -> Iterator[Break]:
    """Links that do not follow from the ones before them, the first from `number` and `digest`."""
    for no, id_, _, content, own in links:
        if no != number + 1:
            missing = f"links {number + 1} to {no - 1} before it are missing"
            yield Break(id_, missing if 0 <= number < no else "its link is not in its place")
        elif own != digest_of(digest, id_, content):
            yield Break(id_, f"link {no} does not follow from the one before it")
        number, digest = no, own


def changed(connection: Connection, links: Sequence[Row]) -> Iterator[Break]:
    """What the rows say against those of the links that are the last ones of their operations."""
    theirs = {"ids": json.dumps([link[ID] for link in links])}
    newest = dict(connection.execute(NEWEST, theirs))
    rows, pruned = rows_of(connection, newest), Pruned.of(connection)
    for no, id_, started_at, content, _ in links:
        if newest.get(id_) != no:
            continue
        if id_ not in rows:
            if not pruned.covers(id_, started_at):
                yield Break(id_, "its rows are missing")
        elif not holds(content, *rows[id_]):
            yield Break(id_, "its rows were changed")
        elif rows[id_][0][1] != started_at:
            yield Break(id_, "its link was changed")


def holds(content: bytes, operation: Row, attempts: Sequence[Row]) -> bool:
    """Whether rows are what a link was made of."""
    # In JSON they look like NULL.
    if any(isinstance(value, float) and not math.isfinite(value) for row in (operation, *attempts) for value in row):
        return False
    try:
        return content_of(operation, attempts) == content
    except orjson.JSONEncodeError:
        return False  # it holds something that the log never writes


class Pruned(NamedTuple):
    """What is missing by right: the oldest operations, deleted because of their age."""

    before: int
    """UTC milliseconds."""
    oldest: str | None
    """Id of the first operation that is still there."""

    @classmethod
    def of(cls, connection: Connection) -> Pruned:
        (oldest,) = connection.execute("SELECT MIN(id) FROM operations").fetchone()
        return cls(mark(connection, PRUNED), oldest)

    def covers(self, operation_id: str, started_at: int) -> bool:
        """By two witnesses: a mark can be moved by anybody, the links alone know the ids."""
        return started_at < self.before and (self.oldest is None or operation_id[:TIME] <= self.oldest[:TIME])


def doubtful(connection: Connection) -> str:
    """A question for the numbers of those links, of some, whose operation's rows have to be looked at.

    SQLite writes JSON as the links' contents have it, but for floats with more digits than a log's and for rows that
    end in NULL: what it finds in order is in order. A server is asked for all.
    """
    if not isinstance(connection, sqlite3.Connection):
        return "SELECT no FROM chain WHERE no BETWEEN ? AND ?"
    connection.create_function("sha256", 1, lambda text: sha256(text).digest(), deterministic=True)
    # Bytes that somebody put where a text was are to be found, not to end the search.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    operation, attempt = (as_json(connection, table) for table in ("operations", "attempts"))
    return f"""
        SELECT c.no FROM chain c LEFT JOIN operations t ON t.id = c.operation_id
        WHERE c.no BETWEEN ? AND ? AND (t.started_at IS NOT c.started_at OR c.content IS NOT sha256(CAST(
            '[' || {operation} ||
            COALESCE(',' || (SELECT group_concat({attempt}) FROM attempts t WHERE t.operation_id = c.operation_id), '')
            || ']' AS BLOB)))
    """


def as_json(connection: sqlite3.Connection, table: str) -> str:
    """SQL for a row of a table as a list."""
    columns = connection.execute(f"SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid")
    return f"json_array({', '.join(FLOAT.format(name) if kind == 'REAL' else f't.{name}' for name, kind in columns)})"
