"""Which cells of the roll-ups make up a stretch of time, as few as possible.

A local day is not stored, but it is the UTC day nearest to it, with the hours at its edges added or taken away: cells
are sums, and histograms can be subtracted. What one day takes away at its end the next one adds at its beginning, so
that it is read once.

Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.usage_log.cells import FULL
from jarvis_ai.usage_log.levels import DAY_MS, HOUR, Level, spans


class Piece(NamedTuple):
    """Cells of one level and cut that start at or after `start` and before `until`, UTC milliseconds."""

    level: Level
    start: int
    until: int
    cut: str


class Use(NamedTuple):
    """What a piece is in."""

    bucket: int
    """UTC milliseconds."""
    sign: int
    """-1 takes it away."""


Steps = dict[Piece, list[Use]]


def steps(stretches: Iterable[Stretch], cut: str, sealed: int) -> Steps:
    """The pieces of all stretches, each once; before `sealed`, the roll-ups' mark, cuts and days are complete."""
    found: Steps = {}
    for stretch in stretches:
        bucket, start, end = (second * 1000 for second in stretch)
        for sign, piece in _pieces(start, end, cut, sealed):
            found.setdefault(piece, []).append(Use(bucket, sign))
    return found


def _pieces(start: int, end: int, cut: str, sealed: int) -> Iterator[tuple[int, Piece]]:
    yield from _sealed(start, min(end, sealed), cut, sealed)
    if max(start, sealed) < end:
        yield 1, Piece(HOUR, max(start, sealed), end, FULL)


def _sealed(start: int, end: int, cut: str, sealed: int) -> Iterator[tuple[int, Piece]]:
    first, last = _nearest_day(start, sealed), _nearest_day(end, sealed)
    if first >= last:
        first = last = end
    for span in spans(first, last, sealed):
        yield 1, Piece(*span, cut)
    yield from _edge(start, first, cut)
    yield from _edge(last, end, cut)


def _edge(start: int, end: int, cut: str) -> Iterator[tuple[int, Piece]]:
    """The hours from `start` to `end`, or, where that is backwards, those that are too many."""
    if start < end:
        yield 1, Piece(HOUR, start, end, cut)
    elif start > end:
        yield -1, Piece(HOUR, end, start, cut)


def _nearest_day(at: int, sealed: int) -> int:
    floor = at // DAY_MS * DAY_MS
    return floor + DAY_MS if at - floor > DAY_MS // 2 and floor + DAY_MS <= sealed else floor
