"""Questions to the facts: operations page by page, and one of them with all that is known of it.

Pages go on by key. Where a filter lets little through, the log is walked back in stretches that double, and when the
time is over the answer is what was found so far and how far back that is.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.filters import Filters
from jarvis_ai.analytics.frames import COUNT, NUMBER, TEXT, Kind, dollars, frame, seconds
from jarvis_ai.analytics.period import HOUR, Period
from jarvis_ai.analytics.reader import TooSlow
from jarvis_ai.analytics.readers import Answers
from jarvis_ai.analytics.where import of_operations

TEXT_COLUMNS = {
    "id", "source", "task", "tag", "requested_model", "chain", "status", "provider", "model", "cost_source", "arm",
    "finish_reason", "failure", "detail", "writer", "operation_id", "reason", "generation_id", "served_model",
}  # fmt: skip
COUNT_COLUMNS = {"started_at", "fallback", "attempts", "simulated", "cached", "attempt_no", "hedge", "resumed"}

OPERATION_COLUMNS = (
    "id", "started_at", "finished_at", "source", "task", "tag", "requested_model", "chain", "arm", "status", "provider",
    "model", "fallback", "attempts", "latency_ms", "ttft_ms", "input_tokens", "output_tokens", "cost_nanos",
    "cost_source", "finish_reason", "failure", "detail", "simulated", "cached",
)  # fmt: skip
ATTEMPT_COLUMNS = (
    "operation_id", "attempt_no", "provider", "model", "started_at", "status", "reason", "waited_ms", "failure",
    "http_status", "retry_after_ms", "detail", "latency_ms", "ttft_ms", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "cost_nanos", "cost_source", "generation_id",
    "served_model", "hedge", "resumed",
)  # fmt: skip

Row = tuple[Any, ...]

BUDGET = 2.0
"""Seconds that one page may take."""


class Cursor(NamedTuple):
    """A place in the log, newest first: what comes after it began earlier, or then and with a smaller id."""

    started_at: int
    """UTC milliseconds."""
    id: str

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """What `str` made of one; None for anything else."""
        at, _, id_ = text.partition("~")
        return cls(int(at), id_) if at.isascii() and at.isdecimal() and len(at) < 17 else None

    def __str__(self) -> str:
        return f"{self.started_at}~{self.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, with `cost`, `latency` and `ttft` added; `started_at` is UTC milliseconds."""

    rows: pd.DataFrame
    after: Cursor | None
    """Where the next page begins; None when there are no more rows."""
    given_up_at: float | None = None
    """UTC seconds back to which the log was searched when the time for it was over; None when the page is whole."""


class History:
    """The facts of one log."""

    def __init__(self, reader: Answers, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock

    def operations(
        self, period: Period | None, filters: Filters, *, before: Cursor | None = None, limit: int = 50
    ) -> pd.DataFrame:
        """Rows of the table, newest first, in one question. Raises `TooSlow`."""
        return _table(self._rows(period, filters, before, limit, self._reader.limit))

    def page(
        self, period: Period, filters: Filters, *, before: Cursor | None = None, limit: int = 50, budget: float = BUDGET
    ) -> Page:
        """The next `limit` rows, or what `budget` seconds have found of them. Raises `TooSlow` when that is nothing."""
        deadline, found, reached = self._clock() + budget, list[Row](), None
        # The index of words is asked once: it does not know of time.
        for stretch in [period] if self._searches(filters) else self._back(period, before):
            try:
                found += self._rows(stretch, filters, before, limit + 1 - len(found), deadline - self._clock())
            except TooSlow:
                if reached is None:
                    raise
                return _partial(found, reached)
            reached = stretch.start
            if len(found) > limit:
                break
        return _whole(found, limit)

    def operation(self, operation_id: str) -> dict[str, Any] | None:
        """One row of the table with `cost` in dollars (None: unknown) and its chain as a list."""
        found = self._reader.records("SELECT * FROM operations WHERE id = :id", {"id": operation_id})
        if not found:
            return None
        row, nanos = found[0], found[0]["cost_nanos"]
        return {**row, "chain": from_json(row["chain"]) or [], "cost": None if nanos is None else nanos / 1e9}

    def attempts(self, operation_id: str) -> pd.DataFrame:
        """What was tried for one operation, in order, with `cost`, `latency`, `ttft` and `waited` added."""
        sql = f"SELECT {', '.join(ATTEMPT_COLUMNS)} FROM attempts WHERE operation_id = :id ORDER BY attempt_no"
        table = frame(self._reader.rows(sql, {"id": operation_id}), {name: kind_of(name) for name in ATTEMPT_COLUMNS})
        return readable(table).assign(waited=seconds(table["waited_ms"]))

    def bodies(self, operation_id: str) -> dict[str, Any] | None:
        """The redacted `request` (the JSON body), `answer` (text) and `tool_calls` (list); None when not kept."""
        sql = "SELECT request, answer, tool_calls FROM bodies WHERE operation_id = :id"
        for request, answer, calls in self._reader.rows(sql, {"id": operation_id}):
            return {"request": from_json(request), "answer": answer or "", "tool_calls": from_json(calls) or []}
        return None

    def begins(self) -> float | None:
        """UTC seconds of the first operation; None in an empty log."""
        [(first,)] = self._reader.rows(queries.FIRST) or [(None,)]
        return None if first is None else first / 1000

    def _rows(
        self, period: Period | None, filters: Filters, before: Cursor | None, limit: int, seconds_: float
    ) -> list[Row]:
        """With the columns of `OPERATION_COLUMNS`."""
        if seconds_ <= 0:
            raise TooSlow(0)
        where, values = of_operations(period, filters, indexed=self._searches(filters))
        if before is not None:
            where, values = f"{where} AND {queries.OLDER_THAN}", {**values, "at": before.started_at, "id": before.id}
        sql = queries.OPERATIONS.format(where=where, columns=", ".join(f"o.{name}" for name in OPERATION_COLUMNS))
        return self._reader.rows(sql, {**values, "limit": limit}, limit=seconds_)

    def _searches(self, filters: Filters) -> bool:
        return bool(filters.text) and bool(self._reader.rows(queries.HAS_SEARCH))

    def _back(self, period: Period, before: Cursor | None) -> Iterator[Period]:
        """The period from its end, or from `before` on, backwards in stretches that double."""
        start = max(period.start, self.begins() or period.end)
        end = period.end if before is None else min(period.end, before.started_at / 1000 + 0.001)
        length = HOUR
        while end > start:
            yield Period(max(start, end - length), end)
            end, length = end - length, length * 2


def _whole(found: list[Row], limit: int) -> Page:
    page = _table(found[:limit])
    return Page(page, _last(page) if len(found) > limit else None)


def _partial(found: list[Row], reached: float) -> Page:
    # Anything that began before: no id is smaller than the empty one.
    return Page(_table(found), Cursor(round(reached * 1000), ""), reached)


def _table(rows: list[Row]) -> pd.DataFrame:
    """One for all stretches: a table of many columns takes longer to make than to fill."""
    return readable(frame(rows, {name: kind_of(name) for name in OPERATION_COLUMNS}))


def _last(rows: pd.DataFrame) -> Cursor:
    return Cursor(int(rows["started_at"].iloc[-1]), str(rows["id"].iloc[-1]))


def kind_of(column: str) -> Kind:
    """What a column of the log's tables holds."""
    return TEXT if column in TEXT_COLUMNS else COUNT if column in COUNT_COLUMNS else NUMBER


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with dollars and seconds added."""
    return table.assign(
        cost=dollars(table["cost_nanos"]), latency=seconds(table["latency_ms"]), ttft=seconds(table["ttft_ms"])
    )


def from_json(text: str | None) -> Any:
    """What a JSON column holds; None for NULL, the text itself when somebody wrote something else there."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
