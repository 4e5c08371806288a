"""Which cells of the roll-ups make up a stretch of time, as few as possible.

A local day is not stored, but it is the UTC day nearest to it, with the hours at its edges added or taken away: cells
are sums, and histograms can be subtracted. What one day takes away at its end the next one adds at its beginning, so
that it is read once.

Pure: no clock, no database. All times are UTC milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.usage_log.levels import DAY, DAY_MS, HOUR, HOUR_MS, MONTH, Level, end_of, start_of

LIVE: Final = "live"
"""Hours of which no chunk holds what it should: their cells are read."""

Kind = Level | Literal["live"]


class Piece(NamedTuple):
    """Chunks of a level, or cells, that start at or after `start` and before `until`."""

    kind: Kind
    start: int
    until: int


class Use(NamedTuple):
    """What a piece is in."""

    bucket: int
    sign: int
    """-1 takes it away."""


Steps = dict[Piece, list[Use]]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Which chunks hold what they should."""

    until: int = 0
    """Those that end until then, but for the stale ones."""
    stale: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    """Their level and start."""

    def has(self, level: Level, start: int) -> bool:
        return end_of(level, start) <= self.until and (level, start) not in self.stale


def steps(stretches: Iterable[Stretch], sealed: Sealed) -> Steps:
    """The pieces of all stretches, each once."""
    found: Steps = {}
    for stretch in stretches:
        bucket, start, end = (second * 1000 for second in stretch)
        for sign, piece in _joined(_pieces(start, end, sealed)):
            found.setdefault(piece, []).append(Use(bucket, sign))
    return found


def _pieces(at: int, end: int, sealed: Sealed) -> Iterator[tuple[int, Piece]]:
    """In order of time; what is taken away follows what it is taken from."""
    while at < end:
        month = end_of(MONTH, at)
        if at == start_of(MONTH, at) and month <= end and sealed.has(MONTH, at):
            yield 1, Piece(MONTH, at, month)
            at = month
        else:
            day = start_of(DAY, at)
            yield from _of_day(day, at, min(end, day + DAY_MS), sealed)
            at = day + DAY_MS


def _of_day(day: int, start: int, end: int, sealed: Sealed) -> Iterator[tuple[int, Piece]]:
    """The hours from `start` to `end`, or the day that they are in without the others, whichever is less."""
    if end - start <= DAY_MS // 2 or not sealed.has(DAY, day):
        yield from ((1, piece) for piece in _hours(start, end, sealed))
        return
    yield 1, Piece(DAY, day, day + DAY_MS)
    for edge in ((day, start), (end, day + DAY_MS)):
        yield from ((-1, piece) for piece in _hours(*edge, sealed))


def _hours(start: int, end: int, sealed: Sealed) -> Iterator[Piece]:
    for hour in range(start, end, HOUR_MS):
        yield Piece(HOUR if sealed.has(HOUR, hour) else LIVE, hour, hour + HOUR_MS)


def _joined(pieces: Iterable[tuple[int, Piece]]) -> Iterator[tuple[int, Piece]]:
    """Neighbours of one kind as one."""
    last: tuple[int, Piece] | None = None
    for sign, piece in pieces:
        if last and (last[0], last[1].kind, last[1].until) == (sign, piece.kind, piece.start):
            last = sign, last[1]._replace(until=piece.until)
        else:
            if last:
                yield last
            last = sign, piece
    if last:
        yield last
