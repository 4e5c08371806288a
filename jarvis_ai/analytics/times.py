"""How long answers take: percentiles, distributions, and how they compare with what is typical of a model.

Durations are seconds, within 1 % of what was measured. Only answers count: a fast refusal is not a fast model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.analytics.cells import Cells
from jarvis_ai.analytics.frames import COUNT, NUMBER
from jarvis_ai.analytics.measures import shares_of, speed
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION
from jarvis_ai.usage_log.histogram import BUCKETS, NOTHING, VALUES, Tally, percentiles_of

MODEL: Sequence[Dimension] = ("model", "provider")
"""What tells one model from another."""

WHOLE = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
FIRST_TOKEN = {"ttft_p50": 0.5, "ttft_p90": 0.9, "ttft_p95": 0.95}

TYPICAL: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "gpt-4o-mini": (1.0, 3.0),
        "gpt-4o": (2.0, 5.0),
        "sonnet": (2.0, 4.0),
        "haiku": (0.5, 2.0),
        "llama-3.1": (1.0, 3.0),
    }
)
"""Seconds to a whole answer, from and to, by a part of the model's name: the first that fits. As expected when the
chain was chosen; names that have retired since are followed by those of the same family."""

STEP = 5
"""Buckets of a histogram that are drawn as one: 10 % wide."""


@dataclass(frozen=True, slots=True)
class Times:
    """The numbers at the top of Latency; None when nothing was answered."""

    answers: int = 0
    """Attempts that answered."""
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    ttft_p50: float | None = None
    ttft_p90: float | None = None
    tokens_per_second: float | None = None
    overhead_p50: float | None = None
    """Of a request: what no provider was asked in and no wait was due."""
    overhead_p99: float | None = None


def times(cells: Cells, stretches: Sequence[Stretch], scope: Scope) -> Times:
    """Of all answers together."""
    columns = ["ok", "latency", "ttft", "written_tokens", "written_ms"]
    attempts = cells.ask(ATTEMPT, columns, stretches, scope)
    operations = cells.ask(OPERATION, ["operations", "overhead"], stretches, scope)
    if attempts.empty:
        return Times()
    row = attempts.iloc[0]
    p50, p90, p99 = seconds_of(row["latency"], 0.5, 0.9, 0.99)
    ttft_p50, ttft_p90 = seconds_of(row["ttft"], 0.5, 0.9)
    written = float(row["written_tokens"] * 1000 / row["written_ms"]) if row["written_ms"] else None
    ours, ours_at_most = seconds_of(NOTHING if operations.empty else operations["overhead"].iloc[0], 0.5, 0.99)
    return Times(int(row["ok"]), p50, p90, p99, ttft_p50, ttft_p90, written, ours, ours_at_most)


def by_model(cells: Cells, stretches: Sequence[Stretch], scope: Scope) -> pd.DataFrame:
    """One row a model and provider, slowest 95th percentile first.

    `calls` are answers, `tokens_per_second` all output tokens over all time between first and last token, `latency` how
    many lie in each bucket of a histogram of milliseconds: a `Tally`.
    """
    columns = ["ok", "latency", "ttft", "written_tokens", "written_ms"]
    table = cells.ask(ATTEMPT, columns, stretches, scope, by=MODEL)
    table = table[table["ok"] > 0].reset_index(drop=True)
    table = table.assign(tokens_per_second=speed(table).astype(NUMBER))
    table = shares_of(shares_of(table, "latency", WHOLE), "ttft", FIRST_TOKEN).rename(columns={"ok": "calls"})
    # Sums come in the order of their groups, and what is alike stays in it.
    table = table.sort_values("p95", ascending=False, kind="stable", ignore_index=True)
    return table[[*MODEL, "calls", *WHOLE, *FIRST_TOKEN, "tokens_per_second", "latency"]]


def typical(model: str) -> tuple[float, float] | None:
    """From how many seconds to how many an answer of the model is expected to take; None when nobody said."""
    return next((span for part, span in TYPICAL.items() if part in model), None)


def share_within(tally: Tally, low: float, high: float) -> float | None:
    """Which share of the answers took from `low` to `high` seconds; None of nothing."""
    seconds = VALUES[tally.buckets] / 1000
    total = int(tally.amounts.sum())
    return float(tally.amounts[(seconds >= low) & (seconds <= high)].sum() / total) if total else None


def spread(tally: Tally) -> pd.DataFrame:
    """How many answers took how long: `seconds`, 10 % apart and in order, `answers` and their `share` of all."""
    steps = np.bincount(tally.buckets // STEP, tally.amounts).astype(np.int64)
    some = np.flatnonzero(steps > 0)
    return pd.DataFrame(
        {
            "seconds": VALUES[np.minimum(some * STEP + STEP // 2, BUCKETS - 1)] / 1000,
            "answers": steps[some],
            "share": steps[some] / max(1, int(steps.sum())),
        }
    ).astype({"seconds": NUMBER, "answers": COUNT, "share": NUMBER})


def seconds_of(tally: Tally, *shares: float) -> list[float | None]:
    """Percentiles of a histogram of milliseconds; None of nothing."""
    [found] = percentiles_of([tally], shares) / 1000
    return [None if np.isnan(value) else float(value) for value in found]
