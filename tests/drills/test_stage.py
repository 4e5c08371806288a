"""A drill finds out who lies: engines, providers and logs that serve a caller badly get the verdict for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from jarvis_ai.domain import Attempt, Chain, Chunk, Completion, Cost, CostSource, Fact, Finished, FinishReason, Prompt
from jarvis_ai.domain import TextDelta as Delta
from jarvis_ai.drills import Drill, Faults, Grade, Outcome, Row, Stage, full
from jarvis_ai.engine import Engine
from jarvis_ai.engine.settling import Settling
from jarvis_ai.policy import Backoff, Deadlines, Policy
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.simulator import Fault, Simulator

CHAIN = Chain.of("openrouter:openai/gpt-4o")
POLICY = Policy(deadlines=Deadlines(headers=2.0, first_token=2.0, silence=2.0, total=5.0, answer=5.0))

Twist = Callable[[AsyncIterator[Chunk]], AsyncIterator[Chunk]]


async def honest(chunks: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    async for chunk in chunks:
        yield chunk


async def stops_halfway(chunks: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    """And says that this was all."""
    said = 0
    async for chunk in chunks:
        said += isinstance(chunk, Delta)
        if said < 5 or not isinstance(chunk, Delta):
            yield chunk


async def says_it_twice(chunks: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    async for chunk in chunks:
        yield chunk
        if isinstance(chunk, Delta):
            yield chunk


async def says_something_else(chunks: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    async for chunk in chunks:
        yield chunk
    yield Delta("And this is another's answer.")
    yield Finished(FinishReason.STOP)


@dataclass
class Twisted:
    """A provider whose answers come out otherwise than they went in."""

    provider: OpenRouter
    twist: Twist

    def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        return self.twist(self.provider.stream(model, prompt))


@dataclass
class Ledger:
    """A usage log that keeps facts as a rule turns them; None loses one."""

    facts: list[Fact]
    rule: Callable[[Fact], Fact | None] = lambda fact: fact

    async def record(self, *facts: Fact) -> None:
        self.facts += [kept for fact in facts if (kept := self.rule(fact)) is not None]

    def read(self, operation_id: str) -> tuple[Sequence[Row], str]:
        attempts = {fact.number: fact for fact in self.facts if isinstance(fact, Attempt)}
        ended = [fact.status.value for fact in self.facts if isinstance(fact, Completion)]
        rows = [Row(each.number, each.status.value, each.cost.nanos) for each in attempts.values()]
        return rows, ended[-1] if ended else ""


@pytest.fixture(scope="module")
def catalogue_is_read() -> Iterator[None]:
    """Before any clock runs."""
    with Simulator(speed=100):
        yield


def played(
    twist: Twist = honest,
    *,
    log: Ledger | None = None,
    faults: Faults | None = None,
    policy: Policy = POLICY,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Outcome:
    """One drill on a link whose provider, log and clock may be strange."""
    log = log or Ledger([])

    def theatre(drill: Drill) -> Stage:
        simulator = Simulator(speed=100)
        simulator.start()
        provider = OpenRouter(api_key="sk-or-v1-test", base_url=simulator.openrouter_url)
        engine = Engine({"openrouter": Twisted(provider, twist)}, log, policy=policy, sleep=sleep)

        async def close() -> None:
            await provider.aclose()
            simulator.stop()

        return Stage(engine, simulator, log.read, Settling(lambda name: None, log.record), close)

    return asyncio.run(full(theatre, [Drill("by hand", CHAIN, faults or {})]))[0]


pytestmark = pytest.mark.usefixtures("catalogue_is_read")


def test_an_honest_provider_and_an_honest_log_pass() -> None:
    assert played().verdict.grade is Grade.PASS


@pytest.mark.parametrize(
    ("twist", "reason"),
    [(stops_halfway, "part of an answer"), (says_it_twice, "nobody's"), (says_something_else, "nobody's")],
)
def test_a_provider_whose_words_are_not_whole_is_found_out(twist: Twist, reason: str) -> None:
    verdict = played(twist).verdict
    assert verdict.grade is Grade.FAIL
    assert reason in " ".join(verdict.reasons)


def loses_attempts(fact: Fact) -> Fact | None:
    return None if isinstance(fact, Attempt) else fact


def loses_ends(fact: Fact) -> Fact | None:
    ended = isinstance(fact, Attempt) and fact.status.value != "pending"
    return None if ended or isinstance(fact, Completion) else fact


def forgets_the_cost(fact: Fact) -> Fact | None:
    return replace(fact, cost=Cost()) if isinstance(fact, Attempt) else fact


def makes_it_dearer(fact: Fact) -> Fact | None:
    return replace(fact, cost=Cost(10**6, CostSource.BILLED)) if isinstance(fact, Attempt) else fact


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (loses_attempts, "no row of attempt 1"),
        (loses_ends, "still pending"),
        (loses_ends, "the operation is missing"),
        (forgets_the_cost, "does not know its cost"),
        (makes_it_dearer, "nano-dollars"),
    ],
)
def test_a_log_that_does_not_tell_what_was_done_is_found_out(rule: Callable[[Fact], Fact | None], reason: str) -> None:
    verdict = played(log=Ledger([], rule)).verdict
    assert verdict.grade is Grade.FAIL
    assert reason in " ".join(verdict.reasons)


def test_a_run_that_hangs_is_stopped_and_found_out() -> None:
    async def for_ever(seconds: float) -> None:
        await asyncio.get_running_loop().create_future()

    policy = Policy(deadlines=Deadlines(total=0.1, answer=0.1), backoff=Backoff(base=0.01))
    outcome = played(faults={CHAIN.links[0].link: Fault("overloaded")}, policy=policy, sleep=for_ever)
    assert outcome.verdict.grade is Grade.FAIL
    assert "the deadline" in outcome.verdict.reasons[0] and "0.1 s" in outcome.verdict.reasons[0]
