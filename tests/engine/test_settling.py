"""Costs that are learnt after the call."""

from __future__ import annotations

import pytest

from jarvis_ai.domain import (
    Attempt,
    Completion,
    Cost,
    CostSource,
    Failure,
    FailureKind,
    Link,
    Status,
    Usage,
)
from jarvis_ai.engine.settling import Settling
from jarvis_ai.errors import ProviderError
from tests.builders import DIRECT, A, Notebook

pytestmark = pytest.mark.anyio

NOT_YET = ProviderError(Failure(FailureKind.MODEL_NOT_FOUND, "not found"))


class Accounts:
    """One provider's account, which knows a call from the n-th time on that it is asked."""

    def __init__(self, *answers: Usage | ProviderError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.slept: list[float] = []
        self.notebook = Notebook()

    def of(self, provider: str):
        return self._account if provider == "openrouter" else None

    async def _account(self, generation_id: str) -> Usage:
        self.asked.append(generation_id)
        answer = self.answers.pop(0)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def settle(self, completion: Completion) -> list:
        await Settling(self.of, self.notebook.record, sleep=self.sleep, pauses=(1.0, 2.0)).settle(completion)
        return self.notebook.facts


def broken(link: Link = A, number: int = 1, generation_id: str = "gen-1") -> Attempt:
    return Attempt("op", number, link, 0.0, Status.FAILED, generation_id=generation_id)


def over(*attempts: Attempt) -> Completion:
    return Completion("op", 1.0, Status.OK, attempts=attempts)


BILLED = Attempt("op", 2, A, 0.0, Status.OK, cost=Cost(500, CostSource.BILLED))


async def test_a_cost_is_asked_for_until_it_is_known_and_the_operation_has_the_sum():
    accounts = Accounts(NOT_YET, Usage(10, 4, cost_nanos=70))
    attempt, completion = await accounts.settle(over(broken(), BILLED))
    assert (attempt.cost, attempt.usage.output_tokens) == (Cost(70, CostSource.SETTLED), 4)
    assert completion.cost == Cost(570, CostSource.SETTLED)
    assert (accounts.asked, accounts.slept) == (["gen-1", "gen-1"], [1.0, 2.0])


async def test_what_stays_unknown_is_left_as_it_was():
    assert await Accounts(NOT_YET, NOT_YET).settle(over(broken())) == []


async def test_a_part_that_stays_unknown_keeps_the_sum_unknown():
    accounts = Accounts(Usage(cost_nanos=70), NOT_YET, NOT_YET)
    facts = await accounts.settle(over(broken(), broken(number=2, generation_id="gen-2")))
    assert [type(fact).__name__ for fact in facts] == ["Attempt", "Completion"]
    assert facts[-1].cost.nanos is None


async def test_nobody_is_asked_about_calls_that_no_account_knows():
    accounts = Accounts()
    await accounts.settle(over(broken(DIRECT), broken(generation_id="")))
    assert accounts.asked == []
