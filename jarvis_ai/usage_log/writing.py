"""What a process writes to a log, in whichever database that is. Not for two threads at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager

from jarvis_ai.usage_log.chain import link
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.ended import Outcome, outcomes
from jarvis_ai.usage_log.rollups import Rollups
from jarvis_ai.usage_log.rows import Row, Write
from jarvis_ai.usage_log.sealing import Sealing
from jarvis_ai.usage_log.statements import STATEMENTS
from jarvis_ai.usage_log.upkeep import Retention
from jarvis_ai.usage_log.writers import Writer, dead_writers, interrupt, left_pending, signature


class Writing(ABC):
    """Rows, and the roll-ups that count them, in one transaction. Raises `sqlite3.Error` and `OSError`."""

    def __init__(self, writer: Writer, *, chained: bool) -> None:
        """`chained`: whether what has ended gets a link of the hash chain."""
        self.writer = writer
        self.chained = chained
        self.rollups = Rollups()
        self.sealing = Sealing()

    def apply(self, writes: Sequence[Write]) -> None:
        """Write all rows in one transaction, and the roll-ups that count them, or none."""
        found = outcomes(writes)
        # The next link of the chain follows from the last: nobody else may add one meanwhile.
        with self._transaction(alone=self.chained) as connection:
            with self.rollups.following(connection, found):
                execute(connection, writes)
            if self.chained:
                link(connection, found)

    def beat(self, now: int) -> int:
        """Say that this writer lives, and mark as interrupted what dead ones left pending; how many operations."""
        with self._transaction(alone=True) as connection:
            execute(connection, [Write("writer", signature(self.writer, now))])
            dead = dead_writers(connection, self.writer.host, now)
            return sum(self._interrupt(connection, writer) for writer in dead)

    def leave(self) -> None:
        """Sign off: nobody will finish what is still pending here."""
        with self._transaction(alone=True) as connection:
            self._interrupt(connection, self.writer.id)

    @abstractmethod
    def keep_up(self, retention: Retention, now: int) -> bool:
        """A small step of what nobody waits for at `now`, in milliseconds; whether there may be more to do."""

    def forget(self) -> None:
        """After what was undone, or for another database: what was known of this one may not be there."""
        self.rollups.forget()
        self.sealing.forget()

    @abstractmethod
    def checkpoint(self) -> None:
        """Move commits to where they stay, if they are not there yet."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database; the next use opens it anew."""

    @abstractmethod
    def _transaction(self, *, alone: bool = False) -> AbstractContextManager[Connection]:
        """All that is done in it is kept, or nothing. `alone`: nobody else may write meanwhile."""

    def _interrupt(self, connection: Connection, writer: str) -> int:
        left = {id_: Outcome(whole=False) for id_ in left_pending(connection, writer)}
        with self.rollups.following(connection, left):
            count = interrupt(connection, writer)
        if self.chained:
            link(connection, left)
        return count


def execute(connection: Connection, writes: Sequence[Write]) -> None:
    """Run the statements of `writes`, those of one kind together."""
    rows: dict[str, list[Row]] = {}
    for write in writes:
        rows.setdefault(write.statement, []).append(write.row)
    for name, (sql, values) in STATEMENTS.items():
        if name in rows:
            for row in rows[name]:
                connection.execute(sql, values(row))
