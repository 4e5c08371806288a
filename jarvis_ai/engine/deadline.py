"""A deadline that moves with every token."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class MovingDeadline:
    """Ends the block that it guards with `TimeoutError` when `due`, in the loop's time, has passed.

    Moving it on costs nothing: its one timer looks where the deadline is when it fires. asyncio's own timeout arms a
    new timer for every move, which takes longer than reading a token.
    """

    def __init__(self, due: float) -> None:
        self._due = due
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_at(due, self._look)
        self._limit = asyncio.timeout(None)

    def move(self, due: float) -> None:
        """From now on the block may last until `due`."""
        self._due = due
        if due < self._timer.when():
            self._timer.cancel()
            self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        if now < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        else:
            self._limit.reschedule(now)

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        await self._limit.__aexit__(kind, exc, trace)
