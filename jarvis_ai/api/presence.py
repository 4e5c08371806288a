"""Work for a caller who may leave: an answer that nobody waits for is not paid for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
from starlette.requests import Request

T = TypeVar("T")


class CallerLeft(Exception):
    """The caller closed the connection before the answer was there."""


async def while_present(request: Request, work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns; it is cancelled, and `CallerLeft` raised, when the caller closes the connection first.

    The request's body must have been read.
    """
    done: list[T] = []
    async with anyio.create_task_group() as together:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            together.cancel_scope.cancel()

        together.start_soon(watch)
        done.append(await work())
        together.cancel_scope.cancel()
    if not done:
        raise CallerLeft
    return done[0]
