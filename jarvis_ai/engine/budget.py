"""How many hedges may still be sent: a share of the calls of the last minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from jarvis_ai.policy import Hedging

SLICES = 30
"""Of the window: it rolls on by one of them at a time, and costs the same however many calls there are."""


@dataclass(slots=True)
class _Slice:
    number: int
    calls: int = 0
    hedges: int = 0


class HedgeBudget:
    """Counts calls and hedges in a rolling window. Times are seconds since the epoch."""

    def __init__(self, hedging: Hedging) -> None:
        self._hedging = hedging
        self._length = hedging.window / SLICES
        self._slices: deque[_Slice] = deque()

    def called(self, now: float) -> None:
        """A call went out that is no hedge."""
        self._at(now).calls += 1

    def take(self, now: float) -> bool:
        """Whether one more hedge may be sent; it is counted then."""
        latest = self._at(now)
        calls, hedges = sum(each.calls for each in self._slices), sum(each.hedges for each in self._slices)
        if hedges > self._hedging.share * calls:
            return False
        latest.hedges += 1
        return True

    def _at(self, now: float) -> _Slice:
        number = int(now / self._length)
        if not self._slices or self._slices[-1].number < number:
            self._slices.append(_Slice(number))
        while self._slices[0].number <= number - SLICES:
            self._slices.popleft()
        return self._slices[-1]
