"""Chunks: the cells of one hour, day or month in one cut, column by column, to be added up by the thousand.

A chunk is a row of packed columns. `key` holds the numbers of its cells' keys, 32 bits each and in order. A count is a
column of little-endian integers, as wide as its largest needs: its bytes divided by the number of cells tell how wide;
where all are zero it is empty. A column of histograms is first how many entries each cell has, 16 bits each, and then
all entries, 32 bits each: ten name a bucket and the rest is how many values it holds, signed; more come in several.
Where all are empty, so is the column.

Pure: numpy, no database, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

WIDTHS = (1, 2, 4, 8)
"""Bytes that a number may take."""

KEY, LENGTH, ENTRY = np.dtype("<u4"), np.dtype("<u2"), np.dtype("<i4")
BUCKET_BITS = BUCKETS.bit_length() - 1
MOST = 2**21 - 1
"""Values that one entry can hold."""


class Entries(NamedTuple):
    """The histograms of all cells together; neither array has a zero, and codes rise."""

    codes: Numbers
    """The place of a cell times `BUCKETS`, and a bucket."""
    amounts: Numbers


@dataclass(frozen=True, slots=True)
class Chunk:
    """Cells side by side, in order of the numbers of their keys."""

    keys: Numbers
    counts: Numbers
    """A row for each of `COUNTS`, a column for each cell."""
    histograms: tuple[Entries, ...]
    """One for each of `HISTOGRAMS`."""

    def __len__(self) -> int:
        return len(self.keys)


def chunk_of(counted: Counted, rows: Sequence[Sequence[Any]]) -> Chunk:
    """Of cells as the database has them: the number of a key, then the columns; `rows` are in any order."""
    width = len(COUNTS[counted])
    rows = [row for row in rows if any(row[1 : width + 1])]  # what was taken away again has left a cell of zeros
    columns = list(zip(*rows, strict=True)) or [()] * (1 + len(columns_of(CELLS[counted])))
    counts = np.array(columns[1 : width + 1], dtype=np.int64).reshape(width, len(rows))
    loose = Chunk(np.array(columns[0], dtype=np.int64), counts, tuple(map(_entries_of, columns[width + 1 :])))
    return joined([loose])


def joined(chunks: Sequence[Chunk], names: Names | None = None) -> Chunk:
    """Several of one kind, at least one, as one; `names` are those of a cut of them."""
    keys = np.concatenate([chunk.keys for chunk in chunks])
    keys, places = np.unique(keys if names is None else names[keys], return_inverse=True)
    starts = np.cumsum([0, *map(len, chunks)])
    return Chunk(
        keys,
        _added(np.concatenate([chunk.counts for chunk in chunks], axis=1), places, len(keys)),
        tuple(_together(columns, starts, places) for columns in zip(*(c.histograms for c in chunks), strict=True)),
    )


def equal(one: Chunk, other: Chunk) -> bool:
    """Whether both count the same."""
    return packed(one) == packed(other)


def packed(chunk: Chunk) -> tuple[bytes, ...]:
    """The columns of a row: `key`, counts, histograms."""
    cells = len(chunk)
    return (
        chunk.keys.astype(KEY).tobytes(),
        *map(_packed_numbers, chunk.counts),
        *(_packed_entries(each, cells) for each in chunk.histograms),
    )


def unpacked(counted: Counted, row: Sequence[bytes]) -> Chunk:
    """A chunk from its columns."""
    keys = keys_in(row[0])
    width = 1 + len(COUNTS[counted])
    counts = np.stack([numbers_in(each, len(keys)) for each in row[1:width]]).astype(np.int64)
    return Chunk(keys.astype(np.int64), counts, tuple(_unpacked_entries(each, len(keys)) for each in row[width:]))


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
    """Of the histograms of cells."""
    buckets, amounts = entries_of(b"".join(histograms))
    places = np.repeat(np.arange(len(histograms)), [len(each) // 2 for each in histograms])
    return _summed(places * BUCKETS + buckets, amounts)


def _together(columns: Sequence[Entries], starts: Numbers, places: Numbers) -> Entries:
    """Entries of chunks whose cells begin at `starts` and go to `places`."""
    codes = np.concatenate([each.codes + start * BUCKETS for each, start in zip(columns, starts[:-1], strict=True)])
    amounts = np.concatenate([each.amounts for each in columns])
    return _summed(places[codes // BUCKETS] * BUCKETS + codes % BUCKETS, amounts)


def _summed(codes: Numbers, amounts: Numbers) -> Entries:
    order = np.argsort(codes, kind="stable")
    codes, amounts = codes[order], amounts[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    sums = np.add.reduceat(amounts, first) if len(first) else amounts
    return Entries(codes[first][sums != 0], sums[sums != 0])


def _added(counts: Numbers, places: Numbers, cells: int) -> Numbers:
    """Columns of `counts` that go to the same place, as one."""
    sums = np.zeros((len(counts), cells), dtype=np.int64)
    for row, column in zip(sums, counts, strict=True):
        np.add.at(row, places, column)
    return sums


def _packed_numbers(values: Numbers) -> bytes:
    if not values.any():
        return b""
    low, high = int(values.min()), int(values.max())
    width = next(width for width in WIDTHS if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1)
    return values.astype(f"<i{width}").tobytes()


def _packed_entries(histograms: Entries, cells: int) -> bytes:
    if not len(histograms.codes):
        return b""
    codes, amounts = _small(histograms)
    lengths = np.bincount(codes // BUCKETS, minlength=cells).astype(LENGTH)
    return lengths.tobytes() + entries(codes % BUCKETS, amounts).tobytes()


def _small(histograms: Entries) -> Entries:
    """The same in amounts that fit."""
    codes, amounts = histograms
    parts = 1 + (np.abs(amounts) - 1) // MOST
    if (parts == 1).all():
        return histograms
    codes, left = np.repeat(codes, parts), np.repeat(amounts, parts)
    before = (np.arange(len(codes)) - np.repeat(np.cumsum(parts) - parts, parts)) * MOST
    return Entries(codes, np.sign(left) * np.minimum(np.abs(left) - before, MOST))


def _unpacked_entries(column: bytes, cells: int) -> Entries:
    some = entries_in(column, cells)
    places = np.repeat(np.arange(cells), lengths_in(column, cells))
    return _summed(places * BUCKETS + buckets_of(some), amounts_of(some).astype(np.int64))
