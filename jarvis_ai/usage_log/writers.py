"""Who writes to a log, and whether they still live: what tells a killed process's pending rows from a busy one's."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from jarvis_ai.domain import LONGEST_OPERATION
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.rows import Row

SILENT_MS = 5 * 60 * 1000
"""A writer on another machine that has not been seen for so long is taken for dead."""

DEAD = {"Z", "X"}
"""States of a process that has ended and whose parent has not asked how."""

LONGEST_MS = round(LONGEST_OPERATION * 1000)
"""What a writer left pending began at most so long before its last sign of life."""


@dataclass(frozen=True, slots=True)
class Writer:
    """One process's hold on one log."""

    id: str
    host: str
    pid: int
    born: str
    """When the process started, in the kernel's ticks: a pid alone is given out again. Empty where it is not known."""

    @classmethod
    def this(cls) -> Writer:
        """A new writer of this process."""
        return cls(uuid4().hex, socket.gethostname(), os.getpid(), born(os.getpid()))


def born(pid: int) -> str:
    """When a process started; empty where the system does not say, and for one that is dead and only not buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The command's name stands in parentheses and may hold anything, spaces included.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in DEAD else fields[18]


def alive(pid: int, since: str) -> bool:
    """Whether the process that had this pid then has it still."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return born(pid) == since


def signature(writer: Writer, now: int) -> Row:
    """The row that says that `writer` lived at `now`, in milliseconds."""
    return {"id": writer.id, "host": writer.host, "pid": writer.pid, "born": writer.born, "seen_at": now}


def dead_writers(connection: Connection, host: str, now: int) -> list[str]:
    """Writers that will never finish their rows."""
    rows = connection.execute("SELECT id, host, pid, born, seen_at FROM writers").fetchall()
    return [id_ for id_, at, pid, since, seen in rows if _is_dead(at == host, pid, since, now - seen)]


def _is_dead(here: bool, pid: int, since: str, silent_ms: int) -> bool:
    return not alive(pid, since) if here else silent_ms > SILENT_MS


# An index of what is pending would cost every call as much as a row: the time of the last sign of life is enough.
PENDING = f"""
    status = 'pending' AND writer = :writer
    AND started_at >= (SELECT seen_at FROM writers WHERE id = :writer) - {LONGEST_MS}
"""
LEFT_PENDING = f"SELECT id FROM operations WHERE {PENDING}"
INTERRUPT_ATTEMPTS = f"""
    UPDATE attempts SET status = 'interrupted'
    WHERE status = 'pending' AND operation_id IN (SELECT id FROM operations WHERE {PENDING})
"""
INTERRUPT_OPERATIONS = f"""
    UPDATE operations
    SET status = 'interrupted',
        attempts = (SELECT COUNT(*) FROM attempts WHERE operation_id = operations.id)
    WHERE {PENDING}
"""


def left_pending(connection: Connection, writer: str) -> list[str]:
    """The operations that `interrupt` would mark."""
    return [id_ for (id_,) in connection.execute(LEFT_PENDING, {"writer": writer})]


def interrupt(connection: Connection, writer: str) -> int:
    """Mark what a writer left pending, and forget the writer; how many operations that were."""
    connection.execute(INTERRUPT_ATTEMPTS, {"writer": writer})
    marked = connection.execute(INTERRUPT_OPERATIONS, {"writer": writer}).rowcount
    connection.execute("DELETE FROM writers WHERE id = ?", (writer,))
    return marked
