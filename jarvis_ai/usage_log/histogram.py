"""Histograms that add up: percentiles of any stretch of time from the histograms of its parts.

Buckets grow by 2 %, so that a percentile is within 1 % of the value that was measured (the mapping of DDSketch, Masson
et al., VLDB 2019). A histogram is bytes, made of little-endian 16-bit entries: ten bits name a bucket, two the power
of 16 and four the digit, from -8 to 7, that together are a count. A bucket has as many entries as its count has digits,
and may come again, so two histograms are added by putting one behind the other, which SQL does by itself (`||`,
`string_agg`). Empty bytes are the empty histogram. Nothing here knows what is measured.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import ceil, inf, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Histogram = bytes

Counts = npt.NDArray[np.int64]
"""How many values lie in each bucket, or which buckets they are."""


class Tally(NamedTuple):
    """A histogram by the buckets that hold something, in order."""

    buckets: Counts
    amounts: Counts
    """How many values lie in each."""


NOTHING = Tally(np.zeros(0, np.int64), np.zeros(0, np.int64))

BASE = 1.02
ERROR = (BASE - 1) / (BASE + 1)
"""How far a value read from a histogram may be from the one that was put in, as a share of it: 0.99 %."""

SMALLEST = 0.01
"""What lies above 0 and below this counts as this."""

HUGE = 1e300
"""What lies above it counts as this."""

BUCKETS = 1024
"""The first one is for 0 and less, the last one begins at six million: more milliseconds than any operation has."""

POWER_SHIFT, DIGIT_SHIFT, BUCKET_MASK = 10, 12, BUCKETS - 1
LARGEST_DIGIT, HIGHEST_POWER = 7, 3

EMPTY: Histogram = b""

ENTRY = 2
"""Bytes of an entry."""

_ONES = tuple(struct.pack("<h", 1 << DIGIT_SHIFT | bucket) for bucket in range(BUCKETS))
_PER_BASE = 1 / log(BASE)


def bucket_of(value: float) -> int:
    """Number of the bucket that holds `value`."""
    if value <= 0:
        return 0
    return min(max(1, 1 + ceil(log(min(value, HUGE) / SMALLEST) * _PER_BASE)), BUCKETS - 1)


def value_of(bucket: int) -> float:
    """What stands for every value of a bucket."""
    return 0.0 if bucket == 0 else SMALLEST * BASE ** (bucket - 1) * (1 - ERROR)


VALUES = np.array([value_of(bucket) for bucket in range(BUCKETS)])
"""The same, for all of them."""


@lru_cache(maxsize=1 << 14)
def histogram(value: float | None) -> Histogram:
    """Of one value; empty for None and for what is no number."""
    return _ONES[bucket_of(value)] if isinstance(value, int | float) and -inf < value < inf else EMPTY


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """All of them as one."""
    return b"".join(histograms)


def negated(one: Histogram) -> Histogram:
    """What takes `one` away from a sum that holds it."""
    if not one:
        return EMPTY
    entries = np.frombuffer(one, dtype="<i2")
    digits, names = entries >> DIGIT_SHIFT, entries & (1 << DIGIT_SHIFT) - 1
    flipped = np.minimum(-digits, LARGEST_DIGIT) << DIGIT_SHIFT | names
    # Of the smallest digit the opposite is one too large: what is missing comes as an entry of its own.
    missing = names[-digits > LARGEST_DIGIT] | 1 << DIGIT_SHIFT
    return np.concatenate([flipped, missing]).astype("<i2").tobytes()


def compact(one: Histogram) -> Histogram:
    """The same in the fewest entries, in order of value: equal histograms become equal bytes."""
    return _encoded(counts_of(one)) if one else EMPTY


def entries_of(one: Histogram) -> tuple[Counts, Counts]:
    """Buckets, and how many values each adds to one; a bucket may come again."""
    entries = np.frombuffer(one, dtype="<i2")
    powers = entries >> POWER_SHIFT & HIGHEST_POWER
    return (entries & BUCKET_MASK).astype(np.int64), (entries >> DIGIT_SHIFT).astype(np.int64) << 4 * powers


def counts_of(one: Histogram) -> Counts:
    """How many values each bucket holds."""
    buckets, amounts = entries_of(one)
    # Weights are floats, exact up to 2^53.
    return np.bincount(buckets, weights=amounts, minlength=BUCKETS).astype(np.int64)


def tally_of(one: Histogram) -> Tally:
    """The buckets that hold something."""
    counts = counts_of(one)
    some = np.flatnonzero(counts)
    return Tally(some, counts[some])


def size(one: Histogram) -> int:
    """How many values it holds."""
    return int(entries_of(one)[1].sum())


def percentile(one: Histogram, share: float) -> float | None:
    """The value by nearest rank: of n in order the one at place ceil(n · `share`), within 1 %; None of nothing."""
    return percentiles(one, (share,))[0]


def percentiles(one: Histogram, shares: Sequence[float]) -> list[float | None]:
    """Several of one histogram, in the order asked."""
    [found] = percentiles_of([tally_of(one)], shares)
    return [None if np.isnan(value) else float(value) for value in found]


def percentiles_of(tallies: Sequence[Tally], shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """A row for each histogram and a column for each share; NaN of nothing."""
    ends = np.cumsum([0, *(len(each.buckets) for each in tallies)])
    buckets, amounts = (np.concatenate(parts) for parts in zip(NOTHING, *tallies, strict=True))
    # Of one histogram after the other, so that all are searched at once.
    reached = np.cumsum(np.concatenate([[0], amounts]))
    before, totals = reached[ends[:-1]], np.diff(reached[ends])
    found = np.full((len(tallies), len(shares)), np.nan)
    some = totals > 0
    for column, share in enumerate(shares):
        # Rounded first: 0.55 * 100 is a hair above 55, and would name the place behind.
        places = np.maximum(1, np.ceil(np.round(totals * share, 6)))
        found[some, column] = VALUES[buckets[np.searchsorted(reached[1:], (before + places)[some])]]
    return found


def _encoded(counts: npt.NDArray[np.int64]) -> Histogram:
    return b"".join(
        (digits << DIGIT_SHIFT | power << POWER_SHIFT | buckets).astype("<i2").tobytes()
        for power, buckets, digits in _digits(counts)
    )


def _digits(counts: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Power, buckets and their digits: balanced base 16, and what is beyond it in several of the highest power."""
    buckets = np.flatnonzero(counts)
    left = counts[buckets]
    for power in range(HIGHEST_POWER):
        digits = (left + 8 & 15) - 8
        left = left - digits >> 4
        some = digits != 0
        yield power, buckets[some], digits[some]
    while (some := left != 0).any():
        buckets, left = buckets[some], left[some]
        digits = np.clip(left, -LARGEST_DIGIT, LARGEST_DIGIT)
        left = left - digits
        yield HIGHEST_POWER, buckets, digits
