"""The usage log at any size: what its pages ask, what its rows cost, and what a scan or DuckDB would take instead.

`python -m benchmarks usage --rows 10000 1000000` chooses the logs. Each is made up once; BENCH_LOGS names a folder that
keeps them for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Section, say
from benchmarks.usage import dashboards, logs, pages, panels, server, writes
from benchmarks.usage.logs import Log
from jarvis_ai.address import ServerAddress

NAME = "usage"
SIZES = (10_000, 1_000_000, 10_000_000)
"""Operations in a file."""
SERVED = 1_000_000
"""Operations on a server."""
FULL = 1_000_000
"""From so many on almost every hour of 90 days has calls of every kind."""

OFTEN = 20
"""Turns of what has a 95th percentile: of fewer it would be the slowest one."""


def measure(
    turns: int,
    *,
    often: int = OFTEN,
    sizes: Sequence[int] = SIZES,
    served: int = SERVED,
    address: ServerAddress | None = None,
) -> Iterator[Section]:
    """Section by section as it is measured; the largest log comes first.

    Contenders have `turns`, panels and pages are asked `often`. `served` operations are written to the empty database
    at `address`, or to a server that is started for them; 0: none.
    """
    if sizes:
        with logs.of_sizes(sorted(sizes, reverse=True)) as made:
            yield from of_logs(made, turns, often)
        with TemporaryDirectory() as folder:
            waits = [*writes.callers(Path(folder) / "usage.db", turns)]
        yield Section("How long callers wait until their rows are kept", waits)
    if served:
        yield from server.sections(served, turns, often, address)


def of_logs(made: Sequence[Log], turns: int, often: int) -> Iterator[Section]:
    """What is asked of files and written to them."""
    say(f"Asking every panel's question {often} times")
    times = panels.asked({log.name: panels.questions(log.path, log.ends) for log in made}, often)
    yield Section("Every panel over 90 days, by operations in the log", [*panels.slowest(times)])
    # A smaller log has fewer cells than 90 days have room for, and says nothing about growth.
    grown = len(made) > 1 and made[1].rows >= FULL
    yield Section("The same, and how it grows with the log", [*panels.usual(times, grown=grown)])
    yield Section("The four questions of a dashboard", [row for log in made for row in dashboards.measure(log, turns)])
    say("Running the scripts of pages")
    yield Section("Scripts of pages over 90 days", [row for log in made for row in pages.measure(log, often)])
    say("Writing calls")
    yield Section("What the rows of a call cost, in an empty log and in larger ones", [*writes.costs(made, turns)])
