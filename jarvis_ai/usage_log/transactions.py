"""One transaction, on a connection that begins none by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from jarvis_ai.usage_log.connection import Connection


@contextmanager
def transaction(connection: Connection, kind: Literal["IMMEDIATE", "SHARED", "DEFERRED"]) -> Iterator[None]:
    """`IMMEDIATE` to write alone: a deferred one that turns to writing fails at once when another process has written.
    `SHARED` to write beside others, on a server. `DEFERRED` to read one snapshot."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
