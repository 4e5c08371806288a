"""The SQL of the hot path. Each statement may run twice with the same row: the spool is replayed so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

OPERATION_COLUMNS = (
    "id",
    "started_at",
    "source",
    "task",
    "tag",
    "requested_model",
    "chain",
    "chain_hash",
    "arm",
    "status",
    "simulated",
    "writer",
)
ATTEMPT_KEY = ("operation_id", "attempt_no")
INTENT_COLUMNS = (*ATTEMPT_KEY, "provider", "model", "started_at", "status", "reason", "waited_ms", "hedge", "resumed")
OUTCOME_COLUMNS = (
    "failure",
    "http_status",
    "retry_after_ms",
    "detail",
    "latency_ms",
    "ttft_ms",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_nanos",
    "cost_source",
    "generation_id",
    "served_model",
)
ATTEMPT_COLUMNS = (*INTENT_COLUMNS, *OUTCOME_COLUMNS)
COMPLETION_COLUMNS = (
    "finished_at",
    "status",
    "provider",
    "model",
    "fallback",
    "attempts",
    "latency_ms",
    "ttft_ms",
    "overhead_ms",
    "input_tokens",
    "output_tokens",
    "cost_nanos",
    "cost_source",
    "finish_reason",
    "failure",
    "detail",
)
BODY_COLUMNS = ("operation_id", "started_at", "request")
ANSWER_COLUMNS = ("answer", "tool_calls")
WRITER_COLUMNS = ("id", "host", "pid", "born", "seen_at")


class Statement(NamedTuple):
    """SQL with question marks, and how a row becomes the values for them: named ones take twice as long to bind."""

    sql: str
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]


def insert(table: str, columns: tuple[str, ...], conflict: str) -> Statement:
    """An insert, and what to do when the row is there."""
    marks = ", ".join("?" * len(columns))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT {conflict}"
    return Statement(sql, itemgetter(*columns))


def update(table: str, columns: tuple[str, ...], key: str) -> Statement:
    """An update by key."""
    sql = f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE {key} = ?"
    return Statement(sql, itemgetter(*columns, key))


def upsert_attempt() -> Statement:
    """How an attempt ended, whether or not it was announced; a later word about it replaces an earlier one."""
    outcome = ", ".join(f"{column} = excluded.{column}" for column in ATTEMPT_COLUMNS if column not in ATTEMPT_KEY)
    return insert("attempts", ATTEMPT_COLUMNS, f"({', '.join(ATTEMPT_KEY)}) DO UPDATE SET {outcome}")


STATEMENTS: Mapping[str, Statement] = {
    "writer": insert("writers", WRITER_COLUMNS, "(id) DO UPDATE SET seen_at = excluded.seen_at"),
    "operation": insert("operations", OPERATION_COLUMNS, "(id) DO NOTHING"),
    "body": insert("bodies", BODY_COLUMNS, "(operation_id) DO NOTHING"),
    "intent": insert("attempts", INTENT_COLUMNS, "(operation_id, attempt_no) DO NOTHING"),
    "attempt": upsert_attempt(),
    "completion": update("operations", COMPLETION_COLUMNS, "id"),
    "answer": update("bodies", ANSWER_COLUMNS, "operation_id"),
}
"""In the order they run within a transaction: a row is there before it is updated."""
