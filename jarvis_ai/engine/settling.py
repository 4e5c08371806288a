"""Costs that were not known when a call ended, asked for afterwards by the provider's own id of the call.

An answer that broke off or was called off says nothing about its price, and may have been billed all the same. Nobody
waits for this: the operation is over. What is learnt is recorded as a later word about the same rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from jarvis_ai.domain import Attempt, Completion, Cost, CostSource, Fact, Usage
from jarvis_ai.engine.costs import total_cost
from jarvis_ai.errors import ProviderError

logger = logging.getLogger("jarvis_ai.engine")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each time that is asked: a provider's own account lags behind its answers (contract §7)."""

Account = Callable[[str], Awaitable[Usage]]
"""What a call came to, by the provider's id of it, `cost_nanos` included. Raises `ProviderError` while not known."""


class Settling:
    """Asks for missing costs, one task an operation. Used from one event loop."""

    def __init__(
        self,
        accounts: Callable[[str], Account | None],
        record: Callable[..., Awaitable[None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """`accounts` gives a provider's account by its name; None where it keeps none."""
        self._accounts = accounts
        self._record = record
        self._sleep = sleep
        self._pauses = pauses
        self._tasks: set[asyncio.Task[None]] = set()

    def consider(self, completion: Completion) -> None:
        """An operation is over: see whether anything about its cost can still be learnt."""
        if completion.cost.nanos is None and any(map(self._open, completion.attempts)):
            task = asyncio.get_running_loop().create_task(self.settle(completion))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()

    async def settle(self, completion: Completion) -> None:
        """Record what can be learnt; what stays unknown is left as it was."""
        attempts = {attempt.number: attempt for attempt in completion.attempts}
        for pause in self._pauses:
            await self._sleep(pause)
            for number, attempt in attempts.items():
                if self._open(attempt):
                    attempts[number] = await self._asked(attempt)
            if not any(map(self._open, attempts.values())):
                break
        settled = [each for each in attempts.values() if each.cost.source is CostSource.SETTLED]
        if settled:
            whole = tuple(attempts.values())
            cost = total_cost([attempt.cost for attempt in whole])
            facts: list[Fact] = [*settled, replace(completion, attempts=whole, cost=cost)]
            await self._record(*facts)

    def _open(self, attempt: Attempt) -> bool:
        known = attempt.cost.nanos is not None or not attempt.generation_id
        return not known and self._accounts(attempt.link.provider) is not None

    async def _asked(self, attempt: Attempt) -> Attempt:
        account = self._accounts(attempt.link.provider)
        try:
            usage = await account(attempt.generation_id) if account else None
        except ProviderError as exc:
            logger.debug("operation %s: attempt %d is not settled: %s", attempt.operation_id, attempt.number, exc)
            return attempt
        if usage is None or usage.cost_nanos is None:
            return attempt
        return replace(attempt, usage=attempt.usage or usage, cost=Cost(usage.cost_nanos, CostSource.SETTLED))
