"""Which link to ask next, and when.

Rule 1: everything that decides lives in this package, as data or as pure functions.
Rule 2: nothing here waits, reads a clock or rolls dice.
"""

from jarvis_ai.policy.breaker import CLOSED, Breaker
from jarvis_ai.policy.rules import (
    RULES,
    Adaptive,
    Backoff,
    BreakerLimits,
    Concurrency,
    Deadlines,
    Hedging,
    Policy,
    Reach,
    Rule,
    backoff,
)
from jarvis_ai.policy.steps import Flight, GiveUp, Send, Wait, breaker_key, breaker_keys, next_step
from jarvis_ai.policy.timing import UNKNOWN_SPEED, Speed, deadlines_for, hedge_delay

__all__ = [
    "CLOSED",
    "RULES",
    "UNKNOWN_SPEED",
    "Adaptive",
    "Backoff",
    "Breaker",
    "BreakerLimits",
    "Concurrency",
    "Deadlines",
    "Flight",
    "GiveUp",
    "Hedging",
    "Policy",
    "Reach",
    "Rule",
    "Send",
    "Speed",
    "Wait",
    "backoff",
    "breaker_key",
    "breaker_keys",
    "deadlines_for",
    "hedge_delay",
    "next_step",
]
