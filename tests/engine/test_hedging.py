"""Asking a second link beside one that is slow: the first to speak wins."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from jarvis_ai.domain import (
    Attempt,
    AttemptCancelled,
    AttemptFailed,
    AttemptStarted,
    Chain,
    ChainLink,
    Completion,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Status,
    TextDelta,
)
from jarvis_ai.engine.budget import HedgeBudget
from jarvis_ai.engine.speeds import Speeds
from jarvis_ai.policy import BreakerLimits, Deadlines, Hedging, Policy
from tests.builders import A, B, refused, said
from tests.engine.world import World, when

pytestmark = pytest.mark.anyio

CHAIN = Chain((ChainLink(A), ChainLink(B)))
EAGER = Policy(hedging=Hedging(floor=0.001, unknown=0.001))


def second(number: int = 2):
    """Whether an event tells that the hedge was asked."""
    return lambda event: isinstance(event, AttemptStarted) and event.attempt.number == number


async def test_the_hedge_answers_while_the_first_link_stays_silent():
    world = World([Opened(), asyncio.Event()], said("hello"), policy=EAGER)
    completion = await world.ask(CHAIN)
    assert (completion.status, completion.text, completion.link) == (Status.OK, "hello", B)
    assert [(each.link, each.status, each.hedge) for each in completion.attempts] == [
        (A, Status.CANCELLED, False),
        (B, Status.OK, True),
    ]
    assert [event.attempt.link for event in world.seen(AttemptCancelled)] == [A]
    assert [text.text for text in world.seen(TextDelta)] == ["hello"]


async def test_the_first_link_may_still_win_and_the_hedge_is_called_off():
    late = asyncio.Event()
    world = World([Opened(), late, *said("hello")[1:]], [Opened(), asyncio.Event()], policy=EAGER)
    world.told = lambda event: late.set() if second()(event) else None
    completion = await world.ask(CHAIN)
    assert (completion.text, completion.link) == ("hello", A)
    assert [(each.number, each.status) for each in completion.attempts] == [(1, Status.OK), (2, Status.CANCELLED)]


async def test_a_first_link_that_won_and_then_broke_off_is_rescued_and_not_called_off_with_its_hedge():
    late = asyncio.Event()
    world = World(
        [Opened(), late, TextDelta("hel"), *refused(FailureKind.TRUNCATED)],
        [Opened(), asyncio.Event()],
        said("hello"),
        policy=EAGER,
    )
    world.told = lambda event: late.set() if second()(event) else None
    completion = await world.ask(CHAIN, restarts=False)
    assert (completion.status, completion.text) == (Status.OK, "hello")
    assert [(each.link, each.status) for each in completion.attempts] == [
        (A, Status.FAILED),
        (B, Status.CANCELLED),
        (B, Status.OK),
    ]


async def test_a_trial_that_is_outrun_puts_the_next_one_off():
    policy = Policy(hedging=EAGER.hedging, breaker=BreakerLimits(failures=1, rests=(0.0, 60.0)))
    stalled, silent = refused(FailureKind.STALLED), [Opened(), asyncio.Event()]
    world = World(stalled, said("hello"), silent, said("hello"), said("hello"), policy=policy)
    asked = [[attempt.link for attempt in (await world.ask(CHAIN)).attempts] for _ in range(3)]
    assert asked == [[A, B], [A, B], [B]]


async def test_both_attempts_are_on_record():
    world = World([Opened(), asyncio.Event()], said("hello"), policy=EAGER)
    await world.ask(CHAIN)
    ended = {fact.number: fact.status for fact in world.notebook.of(Attempt)}
    assert ended == {1: Status.CANCELLED, 2: Status.OK}


async def test_a_first_link_that_fails_leaves_the_word_to_the_hedge():
    fails, late = asyncio.Event(), asyncio.Event()
    world = World(
        [Opened(), fails, *refused(FailureKind.SERVER_ERROR)], [Opened(), late, *said("hello")[1:]], policy=EAGER
    )

    def told(event):
        if second()(event):
            fails.set()
        when(AttemptFailed, late)(event)

    world.told = told
    completion = await world.ask(CHAIN)
    assert (completion.text, completion.link) == ("hello", B)
    assert [each.status for each in completion.attempts] == [Status.FAILED, Status.OK]


async def test_a_hedge_that_fails_is_a_failed_attempt_and_no_more():
    late = asyncio.Event()
    world = World([Opened(), late, *said("hello")[1:]], refused(FailureKind.OVERLOADED, http_status=529), policy=EAGER)
    world.told = when(AttemptFailed, late)
    completion = await world.ask(CHAIN)
    assert (completion.text, completion.link) == ("hello", A)
    assert [each.status for each in completion.attempts] == [Status.OK, Status.FAILED]


async def test_once_words_have_come_nobody_else_is_asked():
    late = asyncio.Event()
    world = World([Opened(), TextDelta("hel"), late, TextDelta("lo"), Finished(FinishReason.STOP)], policy=EAGER)
    asyncio.get_running_loop().call_later(0.02, late.set)
    assert (await world.ask(CHAIN)).text == "hello"
    assert world.router.asked == ["acme/a"]


async def test_a_chain_of_one_link_has_nobody_to_hedge_with():
    late = asyncio.Event()
    world = World([Opened(), late, *said("hello")[1:]], policy=EAGER)
    asyncio.get_running_loop().call_later(0.02, late.set)
    assert (await world.ask(Chain((ChainLink(A),)))).ok
    assert world.router.asked == ["acme/a"]


async def left(world: World, happened: asyncio.Event) -> dict[int, Status]:
    """How the attempts end when the caller leaves then. A scope, as the runtime's, cancels at every wait anew."""
    async with anyio.create_task_group() as group:
        group.start_soon(world.ask, CHAIN)
        await happened.wait()
        group.cancel_scope.cancel()
    assert [fact.status for fact in world.notebook.of(Completion)] == [Status.CANCELLED]
    return {fact.number: fact.status for fact in world.notebook.of(Attempt)}


async def test_a_caller_who_leaves_cancels_both():
    world = World([Opened(), asyncio.Event()], [Opened(), asyncio.Event()], policy=EAGER)
    both = asyncio.Event()
    world.told = lambda event: both.set() if second()(event) else None
    assert await left(world, both) == {1: Status.CANCELLED, 2: Status.CANCELLED}


async def test_a_caller_who_leaves_while_only_the_hedge_is_left_cancels_it():
    fails, failed = asyncio.Event(), asyncio.Event()
    world = World([Opened(), fails, *refused(FailureKind.SERVER_ERROR)], [Opened(), asyncio.Event()], policy=EAGER)

    def told(event):
        if second()(event):
            fails.set()
        when(AttemptFailed, failed)(event)

    world.told = told
    assert await left(world, failed) == {1: Status.FAILED, 2: Status.CANCELLED}


async def test_two_silent_links_end_both_and_the_operation_with_them():
    policy = Policy(hedging=EAGER.hedging, deadlines=Deadlines(headers=0.02, first_token=0.02, silence=0.02, total=0.5))
    world = World([asyncio.Event()], [asyncio.Event()], policy=policy)
    completion = await world.ask(CHAIN)
    assert completion.failure.kind is FailureKind.HEADERS_TIMEOUT
    assert len(completion.attempts) == 2


def test_the_budget_is_a_share_of_recent_calls_and_one_besides():
    budget = HedgeBudget(Hedging(share=0.05, window=300.0))
    budget.called(0.0)
    assert [budget.take(1.0) for _ in range(2)] == [True, False]
    for _ in range(59):
        budget.called(2.0)
    assert [budget.take(3.0) for _ in range(4)] == [True, True, True, False]


def test_the_budget_forgets_what_is_older_than_its_window():
    budget = HedgeBudget(Hedging(share=0.05, window=300.0))
    assert budget.take(0.0)
    assert not budget.take(289.0)
    assert budget.take(310.0)


def test_speeds_know_the_median_and_the_slow_end_of_the_latest_calls():
    speeds = Speeds()
    for tenth in range(1, 301):
        speeds.add(A, tenth / 10)
    speed = speeds.of(A)
    assert (speed.samples, speed.median, speed.p95) == (100, 25.1, 29.5)
    assert not speeds.of(B).known
