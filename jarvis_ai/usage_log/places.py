"""Where a log is, as a command line names it, and a connection to it for commands."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.synth import opened

Place = Path | ServerAddress
"""A file, or a server's database."""


@contextmanager
def at(place: Place) -> Iterator[Connection]:
    """A connection to a log of the present schema, which is begun where there is none."""
    if isinstance(place, Path):
        with opened(place) as connection:
            yield connection
        return
    from jarvis_ai.usage_log.postgres.schema import opened as served  # noqa: PLC0415 - few need the driver

    with closing(served(place, "jarvis command")) as server:
        yield server


@contextmanager
def kept(place: Place) -> Iterator[Connection]:
    """The same, and what is there when it ends halfway stays."""
    if isinstance(place, Path) and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(place)) as new:
            new.execute("PRAGMA auto_vacuum = INCREMENTAL")
            new.execute("PRAGMA journal_mode = WAL")
    with at(place) as connection:
        yield connection


def place(text: str) -> Place:
    """A file, or a server by its address."""
    if not text.startswith("postgres") or "://" not in text:
        return Path(text)
    try:
        return ServerAddress.parse(text)
    except ValueError as exc:
        # In words of ours: argparse would repeat the address, password and all.
        raise argparse.ArgumentTypeError(f"the address cannot be used: {exc}") from None
