"""What all benchmarks share: the mock in its process, contenders that take turns, tables and result files."""

from __future__ import annotations

import itertools
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("httpx", "aiohttp", "openai", "orjson", "numpy", "pandas", "streamlit", "duckdb", "psycopg")

Question = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: ours, theirs, and what was to be reached."""

    name: str
    unit: str
    values: Mapping[str, float]
    """Medians by contender; the first is ours."""
    goal: float | None = None
    """What our value must not exceed; None: that of the first other contender."""
    contest: bool = True
    """Whether the other values are those of contenders; if not, they only stand beside ours."""

    @property
    def ours(self) -> float:
        return next(iter(self.values.values()))

    @property
    def ratios(self) -> dict[str, float]:
        """Ours over theirs: below 1 we are faster."""
        others = list(self.values.items())[1:] if self.contest else []
        return {name: round(self.ours / value, 3) for name, value in others}

    @property
    def limit(self) -> float | None:
        """What our value must not exceed; None when nothing is asked of it."""
        others = list(self.values.values())[1:] if self.contest else []
        return self.goal if self.goal is not None else next(iter(others), None)

    @property
    def reached(self) -> bool:
        return self.limit is None or self.ours <= self.limit


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: Sequence[Row]


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


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def in_turns(questions: Mapping[str, Question], turns: int) -> dict[str, list[float]]:
    """Milliseconds that each took in each turn; a turn before the first only warms up."""
    times: dict[str, list[float]] = {name: [] for name in questions}
    for turn in range(turns + 1):
        for name, question in questions.items():
            took = clocked(question)
            times[name] += [took] if turn else []
    return times


def clocked(question: Question) -> float:
    """Milliseconds that it took."""
    began = time.perf_counter()
    question()
    return (time.perf_counter() - began) * 1000


def say(words: str) -> None:
    """What comes next, to whoever waits for it."""
    print(f"… {words}", file=sys.stderr, flush=True)


def tables(rows: Sequence[Row]) -> str:
    """A table for each unit and each set of contenders, in the order of the rows."""
    groups = itertools.groupby(rows, key=lambda row: (row.unit, tuple(row.values)))
    return "\n\n".join(table(list(group)) for _, group in groups)


def table(rows: Sequence[Row]) -> str:
    """The rows as text: their values, then ours over each other's, then the goal."""
    head = ["measure", *(f"{name} ({rows[0].unit})" for name in rows[0].values), *(f"/ {n}" for n in rows[0].ratios)]
    lines = [[*head, "goal"], *([*cells(row)] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def cells(row: Row) -> Iterator[str]:
    yield row.name
    yield from map(number, row.values.values())
    yield from (f"{ratio:.2f}×" for ratio in row.ratios.values())
    yield goal_of(row)


def number(value: float) -> str:
    """Three digits, and all that stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def goal_of(row: Row) -> str:
    """In words, and whether it was reached; nothing where nothing was asked."""
    if row.limit is None:
        return ""
    words = f"≤ {number(row.goal)}" if row.goal is not None else f"< {list(row.values)[1]}"
    return f"{words} {'reached' if row.reached else 'MISSED'}"


def missed(sections: Sequence[Section]) -> str:
    """The goals that were not reached, in words."""
    asked = [(section, row) for section in sections for row in section.rows if row.limit is not None]
    lines = [f"  {section.title}: {row.name}, {row.unit}: {number(row.ours)}, {goal_of(row)}"
             for section, row in asked if not row.reached]  # fmt: skip
    return "\n".join([f"{len(asked) - len(lines)} of {len(asked)} goals were reached.", *lines])


def save(name: str, sections: Iterable[Section]) -> Path:
    """Write all rows beside the machine that they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    document = {
        "machine": machine(),
        "rows": [
            {"section": section.title, **asdict(row), "ratios": row.ratios, "reached": row.reached}
            for section in sections
            for row in section.rows
        ],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return path


def machine() -> dict[str, Any]:
    """What a reader needs to compare two results."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "packages": {name: version(name) for name in PACKAGES},
    }
