"""Facts by the column: counted, and made ready for a database, with no Python object a fact until one is needed.

For whoever has many facts at once. Nothing here knows where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jarvis_ai.usage_log.cells import (
    ATTEMPT,
    CELLS,
    ESTIMATED,
    MOST,
    OK,
    OPERATION,
    Cells,
    Counted,
    EndedAttempt,
    EndedOperation,
    columns_of,
    place_of,
)
from jarvis_ai.usage_log.histogram import BASE, BUCKETS, DIGIT_SHIFT, SMALLEST, Histogram, bucket_of
from jarvis_ai.usage_log.levels import HOUR_MS

Array = npt.NDArray[Any]


class Nullable(NamedTuple):
    """Values that some rows do not have: NULL where `valid` is False."""

    values: Array
    valid: Array


class Categorical(NamedTuple):
    """A few values that come again and again: each row's number in `categories`, -1 for NULL."""

    codes: Array
    categories: Array


Column = Array | Nullable | Categorical
Columns = Mapping[str, Column]
"""By the names of a table's columns, each as long as the others."""

FACTS: Mapping[Counted, type[EndedOperation] | type[EndedAttempt]] = {OPERATION: EndedOperation, ATTEMPT: EndedAttempt}
DIMENSIONS = columns_of(EndedOperation)[1:8]
"""What says, besides the hour, in which cell a fact of either kind counts."""

LARGEST = SMALLEST * BASE**BUCKETS
"""All from here on are in the last bucket."""

NEAR = 1e-9
"""So near to the edge of a bucket numpy's logarithm and Python's may see a value on different sides of it."""


def take(column: Column, rows: Array) -> Column:
    """Some of its rows, in the order of their numbers."""
    match column:
        case Nullable(values, valid):
            return Nullable(values[rows], valid[rows])
        case Categorical(codes, categories):
            return Categorical(codes[rows], categories)
        case _:
            return column[rows]


def matrix(columns: Sequence[Column]) -> Array:
    """Rows of Python's own values, as a database takes them; None for NULL."""
    found = np.empty((_length(columns[0]), len(columns)), dtype=object)
    for place, column in enumerate(columns):
        found[:, place] = _objects(column)
    return found


def fold(counted: Counted, columns: Columns) -> Cells:
    """What `cells.fold` makes of the same facts in the same order, to the byte; `columns` are the fields of a fact."""
    if not _length(columns["started_at"]):
        return {}
    kind, order, firsts = FACTS[counted], *_groups(columns)
    heads = matrix([take(columns[name], order[firsts]) for name in columns_of(kind)]).tolist()
    places = [place_of(kind._make(head)) for head in heads]
    counts = [_summed(count(columns), order, firsts) for count in COUNTS[counted]]
    return dict(zip(places, map(CELLS[counted]._make, zip(*counts, strict=True)), strict=True))


def _length(column: Column) -> int:
    return len(column if isinstance(column, np.ndarray) else column[0])


def _objects(column: Column) -> Array:
    match column:
        case Nullable(values, valid):
            found = values.astype(object)
            found[~valid] = None
        case Categorical(codes, categories):
            found = categories[codes].astype(object)
            found[codes < 0] = None
        case _:
            found = column.astype(object)
    return found


def _groups(columns: Columns) -> tuple[Array, Array]:
    """Rows in the order of their cells, and the places in it where the first one of each cell stands."""
    numbers = np.unique(_values(columns["started_at"]) // HOUR_MS, return_inverse=True)[1]
    for name in DIMENSIONS:
        codes = _codes(columns[name])
        numbers = numbers * (codes.max() + 1) + codes
    order = np.argsort(numbers, kind="stable")
    changes = np.diff(numbers[order], prepend=-1)
    return order, np.flatnonzero(changes)


def _codes(column: Column) -> Array:
    """From 0 on, the same for values that a cell's key does not tell apart."""
    if isinstance(column, Categorical):
        # NULL comes last, where the code -1 finds it.
        texts = [text or "" for text in (*column.categories, None)]
        same: Array = np.array([texts.index(text) for text in texts])
        return same[column.codes]
    return np.unique(_values(column), return_inverse=True)[1]


def _summed(counts: Array | Nullable, order: Array, firsts: Array) -> list[int] | list[Histogram]:
    """What they come to in each cell: a sum, or a histogram of the entries that are there."""
    if not isinstance(counts, Nullable):
        sums: list[int] = np.add.reduceat(counts[order], firsts).tolist()
        return sums
    entries, valid = counts.values[order], counts.valid[order]
    joined = entries[valid].tobytes()
    ends = (np.add.reduceat(valid, firsts, dtype=np.int64).cumsum() * entries.itemsize).tolist()
    return [joined[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _values(column: Column) -> Array:
    return column if isinstance(column, np.ndarray) else column[0]


def _valid(column: Column) -> Array:
    return column.valid if isinstance(column, Nullable) else np.ones(_length(column), dtype=bool)


def _is(column: Column, text: str) -> Array:
    found: Array = _objects(column) == text
    return found


def _believed(column: Column) -> Array:
    """As `cells` believes counts."""
    values = _values(column)
    return np.where(_valid(column) & (values >= -MOST) & (values <= MOST), values, 0)


def _ones(columns: Columns) -> Array:
    return np.ones(_length(columns["started_at"]), dtype=np.int64)


def _count(name: str) -> Count:
    return lambda columns: _believed(columns[name])


def _estimated(columns: Columns) -> Array:
    return np.where(_is(columns["cost_source"], ESTIMATED), _believed(columns["cost_nanos"]), 0)


def _unknown(columns: Columns) -> Array:
    return (~_valid(columns["cost_nanos"])).astype(np.int64)


def _written(columns: Columns) -> tuple[Array, Array]:
    """As `cells` counts what was written, and how long it took."""
    took = _believed(columns["latency_ms"]) - _believed(columns["ttft_ms"])
    told = _valid(columns["ttft_ms"]) & _valid(columns["output_tokens"]) & _is(columns["status"], OK) & (took > 0)
    return np.where(told, _believed(columns["output_tokens"]), 0), np.where(told, took, 0)


def _histogram(name: str) -> Count:
    return lambda columns: histograms(_values(columns[name]), _valid(columns[name]))


def _speeds(columns: Columns) -> Nullable:
    tokens, took = _written(columns)
    return histograms(tokens * 1000 / np.maximum(took, 1), took > 0)


def histograms(values: Array, valid: Array) -> Nullable:
    """A histogram of every value by itself: its one entry."""
    valid = valid & np.isfinite(values)
    return Nullable((1 << DIGIT_SHIFT | buckets_of(np.where(valid, values, 0))).astype("<i2"), valid)


def buckets_of(values: Array) -> Array:
    """`histogram.bucket_of` of each; all are finite."""
    places = np.log(np.clip(values, SMALLEST, LARGEST) / SMALLEST) / log(BASE)
    found: Array = np.clip(1 + np.ceil(places), 1, BUCKETS - 1).astype(np.int64)
    found[values <= 0] = 0
    between = (values > SMALLEST) & (values < LARGEST)
    for unsure in np.flatnonzero(between & (np.abs(places - np.rint(places)) < NEAR)):
        found[unsure] = bucket_of(values[unsure].item())
    return found


Count = Callable[[Columns], Array | Nullable]

COUNTS: Mapping[Counted, tuple[Count, ...]] = {
    OPERATION: (
        _ones,
        *map(_count, ("fallback", "attempts", "cached")),
        *map(_histogram, ("latency_ms", "ttft_ms", "overhead_ms")),
    ),
    ATTEMPT: (
        _ones,
        *map(_count, ("hedge", "resumed", "input_tokens", "output_tokens")),
        *map(_count, ("cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "cost_nanos")),
        _estimated,
        _unknown,
        lambda columns: _written(columns)[0],
        lambda columns: _written(columns)[1],
        *map(_histogram, ("latency_ms", "ttft_ms")),
        _speeds,
    ),
}
"""What each field of a cell counts."""
