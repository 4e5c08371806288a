"""Thirty days of made-up traffic, so that a console without a key has something to show.

It is written through the real rows and the real schema, every row marked as simulated, the same for the same seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from jarvis_ai.domain import (
    KEYWORD,
    OPENROUTER,
    UNKNOWN_COST,
    Attempt,
    Chain,
    ChainLink,
    Completion,
    Cost,
    CostSource,
    Fact,
    Failure,
    FailureKind,
    FinishReason,
    Link,
    Operation,
    Prompt,
    Source,
    Status,
    Usage,
)
from jarvis_ai.engine.ids import uuid7
from jarvis_ai.usage_log.rows import Write, writes_of
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import Writer

T = TypeVar("T")

HOUR, DAY = 3600.0, 86400.0

OPERATIONS_A_DAY = 300
"""On a weekday."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a model behaves, with the times that are typical of it and the prices of 2026."""

    link: Link
    median: float
    """Seconds to a whole answer."""
    spread: float
    """Sigma of the logarithm."""
    input_price: int
    """10⁻⁹ dollars a token."""
    output_price: int
    failing: float
    """Share of calls that fail on an ordinary day."""

    @property
    def name(self) -> str:
        """As a caller writes it: a bare id is OpenRouter's."""
        return str(self.link).removeprefix(f"{OPENROUTER}:")


def _openrouter(model: str, *numbers: float) -> Profile:
    return _profile(f"{OPENROUTER}:{model}", *numbers)


def _profile(link: str, *numbers: float) -> Profile:
    median, spread, input_price, output_price, failing = numbers
    return Profile(Link.parse(link), median, spread, int(input_price), int(output_price), failing)


GPT_4O = _openrouter("openai/gpt-4o", 3.2, 0.28, 2500, 10000, 0.035)
GPT_4O_MINI = _openrouter("openai/gpt-4o-mini", 1.7, 0.32, 150, 600, 0.02)
SONNET = _openrouter("anthropic/claude-sonnet-4.6", 2.8, 0.24, 3000, 15000, 0.025)
HAIKU = _openrouter("anthropic/claude-haiku-4.5", 1.0, 0.40, 1000, 5000, 0.015)
LLAMA = _openrouter("meta-llama/llama-3.1-8b-instruct", 1.7, 0.34, 20, 30, 0.05)
GEMINI = _openrouter("google/gemini-2.5-flash", 1.4, 0.30, 300, 2500, 0.02)
DIRECT_OPENAI = _profile("openai:gpt-4o", 3.0, 0.28, 2500, 10000, 0.01)
DIRECT_ANTHROPIC = _profile("anthropic:claude-haiku-4-5", 1.0, 0.40, 1000, 5000, 0.01)
LAST_RESORT = Profile(Link(KEYWORD), 0.001, 0.2, 0, 0, 0.0)

TAIL = (LLAMA, GEMINI, DIRECT_OPENAI, DIRECT_ANTHROPIC, LAST_RESORT)
CHAINS = {
    "": (GPT_4O, GPT_4O_MINI, SONNET, HAIKU, *TAIL),
    "complex": (GPT_4O, SONNET, GPT_4O_MINI, HAIKU, *TAIL),
    "routine": (GPT_4O_MINI, HAIKU, GPT_4O, SONNET, *TAIL),
    "fast": (HAIKU, GPT_4O_MINI, GEMINI, LLAMA, DIRECT_ANTHROPIC, LAST_RESORT),
}
NAMED = (GPT_4O, GPT_4O_MINI, SONNET, HAIKU, LLAMA, GEMINI, DIRECT_OPENAI, DIRECT_ANTHROPIC)
NAMED_SHARE = 0.15
"""Requests that name a model of their own; the chain's tail stands behind it."""
TASKS = {"": 30, "complex": 15, "routine": 35, "fast": 20}
SOURCES = {
    Source.ASSISTANT: 55, Source.API: 18, Source.GATEWAY: 10, Source.PYTHON: 6, Source.PLAYGROUND: 5,
    Source.BATCH: 3, Source.COMPARE: 2, Source.DRILL: 1,
}  # fmt: skip
FAILURES = {
    (FailureKind.RATE_LIMITED, 429, "The model is busy: too many requests"): 40,
    (FailureKind.OVERLOADED, 503, "The provider is overloaded"): 18,
    (FailureKind.SERVER_ERROR, 500, "The provider failed"): 14,
    (FailureKind.FIRST_TOKEN_TIMEOUT, None, "no token within 20 s"): 10,
    (FailureKind.DISCONNECTED, None, "The connection was closed before the answer"): 8,
    (FailureKind.STALLED, None, "no further token for 15 s"): 5,
    (FailureKind.TRUNCATED, None, "the answer ended without a finish reason"): 3,
    (FailureKind.EMPTY, None, "The answer was empty"): 2,
}
SLOW_FAILURES = {FailureKind.FIRST_TOKEN_TIMEOUT: 20.0, FailureKind.STALLED: 16.5}
MAYBE_BILLED = {FailureKind.STALLED, FailureKind.TRUNCATED, FailureKind.FIRST_TOKEN_TIMEOUT, FailureKind.DISCONNECTED}

BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 11, 12, 12, 11, 10, 8, 7, 6, 5, 4, 3)
"""How busy each hour of a day is."""
WEEKEND = 0.45

OUTAGE_HOURS, BLACKOUT_HOURS = (14.0, 16.5), (15.0, 15.6)
"""One afternoon on which OpenRouter's OpenAI models did not answer, and for a while none of its models."""
OUTAGE = (FailureKind.OVERLOADED, 503, "No instances available")

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


def fill(path: Path, *, now: float, days: int = 30, seed: int = 7) -> int:
    """Write `days` of traffic that end at `now`; returns how many operations.

    A file that was not there appears whole or not at all; of several that fill it together the first one wins.
    """
    chance = random.Random(seed)
    facts = [conversation(chance, at, now) for at in moments(chance, now, days)]
    writes = [write for conversation_ in facts for fact in conversation_ for write in writes_of(fact, writer="sample")]
    if path.exists():
        _store(path, writes)
        return len(facts)
    new = path.with_name(f"{path.name}.{uuid4().hex}.new")
    try:
        _store(new, writes)
        with suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
    return len(facts)


def _store(path: Path, writes: list[Write]) -> None:
    store = Store(str(path), Writer.this(), busy_timeout=5.0)
    try:
        store.apply(writes)
    finally:
        store.close()


def moments(chance: random.Random, now: float, days: int) -> Iterator[float]:
    """When somebody asks, in order: more by day than by night, less on Saturday and Sunday."""
    first = int((now - days * DAY) // HOUR)
    for hour in range(first, int(now // HOUR) + 1):
        mean = OPERATIONS_A_DAY * BY_HOUR[hour % 24] / sum(BY_HOUR) * (WEEKEND if weekday(hour // 24) > 4 else 1.0)
        count = max(0, round(chance.gauss(mean, mean**0.5)))
        yield from (at for at in sorted((hour + chance.random()) * HOUR for _ in range(count)) if at <= now - 120)


def conversation(chance: random.Random, at: float, now: float) -> list[Fact]:
    """One operation with its attempts and its end."""
    operation, profiles, answer = _operation(chance, at)
    if chance.random() < 0.004:
        return _cancelled(chance, operation, profiles[0])
    attempts: list[Attempt] = []
    clock = at + 0.002
    for profile in profiles:
        waited = round(chance.uniform(0.1, 0.8), 3) if attempts else 0.0
        reason = "the one before it failed" if attempts else "first in the chain"
        begun = Attempt(operation.id, len(attempts) + 1, profile.link, clock + waited, reason=reason, waited=waited)
        attempt = _ended(chance, begun, profile, now)
        attempts.append(attempt)
        clock = attempt.started_at + (attempt.latency or 0.0)
        if attempt.status is Status.OK:
            break
        if chance.random() < 0.12:
            break  # the deadline of the whole operation
    return [operation, *attempts, _completion(operation, attempts, clock, answer)]


def _operation(chance: random.Random, at: float) -> tuple[Operation, tuple[Profile, ...], str]:
    task, source = pick(chance, TASKS), pick(chance, SOURCES)
    question, answer = chance.choice(TALKS)
    named = chance.choice(NAMED) if chance.random() <= NAMED_SHARE else None
    profiles = (named, GPT_4O_MINI, GEMINI, LAST_RESORT) if named else CHAINS[task]
    reasons = ["asked first for this task", *["asked next when the ones before it fail"] * (len(profiles) - 1)]
    chain = Chain(tuple(ChainLink(item.link, reason) for item, reason in zip(profiles, reasons, strict=True)))
    operation = Operation(
        id=uuid7(at, randbits=chance.getrandbits),
        started_at=at,
        source=source,
        prompt=Prompt.of(question, temperature=0.3),
        chain=chain,
        task=task,
        requested_model=named.name if named else "",
        simulated=True,
    )
    return operation, profiles, answer


def _ended(chance: random.Random, attempt: Attempt, profile: Profile, now: float) -> Attempt:
    out = in_outage(profile.link, attempt.started_at, now)
    if out or chance.random() < profile.failing:
        return _failed(chance, attempt, OUTAGE if out else pick(chance, FAILURES))
    return _answered(chance, attempt, profile)


def _failed(chance: random.Random, attempt: Attempt, failure: tuple[FailureKind, int | None, str]) -> Attempt:
    kind, http_status, detail = failure
    limited = kind is FailureKind.RATE_LIMITED
    return replace(
        attempt,
        status=Status.FAILED,
        failure=Failure(kind, detail, http_status, retry_after=float(chance.randint(1, 8)) if limited else None),
        latency=SLOW_FAILURES.get(kind, chance.uniform(0.1, 0.9)),
        cost=UNKNOWN_COST if kind in MAYBE_BILLED else Cost(0, CostSource.ESTIMATED),
    )


def _answered(chance: random.Random, attempt: Attempt, profile: Profile) -> Attempt:
    latency = chance.lognormvariate(0.0, profile.spread) * profile.median
    usage = Usage(input_tokens=chance.randint(40, 900), output_tokens=max(4, int(chance.lognormvariate(4.6, 0.7))))
    nanos = usage.input_tokens * profile.input_price + usage.output_tokens * profile.output_price
    billed = profile.link.provider == OPENROUTER
    return replace(
        attempt,
        status=Status.OK,
        latency=latency,
        ttft=latency * chance.uniform(0.15, 0.35),
        usage=replace(usage, cost_nanos=nanos if billed else None),
        cost=Cost(nanos, CostSource.BILLED if billed else CostSource.ESTIMATED),
        generation_id=f"gen-{chance.getrandbits(64):016x}" if billed else "",
        served_model=profile.link.model or profile.link.provider,
    )


def _cancelled(chance: random.Random, operation: Operation, profile: Profile) -> list[Fact]:
    latency = chance.uniform(0.2, profile.median)
    attempt = Attempt(operation.id, 1, profile.link, operation.started_at, Status.CANCELLED, latency=latency)
    end = operation.started_at + latency
    completion = Completion(operation.id, end, Status.CANCELLED, attempts=(attempt,), latency=latency, simulated=True)
    return [operation, attempt, completion]


def _completion(operation: Operation, attempts: list[Attempt], end: float, answer: str) -> Completion:
    last = attempts[-1]
    ok = last.status is Status.OK
    amounts = [attempt.cost.nanos for attempt in attempts]
    known = [amount for amount in amounts if amount is not None]
    return Completion(
        operation_id=operation.id,
        finished_at=end,
        status=last.status,
        text=answer if ok else "",
        link=last.link if ok else None,
        failure=last.failure,
        attempts=tuple(attempts),
        usage=last.usage,
        cost=Cost(sum(known), last.cost.source) if len(known) == len(amounts) else UNKNOWN_COST,
        latency=end - operation.started_at,
        ttft=last.started_at - operation.started_at + last.ttft if last.ttft is not None else None,
        finish_reason=FinishReason.STOP if ok else None,
        served_model=last.served_model,
        simulated=True,
    )


def in_outage(link: Link, at: float, now: float) -> bool:
    """Whether a model does not answer because of the outage, which was on a working day a week ago or a little more."""
    today = int(now // DAY)
    day = today - (7 if weekday(today - 9) > 4 else 9)
    begin, end = OUTAGE_HOURS if link.model.startswith("openai/") else BLACKOUT_HOURS
    return link.provider == OPENROUTER and begin * HOUR <= at - day * DAY < end * HOUR


def weekday(day: int) -> int:
    """Of a day since the epoch, from Monday, 0."""
    return (day + 3) % 7


def pick(chance: random.Random, weights: Mapping[T, int]) -> T:
    """One of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]
