"""Pages of a usage log in Datasette: how long they take, and which of their facets answer in time.

`python -m benchmarks.open_data DATABASE` only reads. What is served is the log as an operator has it, once with
Datasette's default settings and once with those that docs/usage-log.md recommends for large ones.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median
from types import MappingProxyType

from datasette.app import Datasette
from datasette.database import Database

from jarvis_ai.usage_log.levels import DAY_MS, HOUR_MS

FACETS = ("model", "provider", "status", "source", "task")
VIEWS = ("recent_operations", "recent_attempts", "readable_operations", "readable_attempts", "operations_by_hour",
         "attempts_by_hour", "spending_by_day")  # fmt: skip
LARGE: Mapping[str, int] = MappingProxyType({"suggest_facets": False, "facet_time_limit_ms": 1000})
BOUNDS: Mapping[str, tuple[str, str, int]] = MappingProxyType(
    {
        "readable_operations, an hour": ("readable_operations", "started_at", HOUR_MS),
        "readable_operations, a day": ("readable_operations", "started_at", DAY_MS),
        "readable_attempts, a day": ("readable_attempts", "started_at", DAY_MS),
        "operations_by_hour, 31 days": ("operations_by_hour", "start", 31 * DAY_MS),
        "attempts_by_hour, 31 days": ("attempts_by_hour", "start", 31 * DAY_MS),
    }
)
"""Pages that are asked for the newest part alone: view, column and milliseconds."""


async def measure(path: Path, turns: int) -> list[tuple[str, ...]]:
    """A row for each page: its name, then what `page` tells with either settings."""
    found: dict[str, tuple[str, ...]] = {}
    for settings in ({}, dict(LARGE)):
        datasette = Datasette([str(path)], settings=settings)
        await datasette.invoke_startup()
        database = datasette.get_database(path.stem)
        for name, (view, bound) in (await pages(database)).items():
            columns = await database.table_columns(view)
            asked = [column for column in FACETS if column in columns]
            address = f"/{path.stem}/{view}.json?{bound}{'&'.join(f'_facet={column}' for column in asked)}"
            found[name] = (*found.get(name, (name,)), *await page(datasette, address, len(asked), turns))
    return list(found.values())


async def pages(database: Database) -> dict[str, tuple[str, str]]:
    """View and bound of each page by its name."""
    newest = (await database.execute("SELECT MAX(started_at) FROM operations")).first()[0]
    bounded = {name: (view, f"{column}__gte={newest - back}&") for name, (view, column, back) in BOUNDS.items()}
    return {name: (name, "") for name in ("operations", "attempts", *VIEWS)} | bounded


async def page(datasette: Datasette, address: str, asked: int, turns: int) -> tuple[str, str, str]:
    """Median milliseconds, those of the processor, and median facets, or how often the page was refused."""
    times: list[float] = []
    facets: list[int] = []
    busy = time.process_time()
    for _ in range(turns):
        began = time.perf_counter()
        answer = await datasette.client.get(address)
        times.append((time.perf_counter() - began) * 1000)
        facets.append(len(answer.json()["facet_results"]) if answer.status_code == 200 else -1)
    busy = (time.process_time() - busy) / turns * 1000
    refused = f"refused {facets.count(-1)} of {turns}"
    return f"{median(times):.0f} ms", f"{busy:.0f} ms", refused if -1 in facets else f"{median(facets):.0f} of {asked}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_data", description=__doc__)
    parser.add_argument("database", type=Path, help="a log of the present schema")
    parser.add_argument("--turns", type=int, default=5)
    wanted = parser.parse_args()
    # Datasette tells of every page that it refuses; the table does so too.
    with redirect_stdout(StringIO()):
        found = asyncio.run(measure(wanted.database, wanted.turns))
    for cells in [("page", *("default", "CPU", "facets"), *("large", "CPU", "facets")), *found]:
        print(f"{cells[0]:32}" + "".join(f"{cell:>15}" for cell in cells[1:]))


if __name__ == "__main__":
    main()
