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


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether a link, or a whole provider, may be asked."""

    failures: int = 0
    """Consecutive ones."""
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

    def closes(self, asked_at: float) -> bool:
        """Whether an answer to a call of `asked_at` closes it: one from before it opened says nothing of now."""
        return self.opened_at is None or asked_at >= self.opened_at

    def abandoned(self) -> Breaker:
        """The call ended without a verdict, for example cancelled by its caller."""
        return replace(self, trial=False)

    def failed(self, now: float, limits: BreakerLimits, *, rest: float | None = None) -> Breaker:
        """A call failed; `rest`, in seconds, is the wish of a server to be left alone: it opens the breaker at once."""
        failures = self.failures + 1
        opens = rest is not None or self.trial or failures >= limits.failures
        if not opens:
            return replace(self, failures=failures)
        reopens_at = now + max(limits.cooldown if rest is None else rest, 0.0)
        opened_at = self.opened_at if self.state(now) is BreakerState.OPEN else now
        # A straggler's failure never shortens what a server has asked for.
        return Breaker(failures, max(reopens_at, self.reopens_at or 0.0), opened_at=opened_at)


CLOSED = Breaker()
