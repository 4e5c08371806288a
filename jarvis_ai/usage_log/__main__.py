"""What an operator does to a usage log from a shell: `python -m jarvis_ai.usage_log COMMAND DATABASE`."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jarvis_ai.exports import commands as files
from jarvis_ai.usage_log import chain, rebuild, tampering
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.copy import copy
from jarvis_ai.usage_log.places import Place, at, kept, place
from jarvis_ai.usage_log.rebuild import Step
from jarvis_ai.usage_log.synth import make_room, synthesize
from jarvis_ai.usage_log.transactions import transaction

BREAKS_TOLD = 20
"""Operations that are named when the hash chain is broken; the others are counted."""

LINKS_AT_ONCE = 500

COPIED_EVERY = 10_000
"""Copied operations between two words about it."""

PROGRESS_EVERY = 1_000_000
"""Made-up operations between two words about it."""

STOPPED = 130
"""What a shell calls the end of a program that was interrupted."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 1 when something is wrong with the log, 2 when it cannot be run."""
    wanted = parser().parse_args(arguments)
    if wanted.command == "synth":
        return synth(wanted)
    try:
        return OTHERS.get(wanted.command, on_a_log)(wanted)
    except (sqlite3.Error, OSError, ValueError) as exc:
        print(f"{wanted.command} was not done: {exc}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{wanted.command} was stopped.", file=sys.stderr)
        return STOPPED


def on_a_log(wanted: argparse.Namespace) -> int:
    """Run what one log is needed for."""
    if isinstance(wanted.database, Path) and not wanted.database.is_file():
        print(f"There is no usage log at {wanted.database}.", file=sys.stderr)
        return 2
    with at(wanted.database) as connection:
        return COMMANDS[wanted.command](connection, wanted)


def parser() -> argparse.ArgumentParser:
    """What may stand in the command line."""
    found = argparse.ArgumentParser(prog="python -m jarvis_ai.usage_log", description=__doc__)
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        of_a_log = commands.add_parser(name, help=command.__doc__)
        of_a_log.add_argument("database", type=place)
        if command is verify:
            of_a_log.add_argument("--last", metavar="LINK", type=str.lower, help="of the hash chain, kept elsewhere")
    both = commands.add_parser("copy", help=copy_log.__doc__)
    both.add_argument("source", type=place, metavar="SRC", help="a file, or postgresql://user:password@host/database")
    both.add_argument("target", type=place, metavar="DST", help="likewise; begun where there is nothing")
    files.add_to(commands)
    made_up = commands.add_parser("synth", help=synth.__doc__)
    made_up.add_argument("database", type=place)
    made_up.add_argument("--rows", type=positive, required=True, help="operations")
    made_up.add_argument("--days", type=positive, default=90, help="that end now (default: 90)")
    made_up.add_argument("--bodies", type=int, default=0, metavar="DAYS", help="with bodies in the last of them")
    made_up.add_argument("--seed", type=int, default=1, help="the same seed makes the same traffic")
    made_up.add_argument("--now", type=float, default=time.time(), help="UTC seconds at which it ends")
    return found


def positive(text: str) -> int:
    """A whole number above 0; raises `ValueError` for anything else."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def synth(wanted: argparse.Namespace) -> int:
    """Write made-up traffic into a log, new or not, with roll-ups that are true."""
    began = written = 0
    with at(wanted.database) as connection:
        for written in synthesize(
            connection,
            rows=wanted.rows,
            days=wanted.days,
            seed=wanted.seed,
            now_ms=round(wanted.now * 1000),
            days_of_bodies=wanted.bodies,
        ):
            if written - began >= PROGRESS_EVERY:
                began = written
                print(f"{written:,} operations", file=sys.stderr)
    print(f"{written:,} operations of {wanted.days} days are in {wanted.database}.")
    return 0


def copy_log(wanted: argparse.Namespace) -> int:
    """Copy a log into another database; stopped halfway, or run again later, it goes on where it was."""
    if isinstance(wanted.source, Path) and not wanted.source.is_file():
        print(f"There is no usage log at {wanted.source}.", file=sys.stderr)
        return 2
    told = done = 0
    with at(wanted.source) as source, kept(wanted.target) as target:
        (oldest,) = source.execute("SELECT MIN(started_at) FROM operations").fetchone()
        if oldest is not None:
            make_room(target, oldest, round(time.time() * 1000))
        for done, reached in copy(source, target):
            if done - told >= COPIED_EVERY:
                told = done
                when = datetime.fromtimestamp(reached / 1000, UTC)
                print(f"{done:,} operations, up to {when:%Y-%m-%d %H:%M} UTC", file=sys.stderr)
    print(f"{done:,} operations were copied from {wanted.source} to {wanted.target}. Now run verify on the new log.")
    return 0


def rebuild_rollups(connection: Connection, _: argparse.Namespace) -> int:
    """Make the roll-ups anew from the facts, and prove them equal; others may go on writing."""
    steps, corrected = counted(rebuild.rebuild(connection))
    print(f"{steps} hours, days and months were counted; {corrected} cells were not equal to the facts and are now.")
    return verify_rollups(connection)


def verify(connection: Connection, wanted: argparse.Namespace) -> int:
    """Compare the roll-ups with the facts, and the facts with their hash chain; change nothing."""
    return verify_rollups(connection) | verify_chain(connection, wanted.database) | verify_last(connection, wanted.last)


def verify_rollups(connection: Connection) -> int:
    """Whether any cell is not what the facts say."""
    steps, differing = counted(rebuild.verify(connection))
    equal = f"All cells of {steps} hours, days and months equal the facts."
    print(f"{differing} cells differ from the facts; run rebuild." if differing else equal)
    return int(differing > 0)


def verify_chain(connection: Connection, place: Place) -> int:
    """Whether anything that has a link is not as it was written."""
    last = chain.head(connection)
    if not last:
        return 0
    broken = 0
    for told, count in tampering.found(partial(at, place), tampering.stretches(connection)):
        for id_, what in told[: max(0, BREAKS_TOLD - broken)]:
            print(f"{id_}: {what}")
        broken += count
    untouched = f"Nothing was changed since it was written. The last link is {last}: keep it somewhere else."
    print(f"{broken} things are not as they were written." if broken else untouched)
    return int(broken > 0)


def verify_last(connection: Connection, kept: str | None) -> int:
    """Whether a link that was kept elsewhere is not in the chain any more."""
    if kept is None or chain.holds(connection, kept):
        return 0
    print(f"The chain does not hold the link {kept}: it was made anew, cut off or taken away since that was kept.")
    return 1


def begin_chain(connection: Connection, _: argparse.Namespace) -> int:
    """Give every operation that has ended and has no link one: once, before USAGE_TAMPER_EVIDENCE is set."""
    linked, after = 0, chain.FIRST
    while after is not None:
        with transaction(connection, "IMMEDIATE"):
            some, after = chain.link_rest(connection, after, LINKS_AT_ONCE)
        linked += some
    print(f"{linked:,} operations were linked. The last link is {chain.head(connection) or 'not there yet'}.")
    return 0


COMMANDS: Mapping[str, Callable[[Connection, argparse.Namespace], int]] = {
    "rebuild": rebuild_rollups,
    "verify": verify,
    "chain": begin_chain,
}


OTHERS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "copy": copy_log,
    "export": files.export_log,
    "import": files.import_file,
}
"""Commands on more than a log."""


def counted(steps: Iterator[tuple[Step, int]]) -> tuple[int, int]:
    """How many steps there were, and how many cells in all."""
    counts = [count for _, count in steps]
    return len(counts), sum(counts)


if __name__ == "__main__":
    files.end_on_request()
    sys.exit(main())
