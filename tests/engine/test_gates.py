"""Calls to one provider queue: a slow one cannot take the whole process with it."""

from __future__ import annotations

import asyncio

import pytest

from jarvis_ai.domain import Chain, ChainLink, FailureKind, Opened, Status
from jarvis_ai.engine.gates import Gate
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Concurrency, Hedging, Policy
from tests.builders import DIRECT, A, B, said
from tests.engine.world import World

pytestmark = pytest.mark.anyio

NARROW = Policy(concurrency=Concurrency(limit=1, queue=0.02), hedging=Hedging(on=False))


async def test_the_next_in_the_queue_has_its_turn_when_a_call_ends():
    gate = Gate("openrouter", Concurrency(limit=1, queue=5.0))
    await gate.enter(5.0)
    waiting = asyncio.create_task(gate.enter(5.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.leave()
    await waiting


async def test_whoever_waits_in_vain_is_told_why_and_leaves_the_queue():
    gate = Gate("openrouter", Concurrency(limit=1, queue=0.01))
    await gate.enter(5.0)
    with pytest.raises(ProviderError) as raised:
        await gate.enter(5.0)
    assert raised.value.failure.kind is FailureKind.SATURATED
    gate.leave()
    await gate.enter(5.0)


async def test_a_turn_that_comes_to_one_who_leaves_is_handed_on():
    gate = Gate("openrouter", Concurrency(limit=1, queue=5.0))
    await gate.enter(5.0)
    leaving, next_one = (asyncio.create_task(gate.enter(5.0)) for _ in range(2))
    await asyncio.sleep(0)
    gate.leave()
    leaving.cancel()
    await next_one
    assert leaving.cancelled()


async def test_a_call_whose_turn_does_not_come_goes_to_another_provider():
    world = World([Opened(), asyncio.Event()], direct=[said("hello")], policy=NARROW)
    stuck = asyncio.create_task(world.ask(Chain((ChainLink(A),))))
    while not world.router.asked:
        await asyncio.sleep(0)
    completion = await world.ask(Chain((ChainLink(A), ChainLink(B), ChainLink(DIRECT))))
    assert completion.link == DIRECT
    assert [each.failure_kind for each in completion.attempts] == [FailureKind.SATURATED, None]
    assert completion.attempts[0].cost.nanos == 0
    assert not world.engine.breakers
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck


async def test_a_turn_is_given_back_however_a_call_ends():
    world = World(*([Opened(), *said("hello")[1:]] for _ in range(3)), policy=NARROW)
    for _ in range(3):
        assert (await world.ask(Chain((ChainLink(A),)))).status is Status.OK
