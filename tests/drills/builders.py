"""Chains, forecasts and evidence to judge, each changed where a test says so."""

from __future__ import annotations

from typing import Any

from jarvis_ai.domain import Attempt, Chain, Completion, Cost, CostSource, Failure, FailureKind, Link, Status
from jarvis_ai.drills import Evidence, Forecast, Row, Seen, Step
from jarvis_ai.policy import Reach

GPT, MINI, SONNET, DIRECT = (
    Link.parse(name)
    for name in (
        "openrouter:openai/gpt-4o",
        "openrouter:openai/gpt-4o-mini",
        "openrouter:anthropic/claude-sonnet-4.6",
        "openai:gpt-4o",
    )
)
KEYWORD = Link("keyword")
CHAIN = Chain.of(*map(str, (GPT, MINI, SONNET, DIRECT, KEYWORD)))
WORDS = "(simulated answer from gpt-4o) It may rain."
OTHERS = "(simulated answer from gpt-4o-mini) Take an umbrella."
HEALTHY = {GPT: WORDS, MINI: OTHERS}


def promise(**changes: Any) -> Forecast:
    """The first link is overloaded twice; the second answers."""
    broken = Step(GPT, "", 0.5, fault="overloaded", failure=FailureKind.OVERLOADED, reach=Reach.MODEL, seconds=1.0)
    known = {"steps": (broken, broken, Step(MINI, "", 0.0)), "answers": MINI, "failure": None, "latest": 3.0}
    return Forecast(**{**known, **changes})


def refusal(kind: FailureKind = FailureKind.MODERATED, reach: Reach = Reach.REQUEST) -> Forecast:
    """Nobody is to answer."""
    return promise(steps=(Step(GPT, "", 0.0, failure=kind, reach=reach),), answers=None, failure=kind, latest=1.0)


def tried(
    link: Link, status: Status = Status.OK, *, number: int = 1, at: float = 0.0, nanos: int | None = 7
) -> Attempt:
    failure = Failure(FailureKind.OVERLOADED) if status is Status.FAILED else None
    cost = Cost(nanos, CostSource.BILLED if nanos is not None else CostSource.UNKNOWN)
    return Attempt("op", number, link, at, status, failure=failure, cost=cost, generation_id=f"gen-{number}")


def answered(text: str = OTHERS, *, link: Link = MINI, latency: float = 2.0, **changes: Any) -> Completion:
    attempts = (tried(GPT, Status.FAILED, nanos=0), tried(link, number=2, at=1.0))
    known = {"text": text, "link": link, "attempts": attempts, "latency": latency, "cost": Cost(7, CostSource.BILLED)}
    return Completion("op", latency, Status.OK, **{**known, **changes})


def refused(kind: FailureKind = FailureKind.MODERATED, **changes: Any) -> Completion:
    attempts = (tried(GPT, Status.FAILED, nanos=0),)
    cost = Cost(0, CostSource.ESTIMATED)
    known = {"failure": Failure(kind), "attempts": attempts, "latency": 0.1, "cost": cost}
    return Completion("op", 0.1, Status.FAILED, **{**known, **changes})


def found(completion: Completion, **changes: Any) -> Evidence:
    """What is known of a run that went as its completion says."""
    rows = [Row(each.number, each.status.value, each.cost.nanos) for each in completion.attempts]
    known: dict[str, Any] = {
        "seen": Seen(completion.text, ended=True),
        "started_at": 0.0,
        "longest": 40.0,
        "healthy": HEALTHY,
        "rows": rows,
        "row_status": completion.status.value,
        "dispatched": len(rows),
        "charges": {each.generation_id: each.cost.nanos for each in completion.attempts if each.cost.nanos},
    }
    return Evidence(completion, **{**known, **changes})
