"""How many calls to one provider run at a time, and the queue of those that wait for their turn."""

from __future__ import annotations

import asyncio
from collections import deque

from jarvis_ai.domain import Failure, FailureKind
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Concurrency


class Gate:
    """One provider's. First come, first served; used from one event loop."""

    def __init__(self, provider: str, limits: Concurrency) -> None:
        self._provider = provider
        self._limits = limits
        self._free = limits.limit
        self._queue: deque[asyncio.Future[None]] = deque()

    async def enter(self, patience: float) -> None:
        """Wait for a turn, `patience` seconds at most. Raises `ProviderError` when none came. Followed by `leave`."""
        if self._free > 0:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        seconds = min(patience, self._limits.queue)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError as exc:
            self._withdraw(turn)
            raise ProviderError(self._full(seconds)) from exc
        except asyncio.CancelledError:
            self._withdraw(turn)
            raise

    def leave(self) -> None:
        """A call is over: the next in the queue has its turn."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _withdraw(self, turn: asyncio.Future[None]) -> None:
        """Whoever leaves the queue hands on a turn that came in the same instant."""
        if turn.done() and not turn.cancelled():
            self.leave()
        elif turn in self._queue:
            self._queue.remove(turn)

    def _full(self, seconds: float) -> Failure:
        return Failure(
            FailureKind.SATURATED,
            f"{self._limits.limit} calls to {self._provider} were under way, and none ended within {seconds:g} s",
        )
