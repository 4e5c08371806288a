"""The same questions to a PostgreSQL server: one that is started for the run and thrown away, or one that is named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from benchmarks.harness import Section, say
from benchmarks.usage.logs import DAYS, about, short
from benchmarks.usage.panels import asked, of_one, questions
from benchmarks.usage.writes import callers
from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.postgres.schema import opened
from jarvis_ai.usage_log.synth import synthesize
from tests.databases import Cluster, installed

ROWS_A_SECOND = 4000
"""That the generator writes to a server, roughly."""

SETTINGS = {"listen_addresses": "127.0.0.1"}
"""All else is PostgreSQL's default: a commit waits for the disk."""


def sections(rows: int, turns: int, often: int, address: ServerAddress | None = None) -> Iterator[Section]:
    """Every panel with so many operations, and how long callers wait there; nothing where there is no server."""
    with server(address) as found:
        if found is None:
            say("PostgreSQL is left out: its programs initdb and pg_ctl are not here (Debian's package: postgresql)")
            return
        log = f"{short(rows)} on PostgreSQL"
        times = asked({log: questions(found, filled(found, rows))}, often)
        yield Section(f"Every panel over 90 days, {log}", [*of_one(times)])
        waits = callers(found, turns, model_seconds=0.0)
        yield Section(f"How long callers wait until their rows are kept, {log}, one call after the other", [*waits])


@contextmanager
def server(address: ServerAddress | None) -> Iterator[ServerAddress | None]:
    """The one that is named, or a throw-away one; None where PostgreSQL is not installed."""
    programs = installed()
    if address is not None or programs is None:
        yield address
        return
    say("Starting a PostgreSQL server")
    cluster = Cluster(programs, SETTINGS)
    try:
        cluster.start()
        yield cluster.address()
    finally:
        cluster.remove()


def filled(address: ServerAddress, rows: int) -> float:
    """UTC seconds at which the last of so many made-up operations began."""
    say(f"Making up {rows:,} operations on the server, {about(rows / ROWS_A_SECOND)}")
    with closing(opened(address, "benchmark")) as connection:
        for _ in synthesize(connection, rows=rows, days=DAYS, seed=1, now_ms=round(time.time() * 1000)):
            pass
        connection.execute("ANALYZE")
        (newest,) = connection.execute("SELECT MAX(started_at) FROM operations").fetchone()
    return float(newest) / 1000
