"""The one writer of the log.

A caller waits for its own rows to be committed. A lone caller's are committed right there; callers who come in a crowd
share one commit at the end of their turn of the event loop. A commit touches memory only, where a hand-over to a thread
and back costs several times as much. Whatever could wait is for the thread: another writer's lock, a sick file, the
checkpoints that reach the disk. A log that cannot be written never fails a call: its rows go to a spool file beside the
database and are written later, in order (see `keeper`).
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from jarvis_ai.address import ServerAddress
from jarvis_ai.domain import Fact
from jarvis_ai.usage_log.batches import Batch, Checkpoint, Item, Recover, Stop, Turn, settle, wake
from jarvis_ai.usage_log.keeper import Keeper
from jarvis_ai.usage_log.rows import Write, writes_of
from jarvis_ai.usage_log.spool import Spool
from jarvis_ai.usage_log.store import MEMORY, Store
from jarvis_ai.usage_log.upkeep import Retention
from jarvis_ai.usage_log.writers import Writer
from jarvis_ai.usage_log.writing import Writing

logger = logging.getLogger("jarvis_ai.usage_log")

GROUP = 512
"""Batches a transaction holds at most: a crowd must not make the first caller wait for the last."""

ALONE = 2
"""Records in a turn of the event loop from one caller, its outcome and its next intent; with more it is a crowd."""

CHECKPOINT = 250
"""Commits in the loop after which the thread moves them from the write-ahead log into the database. A log that starts
over is written a fifth faster than one that grows."""


class UsageLog:
    """The usage log of one process. `record` may be awaited in any event loop."""

    def __init__(
        self,
        path: Path | str | ServerAddress,
        *,
        spool: Path | None = None,
        retention: Retention | None = None,
        durable: bool = False,
        chained: bool = False,
        clock: Callable[[], float] = time.time,
        busy_timeout: float = 0.5,
        retry_after: float = 1.0,
    ) -> None:
        """`spool`: the file in which rows wait while they cannot be written, by default beside the database's, and for
        a server in memory; `durable`: whether rows must survive the machine, not only the process; `chained`: whether
        edits must be evident (see `chain`); `busy_timeout`: seconds to wait for other writers; `retry_after`: seconds
        between tries of a sick file."""
        self.path = str(path)
        self._keeps_bodies = retention is None or retention.bodies > 0
        self._writer = Writer.this()
        local = not isinstance(path, ServerAddress) and self.path != MEMORY
        self._inlined = local and not durable
        """Whether a commit touches nothing but this machine's memory: the disk takes its time."""
        self._inline = Store(self.path, self._writer, busy_timeout=0, checkpoints=False, chained=chained)
        self._keeper = Keeper(
            store_at(path, self._writer, busy_timeout=busy_timeout, durable=durable, chained=chained),
            Spool(spool or (Path(f"{self.path}.spool.jsonl") if local else None)),
            path=self.path,
            retention=retention or Retention(),
            clock=clock,
            retry_after=retry_after,
        )
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._gate = threading.Lock()
        self._handed_over = self._commits = 0
        """Batches that the thread has and has not written yet; commits since the last checkpoint."""
        self._turns: dict[asyncio.AbstractEventLoop, Turn] = {}
        self._crowded = False
        """Whether a crowd came in the last turn: the next one is likely to bring its fellows."""
        self._closed = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="usage-log", daemon=True)
        self._thread.start()
        self._ready.wait()

    @property
    def alarm(self) -> str | None:
        """What is wrong with the log, in one sentence for an operator; None while rows reach the database."""
        return self._keeper.alarm

    async def record(self, *facts: Fact) -> None:
        """Keep `facts` in one transaction; returns once they would survive the end of the process. Never raises.

        They are taken in before it first waits: a caller that is cancelled meanwhile loses none. After `close` they
        wait in the spool file for the next start.
        """
        loop = asyncio.get_running_loop()
        with self._gate:
            turn = self._turn(loop)
            turn.records += 1
            alone = not self._crowded and turn.records <= ALONE and not turn.gathered
            if alone and self._written_here(facts):
                return
            batch = Batch(facts, loop, loop.create_future())
            turn.gathered.append(batch)
        await batch.done

    def _turn(self, loop: asyncio.AbstractEventLoop) -> Turn:
        turn = self._turns.get(loop)
        if turn is None:
            turn = self._turns[loop] = Turn()
            loop.call_soon(self._end_of_turn, loop)
        return turn

    def _end_of_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what one turn of a loop has gathered, here if nobody else writes, else in the thread."""
        with self._gate:
            turn = self._turns.pop(loop)
            self._crowded, batches = turn.records > ALONE, turn.gathered
            if not batches:
                return
            if not self._written_here([fact for batch in batches for fact in batch.facts]):
                self._hand_over(batches)
                return
        settle([batch.done for batch in batches])

    def _written_here(self, facts: Sequence[Fact]) -> bool:
        """Whether the rows are kept already. What the thread still has goes first: order is kept."""
        if self._closed:
            self._keeper.keep_for_later(self._writes(facts))
            return True
        # The thread waits for what takes its time, once for all who came meanwhile.
        if self._handed_over or self.alarm or not self._inlined:
            return False
        try:
            self._inline.apply(self._writes(facts))
        except Exception:  # noqa: BLE001 - whatever it is, the thread meets it too and sees to it
            self._inline.close()
            return False
        self._commits += 1
        if self._commits >= CHECKPOINT:
            self._commits = 0
            self._queue.put(Checkpoint())
        return True

    def _hand_over(self, batches: list[Batch]) -> None:
        self._handed_over += len(batches)
        for batch in batches:
            self._queue.put(batch)

    def recover(self) -> int:
        """Mark rows left pending by dead processes as interrupted, as is done at start; how many operations."""
        done: Future[int] = Future()
        return done.result() if self._put(Recover(done)) else 0

    def close(self) -> None:
        """Write what is waiting and let go of the file. What is still pending then is interrupted."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(Stop())
        self._thread.join()

    def _put(self, item: Recover) -> bool:
        """Whether the writer will see it: after closing nobody looks any more."""
        with self._gate:
            if not self._closed:
                self._queue.put(item)
            return not self._closed

    # What follows runs in a caller's thread and in the writer's.

    def _writes(self, facts: Sequence[Fact]) -> list[Write]:
        """The rows of `facts`. One that cannot be read is told to the operator and left out."""
        writes: list[Write] = []
        for fact in facts:
            try:
                writes += writes_of(fact, writer=self._writer.id, keep_bodies=self._keeps_bodies)
            except Exception:
                logger.exception("A fact could not be turned into a row of the usage log.")
        return writes

    # What follows runs in the writer's thread alone.

    def _run(self) -> None:
        self._keeper.write([])
        self._ready.set()
        stopping = False
        while not stopping:
            items = self._take()
            batches = [item for item in items if isinstance(item, Batch)]
            self._keeper.write(self._writes([fact for batch in batches for fact in batch.facts]))
            with self._gate:
                self._handed_over -= len(batches)
            wake(batches)
            if len(batches) < len(items):
                stopping = self._obey([item for item in items if not isinstance(item, Batch)])
            if not stopping:
                self._keeper.chores()
        self._inline.close()
        self._keeper.leave()

    def _obey(self, commands: Sequence[Recover | Checkpoint | Stop]) -> bool:
        """Do what was asked besides writing; whether to stop."""
        for command in commands:
            match command:
                case Recover(done):
                    done.set_result(self._keeper.beat())
                case Checkpoint():
                    self._keeper.checkpoint()
        return any(isinstance(command, Stop) for command in commands)

    def _take(self) -> list[Item]:
        """What is waiting; nothing when it is time for something that nobody asks for."""
        items: list[Item] = []
        try:
            items.append(self._queue.get(timeout=self._keeper.patience()))
            while len(items) < GROUP:
                items.append(self._queue.get_nowait())
        except Empty:
            pass
        return items


def store_at(
    path: Path | str | ServerAddress, writer: Writer, *, busy_timeout: float, durable: bool, chained: bool
) -> Writing:
    """What writes to the database at `path`, which it does not open yet."""
    if not isinstance(path, ServerAddress):
        return Store(str(path), writer, busy_timeout=busy_timeout, durable=durable, chained=chained)
    from jarvis_ai.usage_log.postgres.store import ServerStore  # noqa: PLC0415 - few need the driver

    return ServerStore(path, writer, durable=durable, chained=chained)
