"""`export` and `import` of `python -m jarvis_ai.usage_log`."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from jarvis_ai.exports import options
from jarvis_ai.exports.files import format_of, read
from jarvis_ai.exports.ingesting import Ingested, ingest
from jarvis_ai.exports.layout import Record
from jarvis_ai.exports.reading import Unreadable
from jarvis_ai.exports.selection import reading
from jarvis_ai.exports.writing import export
from jarvis_ai.usage_log.chain import head
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.places import kept, place
from jarvis_ai.usage_log.sealing import seal_all, sealed_until

EXPORTED_EVERY, IMPORTED_EVERY = 50_000, 10_000
"""Requests between two words about it."""

ENDED = 143
"""What a shell calls the end of a program that was asked to end."""

WORDS = (
    ("new", "new in the log"),
    ("there", "there already, the same"),
    ("different", "there already and not the same as in the file: the log was left as it is"),
    ("pending", "under way when the file was written, and left out: export them again once they have ended"),
    ("pruned", "older than what this log has pruned, and left out: it counts them still"),
)
"""What became of requests, in the order in which it is told."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Let a command line know both."""
    out = commands.add_parser("export", help=export_log.__doc__, description=export_log.__doc__, allow_abbrev=False)
    out.add_argument("database", type=place, help="a file, or postgresql://user:password@host/database")
    out.add_argument("file", type=file, help=".csv, .csv.gz, .jsonl, .jsonl.gz or .parquet: the ending says the format")
    options.add_to(out)
    back = commands.add_parser("import", help=import_file.__doc__, description=import_file.__doc__)
    back.add_argument("file", type=file, help="what export has written")
    back.add_argument("database", type=place, help="likewise; begun where there is nothing")


def file(text: str) -> Path:
    """A file in one of the formats."""
    try:
        format_of(Path(text))
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from None
    return Path(text)


def export_log(wanted: argparse.Namespace) -> int:
    """Write requests with all their attempts into a file, oldest first."""
    of, told = options.selection(wanted), 0
    with reading(wanted.database) as connection:
        for progress in export(connection, of, wanted.file):
            if progress.looked_at - told >= EXPORTED_EVERY:
                told = progress.looked_at
                say(f"{told:,} of {progress.of:,} requests looked at, {progress.operations:,} written")
    print(f"{progress.operations:,} requests are in {wanted.file}, {progress.bytes:,} bytes.")
    return 0


def import_file(wanted: argparse.Namespace) -> int:
    """Put an export into a log. What is there stays as it is, so it may be run again."""
    records = read(wanted.file)
    first = list(islice(records, 1))  # whatever is no export is told before a log is begun for it
    with kept(wanted.database) as target:
        return _import(wanted, target, chain(first, records))


def _import(wanted: argparse.Namespace, target: Connection, records: Iterator[Record]) -> int:
    told, ingested = 0, Ingested()
    try:
        for ingested in ingest(target, records):
            if ingested.read - told >= IMPORTED_EVERY:
                told = ingested.read
                say(f"{told:,} requests read, {ingested.new:,} of them new")
    except (Unreadable, sqlite3.Error, OSError) as exc:
        say(f"The import stopped at {wanted.file}, {exc}.")
        say(f"{in_words(ingested)} That stays. Once the cause is mended, run it again: nothing is doubled.")
        return 2
    for _ in seal_all(target, sealed_until(round(time.time() * 1000))):
        pass  # what a console would do in its own time: until then long periods take longer to show
    print(in_words(ingested))
    if ingested.new and head(target):
        print(f"The new ones have no link in the hash chain. `{options.PROGRAM} chain` links them as they are now.")
    return 0


def in_words(ingested: Ingested) -> str:
    """What became of the requests of a file."""
    counts = [f"{getattr(ingested, name):,} {words}" for name, words in WORDS if getattr(ingested, name)]
    return f"{ingested.read:,} requests were read. " + "".join(f"{count}. " for count in counts).strip()


def end_on_request() -> None:
    """Let a request to end be an exception, so that nothing half-written is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))


def say(words: str) -> None:
    """Tell whoever waits."""
    print(words, file=sys.stderr)
