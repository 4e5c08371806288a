"""How long each link has lately taken to its first token."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque

from jarvis_ai.domain import Link
from jarvis_ai.policy import UNKNOWN_SPEED, Speed

KEPT = 100
"""First tokens of one link, the latest."""


class Speeds:
    """Recent times by link, in seconds, of every call of this engine."""

    def __init__(self) -> None:
        self._links: dict[Link, _Recent] = {}

    def add(self, link: Link, ttft: float) -> None:
        """A first token came after `ttft`; of a call that was not waited for, that it had not come until then."""
        self._links.setdefault(link, _Recent()).add(ttft)

    def of(self, link: Link) -> Speed:
        """The speed of a link; one that was never seen is unknown."""
        recent = self._links.get(link)
        return recent.speed if recent else UNKNOWN_SPEED


class _Recent:
    """The last values, in their order and by size."""

    def __init__(self) -> None:
        self._values: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, value: float) -> None:
        if len(self._values) == KEPT:
            del self._sorted[bisect_left(self._sorted, self._values.popleft())]
        self._values.append(value)
        insort(self._sorted, value)

    @property
    def speed(self) -> Speed:
        count = len(self._sorted)
        return Speed(count, self._sorted[count // 2], self._sorted[int(0.95 * (count - 1))])
