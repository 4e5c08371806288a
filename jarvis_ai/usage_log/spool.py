"""Where rows wait while the database cannot be written: a file of JSON lines beside it.

Several processes may share the file, so each touch of it holds its lock. A line is a statement's name and its row.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import orjson

from jarvis_ai.usage_log.rows import Write
from jarvis_ai.usage_log.statements import STATEMENTS

logger = logging.getLogger("jarvis_ai.usage_log")


AT_ONCE = 1000
"""Rows that are replayed in one transaction: other processes must not wait for all that an hour of silence left."""


class Spool:
    """Rows in the order they came. Keeps them in memory while even the file refuses them."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        """None for a database in memory, which has nothing to outlive."""
        self._name = str(path) if path else ""
        self._held: list[bytes] = []
        self._lock = threading.RLock()
        """After the end of a log its callers come here by themselves, beside the thread that still replays."""

    def __bool__(self) -> bool:
        return bool(self._held) or self._size() > 0

    @property
    def held(self) -> int:
        """Rows that are in memory only."""
        return len(self._held)

    def append(self, writes: Sequence[Write]) -> bool:
        """Keep rows for later; False when they are only in memory."""
        with self._lock:
            self._held += [orjson.dumps([write.statement, write.row]) + b"\n" for write in writes]
            return self._spill()

    def replay(self, apply: Callable[[list[Write]], None]) -> int:
        """Give all rows to `apply`, oldest first and some at a time, and forget them when all are taken; what it raises
        passes through, and then the next replay begins with the oldest again."""
        with self._lock:
            return self._replay_file(apply) if self._spill() else self._replay_held(apply)

    def _replay_file(self, apply: Callable[[list[Write]], None]) -> int:
        with self._locked() as descriptor:
            count = apply_some(apply, parse(read_all(descriptor)))
            # A crash before this line replays the same rows once more, which changes nothing.
            os.ftruncate(descriptor, 0)
        return count

    def _replay_held(self, apply: Callable[[list[Write]], None]) -> int:
        """The file cannot be touched, perhaps for want of space, but the database can."""
        count = apply_some(apply, parse(b"".join(self._held)))
        self._held.clear()
        return count

    def _spill(self) -> bool:
        """Move rows from memory to the file."""
        if self.path is None:
            return False
        if not self._held:
            return True
        try:
            with self._locked() as descriptor:
                write_all(descriptor, b"".join(self._held))
        except OSError:
            return False
        self._held.clear()
        return True

    def _size(self) -> int:
        try:
            # Asked before every commit: os.stat on a text costs a third of Path.stat.
            return os.stat(self._name).st_size if self._name else 0  # noqa: PTH116 - see above
        except OSError:
            return 0

    @contextmanager
    def _locked(self) -> Iterator[int]:
        if self.path is None:
            raise FileNotFoundError("A database in memory has no spool file.")
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def apply_some(apply: Callable[[list[Write]], None], writes: Iterator[Write]) -> int:
    """Give rows to `apply`, some at a time; how many there were."""
    count = 0
    while some := list(islice(writes, AT_ONCE)):
        apply(some)
        count += len(some)
    return count


def write_all(descriptor: int, data: bytes) -> None:
    """Append all or nothing: a disk that fills up half-way leaves no half line."""
    before = os.fstat(descriptor).st_size
    # A process that died in the middle of a line must not spoil the next one.
    data = data if before == 0 or os.pread(descriptor, 1, before - 1) == b"\n" else b"\n" + data
    if os.write(descriptor, data) != len(data):
        os.ftruncate(descriptor, before)
        raise OSError("The spool file took only a part of the rows.")


def read_all(descriptor: int) -> bytes:
    """The whole file."""
    pieces, offset = [], 0
    while piece := os.pread(descriptor, 1 << 20, offset):
        pieces.append(piece)
        offset += len(piece)
    return b"".join(pieces)


def parse(data: bytes) -> Iterator[Write]:
    """The rows of a spool file; a line cut by a crash was never acknowledged and is left out."""
    for line in data.splitlines():
        if not line.strip():
            continue
        if write := parse_line(line):
            yield write
        else:
            logger.warning("Left out a damaged line of the usage log's spool file.")


def parse_line(line: bytes) -> Write | None:
    """One row, None when it is none."""
    try:
        statement, row = orjson.loads(line)
        STATEMENTS[statement].values(row)
    except (ValueError, TypeError, KeyError):
        return None
    return Write(statement, row)
