"""What all benchmarks share: the mock in its process, contenders that take turns, tables and result files."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("httpx", "aiohttp", "openai", "orjson")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: ours, theirs, and what was to be reached."""

    name: str
    unit: str
    values: Mapping[str, float]
    """Medians by contender; the first is ours."""
    goal: float | None = None
    """What our value must not exceed; None: that of the first other contender."""

    @property
    def ours(self) -> float:
        return next(iter(self.values.values()))

    @property
    def ratios(self) -> dict[str, float]:
        """Ours over theirs: below 1 we are faster."""
        return {name: round(self.ours / value, 3) for name, value in list(self.values.items())[1:]}

    @property
    def reached(self) -> bool:
        others = list(self.values.values())[1:]
        return self.ours <= (self.goal if self.goal is not None else others[0])


@contextmanager
def mock() -> Iterator[str]:
    """The mock's base URL while it serves."""
    command = [sys.executable, "-m", "benchmarks.mock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdin and process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/api/v1"
        finally:
            process.stdin.close()


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(rows: Sequence[Row]) -> str:
    """The rows as text: medians, then our value over each other's."""
    contenders = list(rows[0].values)
    head = [
        "measure",
        *(f"{name} ({rows[0].unit})" for name in contenders),
        *(f"/ {n}" for n in contenders[1:]),
        "goal",
    ]
    lines = [head, *([*cells(row)] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def cells(row: Row) -> Iterator[str]:
    yield row.name
    yield from (f"{value:.3g}" for value in row.values.values())
    yield from (f"{ratio:.2f}×" for ratio in row.ratios.values())
    goal = f"≤ {row.goal:g}" if row.goal is not None else f"< {list(row.values)[1]}"
    yield f"{goal} {'reached' if row.reached else 'MISSED'}"


def save(name: str, rows: Sequence[Row]) -> Path:
    """Write the rows beside the machine that they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    document = {
        "machine": machine(),
        "rows": [{**asdict(row), "ratios": row.ratios, "reached": row.reached} for row in rows],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return path


def machine() -> dict[str, Any]:
    """What a reader needs to compare two results."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "packages": {name: version(name) for name in PACKAGES},
    }
