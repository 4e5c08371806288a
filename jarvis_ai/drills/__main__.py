"""A full drill from the command line: `python -m jarvis_ai.drills`. Needs no key and sends nothing out.

Ends with status 1 when a verdict is not what the policy promises: anything but pass.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jarvis_ai.drills import Grade, Outcome, Record, as_json, as_markdown, catalogue, full, record
from jarvis_ai.runtime import Rehearsals, Runtime
from jarvis_ai.settings import Settings


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jarvis_ai.drills", description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than life models answer")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a Markdown table")
    return parser.parse_args()


def rehearse(speed: float) -> Sequence[Record]:
    """Every fault on the planned chain, with a log of its own that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = Runtime(Settings(data_dir=Path(folder), demo_speed=speed), quiet=True)
        try:
            rehearsals = Rehearsals(runtime, runtime)
            drills = catalogue(runtime.plan(), rehearsals.policy(real=False))
            return [record(outcome) for outcome in asyncio.run(full(rehearsals.theatre, drills, tell=told))]
        finally:
            runtime.close()


def told(outcome: Outcome) -> None:
    """One line on the standard error for whoever waits."""
    print(f"{outcome.verdict.grade:8}{outcome.drill.name}", file=sys.stderr, flush=True)


def main() -> int:
    options = arguments()
    records = rehearse(options.speed)
    print(as_json(records) if options.json else as_markdown(records), end="")
    return 0 if all(each["grade"] == Grade.PASS for each in records) else 1


if __name__ == "__main__":
    sys.exit(main())
