"""`python -m benchmarks [NAME…]`: run them, print their ratios, write `benchmarks/results/*.json`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import ModuleType

from benchmarks import assistant, engine_call, failover, gateway, streaming, usage
from benchmarks.harness import Section, missed, save, tables
from jarvis_ai.address import ServerAddress

MODULES = (engine_call, streaming, failover, gateway, assistant)
NAMES = (*(module.NAME for module in MODULES), usage.NAME)

Benchmark = Callable[[int], Iterable[Section]]
"""Takes the number of turns."""


def main() -> None:
    wanted = parser().parse_args()
    every = benchmarks(wanted)
    done = [section for name in wanted.names or NAMES for section in run(name, every[name](wanted.turns))]
    print(f"\n{missed(done)}")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    found.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    found.add_argument("--turns", type=int, default=7, help="how often each contender has its turn")
    of_usage = found.add_argument_group("usage")
    of_usage.add_argument("--often", type=int, default=usage.OFTEN, help="how often panels and pages are asked")
    of_usage.add_argument("--rows", type=int, nargs="*", default=usage.SIZES, help="operations in each log")
    of_usage.add_argument("--served", type=int, default=usage.SERVED, help="operations on PostgreSQL; 0 leaves it out")
    of_usage.add_argument("--server", type=ServerAddress.parse, help="of an empty database (default: one is started)")
    return found


def benchmarks(wanted: argparse.Namespace) -> Mapping[str, Benchmark]:
    """By their names."""
    of_usage = partial(
        usage.measure, often=wanted.often, sizes=wanted.rows, served=wanted.served, address=wanted.server
    )
    return {**{module.NAME: partial(whole, module) for module in MODULES}, usage.NAME: of_usage}


def whole(module: ModuleType, turns: int) -> Iterator[Section]:
    """Of a benchmark that has one heading."""
    yield Section(module.TITLE, module.measure(turns))


def run(name: str, sections: Iterable[Section]) -> list[Section]:
    """Print each section as soon as it is measured, and keep them all."""
    done = []
    for section in sections:
        print(f"\n{section.title}\n\n{tables(section.rows)}", flush=True)
        done.append(section)
        path = save(name, done)  # what was measured is kept, whatever becomes of the rest
    print(f"\n→ {path}")
    return done


if __name__ == "__main__":
    main()
