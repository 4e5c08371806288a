"""What an operator does to a usage log from a shell: `python -m jarvis_ai.usage_log COMMAND DATABASE`."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from jarvis_ai.usage_log import rebuild
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rebuild import Step
from jarvis_ai.usage_log.synth import opened, synthesize

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


def verify_rollups(connection: sqlite3.Connection) -> int:
    """Compare the roll-ups with the facts, and change nothing."""
    steps, differing = counted(rebuild.verify(connection))
    equal = f"All cells of {steps} hours, days and months equal the facts."
    print(f"{differing} cells differ from the facts; run rebuild." if differing else equal)
    return int(differing > 0)


COMMANDS: Mapping[str, Callable[[sqlite3.Connection], int]] = {
    "rebuild": rebuild_rollups,
    "verify": verify_rollups,
}


def counted(steps: Iterator[tuple[Step, int]]) -> tuple[int, int]:
    """How many steps there were, and how many cells in all."""
    counts = [count for _, count in steps]
    return len(counts), sum(counts)


if __name__ == "__main__":
    sys.exit(main())
