"""Thirty days of made-up traffic, so that a console without a key has something to show."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.usage_log.synth import opened, synthesize

OPERATIONS_A_DAY = 250
"""On average; more on weekdays."""


def fill(path: Path, *, now: float, days: int = 30, seed: int = 7) -> int:
    """Write `days` of traffic that end at `now`, UTC seconds; returns how many operations.

    Every row says that it is simulated. A file that was not there appears whole or not at all; of several that fill it
    together the first one wins.
    """
    rows = OPERATIONS_A_DAY * days
    with opened(path) as connection:
        for _ in synthesize(connection, rows=rows, days=days, seed=seed, now_ms=round(now * 1000), days_of_bodies=days):
            pass
    return rows
