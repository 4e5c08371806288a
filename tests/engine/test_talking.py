"""The time of an operation runs while nobody speaks; an answer that is being given has a longer one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from jarvis_ai.domain import (
    Chain,
    Chunk,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Prompt,
    ReasoningDelta,
    Status,
    TextDelta,
    ToolCallDelta,
)
from jarvis_ai.policy import Deadlines, Policy
from tests.builders import A, B, refused
from tests.engine.world import World

pytestmark = pytest.mark.anyio

ALONE, BOTH = Chain.of(str(A)), Chain.of(str(A), str(B))
LONG, SHORT = 9.0, 0.03
END = Finished(FinishReason.STOP)
CALL = ToolCallDelta({"index": 0, "id": "call_1", "function": {"name": "tides", "arguments": "{}"}})


def policy(total: float = SHORT, answer: float = LONG) -> Policy:
    return Policy(deadlines=Deadlines(headers=LONG, first_token=LONG, silence=LONG, total=total, answer=answer))


def late() -> asyncio.Event:
    """What happens only after the time for the whole operation is over."""
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(2 * SHORT, event.set)
    return event


@pytest.mark.parametrize("word", [TextDelta("half"), ReasoningDelta("well"), CALL])
async def test_an_answer_that_is_being_given_is_not_cut_off_by_the_time_for_the_operation(word: Chunk):
    world = World([Opened(), word, late(), TextDelta(" and half"), END], policy=policy())
    completion = await world.ask(ALONE)
    assert completion.ok
    assert completion.latency > SHORT


class Endless:
    """Speaks for ever."""

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        yield Opened()
        while True:
            yield TextDelta("and ")
            await asyncio.sleep(0)


async def test_an_answer_that_never_ends_is_cut_off():
    world = World(policy=policy(answer=2 * SHORT))
    world.engine.providers = {"openrouter": Endless()}
    completion = await world.ask(BOTH)
    assert (completion.status, completion.failure.kind) == (Status.FAILED, FailureKind.DEADLINE)
    assert len(completion.attempts) == 1
    assert completion.latency >= 2 * SHORT


async def test_the_time_in_which_somebody_spoke_is_not_taken_from_those_who_go_on():
    broken = [Opened(), TextDelta("The tide comes in"), late(), *refused(FailureKind.TRUNCATED)]
    world = World(broken, [Opened(), TextDelta("The tide comes in twice"), END], policy=policy())
    completion = await world.ask(BOTH, restarts=False)
    assert completion.text == "The tide comes in twice"


async def test_words_that_nobody_hears_do_not_stop_the_clock():
    broken = [Opened(), TextDelta("The tide comes in"), *refused(FailureKind.TRUNCATED)]
    musing = [Opened(), ReasoningDelta("cut off"), late(), TextDelta("The tide comes in twice"), END]
    completion = await World(broken, musing, policy=policy()).ask(BOTH, restarts=False)
    assert completion.attempts[1].failure.kind is FailureKind.DEADLINE
    assert completion.failure.kind is FailureKind.TRUNCATED


async def test_a_time_for_the_answer_that_is_shorter_than_that_for_the_operation_cuts_nothing_off():
    world = World([Opened(), late(), TextDelta("late"), END], policy=policy(total=LONG, answer=SHORT))
    assert (await world.ask(ALONE)).text == "late"
