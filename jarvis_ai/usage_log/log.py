"""The one writer of the log.

A caller waits for its own rows to be committed. A lone caller's are committed right there; callers who come in a crowd
share one commit at the end of their turn of the event loop. A commit touches memory only, where a hand-over to a thread
and back costs several times as much. Whatever could wait is for the thread: another writer's lock, a sick file, the
checkpoints that reach the disk. A log that cannot be written never fails a call: its rows go to a spool file beside the
database and are written later, in order.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from jarvis_ai.address import ServerAddress
from jarvis_ai.domain import Fact
from jarvis_ai.usage_log.batches import Batch, Checkpoint, Item, Recover, Stop, Turn, settle, wake
from jarvis_ai.usage_log.rows import Write, ms, writes_of
from jarvis_ai.usage_log.spool import Spool
from jarvis_ai.usage_log.store import MEMORY, Store
from jarvis_ai.usage_log.upkeep import Retention
from jarvis_ai.usage_log.writers import Writer, signature
from jarvis_ai.usage_log.writing import Writing

logger = logging.getLogger("jarvis_ai.usage_log")

GROUP = 512
"""Batches a transaction holds at most: a crowd must not make the first caller wait for the last."""

ALONE = 2
"""Records in a turn of the event loop from one caller, its outcome and its next intent; with more it is a crowd."""

CHECKPOINT = 250
"""Commits in the loop after which the thread moves them from the write-ahead log into the database. A log that starts
over is written a fifth faster than one that grows."""

HEARTBEAT = 30.0
"""Seconds between two signs of life of a writer."""

CHORES = 5.0
"""Seconds between two looks at what nobody waits for."""

PAUSE = 0.05
"""Seconds between two steps of a chore that is not done: callers come first."""


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
        self.retention = retention or Retention()
        self.durable = durable
        self.alarm: str | None = None
        """What is wrong with the log, in one sentence for an operator; None while rows reach the database."""
        self._clock = clock
        self._retry_after = retry_after
        self._writer = Writer.this()
        self._local = not isinstance(path, ServerAddress) and self.path != MEMORY
        """Whether a commit touches nothing but files of this machine."""
        self._store: Writing
        if isinstance(path, ServerAddress):
            from jarvis_ai.usage_log.postgres.store import ServerStore  # noqa: PLC0415 - few need the driver

            self._store = ServerStore(path, self._writer, durable=durable, chained=chained)
        else:
            self._store = Store(self.path, self._writer, busy_timeout=busy_timeout, durable=durable, chained=chained)
        self._spool = Spool(spool or (Path(f"{self.path}.spool.jsonl") if self._local else None))
        self._inline = Store(self.path, self._writer, busy_timeout=0, checkpoints=False, chained=chained)
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._gate = threading.Lock()
        self._handed_over = self._commits = 0
        """Batches that the thread has and has not written yet; commits since the last checkpoint."""
        self._turns: dict[asyncio.AbstractEventLoop, Turn] = {}
        self._crowded = False
        """Whether a crowd came in the last turn: the next one is likely to bring its fellows."""
        self._closed = False
        self._next_try = self._next_beat = 0.0
        self._next_chore = time.monotonic() + HEARTBEAT
        """Not at once: a process that only looks in has better to do."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="usage-log", daemon=True)
        self._thread.start()
        self._ready.wait()

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
            self._keep_for_later(self._writes(facts))
            return True
        # The disk takes its time: the thread waits for it, once for all who came meanwhile.
        if self._handed_over or self.alarm or self.durable or not self._local:
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
                writes += writes_of(fact, writer=self._writer.id, keep_bodies=self.retention.bodies > 0)
            except Exception:
                logger.exception("A fact could not be turned into a row of the usage log.")
        return writes

    def _keep_for_later(self, writes: list[Write]) -> bool:
        """With our signature: whoever replays them must be able to tell whether we still live."""
        signed = [Write("writer", signature(self._writer, self._now())), *writes] if writes else []
        return self._spool.append(signed)

    def _now(self) -> int:
        return ms(self._clock()) or 0

    # What follows runs in the writer's thread alone.

    def _run(self) -> None:
        self._write([])
        self._ready.set()
        stopping = False
        while not stopping:
            items = self._take()
            batches = [item for item in items if isinstance(item, Batch)]
            self._write(self._writes([fact for batch in batches for fact in batch.facts]))
            with self._gate:
                self._handed_over -= len(batches)
            wake(batches)
            if len(batches) < len(items):
                stopping = self._obey([item for item in items if not isinstance(item, Batch)])
            if not stopping:
                self._chores()
        self._leave()

    def _obey(self, commands: Sequence[Recover | Checkpoint | Stop]) -> bool:
        """Do what was asked besides writing; whether to stop."""
        for command in commands:
            match command:
                case Recover(done):
                    done.set_result(self._beat())
                case Checkpoint():
                    self._store.checkpoint()
        return any(isinstance(command, Stop) for command in commands)

    def _take(self) -> list[Item]:
        """What is waiting; nothing when it is time for a sign of life or for another try."""
        items: list[Item] = []
        try:
            items.append(self._queue.get(timeout=self._patience()))
            while len(items) < GROUP:
                items.append(self._queue.get_nowait())
        except Empty:
            pass
        return items

    def _patience(self) -> float:
        """Seconds until something is to be done though nobody calls."""
        if self.alarm:
            return self._retry_after
        return min(max(self._next_chore - time.monotonic(), 0.0), HEARTBEAT)

    def _chores(self) -> None:
        """What nobody waits for, a small step at a time."""
        if self.alarm or time.monotonic() < self._next_chore:
            return
        try:
            more = self._store.keep_up(self.retention, self._now())
        except Exception as exc:  # noqa: BLE001 - the writer must outlive whatever happens, or every call would hang
            logger.warning("A chore of the usage log %s is put off: %s", self.path, exc)
            self._store.close()
            more = False
        self._next_chore = time.monotonic() + (PAUSE if more else CHORES)

    def _write(self, writes: list[Write]) -> None:
        """To the database, after what was spooled before; else to the spool."""
        now = time.monotonic()
        if now < self._next_try:
            self._keep_for_later(writes)
            return
        try:
            replayed = self._spool.replay(self._store.apply) if self._spool else 0
            if writes:
                self._store.apply(writes)
            if now >= self._next_beat:
                self._sign()
        except Exception as exc:  # noqa: BLE001 - the writer must outlive whatever happens, or every call would hang
            self._sicken(exc, writes)
            return
        self._heal(replayed)

    def _sign(self) -> int:
        """Give a sign of life, and recover what dead processes left; how many operations."""
        recovered = self._store.beat(self._now())
        self._next_beat = time.monotonic() + HEARTBEAT
        return recovered

    def _beat(self) -> int:
        try:
            return self._sign()
        except (sqlite3.Error, OSError) as exc:
            self._sicken(exc, [])
            return 0

    def _sicken(self, exc: Exception, writes: list[Write]) -> None:
        self._store.close()
        self._next_try = time.monotonic() + self._retry_after
        self._next_beat = 0.0
        where = f"their rows wait in {self._spool.path}" if self._keep_for_later(writes) else "their rows are in memory"
        alarm = f"The usage log {self.path} cannot be written: {exc}. Calls go on; {where} until it can."
        if self.alarm != alarm:
            logger.error(alarm)
        self.alarm = alarm

    def _heal(self, replayed: int) -> None:
        if self.alarm or replayed:
            logger.warning("The usage log %s is written again; %d waiting rows are in it now.", self.path, replayed)
        self.alarm = None

    def _leave(self) -> None:
        self._inline.close()
        if self._spool:
            self._next_try = 0.0
            self._write([])
        if self._spool.held:
            logger.error("%d rows of the usage log %s found no place and are lost.", self._spool.held, self.path)
        try:
            self._store.leave()
        except (sqlite3.Error, OSError):
            logger.warning("The usage log %s could not be closed in good order.", self.path)
        self._store.close()
