"""What attempts cost, one and all together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jarvis_ai.domain import UNKNOWN_COST, Attempt, Cost, CostSource, Failure, FailureKind, Link, Usage

Price = Callable[[Link, Usage, float], Cost]
"""What `usage` of a link costs at a moment, where the provider does not say."""

NOTHING = Cost(0, CostSource.ESTIMATED)

UNBILLED = {
    FailureKind.CONNECT_FAILED,
    FailureKind.CONNECT_TIMEOUT,
    FailureKind.NOT_CONFIGURED,
    FailureKind.SATURATED,
}
"""Failures of calls that never arrived."""

WEAKEST_FIRST = (CostSource.ESTIMATED, CostSource.SETTLED, CostSource.BILLED)


def cost_of(attempt: Attempt, usage: Usage | None, price: Price) -> Cost:
    """What the provider says it billed, else an estimate; unknown without usage."""
    if usage is None:
        return UNKNOWN_COST
    if usage.cost_nanos is not None:
        return Cost(usage.cost_nanos, CostSource.BILLED)
    return price(attempt.link, usage, attempt.started_at)


def was_refused(failure: Failure | None, *, opened: bool) -> bool:
    """Whether a call failed before anything was processed, which costs nothing."""
    return failure is not None and not opened and (failure.http_status is not None or failure.kind in UNBILLED)


def total_cost(costs: Sequence[Cost]) -> Cost:
    """The sum; unknown as soon as one of them is, and no better founded than the weakest of them."""
    amounts = [cost.nanos for cost in costs if cost.nanos is not None]
    if not costs or len(amounts) < len(costs):
        return UNKNOWN_COST
    # A refused call costs an estimated nothing, which takes no certainty from a billed sum.
    sources = {cost.source for cost in costs if cost.nanos} or {cost.source for cost in costs}
    weakest = next(source for source in WEAKEST_FIRST if source in sources)
    return Cost(sum(amounts), weakest)
