"""Usage logs of a size, made up once a run: files that every measure of the run reads.

BENCH_LOGS names a folder that keeps them for the next run. A log that is kept is never written to.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import say

DAYS = 90
ROWS_A_SECOND = 45_000
"""That the generator writes, roughly: said beforehand, so that nobody thinks that nothing happens."""


@dataclass(frozen=True, slots=True)
class Log:
    """A file with so many operations of the last 90 days."""

    rows: int
    path: Path
    kept: bool

    @property
    def name(self) -> str:
        return short(self.rows)

    @property
    def ends(self) -> float:
        """UTC seconds at which its last operation began."""
        with closing(sqlite3.connect(self.path)) as connection:
            return float(connection.execute("SELECT MAX(started_at) FROM operations").fetchone()[0]) / 1000

    @contextmanager
    def writable(self) -> Iterator[Path]:
        """The log itself when it is thrown away afterwards, else a copy."""
        if not self.kept:
            yield self.path
            return
        with TemporaryDirectory(dir=self.path.parent) as folder:
            say(f"Copying the log of {self.name} operations, so that the one that is kept stays as it is")
            yield Path(shutil.copy(self.path, folder))


@contextmanager
def of_sizes(sizes: Sequence[int]) -> Iterator[list[Log]]:
    """One of each size, those that are not there yet made up first."""
    if kept := os.environ.get("BENCH_LOGS"):
        yield [made(Path(kept), rows, kept=True) for rows in sizes]
        return
    with TemporaryDirectory() as folder:
        yield [made(Path(folder), rows, kept=False) for rows in sizes]


def made(folder: Path, rows: int, *, kept: bool) -> Log:
    path = folder / f"{rows}.db"
    if not path.is_file():
        say(f"Making up a log of {rows:,} operations, {about(rows / ROWS_A_SECOND)}")
        command = [sys.executable, "-m", "jarvis_ai.usage_log", "synth", "--rows", str(rows), "--days", str(DAYS)]
        subprocess.run([*command, str(path)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module
    return Log(rows, path, kept)


def short(rows: int) -> str:
    """10000000 as `10 M`."""
    for unit, name in ((1_000_000, " M"), (1000, " k")):
        if rows >= unit and rows % unit == 0:
            return f"{rows // unit}{name}"
    return f"{rows:,}"


def about(seconds: float) -> str:
    """How long something takes, in words."""
    if seconds < 10:
        return "some seconds"
    return f"about {round(seconds / 60)} minutes" if seconds >= 90 else f"about {round(seconds, -1):.0f} seconds"
