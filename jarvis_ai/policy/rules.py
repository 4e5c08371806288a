"""The policy as data: a row for each kind of failure, and the limits that hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jarvis_ai.domain import FailureKind


class Reach(StrEnum):
    """What else would fail now for the same reason."""

    REQUEST = "request"
    MODEL = "model"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Rule:
    """How often the same link may be asked again, and how far a failure reaches."""

    retries: int
    reach: Reach
    pause: bool = True
    """Whether the link is left alone for a moment before it is asked again."""


RULES: Mapping[FailureKind, Rule] = {
    # The account: every model behind the same key fails alike.
    FailureKind.NOT_CONFIGURED: Rule(0, Reach.PROVIDER),
    FailureKind.UNAUTHORIZED: Rule(0, Reach.PROVIDER),
    FailureKind.NO_CREDIT: Rule(0, Reach.PROVIDER),
    FailureKind.KEY_LIMIT: Rule(0, Reach.PROVIDER),
    # The host: nobody can be reached there.
    FailureKind.CONNECT_FAILED: Rule(1, Reach.PROVIDER),
    FailureKind.CONNECT_TIMEOUT: Rule(0, Reach.PROVIDER),
    FailureKind.SATURATED: Rule(0, Reach.PROVIDER),
    # The request: it fails the same way wherever it is sent, or must not be sent elsewhere.
    FailureKind.INVALID_REQUEST: Rule(0, Reach.REQUEST),
    FailureKind.TOO_LARGE: Rule(0, Reach.REQUEST),
    FailureKind.MODERATED: Rule(0, Reach.REQUEST),
    FailureKind.REFUSED: Rule(0, Reach.REQUEST),
    FailureKind.FORBIDDEN: Rule(0, Reach.REQUEST),
    FailureKind.DEADLINE: Rule(0, Reach.REQUEST),
    # The model: its neighbours may well answer.
    FailureKind.CONTEXT_TOO_LONG: Rule(0, Reach.MODEL),
    FailureKind.MODEL_NOT_FOUND: Rule(0, Reach.MODEL),
    FailureKind.UPSTREAM_REJECTED: Rule(0, Reach.MODEL),
    FailureKind.UNAFFORDABLE: Rule(1, Reach.MODEL, pause=False),
    FailureKind.RATE_LIMITED: Rule(1, Reach.MODEL),
    FailureKind.QUOTA_EXHAUSTED: Rule(0, Reach.MODEL),
    FailureKind.OVERLOADED: Rule(1, Reach.MODEL),
    FailureKind.SERVER_ERROR: Rule(1, Reach.MODEL),
    FailureKind.UPSTREAM_TIMEOUT: Rule(1, Reach.MODEL),
    FailureKind.DISCONNECTED: Rule(1, Reach.MODEL),
    FailureKind.MALFORMED: Rule(1, Reach.MODEL),
    FailureKind.EMPTY: Rule(1, Reach.MODEL),
    # A silent route is never asked twice: the caller has waited once already.
    FailureKind.HEADERS_TIMEOUT: Rule(0, Reach.MODEL),
    FailureKind.FIRST_TOKEN_TIMEOUT: Rule(0, Reach.MODEL),
    FailureKind.STALLED: Rule(0, Reach.MODEL),
    FailureKind.TRUNCATED: Rule(0, Reach.MODEL),
    # A rescue that did not come about: the link is well. Without a prefill it may still go on.
    FailureKind.PREFILL: Rule(1, Reach.MODEL, pause=False),
    FailureKind.SEAM: Rule(0, Reach.MODEL),
    FailureKind.INTERNAL: Rule(0, Reach.MODEL),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds each part of a call may take."""

    connect: float = 5.0
    headers: float = 10.0
    """From dispatch to the response's headers at most. See `Adaptive`."""
    first_token: float = 10.0
    """From dispatch to the first token at most; keep-alive comments do not count. See `Adaptive`."""
    silence: float = 15.0
    """Between two tokens."""
    total: float = 90.0
    """The whole operation, every attempt and wait included, but not the time in which an answer is being given."""
    answer: float = 600.0
    """The whole operation with that time: what has not ended by then never does. Nothing where it is below `total`."""

    @property
    def longest(self) -> float:
        """Seconds after which every operation is over."""
        return max(self.total, self.answer)


@dataclass(frozen=True, slots=True)
class Adaptive:
    """How the time for a first token follows from a link's own recent times."""

    factor: float = 4.0
    """Times the 95th percentile of them."""
    floor: float = 4.0
    """Seconds; no link gets less."""
    patient: float = 4.5
    """Times the usual limit for a model that reasons before it speaks, and for the last link of a chain; at most half
    of the operation's time."""
    per_token: float = 1e-4
    """Seconds more for each token of the prompt, which has to be read first."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with full jitter: uniform between 0 and base × 2^(tries-1), at most cap."""

    base: float = 0.5
    cap: float = 8.0


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When a breaker opens, and how long it stays open."""

    failures: int = 3
    """Consecutive failures that open it."""
    rate: float = 0.5
    """Share of failures among the last calls that opens it as well."""
    window: int = 20
    """How many of the last calls are looked at; as many must have been made."""
    rests: tuple[float, ...] = (10.0, 15.0, 15.0, 10.0)
    """Seconds until a trial is let through, after the first opening, the second…; the last holds for all that follow.

    A link that is down for a minute is tried four times, and used again at most ten seconds after it has recovered.
    """


@dataclass(frozen=True, slots=True)
class Hedging:
    """When a second link is asked beside one that is slow to speak, and how many such calls there may be."""

    on: bool = True
    floor: float = 1.0
    """Seconds; no link is thought slow before."""
    unknown: float = 5.0
    """Seconds until a link is thought slow whose usual times are not known yet."""
    share: float = 0.05
    """Extra calls for each call of the last `window` seconds, and one besides."""
    window: float = 300.0


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many calls to one provider run at a time, and how long the next one waits for its turn."""

    limit: int = 256
    queue: float = 5.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that can be set about falling back."""

    rules: Mapping[FailureKind, Rule] = field(default_factory=lambda: RULES)
    deadlines: Deadlines = Deadlines()
    adaptive: Adaptive = Adaptive()
    backoff: Backoff = Backoff()
    breaker: BreakerLimits = BreakerLimits()
    hedging: Hedging = Hedging()
    concurrency: Concurrency = Concurrency()
    patience: float = 3.0
    """The longest `Retry-After` that is waited for; a longer one sends the call on, and the link rests."""
    longest_rest: float = 3600.0
    """A server's wish to be left alone is honoured up to this many seconds."""


def backoff(tries: int, policy: Policy, *, jitter: float) -> float:
    """Seconds to wait before asking a link again that failed `tries` times; `jitter` is uniform in 0..1.

    Full jitter, after Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    ceiling: float = policy.backoff.base * 2 ** (tries - 1)
    return jitter * min(policy.backoff.cap, ceiling)
