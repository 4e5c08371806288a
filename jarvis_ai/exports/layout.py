"""What is in an export: the columns of the log's facts, and beside them the same in words that people and other
programs read.

Every column of `operations`, `attempts` and `bodies` is in it as it is in the log, so that an import makes the same
rows again. A time has a twin in ISO 8601, an amount one in dollars; an import does not look at them. This module knows
neither files nor databases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from jarvis_ai.domain import CostSource, FailureKind, Source, Status

Row = tuple[Any, ...]
"""Values in the order of a table's columns."""

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC like all of it, and three times as quick without saying so
NANOS = 10**9


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    JSON = "JSON"
    INTEGER = "a whole number"
    REAL = "a number"
    TIME = "UTC milliseconds"
    MONEY = "10⁻⁹ dollars"


WHOLE = frozenset({Kind.INTEGER, Kind.TIME, Kind.MONEY})
"""Kinds that are 64-bit integers."""
TEXTS = frozenset({Kind.TEXT, Kind.JSON})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the log."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    """Whether it is never NULL."""
    words: frozenset[str] = frozenset()
    """What it may say; empty: anything."""

    @property
    def twin(self) -> str:
        """The name of its readable twin, as in the log's views; empty where it needs none."""
        match self.kind:
            case Kind.TIME:
                return f"{self.name.removesuffix('_at')}_utc"
            case Kind.MONEY:
                return f"{self.name.removesuffix('cost_nanos')}dollars"
        return ""


class Table:
    """Columns in the order in which a row has them. What every row asks of them is found once."""

    def __init__(self, *columns: Column) -> None:
        self.columns = columns
        self.names = tuple(column.name for column in columns)
        self.twins = tuple((column.name, column.kind, column.twin) for column in columns if column.twin)
        self.all_names = frozenset((*self.names, *(column.twin for column in columns if column.twin)))
        self.width = len(columns)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __len__(self) -> int:
        return self.width

    def place(self, name: str) -> int:
        """Where a column stands in a row. Raises `ValueError` for another name."""
        return self.names.index(name)

    def places(self, *kinds: Kind) -> tuple[int, ...]:
        """Where the columns of these kinds stand."""
        return tuple(place for place, column in enumerate(self.columns) if column.kind in kinds)


def texts(*names: str, required: bool = False) -> list[Column]:
    return [Column(name, required=required) for name in names]


def integers(*names: str, required: bool = False) -> list[Column]:
    return [Column(name, Kind.INTEGER, required) for name in names]


SOURCE = Column("source", required=True, words=frozenset(Source))
STATUS = Column("status", required=True, words=frozenset(Status))
COST_SOURCE = Column("cost_source", required=True, words=frozenset(CostSource))
FAILURE = Column("failure", words=frozenset(FailureKind))
STARTED = Column("started_at", Kind.TIME, required=True)
COST = Column("cost_nanos", Kind.MONEY)

OPERATION = Table(
    *texts("id", required=True),
    STARTED,
    Column("finished_at", Kind.TIME),
    SOURCE,
    *texts("task", "tag", "requested_model", required=True),
    Column("chain", Kind.JSON, required=True),
    STATUS,
    *texts("provider", "model"),
    *integers("fallback", "attempts", required=True),
    *integers("latency_ms", "ttft_ms", "input_tokens", "output_tokens"),
    COST,
    COST_SOURCE,
    *texts("finish_reason"),
    FAILURE,
    *texts("detail"),
    *integers("simulated", "cached", required=True),
    *texts("writer", "chain_hash", "arm"),
    Column("overhead_ms", Kind.REAL),
)
"""Of `operations`."""

ATTEMPT = Table(
    *integers("attempt_no", required=True),
    *texts("provider", "model", required=True),
    STARTED,
    STATUS,
    *texts("reason", required=True),
    *integers("waited_ms", required=True),
    FAILURE,
    *integers("http_status", "retry_after_ms"),
    *texts("detail"),
    *integers("latency_ms", "ttft_ms", "input_tokens", "output_tokens"),
    *integers("cache_read_tokens", "cache_write_tokens", "reasoning_tokens"),
    COST,
    COST_SOURCE,
    *texts("generation_id", "served_model"),
    *integers("hedge", "resumed", required=True),
)
"""Of `attempts`, but for `operation_id`: an attempt stands with its operation."""

BODY = Table(
    Column("request", Kind.JSON, required=True),
    Column("answer"),
    Column("tool_calls", Kind.JSON),
)
"""Of `bodies`, but for `operation_id` and `started_at`, which are the operation's."""

ATTEMPTS, BODIES = "attempt_rows", "body"
"""What the attempts and the body of an operation are called where they are nested in it."""

TABLES: Mapping[str, Table] = MappingProxyType({"operations": OPERATION, "attempts": ATTEMPT, "bodies": BODY})
IMPLIED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "operations": frozenset(),
        "attempts": frozenset({"operation_id"}),
        "bodies": frozenset({"operation_id", "started_at"}),
    }
)
"""Columns that follow from the operation and are not repeated."""


class Record(NamedTuple):
    """An operation with all that belongs to it."""

    operation: Row
    attempts: Sequence[Row]
    """In order of their numbers."""
    body: Row | None
    """None where it was not kept, or not asked for."""


ID, STARTED_AT, OPERATION_STATUS, ATTEMPT_COUNT = (
    OPERATION.place(name) for name in ("id", "started_at", "status", "attempts")
)
NUMBER, ATTEMPT_STATUS = (ATTEMPT.place(name) for name in ("attempt_no", "status"))


def readable(kind: Kind, value: int | None) -> str | None:
    """What the twin of a column says of a value: exact, and None where the value is unknown or no time there is."""
    if value is None:
        return None
    return iso(value) if kind is Kind.TIME else dollars(value)


def iso(milliseconds: int) -> str | None:
    """A time in ISO 8601, in UTC; None beyond the year 9999."""
    try:
        return f"{(EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec='milliseconds')}Z"
    except OverflowError:
        return None


def dollars(nanos: int) -> str:
    """An amount in dollars as a decimal number with nine places."""
    whole, rest = divmod(abs(nanos), NANOS)
    return f"{'-' if nanos < 0 else ''}{whole}.{rest:09}"
