"""The schema, one step at a time. A step that was ever released is never edited: the next change is the next step."""

from __future__ import annotations

import logging
import sqlite3

from sqlite_utils import Database, Migrations

from jarvis_ai.usage_log.views import SQLITE, views

logger = logging.getLogger("jarvis_ai.usage_log")

migrations = Migrations("jarvis_ai.usage_log")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the present schema; several processes may do so at once."""
    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    # The write lock first: two processes that start together must not both see a step as pending.
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(database)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@migrations()
def m001_operations(database: Database) -> None:
    """What users asked for."""
    database.table("operations").create(
        {
            "id": str,
            "started_at": int,
            "finished_at": int,
            "source": str,
            "task": str,
            "tag": str,
            "requested_model": str,
            "chain": str,
            "status": str,
            "provider": str,
            "model": str,
            "fallback": int,
            "attempts": int,
            "latency_ms": int,
            "ttft_ms": int,
            "input_tokens": int,
            "output_tokens": int,
            "cost_nanos": int,
            "cost_source": str,
            "finish_reason": str,
            "failure": str,
            "detail": str,
            "simulated": int,
            "cached": int,
            "writer": str,
        },
        pk="id",
        not_null={"id", "started_at", "source", "task", "tag", "requested_model", "chain", "status"},
        defaults={"fallback": 0, "attempts": 0, "cost_source": "unknown", "simulated": 0, "cached": 0},
    )
    # With the id, because pages go on after the last row seen, and two rows may share a millisecond.
    database.table("operations").create_index(["started_at", "id"])


@migrations()
def m002_attempts(database: Database) -> None:
    """What was dispatched, and what became of it."""
    sql = database.create_table_sql(
        "attempts",
        {
            "operation_id": str,
            "attempt_no": int,
            "provider": str,
            "model": str,
            "started_at": int,
            "status": str,
            "reason": str,
            "waited_ms": int,
            "failure": str,
            "http_status": int,
            "retry_after_ms": int,
            "detail": str,
            "latency_ms": int,
            "ttft_ms": int,
            "input_tokens": int,
            "output_tokens": int,
            "cache_read_tokens": int,
            "cache_write_tokens": int,
            "reasoning_tokens": int,
            "cost_nanos": int,
            "cost_source": str,
            "generation_id": str,
            "served_model": str,
            "hedge": int,
            "resumed": int,
        },
        pk=("operation_id", "attempt_no"),
        not_null={"operation_id", "attempt_no", "provider", "model", "started_at", "status"},
        defaults={"reason": "", "waited_ms": 0, "cost_source": "unknown", "hedge": 0, "resumed": 0},
        foreign_keys=[("operation_id", "operations", "id")],
    )
    # Without a rowid the rows of an operation lie together, in order, in the one place that is written. An attempt is
    # found by time through its operation: an index of its own would cost every call a page.
    database.execute(f"{sql.rstrip().rstrip(';')} WITHOUT ROWID")


@migrations()
def m003_bodies(database: Database) -> None:
    """What was said, apart from the tables that every page reads."""
    database.table("bodies").create(
        {"operation_id": str, "started_at": int, "request": str, "answer": str, "tool_calls": str},
        pk="operation_id",
        not_null={"operation_id", "started_at", "request"},
        foreign_keys=[("operation_id", "operations", "id")],
    )


@migrations()
def m004_writers(database: Database) -> None:
    """Which processes write, so that rows of a dead one can be told from those of a busy one."""
    database.table("writers").create(
        {"id": str, "host": str, "pid": int, "born": str, "seen_at": int},
        pk="id",
        not_null={"id", "host", "pid", "born", "seen_at"},
    )


@migrations()
def m005_chains(database: Database) -> None:
    """Which version of a chain was walked, on which side of a migration, and what we ourselves took of the time."""
    for column, kind in (("chain_hash", str), ("arm", str), ("overhead_ms", float)):
        database.table("operations").add_column(column, kind)


@migrations()
def m006_rollups(database: Database) -> None:
    """What pages ask for, counted as facts end; facts that are there already are counted by `rebuild.fill`."""
    key = {"counted": str, "cut": str, "provider": str, "model": str, "source": str, "task": str, "status": str,
           "failure": str, "simulated": int}  # fmt: skip
    database.table("rollup_keys").create({"id": int, **key}, pk="id", not_null=set(key))
    database.table("rollup_keys").create_index(list(key), unique=True)
    for name, counts, histograms in ROLLUPS:
        columns = {
            "level": str,
            "key": int,
            "start": int,
            **dict.fromkeys(counts, int),
            **dict.fromkeys(histograms, bytes),
        }
        sql = database.create_table_sql(
            name,
            columns,
            pk=("level", "key", "start"),
            not_null=set(columns),
            foreign_keys=[("key", "rollup_keys", "id")],
        )
        # By key and then by time: a question reads a stretch of each key that it is about, and nothing else.
        database.execute(f"{sql.rstrip().rstrip(';')} WITHOUT ROWID")
    database.table("rollup_marks").create({"name": str, "at": int}, pk="name", not_null={"name", "at"})
    # Two hours: nobody's operation of before begins later than the newest one, and this one may still be pending.
    database.execute(
        """INSERT INTO rollup_marks SELECT 'sealed', 0 UNION ALL SELECT 'pruned', 0 UNION ALL
           SELECT 'filled', COALESCE((MAX(started_at) / 3600000 + 2) * 3600000, 0) FROM operations"""
    )


ROLLUPS = (
    (
        "operation_cells",
        ("operations", "fallbacks", "attempts", "cached"),
        ("latency_ms", "ttft_ms", "overhead_ms"),
    ),
    (
        "attempt_cells",
        ("attempts", "hedges", "resumed", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
         "reasoning_tokens", "cost_nanos", "estimated_nanos", "unknown_costs", "written_tokens", "written_ms"),
        ("latency_ms", "ttft_ms", "tokens_per_second"),
    ),
)  # fmt: skip
"""Tables of `m006_rollups` with their counts and their histograms."""


@migrations()
def m007_search(database: Database) -> None:
    """Full-text search of bodies, where this SQLite knows how. `search.index` adds them, triggers keep them true."""
    # A number of its own for each body: SQLite may number the rows of `bodies` anew when it compacts a file.
    database.table("searchable").create({"id": int, "operation_id": str}, pk="id", not_null={"operation_id"})
    database.table("searchable").create_index(["operation_id"], unique=True)
    database.create_view("body_texts", BODY_TEXTS)
    database.execute("INSERT INTO rollup_marks VALUES ('searchable', 0)")
    try:
        database.execute(BODY_SEARCH)
    except sqlite3.OperationalError:
        logger.warning("This SQLite has no FTS5: bodies cannot be searched by word.")
        return
    for trigger in BODY_TRIGGERS:
        database.execute(trigger)


@migrations()
def m008_chain(database: Database) -> None:
    """Links that make it evident when somebody edits what has ended; only written for those who ask for it."""
    columns = {"no": int, "operation_id": str, "started_at": int, "content": bytes, "digest": bytes}
    database.table("chain").create(columns, pk="no", not_null=set(columns))
    database.table("chain").create_index(["operation_id", "no"])


@migrations()
def m009_chunks(database: Database) -> None:
    """Cells are by the hour and keep every dimension; days, months and cuts are packed columns, made by `sealing`."""
    database.execute("ALTER TABLE rollup_keys RENAME TO keys_before")
    key = {"counted": str, "provider": str, "model": str, "source": str, "task": str, "status": str, "failure": str,
           "simulated": int}  # fmt: skip
    database.table("rollup_keys").create({"id": int, **key}, pk="id", not_null={"id", *key})
    database.execute(
        f"""INSERT INTO rollup_keys SELECT id, {", ".join(key)} FROM keys_before WHERE cut = 'full' ORDER BY id"""
    )
    for name, counts, histograms in ROLLUPS:
        database.execute(f"ALTER TABLE {name} RENAME TO cells_before")
        columns = {"key": int, "start": int, **dict.fromkeys(counts, int), **dict.fromkeys(histograms, bytes)}
        sql = database.create_table_sql(
            name, columns, pk=("start", "key"), not_null=set(columns), foreign_keys=[("key", "rollup_keys", "id")]
        )
        # By time: a call writes to the hour under way, and what is read of it is all there is.
        database.execute(f"{sql.rstrip().rstrip(';')} WITHOUT ROWID")
        database.execute(
            f"""INSERT INTO {name} SELECT {", ".join(columns)} FROM cells_before
                WHERE level = 'hour' AND key IN (SELECT id FROM rollup_keys) ORDER BY start, key"""
        )
        database.execute("DROP TABLE cells_before")
        packed = {"cut": str, "level": str, "start": int, **dict.fromkeys(("key", *counts, *histograms), bytes)}
        database.table(name.replace("cells", "chunks")).create(
            packed, pk=("cut", "level", "start"), not_null=set(packed)
        )
    database.execute("DROP TABLE keys_before")
    database.table("rollup_keys").create_index(list(key), unique=True)
    stale = {"level": str, "start": int, "changes": int}
    database.table("rollup_stale").create(stale, pk=("level", "start"), not_null=set(stale))
    database.execute("UPDATE rollup_marks SET at = 0 WHERE name = 'sealed'")


@migrations()
def m010_views(database: Database) -> None:
    """Dollars, seconds and clock times, for who opens the file with tools of their own."""
    for name, sql in views(SQLITE).items():
        database.create_view(name, sql)


BODY_TEXTS = """
    SELECT s.id, s.operation_id, CASE WHEN json_valid(b.request) THEN (
            SELECT group_concat(COALESCE(json_extract(m.value, '$.content'), ''), char(10))
            FROM json_each(b.request, '$.messages') m
        ) ELSE b.request END AS request, b.answer
    FROM searchable s JOIN bodies b ON b.operation_id = s.operation_id
"""
"""What is searched: the messages without their JSON, and the answer."""

BODY_SEARCH = """
    CREATE VIRTUAL TABLE body_search USING fts5 (
        request, answer, content = 'body_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    )
"""
FORGET = """
    INSERT INTO body_search (body_search, rowid, request, answer)
        SELECT 'delete', id, request, answer FROM body_texts WHERE operation_id = OLD.operation_id;
"""
BODY_TRIGGERS = (
    f"""CREATE TRIGGER bodies_before_update BEFORE UPDATE OF request, answer ON bodies
    WHEN EXISTS (SELECT 1 FROM searchable WHERE operation_id = OLD.operation_id)
    BEGIN {FORGET} END""",
    """CREATE TRIGGER bodies_after_update AFTER UPDATE OF request, answer ON bodies
    WHEN EXISTS (SELECT 1 FROM searchable WHERE operation_id = NEW.operation_id)
    BEGIN
        INSERT INTO body_search (rowid, request, answer)
            SELECT id, request, answer FROM body_texts WHERE operation_id = NEW.operation_id;
    END""",
    f"""CREATE TRIGGER bodies_before_delete BEFORE DELETE ON bodies
    WHEN EXISTS (SELECT 1 FROM searchable WHERE operation_id = OLD.operation_id)
    BEGIN {FORGET} DELETE FROM searchable WHERE operation_id = OLD.operation_id; END""",
)
