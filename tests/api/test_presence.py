"""Work for a caller who may leave."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from jarvis_ai.api.presence import CallerLeft, while_present

pytestmark = pytest.mark.anyio


class Caller:
    """One end of a connection: still there until it `leaves`."""

    def __init__(self) -> None:
        self.leaves = asyncio.Event()
        self.request = Request({"type": "http"}, self.receive)

    async def receive(self) -> Message:
        await self.leaves.wait()
        return {"type": "http.disconnect"}


async def test_a_caller_who_stays_gets_the_answer():
    async def work() -> str:
        return "Hello!"

    assert await while_present(Caller().request, work) == "Hello!"


async def test_a_caller_who_leaves_cancels_the_work():
    caller, cancelled = Caller(), asyncio.Event()

    async def work() -> str:
        caller.leaves.set()
        try:
            return await asyncio.Future[str]()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(CallerLeft):
        await while_present(caller.request, work)
    assert cancelled.is_set()
