"""Packed columns hold what the cells hold, whatever it is, and add up like them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION, OperationCell, _sum
from jarvis_ai.usage_log.chunks import EACH, MOST, Chunk, chunk_of, equal, joined, packed, unpacked
from jarvis_ai.usage_log.histogram import BUCKETS, EMPTY, counts_of, histogram, merged

HISTOGRAMS = st.lists(st.floats(0, 1e6), max_size=12).map(lambda values: merged(map(histogram, values)))
CELLS = st.builds(OperationCell, *[st.integers(0, 2**60)] * 4, HISTOGRAMS, HISTOGRAMS, HISTOGRAMS)
AS_THEY_ARE = np.arange(1000)
ROWS = st.dictionaries(st.integers(1, 999), CELLS.filter(lambda cell: any(cell[:4])), max_size=12)


def rows(cells: dict[int, OperationCell]) -> list[tuple[Any, ...]]:
    return [(key, *cell) for key, cell in cells.items()]


def read(chunk: Chunk) -> dict[int, tuple[Any, ...]]:
    """What each cell counts: its counts, and those of the buckets of its histograms."""
    histograms = np.zeros((len(chunk), EACH, BUCKETS), np.int64)
    histograms.reshape(-1)[chunk.histograms.codes] = chunk.histograms.amounts
    return {
        int(key): (*chunk.counts[:, place].tolist(), *histograms[place].tolist())
        for place, key in enumerate(chunk.keys)
    }


def plain(cell: OperationCell) -> tuple[Any, ...]:
    return tuple(counts_of(value).tolist() if isinstance(value, bytes) else value for value in cell)


@given(ROWS)
def test_a_chunk_counts_what_its_cells_count_before_and_after_it_was_packed(cells: dict[int, OperationCell]) -> None:
    chunk = chunk_of(OPERATION, rows(cells))
    assert read(chunk) == {key: plain(cell) for key, cell in cells.items()}
    again = unpacked(OPERATION, packed(chunk))
    assert read(again) == read(chunk)
    assert equal(again, chunk)


@given(st.lists(ROWS, min_size=1, max_size=3))
def test_joined_chunks_are_the_chunk_of_all_their_cells(parts: list[dict[int, OperationCell]]) -> None:
    small = [{key: cell._replace(**dict.fromkeys(cell._fields[:4], 7)) for key, cell in part.items()} for part in parts]
    together: dict[int, OperationCell] = {}
    for part in small:
        for key, cell in part.items():
            together[key] = _sum([together[key], cell]) if key in together else cell  # type: ignore[assignment]
    whole = joined([chunk_of(OPERATION, rows(part)) for part in small], AS_THEY_ARE)
    assert packed(whole) == packed(chunk_of(OPERATION, rows(together)))


def test_keys_of_one_name_become_one_cell() -> None:
    cell = OperationCell(1, 0, 2, 0, histogram(5), EMPTY, EMPTY)
    names = np.array([0, 1, 1, 3])
    cut = joined([chunk_of(OPERATION, [(1, *cell), (2, *cell), (3, *cell)])], names)
    assert cut.keys.tolist() == [1, 3]
    assert cut.counts[2].tolist() == [4, 2]


def test_what_was_taken_away_again_leaves_no_cell() -> None:
    nothing = chunk_of(OPERATION, [(1, *OperationCell())])
    assert len(nothing) == 0
    assert packed(nothing) == (b"",) * 8
    assert len(joined([nothing, chunk_of(OPERATION, [])], AS_THEY_ARE)) == 0
    assert len(unpacked(ATTEMPT, packed(chunk_of(ATTEMPT, [])))) == 0


@pytest.mark.parametrize("times", [1, MOST, MOST + 1, 3 * MOST, 5 * MOST + 1])
def test_a_bucket_holds_more_values_than_one_entry_can(times: int) -> None:
    one = chunk_of(OPERATION, [(1, *OperationCell(1, latency_ms=histogram(250)))])
    many = Chunk(one.keys, one.counts, one.histograms._replace(amounts=np.array([times])))
    assert read(unpacked(OPERATION, packed(many))) == read(many)


@pytest.mark.parametrize(("value", "width"), [(0, 0), (1, 1), (127, 1), (128, 2), (-129, 2), (40_000, 4), (2**40, 8)])
def test_a_column_is_as_wide_as_its_largest_number_needs(value: int, width: int) -> None:
    row = packed(chunk_of(OPERATION, [(7, *OperationCell(1, fallbacks=value)), (9, *OperationCell(1))]))
    assert len(row[2]) == 2 * width
    assert unpacked(OPERATION, row).counts[1].tolist() == [value, 0]
