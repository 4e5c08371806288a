"""Small builders of facts, for the tests of the log and of what reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from jarvis_ai.address import ServerAddress
from jarvis_ai.domain import (
    Attempt,
    Chain,
    Completion,
    Cost,
    CostSource,
    Fact,
    Failure,
    FailureKind,
    Link,
    Operation,
    Prompt,
    Source,
    Status,
    Usage,
)
from jarvis_ai.usage_log.connection import Connection
from jarvis_ai.usage_log.postgres.connection import connect
from jarvis_ai.usage_log.postgres.store import ServerStore
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.store import Store
from jarvis_ai.usage_log.writers import Writer
from jarvis_ai.usage_log.writing import Writing
from tests.databases import Place

AnyPlace = TypeVar("AnyPlace", bound=Place)

GPT, HAIKU = Link.parse("openai/gpt-4o"), Link.parse("anthropic/claude-haiku-4.5")
NOON = 1_790_000_000.0


def at_noon() -> float:
    """A clock that stands still when the operations below begin."""
    return NOON


def operation(number: int = 1, *, at: float = NOON, text: str = "Hello", **fields: Any) -> Operation:
    """An operation whose id sorts by its number."""
    chain = Chain.of("openai/gpt-4o", "anthropic/claude-haiku-4.5")
    values = {"source": Source.PLAYGROUND, "prompt": Prompt.of(text), "chain": chain, **fields}
    return Operation(id=f"op-{number:06}", started_at=at, **values)


def asked(of: Operation, number: int = 1, link: Link = GPT) -> Attempt:
    """An attempt in flight."""
    return Attempt(of.id, number, link, of.started_at)


def answered(
    of: Operation, number: int = 1, link: Link = GPT, *, nanos: int | None = 1000, latency: float = 1.0, **fields: Any
) -> Attempt:
    """An attempt that answered."""
    cost = Cost(nanos, CostSource.BILLED) if nanos is not None else Cost()
    values = {"latency": latency, "ttft": latency / 4, "usage": Usage(10, 30), "cost": cost, **fields}
    return Attempt(of.id, number, link, of.started_at, Status.OK, **values)


def failed(of: Operation, number: int = 1, link: Link = GPT, kind: FailureKind = FailureKind.RATE_LIMITED) -> Attempt:
    """An attempt that was refused and cost nothing."""
    failure = Failure(kind, "too many requests", 429, retry_after=2.0)
    free = Cost(0, CostSource.ESTIMATED)
    return Attempt(of.id, number, link, of.started_at, Status.FAILED, failure=failure, latency=0.1, cost=free)


def completed(of: Operation, *attempts: Attempt, text: str = "Hi") -> Completion:
    """The end of an operation, as its last attempt has it."""
    last = attempts[-1]
    amounts = [attempt.cost.nanos for attempt in attempts]
    known = [amount for amount in amounts if amount is not None]
    return Completion(
        of.id,
        of.started_at + 1,
        last.status,
        text=text if last.status is Status.OK else "",
        link=last.link if last.status is Status.OK else None,
        failure=last.failure,
        attempts=attempts,
        usage=last.usage,
        cost=Cost(sum(known), CostSource.BILLED) if len(known) == len(amounts) else Cost(),
        latency=sum(attempt.latency or 0 for attempt in attempts),
        ttft=last.ttft,
    )


def whole(of: Operation, *attempts: Attempt) -> list[Fact]:
    """An operation from its beginning to its end."""
    return [of, *attempts, completed(of, *attempts)]


def target(place: Place) -> Writing:
    """What writes to a log, without a thread."""
    if isinstance(place, ServerAddress):
        return ServerStore(place, Writer.this())
    return Store(str(place), Writer.this(), busy_timeout=1.0)


def store(place: AnyPlace, *facts: Fact) -> AnyPlace:
    """A log that holds `facts`."""
    log = target(place)
    log.apply([write for fact in facts for write in writes_of(fact, writer="test")])
    log.close()
    return place


@contextmanager
def opened(place: Place) -> Iterator[Connection]:
    """A connection to what is in a log, that is closed again."""
    connection = connect(place) if isinstance(place, ServerAddress) else sqlite3.connect(place, isolation_level=None)
    with closing(connection):
        yield connection


def table(place: Place, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    with opened(place) as connection:
        return connection.execute(sql).fetchall()


def change(place: Place, *statements: str) -> None:
    """What an operator does to a database by hand."""
    with opened(place) as connection:
        for statement in statements:
            connection.execute(statement)
