"""Adds cells up, all of a question at once: by group and by stretch of time, counts and histograms alike.

Pure: numpy, no database. Cells come in parts that share their uses; see `steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jarvis_ai.analytics.queries import Sum
from jarvis_ai.analytics.steps import Use
from jarvis_ai.usage_log.cells import HISTOGRAMS
from jarvis_ai.usage_log.chunks import (
    Entries,
    Numbers,
    amounts_of,
    buckets_of,
    entries,
    entries_in,
    keys_in,
    lengths_in,
    numbers_in,
    summed,
)
from jarvis_ai.usage_log.histogram import BUCKETS, ENTRY, Tally, entries_of

DENSE = 20_000
"""Histograms that are added up with room for all their buckets, 160 MB; more than that are sorted, which is slower."""


class Histograms(NamedTuple):
    """Those of a part's cells: how many entries each has, and all of them; see `chunks`."""

    lengths: npt.NDArray[Any]
    entries: npt.NDArray[Any]


class Part(NamedTuple):
    """Some cells, column by column."""

    keys: npt.NDArray[Any]
    """The numbers of their keys."""
    columns: Mapping[str, npt.NDArray[Any] | Histograms]
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class Groups:
    """What keys are put together."""

    labels: list[tuple[str, ...]]
    """Of each group, in order."""
    of_key: Numbers
    """The place of a key's group by the number of the key; -1 is not asked about."""
    statuses: npt.NDArray[np.str_]
    """The status of a key by its number."""

    @classmethod
    def of(cls, keys: Iterable[tuple[Any, ...]]) -> Groups:
        """Of numbers, statuses and labels."""
        keys = list(keys)
        numbers, own = [key[0] for key in keys], [key[2:] for key in keys]
        labels = sorted(set(own))
        places = {label: place for place, label in enumerate(labels)}
        # One more, for the keys that are not asked about.
        size = max(numbers, default=0) + 2
        of_key, statuses = np.full(size, -1), np.full(size, "", dtype="U16")
        of_key[numbers], statuses[numbers] = [places[label] for label in own], [key[1] for key in keys]
        return cls(labels, of_key, statuses)

    def known(self, keys: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Keys by which the arrays can be asked."""
        found: npt.NDArray[Any] = np.minimum(keys, len(self.of_key) - 1)
        return found


class Added(NamedTuple):
    """The sums: an entry for each bucket and group in which anything was counted, in that order."""

    buckets: Numbers
    groups: Numbers
    values: dict[str, Numbers | list[Tally]]
    """Counts, or a histogram for each entry."""


def chunk(key: bytes, columns: Mapping[str, bytes], uses: Sequence[Use]) -> Part:
    """A chunk as it is in the database."""
    keys = keys_in(key)
    cells = len(keys)
    found = {
        name: Histograms(lengths_in(column, cells), entries_in(column, cells))
        if name in HISTOGRAMS
        else numbers_in(column, cells)
        for name, column in columns.items()
    }
    return Part(keys, found, uses)


def live(rows: Sequence[Sequence[Any]], names: Sequence[str], uses: Sequence[Use]) -> Part:
    """Cells of hours of which there are no chunks, as they are in the database: the number of a key, then columns.

    Raises one of `cells.UNSOUND`.
    """
    keys, *columns = zip(*rows, strict=True) if rows else [()] * (1 + len(names))
    found = {
        name: _histograms_of(column) if name in HISTOGRAMS else np.array(column, dtype=np.int64)
        for name, column in zip(names, columns, strict=True)
    }
    return Part(np.array(keys, dtype=np.int64), found, uses)


def _histograms_of(column: Sequence[bytes]) -> Histograms:
    buckets, amounts = entries_of(b"".join(column))
    lengths, halves = np.divmod(np.array([len(each) for each in column], dtype=np.int64), ENTRY)
    if halves.any():
        raise ValueError("a histogram holds half an entry")
    return Histograms(lengths, entries(buckets, amounts))


def added(parts: Iterable[Part], groups: Groups, wanted: Mapping[str, Sum]) -> Added:
    """The sums that are `wanted`, by their names; at least one of them is of counts."""
    used = [(part, use) for part in parts for use in part.uses]
    buckets = sorted({use.bucket for _, use in used})
    if not used or not groups.labels:
        return Added(np.zeros(0, np.int64), np.zeros(0, np.int64), {})
    cells = _Cells(used, groups, buckets)
    values = {name: cells.total(each) for name, each in wanted.items()}
    some = np.any([value != 0 for value in values.values() if isinstance(value, np.ndarray)], axis=0)
    places = np.flatnonzero(some)
    width = len(groups.labels)
    return Added(
        np.array(buckets)[places // width], places % width, {name: _at(places, value) for name, value in values.items()}
    )


def _at(places: Numbers, values: Numbers | Entries) -> Numbers | list[Tally]:
    """Those of some groups in some buckets of time."""
    if isinstance(values, np.ndarray):
        return values[places]
    starts, ends = np.searchsorted(values.codes, [places * BUCKETS, (places + 1) * BUCKETS]).tolist()
    buckets = values.codes % BUCKETS
    return [Tally(buckets[start:end], values.amounts[start:end]) for start, end in zip(starts, ends, strict=True)]


class _Cells:
    """The cells of all parts behind one another, once for each use."""

    def __init__(self, used: Sequence[tuple[Part, Use]], groups: Groups, buckets: Sequence[int]) -> None:
        self._parts = [part for part, _ in used]
        lengths = [len(part.keys) for part in self._parts]
        keys = groups.known(np.concatenate([part.keys for part in self._parts]))
        places = {bucket: place for place, bucket in enumerate(buckets)}
        bucket = np.repeat([places[use.bucket] for _, use in used], lengths)
        group = groups.of_key[keys]
        self._asked = group >= 0
        self._statuses = groups.statuses[keys]
        self._signs = np.repeat(np.array([use.sign for _, use in used], np.int32), lengths)
        self._places = bucket * len(groups.labels) + group
        self._size = len(buckets) * len(groups.labels)

    def total(self, wanted: Sum) -> Numbers | Entries:
        asked = self._asked & (self._statuses == wanted.status) if wanted.status else self._asked
        columns = [part.columns[wanted.column] for part in self._parts]
        if isinstance(columns[0], Histograms):
            return self._histograms(columns, asked)
        return self._counts(np.concatenate(columns), asked)

    def _counts(self, values: npt.NDArray[Any], asked: npt.NDArray[np.bool_]) -> Numbers:
        sums = np.zeros(self._size, np.int64)
        np.add.at(sums, self._places[asked], values[asked].astype(np.int64) * self._signs[asked])
        return sums

    def _histograms(self, columns: Sequence[Any], asked: npt.NDArray[np.bool_]) -> Entries:
        lengths = np.concatenate([column.lengths for column in columns])
        entries = np.concatenate([column.entries for column in columns])
        if not asked.all():
            entries, lengths = entries[np.repeat(asked, lengths)], lengths[asked]
        codes = np.repeat(self._places[asked] * BUCKETS, lengths) + buckets_of(entries)
        amounts = amounts_of(entries)
        if (self._signs < 0).any():
            amounts = amounts * np.repeat(self._signs[asked], lengths)
        if self._size > DENSE:
            return summed(codes, amounts.astype(np.int64))
        # Weights are floats, exact up to 2^53.
        sums = np.bincount(codes, amounts)
        some = np.flatnonzero(sums)
        return Entries(some, sums[some].astype(np.int64))
