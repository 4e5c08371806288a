"""What an operator does to a usage log from a shell: `python -m jarvis_ai.usage_log COMMAND DATABASE`."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from jarvis_ai.usage_log import chain, rebuild
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rebuild import Step
from jarvis_ai.usage_log.synth import opened, synthesize
from jarvis_ai.usage_log.transactions import transaction

BREAKS_TOLD = 20
"""Operations that are named when the hash chain is broken; the others are counted."""

LINKS_AT_ONCE = 500

PROGRESS_EVERY = 1_000_000
"""Made-up operations between two words about it."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 1 when something is wrong with the log, 2 when it cannot be run."""
    wanted = parser().parse_args(arguments)
    if wanted.command == "synth":
        return synth(wanted)
    if not wanted.database.is_file():
        print(f"There is no usage log at {wanted.database}.", file=sys.stderr)
        return 2
    with closing(sqlite3.connect(wanted.database, timeout=30, isolation_level=None)) as connection:
        migrate(connection)
        return COMMANDS[wanted.command](connection)


def parser() -> argparse.ArgumentParser:
    """What may stand in the command line."""
    found = argparse.ArgumentParser(prog="python -m jarvis_ai.usage_log", description=__doc__)
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__).add_argument("database", type=Path)
    made_up = commands.add_parser("synth", help=synth.__doc__)
    made_up.add_argument("database", type=Path)
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
    with opened(wanted.database) as connection:
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


def rebuild_rollups(connection: sqlite3.Connection) -> int:
    """Make the roll-ups anew from the facts, and prove them equal; others may go on writing."""
    steps, corrected = counted(rebuild.rebuild(connection))
    print(f"{steps} hours, days and months were counted; {corrected} cells were not equal to the facts and are now.")
    return verify_rollups(connection)


def verify(connection: sqlite3.Connection) -> int:
    """Compare the roll-ups with the facts, and the facts with their hash chain; change nothing."""
    return verify_rollups(connection) | verify_chain(connection)


def verify_rollups(connection: sqlite3.Connection) -> int:
    """Whether any cell is not what the facts say."""
    steps, differing = counted(rebuild.verify(connection))
    equal = f"All cells of {steps} hours, days and months equal the facts."
    print(f"{differing} cells differ from the facts; run rebuild." if differing else equal)
    return int(differing > 0)


def verify_chain(connection: sqlite3.Connection) -> int:
    """Whether anything that has a link is not as it was written."""
    last = chain.head(connection)
    if not last:
        return 0
    with transaction(connection, "DEFERRED"):
        broken = 0
        for broken, (id_, what) in enumerate(chain.breaks(connection), start=1):
            if broken <= BREAKS_TOLD:
                print(f"{id_}: {what}")
    untouched = f"Nothing was changed since it was written. The last link is {last}: keep it somewhere else."
    print(f"{broken} things are not as they were written." if broken else untouched)
    return int(broken > 0)


def begin_chain(connection: sqlite3.Connection) -> int:
    """Give every operation that has ended and has no link one: once, before USAGE_TAMPER_EVIDENCE is set."""
    linked, after = 0, chain.FIRST
    while after is not None:
        with transaction(connection, "IMMEDIATE"):
            some, after = chain.link_rest(connection, after, LINKS_AT_ONCE)
        linked += some
    print(f"{linked:,} operations were linked. The last link is {chain.head(connection) or 'not there yet'}.")
    return 0


COMMANDS: Mapping[str, Callable[[sqlite3.Connection], int]] = {
    "rebuild": rebuild_rollups,
    "verify": verify,
    "chain": begin_chain,
}


def counted(steps: Iterator[tuple[Step, int]]) -> tuple[int, int]:
    """How many steps there were, and how many cells in all."""
    counts = [count for _, count in steps]
    return len(counts), sum(counts)


if __name__ == "__main__":
    sys.exit(main())
