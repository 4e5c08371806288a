"""Exports that nobody waits for: each in a process of its own, so that pages and calls do not wait for it either.

A file is kept for an hour, in a folder of this process, that the next process of the same machine clears away when this
one ended without doing so. What the other process is to do goes through a pipe: an address may hold a password.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import Filters, Period
from jarvis_ai.exports.selection import Selection
from jarvis_ai.exports.writing import Progress
from jarvis_ai.usage_log.writers import alive, born

KEPT = 3600.0
"""Seconds that a file may be fetched for."""

PACKAGE = Path(__file__).parents[2]
"""Where Python finds ours."""


class Ending(StrEnum):
    """How an export ended."""

    DONE = "done"
    STOPPED = "stopped"
    TOO_LARGE = "too large"
    FAILED = "failed"


class Job:
    """One export under way, or over. Every attribute may be read from any thread."""

    def __init__(self, of: Selection, file: Path, *, largest: int, begun_at: float) -> None:
        """`largest`: bytes beyond which it is given up."""
        self.of = of
        self.file = file
        self.begun_at = begun_at
        self.progress = Progress(0, 0, 0, 0)
        self.ending: Ending | None = None
        self.problem = ""
        """Why it failed, in a sentence of ours."""
        self._largest = largest
        self._wanted: Ending | None = None
        self._process: subprocess.Popen[str] | None = None
        self._follower: threading.Thread | None = None

    def begin(self, place: Path | ServerAddress) -> None:
        """Start it; returns at once. Raises `OSError`."""
        self.file.parent.mkdir(parents=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jarvis_ai.exports"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        )
        self._follower = threading.Thread(target=self._follow, args=(self._process, order(place, self.file, self.of)))
        self._follower.daemon = True
        self._follower.start()

    def stop(self, why: Ending = Ending.STOPPED) -> None:
        """Break it off; nothing happens when it is over."""
        self._wanted = self._wanted or why
        if self._process is not None and self.ending is None:
            self._process.terminate()

    def wait(self, timeout: float | None = None) -> Ending | None:
        """Block until it is over, or `timeout` seconds passed."""
        if self._follower is not None:
            self._follower.join(timeout)
        return self.ending

    def remove(self) -> None:
        """Break it off and delete its file."""
        self.stop()
        self.wait()
        shutil.rmtree(self.file.parent, ignore_errors=True)

    def _follow(self, process: subprocess.Popen[str], told: str) -> None:
        with process:
            _tell(process.stdin, told)
            for line in process.stdout or ():
                if line.endswith("\n"):  # the last one of a process that was ended may not
                    self._take(json.loads(line))
        if self.file.exists() and self._wanted is None:
            self.ending = Ending.DONE
            return
        self.problem = self.problem or "the process that was writing it ended; the server's log has more"
        shutil.rmtree(self.file.parent, ignore_errors=True)
        self.ending = self._wanted or Ending.FAILED

    def _take(self, said: Any) -> None:
        if isinstance(said, str):
            self.problem = said
            return
        self.progress = Progress(*said)
        if self.progress.bytes > self._largest:
            self.stop(Ending.TOO_LARGE)


class Jobs:
    """The exports of this process. Every method may be called from any thread."""

    def __init__(self, place: Path | ServerAddress, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        """`folder` is for their files, and for nothing else."""
        self.place = place.resolve() if isinstance(place, Path) else place
        self._all = folder.resolve()
        self._folder = self._all / owner(os.getpid())
        self._clock = clock
        self._jobs: list[Job] = []
        self._clear()

    def start(self, of: Selection, name: str, *, largest: int) -> Job:
        """Export into a file of this name, whose ending says the format. Raises `OSError`."""
        self._expire()
        job = Job(of, self._folder / uuid4().hex / name, largest=largest, begun_at=self._clock())
        self._jobs.append(job)
        job.begin(self.place)
        return job

    def remove(self, job: Job) -> None:
        """Break it off and delete its file."""
        if job in self._jobs:
            self._jobs.remove(job)
        job.remove()

    def close(self) -> None:
        """Remove them all."""
        for job in list(self._jobs):
            self.remove(job)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _expire(self) -> None:
        oldest = self._clock() - KEPT
        for job in [job for job in self._jobs if job.ending is not None and job.begun_at < oldest]:
            self.remove(job)

    def _clear(self) -> None:
        for left in self._all.glob(f"{socket.gethostname()}~*~*"):
            _, pid, since = left.name.rsplit("~", 2)
            if not (pid.isdecimal() and alive(int(pid), since)):
                shutil.rmtree(left, ignore_errors=True)


def owner(pid: int) -> str:
    """The name of a process's folder, that no later process has."""
    return f"{socket.gethostname()}~{pid}~{born(pid)}"


def order(place: Path | ServerAddress, file: Path, of: Selection) -> str:
    """What a process is to do, as JSON."""
    where = place.url if isinstance(place, ServerAddress) else str(place)
    return json.dumps({"place": where, "file": str(file), "selection": asdict(of)})


def ordered(text: str) -> tuple[Path | ServerAddress, Path, Selection]:
    """What `order` said."""
    found = json.loads(text)
    of, where = found["selection"], found["place"]
    fields: dict[str, Any] = {
        name: value if isinstance(value, str) else tuple(value) for name, value in of["filters"].items()
    }
    period = Period(**of["period"]) if of["period"] else None
    place = ServerAddress(where) if where.startswith("postgres") else Path(where)
    return place, Path(found["file"]), Selection(Filters(**fields), period, of["bodies"])


def _tell(stream: IO[str] | None, words: str) -> None:
    if stream is not None:
        with suppress(BrokenPipeError):  # it has ended already
            stream.write(words)
            stream.close()
