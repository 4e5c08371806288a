"""The circuit breaker as a value: closed, open, half-open.

A breaker never acts. It is told how an attempt ended and gives back the breaker that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from jarvis_ai.policy.rules import BreakerLimits


class BreakerState(StrEnum):
    """Closed lets all through, open none, half-open a single trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Whether a link, or a whole provider, may be asked."""

    failures: int = 0
    """Consecutive ones."""
    recent: int = 0
    """The last calls as bits, the latest lowest: 1 for one that failed."""
    counted: int = 0
    """How many calls `recent` tells of."""
    openings: int = 0
    """How often in a row it has opened without an answer in between."""
    reopens_at: float | None = None
    """Seconds since the epoch; None while closed."""
    trial: bool = False
    """Whether the one trial of a half-open breaker is under way."""
    opened_at: float | None = None
    """Seconds since the epoch; None while closed."""

    def state(self, now: float) -> BreakerState:
        if self.reopens_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self.reopens_at else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether a call may go through now."""
        state = self.state(now)
        return state is BreakerState.CLOSED or (state is BreakerState.HALF_OPEN and not self.trial)

    def asked(self, now: float) -> Breaker:
        """A call goes through; when it is the trial of a half-open breaker, no other may follow."""
        return replace(self, trial=True) if self.state(now) is BreakerState.HALF_OPEN else self

    def answered(self, asked_at: float, limits: BreakerLimits) -> Breaker:
        """A call of `asked_at` was answered, which closes it: but one from before it opened says nothing of now."""
        if self.opened_at is not None:
            return Breaker() if asked_at >= self.opened_at else self
        return replace(self._counted(0, limits), failures=0)

    def abandoned(self) -> Breaker:
        """The call ended without a verdict, for example cancelled by its caller."""
        return replace(self, trial=False)

    def failed(self, now: float, limits: BreakerLimits, *, rest: float | None = None) -> Breaker:
        """A call failed; `rest`, in seconds, is the wish of a server to be left alone: it opens the breaker at once."""
        counted = replace(self._counted(1, limits), failures=self.failures + 1)
        if self.state(now) is BreakerState.OPEN:
            # A straggler's failure neither shortens what a server has asked for nor puts the next trial off.
            return replace(counted, reopens_at=max(self.reopens_at or 0.0, now + (rest or 0.0)))
        if self.trial or rest is not None or counted._sick(limits):
            usual = limits.rests[min(self.openings, len(limits.rests) - 1)]
            reopens_at = now + max(usual if rest is None else rest, 0.0)
            return replace(counted, reopens_at=reopens_at, trial=False, opened_at=now, openings=self.openings + 1)
        return counted

    def _counted(self, bit: int, limits: BreakerLimits) -> Breaker:
        recent = (self.recent << 1 | bit) & (1 << limits.window) - 1
        return replace(self, recent=recent, counted=min(self.counted + 1, limits.window))

    def _sick(self, limits: BreakerLimits) -> bool:
        often = self.counted >= limits.window and self.recent.bit_count() >= limits.rate * limits.window
        return often or self.failures >= limits.failures


CLOSED = Breaker()
