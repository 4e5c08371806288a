"""Which cells of the roll-ups make up a stretch of time: as few as there are, each hour in exactly one.

Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.usage_log.cells import FULL
from jarvis_ai.usage_log.levels import HOUR, Level, Span, spans


class Step(NamedTuple):
    """Cells of one level and cut that start at or after `start` and before `until`, UTC milliseconds."""

    bucket: int
    """What they are counted in: UTC milliseconds."""
    level: Level
    start: int
    until: int
    cut: str


def steps(stretches: Iterable[Stretch], cut: str, sealed: int) -> list[Step]:
    """The cells of each stretch; `sealed` is the roll-ups' mark. Cuts and longer steps are complete before it only."""
    return [step for stretch in stretches for step in _steps(stretch, cut, sealed)]


def _steps(stretch: Stretch, cut: str, sealed: int) -> Iterator[Step]:
    bucket, start, end = (second * 1000 for second in stretch)
    for span in spans(start, min(end, sealed), sealed):
        yield Step(bucket, *span, cut)
    for span in _by_the_hour(max(start, sealed), end):
        yield Step(bucket, *span, FULL)


def _by_the_hour(start: int, end: int) -> list[Span]:
    return spans(start, end, 0, coarsest=HOUR)
