"""A deadline that moves."""

from __future__ import annotations

import asyncio

import pytest

from jarvis_ai.engine.deadline import MovingDeadline

pytestmark = pytest.mark.anyio

SOON, NEVER = 0.005, 60.0


def after(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_a_block_ends_when_its_deadline_has_passed():
    with pytest.raises(TimeoutError):
        async with MovingDeadline(after(SOON)):
            await asyncio.Event().wait()


async def test_a_deadline_that_moved_on_lets_the_block_live():
    loop, lived = asyncio.get_running_loop(), asyncio.Event()
    async with MovingDeadline(after(SOON)) as deadline:
        deadline.move(after(NEVER))
        loop.call_at(after(2 * SOON), lived.set)
        await lived.wait()


async def test_a_deadline_that_moved_on_and_passed_ends_the_block():
    with pytest.raises(TimeoutError):
        async with MovingDeadline(after(SOON)) as deadline:
            deadline.move(after(2 * SOON))
            await asyncio.Event().wait()


async def test_a_deadline_can_move_closer():
    with pytest.raises(TimeoutError):
        async with MovingDeadline(after(NEVER)) as deadline:
            deadline.move(after(SOON))
            await asyncio.Event().wait()


async def test_a_cancelled_block_is_cancelled_and_not_late():
    async def guarded() -> None:
        async with MovingDeadline(after(NEVER)):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(guarded())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
