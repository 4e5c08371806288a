"""One connection to the server, for the writer's thread.

Rows are sent without waiting for one another: a transaction costs as many answers as it reads. Writers of several
machines run side by side; who counts anew, prunes or recovers has the log alone for some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.connection import Connection as AnyConnection
from jarvis_ai.usage_log.postgres.connection import Connection
from jarvis_ai.usage_log.postgres.partitions import by_month
from jarvis_ai.usage_log.postgres.schema import opened
from jarvis_ai.usage_log.transactions import transaction
from jarvis_ai.usage_log.upkeep import Retention, everywhere
from jarvis_ai.usage_log.writers import Writer
from jarvis_ai.usage_log.writing import Writing


class ServerStore(Writing):
    """Connects when it is first needed, and again after a failure. Raises `ServerError`."""

    def __init__(self, server: ServerAddress, writer: Writer, *, durable: bool = False, chained: bool = False) -> None:
        """`durable`: whether a commit waits for the server's disk, which it does anyway unless the server is set to
        something else; `chained`: whether what has ended gets a link of the hash chain."""
        super().__init__(writer, chained=chained)
        self.server = server
        self.durable = durable
        self._connection: Connection | None = None

    def keep_up(self, retention: Retention, now: int) -> bool:
        connection = self._ready()
        # Months first: what goes with one need not go row by row.
        months = by_month(connection, retention, now)
        rest = everywhere(connection, self.rollups, self.sealing, retention, now)
        return any(chore() for chore in (*months, *rest))

    def checkpoint(self) -> None:
        """The server sees to that itself."""

    def close(self) -> None:
        self.forget()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _transaction(self, *, alone: bool = False) -> Iterator[AnyConnection]:
        connection = self._ready()
        try:
            # The end of a pipeline is where the last errors come to light: the transaction is inside. Who counts the
            # rows that a statement has changed cannot use one.
            sending = nullcontext() if alone else connection.pipeline()
            with sending, transaction(connection, "IMMEDIATE" if alone else "SHARED"):
                yield connection
        except BaseException:
            self.close()  # whatever was under way, the server forgets it with the connection
            raise

    def _ready(self) -> Connection:
        if self._connection is None:
            self._connection = opened(self.server, "jarvis writer", durable=self.durable)
        return self._connection
