"""One export in a process of its own, for `jobs`: takes an order on its standard input, and tells how far it is."""

from __future__ import annotations

import json
import os
import sqlite3
import sys

from jarvis_ai.exports import export, reading
from jarvis_ai.exports.commands import end_on_request
from jarvis_ai.exports.jobs import ordered

KINDNESS = 10
"""How far it stands back behind those who answer calls."""


def main() -> int:
    """Export what was ordered; 1 when that could not be done."""
    end_on_request()
    os.nice(KINDNESS)
    place, file, selection = ordered(sys.stdin.read())
    try:
        with reading(place) as connection:
            for progress in export(connection, selection, file):
                print(json.dumps(progress), flush=True)
    except (sqlite3.Error, OSError, ValueError) as exc:
        print(json.dumps(str(exc)), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
