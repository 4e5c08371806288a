"""What an operator does to a usage log from a shell: `python -m jarvis_ai.usage_log COMMAND DATABASE`."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from jarvis_ai.usage_log import rebuild
from jarvis_ai.usage_log.migrations import migrate
from jarvis_ai.usage_log.rebuild import Step


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 1 when something is wrong with the log, 2 when it cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.usage_log", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__).add_argument("database", type=Path)
    wanted = parser.parse_args(arguments)
    if not wanted.database.is_file():
        print(f"There is no usage log at {wanted.database}.", file=sys.stderr)
        return 2
    with closing(sqlite3.connect(wanted.database, timeout=30, isolation_level=None)) as connection:
        migrate(connection)
        return COMMANDS[wanted.command](connection)


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
