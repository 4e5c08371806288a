"""Chunks: the cells of one hour, day or month in one cut, column by column, to be added up by the thousand.

A chunk is a row of packed columns. `key` holds the numbers of its cells' keys, 32 bits each and in order. A count is a
column of little-endian integers, as wide as its largest needs: its bytes divided by the number of cells tell how wide;
where all are zero it is empty. A column of histograms is first how many entries each cell has, 16 bits each, and then
all entries, 32 bits each: ten name a bucket and the rest is how many values it holds, signed; more come in several.
Where all are empty, so is the column.

Pure: numpy, no database, no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jarvis_ai.usage_log.cells import CELLS, Counted, columns_of
from jarvis_ai.usage_log.cuts import Names
from jarvis_ai.usage_log.histogram import BUCKETS, entries_of

Numbers = npt.NDArray[np.int64]

COUNTS: Mapping[Counted, tuple[str, ...]] = MappingProxyType(
    {counted: tuple(n for n, empty in kind._field_defaults.items() if empty == 0) for counted, kind in CELLS.items()}
)
HISTOGRAMS: Mapping[Counted, tuple[str, ...]] = MappingProxyType(
    {counted: columns_of(kind)[len(COUNTS[counted]) :] for counted, kind in CELLS.items()}
)
"""The columns of a cell, in order: counts come first."""

EACH = 3
"""Histograms that a cell of either kind has."""

WIDTHS = (1, 2, 4, 8)
"""Bytes that a number may take."""

KEY, LENGTH, ENTRY = np.dtype("<u4"), np.dtype("<u2"), np.dtype("<i4")
BUCKET_BITS = BUCKETS.bit_length() - 1
MOST = 2**21 - 1
"""Values that one entry can hold."""


class Entries(NamedTuple):
    """All histograms of all cells together; codes rise, and no amount is zero."""

    codes: Numbers
    """The number of a histogram, counted cell by cell, times `BUCKETS`, and a bucket of it."""
    amounts: Numbers


@dataclass(frozen=True, slots=True)
class Chunk:
    """Cells side by side, in order of the numbers of their keys."""

    keys: Numbers
    counts: Numbers
    """A row for each of `COUNTS`, a column for each cell."""
    histograms: Entries
    """As many a cell as there are of `HISTOGRAMS`."""

    def __len__(self) -> int:
        return len(self.keys)


def chunk_of(counted: Counted, rows: Sequence[Sequence[Any]]) -> Chunk:
    """Of cells as the database has them: the number of a key, then the columns; `rows` are in any order.

    Raises one of `cells.UNSOUND`.
    """
    width = len(COUNTS[counted])
    # What was taken away again has left a cell of zeros.
    rows = sorted((row for row in rows if any(row[1 : width + 1])), key=itemgetter(0))
    columns = list(zip(*rows, strict=True)) or [()] * (1 + width)
    counts = np.array(columns[1 : width + 1], dtype=np.int64).reshape(width, len(rows))
    histograms = [each for row in rows for each in row[width + 1 :]]
    return Chunk(np.array(columns[0], dtype=np.int64), counts, _entries_of(histograms))


def joined(chunks: Sequence[Chunk], names: Names) -> Chunk:
    """Several, at least one, as one; `names` are those of a cut that all of them are at least as fine as."""
    keys, places = np.unique(names[np.concatenate([chunk.keys for chunk in chunks])], return_inverse=True)
    counts = np.concatenate([chunk.counts for chunk in chunks], axis=1)
    return Chunk(keys, _added(counts, places, len(keys)), _together(chunks, places))


def equal(one: Chunk, other: Chunk) -> bool:
    """Whether both count the same."""
    return packed(one) == packed(other)


def packed(chunk: Chunk) -> tuple[bytes, ...]:
    """The columns of a row: `key`, counts, histograms."""
    return (
        chunk.keys.astype(KEY).tobytes(),
        *map(_packed_numbers, chunk.counts),
        *_packed_histograms(chunk),
    )


def unpacked(counted: Counted, row: Sequence[bytes]) -> Chunk:
    """A chunk from its columns."""
    keys, width = keys_in(row[0]), 1 + len(COUNTS[counted])
    counts = np.stack([numbers_in(each, len(keys)) for each in row[1:width]]).astype(np.int64)
    return Chunk(keys.astype(np.int64), counts, _unpacked_histograms(row[width:], len(keys)))


def keys_in(column: bytes) -> npt.NDArray[Any]:
    """The numbers of the keys."""
    return np.frombuffer(column, KEY)


def numbers_in(column: bytes, cells: int) -> npt.NDArray[Any]:
    """The numbers of a count, as wide as they were written."""
    return np.frombuffer(column, f"<i{len(column) // cells}") if column else np.zeros(cells, np.int8)


def lengths_in(column: bytes, cells: int) -> npt.NDArray[Any]:
    """How many entries each cell has in a column of histograms."""
    return np.frombuffer(column, LENGTH, cells) if column else np.zeros(cells, LENGTH)


def entries_in(column: bytes, cells: int) -> npt.NDArray[Any]:
    """All entries of a column of histograms, one cell after the other; see `buckets_of` and `amounts_of`."""
    return np.frombuffer(column, ENTRY, offset=cells * LENGTH.itemsize) if column else np.zeros(0, ENTRY)


def entries(buckets: Numbers, amounts: Numbers) -> npt.NDArray[Any]:
    """Entries of buckets and amounts that fit."""
    found: npt.NDArray[Any] = (amounts << BUCKET_BITS | buckets).astype(ENTRY)
    return found


def buckets_of(some: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The buckets of entries."""
    found: npt.NDArray[Any] = some & BUCKETS - 1
    return found


def amounts_of(some: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """How many values entries hold."""
    found: npt.NDArray[Any] = some >> BUCKET_BITS
    return found


def _entries_of(histograms: Sequence[bytes]) -> Entries:
    buckets, amounts = entries_of(b"".join(histograms))
    numbers = np.repeat(np.arange(len(histograms)), [len(each) // 2 for each in histograms])
    return summed(numbers * BUCKETS + buckets, amounts)


def _together(chunks: Sequence[Chunk], places: Numbers) -> Entries:
    """Entries of chunks whose cells go to `places`."""
    starts = np.cumsum([0, *map(len, chunks)]) * (EACH * BUCKETS)
    codes = np.concatenate([chunk.histograms.codes + at for chunk, at in zip(chunks, starts[:-1], strict=True)])
    cells, rest = np.divmod(codes, EACH * BUCKETS)
    amounts = np.concatenate([chunk.histograms.amounts for chunk in chunks])
    return summed(places[cells] * (EACH * BUCKETS) + rest, amounts)


def summed(codes: Numbers, amounts: Numbers) -> Entries:
    """Amounts of the same code as one; in any order."""
    if not len(codes):
        return Entries(codes, amounts)
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    first = np.concatenate([[0], 1 + np.flatnonzero(codes[1:] != codes[:-1])])
    sums = np.add.reduceat(amounts[order], first)
    some = np.flatnonzero(sums)
    return Entries(codes[first[some]], sums[some])


def _added(counts: Numbers, places: Numbers, cells: int) -> Numbers:
    """Columns of `counts` that go to the same place, as one."""
    sums = np.zeros((cells, len(counts)), dtype=np.int64)
    np.add.at(sums, places, counts.T)
    return sums.T


def _packed_numbers(values: Numbers) -> bytes:
    if not values.any():
        return b""
    low, high = int(values.min()), int(values.max())
    width = next(width for width in WIDTHS if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1)
    return values.astype(f"<i{width}").tobytes()


def _packed_histograms(chunk: Chunk) -> Iterator[bytes]:
    codes, amounts = _small(chunk.histograms)
    numbers, all_entries = codes // BUCKETS, entries(codes % BUCKETS, amounts)
    for place in range(EACH):
        own = numbers % EACH == place
        lengths = np.bincount(numbers[own] // EACH, minlength=len(chunk)).astype(LENGTH)
        yield lengths.tobytes() + all_entries[own].tobytes() if own.any() else b""


def _small(histograms: Entries) -> Entries:
    """The same in amounts that fit."""
    codes, amounts = histograms
    if np.abs(amounts).max(initial=0) <= MOST:
        return histograms
    parts = 1 + (np.abs(amounts) - 1) // MOST
    codes, left = np.repeat(codes, parts), np.repeat(amounts, parts)
    before = (np.arange(len(codes)) - np.repeat(np.cumsum(parts) - parts, parts)) * MOST
    return Entries(codes, np.sign(left) * np.minimum(np.abs(left) - before, MOST))


def _unpacked_histograms(columns: Sequence[bytes], cells: int) -> Entries:
    some = np.concatenate([entries_in(each, cells) for each in columns])
    lengths = np.concatenate([lengths_in(each, cells) for each in columns])
    numbers = np.arange(cells * len(columns)).reshape(cells, len(columns)).T.reshape(-1)
    return summed(np.repeat(numbers, lengths) * BUCKETS + buckets_of(some), amounts_of(some).astype(np.int64))
