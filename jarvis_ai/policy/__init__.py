"""Which link to ask next, and when.

Rule 1: everything that decides lives in this package, as data or as pure functions.
Rule 2: nothing here waits, reads a clock or rolls dice.
"""

from jarvis_ai.policy.breaker import CLOSED, Breaker
from jarvis_ai.policy.rules import (
    RULES,
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
from jarvis_ai.policy.steps import GiveUp, Send, Wait, breaker_key, breaker_keys, next_step

__all__ = [
    "CLOSED",
    "RULES",
    "Backoff",
    "Breaker",
    "BreakerLimits",
    "Concurrency",
    "Deadlines",
    "GiveUp",
    "Hedging",
    "Policy",
    "Reach",
    "Rule",
    "Send",
    "Wait",
    "backoff",
    "breaker_key",
    "breaker_keys",
    "next_step",
]
