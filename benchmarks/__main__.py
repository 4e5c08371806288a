"""`python -m benchmarks [NAME…]`: run them, print their ratios, write `benchmarks/results/*.json`."""

from __future__ import annotations

import argparse
import itertools

from benchmarks import analytics, assistant, engine_call, failover, gateway, streaming, usage_log
from benchmarks.harness import Row, save, table

MODULES = (engine_call, streaming, failover, gateway, assistant, usage_log, analytics)
BENCHMARKS = {module.NAME: module for module in MODULES}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--turns", type=int, default=7, help="how often each contender has its turn")
    wanted = parser.parse_args()
    for name in wanted.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        rows = benchmark.measure(wanted.turns)
        print(f"\n{benchmark.TITLE}\n")
        print("\n\n".join(table(list(group)) for _, group in itertools.groupby(rows, key=_unit)))
        print(f"\n→ {save(name, rows)}")


def _unit(row: Row) -> str:
    return row.unit


if __name__ == "__main__":
    main()
