"""The world that made-up traffic comes from: who is asked for what, by whom, and how it fails.

Models have the times that are typical of them and the prices of 2026; most calls come by day and on weekdays. Data
only; `traffic` draws from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jarvis_ai.domain import KEYWORD, FailureKind, Link, Source


class Profile(NamedTuple):
    """How a model behaves."""

    link: Link
    median_ms: float
    """To a whole answer."""
    spread: float
    """Sigma of the logarithm."""
    input_price: int
    """10⁻⁹ dollars a token."""
    output_price: int
    failing: float
    """Share of calls that fail on an ordinary day."""


def _profile(link: str, *numbers: float) -> Profile:
    median_ms, spread, input_price, output_price, failing = numbers
    return Profile(Link.parse(link), median_ms, spread, int(input_price), int(output_price), failing)


GPT_4O = _profile("openai/gpt-4o", 3200, 0.28, 2500, 10000, 0.035)
GPT_4O_MINI = _profile("openai/gpt-4o-mini", 1700, 0.32, 150, 600, 0.02)
SONNET = _profile("anthropic/claude-sonnet-4.6", 2800, 0.24, 3000, 15000, 0.025)
HAIKU = _profile("anthropic/claude-haiku-4.5", 1000, 0.40, 1000, 5000, 0.015)
LLAMA = _profile("meta-llama/llama-3.1-8b-instruct", 1700, 0.34, 20, 30, 0.05)
GEMINI = _profile("google/gemini-2.5-flash", 1400, 0.30, 300, 2500, 0.02)
DIRECT_OPENAI = _profile("openai:gpt-4o", 3000, 0.28, 2500, 10000, 0.01)
DIRECT_ANTHROPIC = _profile("anthropic:claude-haiku-4-5", 1000, 0.40, 1000, 5000, 0.01)
LAST_RESORT = _profile(KEYWORD, 3, 0.3, 0, 0, 0.0)
PROFILES = (GPT_4O, GPT_4O_MINI, SONNET, HAIKU, LLAMA, GEMINI, DIRECT_OPENAI, DIRECT_ANTHROPIC, LAST_RESORT)

TASKS: Mapping[str, tuple[int, tuple[Profile, ...]]] = {
    "": (30, (GPT_4O, SONNET, GPT_4O_MINI, DIRECT_OPENAI, LAST_RESORT)),
    "complex": (15, (SONNET, GPT_4O, GPT_4O_MINI, DIRECT_OPENAI, LAST_RESORT)),
    "routine": (35, (GPT_4O_MINI, HAIKU, LLAMA, DIRECT_OPENAI, LAST_RESORT)),
    "fast": (20, (HAIKU, GPT_4O_MINI, GEMINI, DIRECT_ANTHROPIC, LAST_RESORT)),
}
"""How many of a hundred calls have each task, and the chain that it is given."""

NAMED = (GPT_4O, GPT_4O_MINI, SONNET, HAIKU, LLAMA, GEMINI, DIRECT_OPENAI, DIRECT_ANTHROPIC)
NAMED_SHARE = 0.15
"""Calls that name a model of their own, which comes first."""
BEHIND_NAMED = (GPT_4O_MINI, GEMINI, LAST_RESORT)

CHAINS = (*(chain for _, chain in TASKS.values()), *((profile, *BEHIND_NAMED) for profile in NAMED))
LONGEST_CHAIN = max(map(len, CHAINS))

SOURCES: Mapping[Source, int] = {
    Source.ASSISTANT: 55, Source.API: 18, Source.GATEWAY: 10, Source.PYTHON: 6, Source.PLAYGROUND: 5,
    Source.BATCH: 3, Source.COMPARE: 2, Source.DRILL: 1,
}  # fmt: skip


class Trouble(NamedTuple):
    """One way to fail."""

    kind: FailureKind
    http_status: int | None
    detail: str
    share: int
    slow_ms: int = 0
    """How long it takes; 0: as long as a refusal."""
    billed: bool = False
    """Whether it may have cost something all the same."""


TROUBLES = (
    Trouble(FailureKind.RATE_LIMITED, 429, "The model is busy: too many requests", 40),
    Trouble(FailureKind.OVERLOADED, 503, "The provider is overloaded", 18),
    Trouble(FailureKind.SERVER_ERROR, 500, "The provider failed", 14),
    Trouble(FailureKind.FIRST_TOKEN_TIMEOUT, None, "no token within 20 s", 10, 20_000, billed=True),
    Trouble(FailureKind.DISCONNECTED, None, "The connection was closed before the answer", 8, billed=True),
    Trouble(FailureKind.STALLED, None, "no further token for 15 s", 5, 16_500, billed=True),
    Trouble(FailureKind.TRUNCATED, None, "the answer ended without a finish reason", 3, billed=True),
    Trouble(FailureKind.EMPTY, None, "The answer was empty", 2),
    Trouble(FailureKind.OVERLOADED, 503, "No instances available", 0),
)
OUTAGE = len(TROUBLES) - 1

CANCELLED_SHARE, GIVEN_UP_SHARE = 0.004, 0.12
"""Calls that the caller breaks off; failures after which the operation's time is over."""

BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 11, 12, 12, 11, 10, 8, 7, 6, 5, 4, 3)
"""How busy each hour of a day is."""
WEEKEND = 0.45

OUTAGE_HOURS, BLACKOUT_HOURS = (14.0, 16.5), (15.0, 15.6)
"""One afternoon on which OpenRouter's OpenAI models did not answer, and for a while none of its models."""

TALKS = (
    ("What can you do for me?", "I can set reminders, send messages, look things up and keep your calendar."),
    ("Remind me to call mom tomorrow at 9 am", '{"intent": "reminder", "confidence": 0.97}'),
    ("Schedule a meeting with the design team on Thursday at 3 pm", '{"intent": "calendar", "confidence": 0.95}'),
    ("Text Alex that I am running ten minutes late", '{"intent": "message", "confidence": 0.96}'),
    ("Summarize the last message from the landlord", "The landlord confirms the repair for Tuesday morning."),
    ("What is the weather like in Lisbon this weekend?", "I have no live weather data, I am sorry."),
    ("Translate 'see you soon' into Spanish", "Hasta pronto."),
    ("Explain the difference between a debit and a credit card", "A debit card takes money from your account at once."),
    ("Write a polite reply that declines the invitation", "Thank you for the invitation; sadly I cannot come."),
    ("How long does it take to boil an egg?", "Six to seven minutes for a soft one, ten for a hard one."),
)  # fmt: skip
