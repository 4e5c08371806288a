"""What can be measured over time and by dimension: each measure says what it is made of, and how.

Requests are counted in operations, money in attempts. Durations are seconds, our own overhead in milliseconds, money
dollars, shares from 0 to 1; NaN is unknown. Percentiles are of answers, by nearest rank and within 1 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import pandas as pd

from jarvis_ai.analytics.frames import dollars
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, Counted
from jarvis_ai.usage_log.histogram import percentiles_of

Value = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that cells can tell."""

    counted: Counted
    columns: tuple[str, ...]
    """Sums that it is made of, names of `queries.COLUMNS`; the first says of how many it is."""
    value: Value
    """From a frame of these columns."""
    additive: bool = False
    """Whether the parts add up to the whole, so that they can be stacked."""


def _count(name: str, table: pd.DataFrame) -> pd.Series:
    return table[name].astype("float64")


def _share(part: str, whole: str, table: pd.DataFrame) -> pd.Series:
    return table[part] / table[whole].where(table[whole] > 0)


def cost(table: pd.DataFrame) -> pd.Series:
    """Known dollars; unknown where nothing is known of what was spent."""
    nothing_known = (table["unknown_costs"] == table["attempts"]) & (table["attempts"] > 0)
    return dollars(table["nanos"]).mask(nothing_known)


def percentile(column: str, share: float, table: pd.DataFrame, *, unit: float = 1000.0) -> pd.Series:
    """Of the histograms in a column; those of times are in milliseconds and become seconds."""
    return pd.Series(percentiles_of([*table[column]], (share,))[:, 0], index=table.index) / unit


def speed(table: pd.DataFrame) -> pd.Series:
    """Tokens a second of all answers together, from the first token to the last."""
    return table["written_tokens"] * 1000 / table["written_ms"].where(table["written_ms"] > 0)


def _of_operations(value: Value, *columns: str, additive: bool = False) -> Measure:
    return Measure(OPERATION, ("operations", *columns), value, additive)


def _of_attempts(value: Value, *columns: str, additive: bool = False) -> Measure:
    return Measure(ATTEMPT, ("attempts", *columns), value, additive)


def _time(counted: Counted, column: str, share: float) -> Measure:
    return Measure(counted, ("ok", column), partial(percentile, column, share))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "requests": _of_operations(partial(_count, "operations"), additive=True),
        "answered": _of_operations(partial(_share, "ok", "operations"), "ok"),
        "fallbacks": _of_operations(partial(_share, "fallbacks", "operations"), "fallbacks"),
        "cost": _of_attempts(cost, "nanos", "unknown_costs", additive=True),
        "attempts": _of_attempts(partial(_count, "attempts"), additive=True),
        "failures": _of_attempts(partial(_count, "failed"), "failed", additive=True),
        "input_tokens": _of_attempts(partial(_count, "input_tokens"), "input_tokens", additive=True),
        "output_tokens": _of_attempts(partial(_count, "output_tokens"), "output_tokens", additive=True),
        "cached_tokens": _of_attempts(
            partial(_share, "cache_read_tokens", "input_tokens"), "cache_read_tokens", "input_tokens"
        ),
        "p50": _time(OPERATION, "latency", 0.5),
        "p95": _time(OPERATION, "latency", 0.95),
        "call_p50": _time(ATTEMPT, "latency", 0.5),
        "call_p90": _time(ATTEMPT, "latency", 0.9),
        "call_p99": _time(ATTEMPT, "latency", 0.99),
        "ttft_p50": _time(ATTEMPT, "ttft", 0.5),
        "ttft_p90": _time(ATTEMPT, "ttft", 0.9),
        "speed": Measure(ATTEMPT, ("ok", "written_tokens", "written_ms"), speed),
        "overhead_p50": Measure(OPERATION, ("ok", "overhead"), partial(percentile, "overhead", 0.5, unit=1.0)),
        "overhead_p99": Measure(OPERATION, ("ok", "overhead"), partial(percentile, "overhead", 0.99, unit=1.0)),
    }
)
"""By the name that they have in a URL."""


def shares_of(table: pd.DataFrame, column: str, shares: Mapping[str, float]) -> pd.DataFrame:
    """The table with a column of seconds for each share, of the histograms in `column`."""
    values = percentiles_of([*table[column]], tuple(shares.values())) / 1000
    return table.assign(**{name: values[:, place] for place, name in enumerate(shares)})
