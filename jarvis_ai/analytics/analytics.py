"""The questions that pages, routes and alerts ask the usage log.

Numbers and charts come from the roll-ups, so that they cost the same however long the log is; facts are read a page at
a time, or by id. Nothing is counted here but in SQL, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from jarvis_ai.address import ServerAddress
from jarvis_ai.analytics import queries, times
from jarvis_ai.analytics.buckets import Bucket, Stretch, stretches
from jarvis_ai.analytics.cells import BUCKET, Cells
from jarvis_ai.analytics.filters import Filters, FilterValues
from jarvis_ai.analytics.frames import COUNT, NUMBER, TEXT, Columns, frame
from jarvis_ai.analytics.history import Cursor, History, Page
from jarvis_ai.analytics.measures import Measure, cost, shares_of
from jarvis_ai.analytics.period import Period
from jarvis_ai.analytics.reader import LIMIT
from jarvis_ai.analytics.readers import reader_of
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.analytics.times import Times
from jarvis_ai.analytics.where import LONGEST_MS
from jarvis_ai.domain import Status
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION

RECENT = 900
"""Seconds that end now: what is called lately."""

MOST_RECENT = 2000
"""How many operations tell how a model does lately, at most: with them the question costs the same in a busy hour."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers at the top of a page. Durations are seconds, None when nothing was answered."""

    operations: int = 0
    ok: int = 0
    failed: int = 0
    cancelled: int = 0
    fallbacks: int = 0
    attempts: int = 0
    cost_nanos: int = 0
    """What is known; `unknown_cost_attempts` come on top of it."""
    unknown_cost_attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def cost(self) -> float:
        """The known cost in dollars."""
        return self.cost_nanos / 1e9


class Analytics:
    """Questions to one log. Safe to call from any thread; a log that is not there yet answers like an empty one.

    A period is taken in whole hours of UTC (`Period.whole_hours`), and counts what has ended of what began in it.
    Frames hold dollars in `cost` and seconds without a unit in the name; NaN is unknown. Percentiles are within 1 % of
    the value that was measured. Everything raises `TooSlow`, and other kinds of `sqlite3.Error`.
    """

    def __init__(self, path: Path | str | ServerAddress, *, limit: float = LIMIT) -> None:
        """`limit`: seconds that one question may take."""
        self._reader = reader_of(path, limit=limit)
        self._cells = Cells(self._reader)
        self.history = History(self._reader)

    def summary(self, period: Period, scope: Scope) -> Summary:
        """Counts, known cost and the percentiles of answered operations' time."""
        counts = ["operations", "ok", "failed", "cancelled", "fallbacks"]
        amounts = ["attempts", "nanos", "unknown_costs", "input_tokens", "output_tokens"]
        asked = whole(period)
        operations = self._cells.ask(OPERATION, [*counts, "latency"], asked, scope).to_dict("records")
        attempts = self._cells.ask(ATTEMPT, amounts, asked, scope).to_dict("records")
        renamed = {"nanos": "cost_nanos", "unknown_costs": "unknown_cost_attempts"}
        numbers = {renamed.get(str(name), str(name)): value for row in attempts for name, value in row.items()}
        for row in operations:
            p50, p95 = times.seconds_of(row.pop("latency"), 0.5, 0.95)
            numbers |= {**{str(name): value for name, value in row.items()}, "p50": p50, "p95": p95}
        return Summary(**numbers)

    def totals(self, measure: Measure, period: Period, scope: Scope, *, by: Dimension) -> pd.DataFrame:
        """A measure's `value` by dimension, with the sums that it is made of."""
        table = self._cells.ask(measure.counted, measure.columns, whole(period), scope, by=[by])
        return table.assign(value=measure.value(table).astype(NUMBER))

    def series(
        self,
        measure: Measure,
        period: Period,
        scope: Scope,
        *,
        bucket: Bucket,
        zone: ZoneInfo,
        by: Dimension | None = None,
    ) -> pd.DataFrame:
        """The same for each bucket, in order of time; `start` is the local time at which one begins."""
        asked = stretches(period, bucket, zone)
        dimensions = [by] if by else []
        table = self._cells.ask(measure.counted, measure.columns, asked, scope, by=dimensions, over_time=True)
        start = pd.to_datetime(table[BUCKET], unit="ms", utc=True).dt.tz_convert(zone)
        return table.assign(value=measure.value(table).astype(NUMBER), start=start).drop(columns=BUCKET)

    def times(self, period: Period, scope: Scope) -> Times:
        """How long all answers of a period took."""
        return times.times(self._cells, whole(period), scope)

    def latency_by_model(self, period: Period, scope: Scope) -> pd.DataFrame:
        """See `times.by_model`."""
        return times.by_model(self._cells, whole(period), scope)

    def failures(self, period: Period, scope: Scope) -> pd.DataFrame:
        """Failed attempts by kind, provider and model, most first."""
        failed = replace(scope, statuses=("failed",))
        table = self._cells.ask(ATTEMPT, ["attempts"], whole(period), failed, by=["failure", "provider", "model"])
        # Sums come in the order of their groups, and what is alike stays in it.
        return table.sort_values("attempts", ascending=False, kind="stable", ignore_index=True)

    def by_model(self, period: Period, scope: Scope) -> pd.DataFrame:
        """One row a provider and model, most attempts first; `cost` is what is known of it."""
        columns = ["attempts", "ok", "failed", "input_tokens", "output_tokens", "nanos", "unknown_costs", "latency"]
        table = self._cells.ask(ATTEMPT, columns, whole(period), scope, by=["provider", "model"])
        table = table.assign(cost=cost(table).astype(NUMBER))
        table = shares_of(table, "latency", {"p50": 0.5, "p95": 0.95}).drop(columns=["nanos", "latency"])
        table = table.rename(columns={"unknown_costs": "unknown_cost_attempts"})
        return table.sort_values("attempts", ascending=False, kind="stable", ignore_index=True)

    def operations(
        self, period: Period | None, filters: Filters, *, before: Cursor | None = None, limit: int = 50
    ) -> pd.DataFrame:
        """See `History.operations`."""
        return self.history.operations(period, filters, before=before, limit=limit)

    def page(self, period: Period, filters: Filters, *, before: Cursor | None = None, limit: int = 50) -> Page:
        """See `History.page`."""
        return self.history.page(period, filters, before=before, limit=limit)

    def operation(self, operation_id: str) -> dict[str, Any] | None:
        """See `History.operation`."""
        return self.history.operation(operation_id)

    def attempts(self, operation_id: str) -> pd.DataFrame:
        """See `History.attempts`."""
        return self.history.attempts(operation_id)

    def bodies(self, operation_id: str) -> dict[str, Any] | None:
        """See `History.bodies`."""
        return self.history.bodies(operation_id)

    def begins(self) -> float | None:
        """UTC seconds of the first operation; None in an empty log."""
        return self.history.begins()

    def counted_from(self) -> float:
        """UTC seconds from which on the roll-ups hold everything; 0 unless an older log is still being counted."""
        return self._cells.marks().get("filled", 0) / 1000

    def filter_values(self) -> FilterValues:
        """What occurs in the log, for filter lists; of operations and attempts that have ended."""
        keys = self._reader.rows(queries.VALUES)
        asked, answered = ([row for row in keys if row[0] == counted] for counted in (ATTEMPT, OPERATION))
        _, providers, models, _, _, failures, outcomes = distinct(asked)
        _, through, models_that_answered, sources, tasks, endings, statuses = distinct(answered)
        return FilterValues(
            models=models,
            providers=providers,
            failures=failures,
            outcomes=outcomes,
            answered=models_that_answered,
            through=through,
            endings=endings,
            sources=sources,
            tasks=tasks,
            statuses=sorted({*statuses, Status.PENDING}) if statuses else [],
        )

    def recent_health(self, now: float, window: float = RECENT) -> pd.DataFrame:
        """How each provider and model did in the last `window` seconds, drills apart; `…_at` are UTC seconds.

        Of the newest `MOST_RECENT` operations, when there were more.
        """
        values = {"start": round((now - window) * 1000), "end": round(now * 1000), "longest": LONGEST_MS}
        columns: Columns = {"provider": TEXT, "model": TEXT, "attempts": COUNT, "failed": COUNT, "last_failure": TEXT,
                            "last_ok_at": NUMBER, "last_failure_at": NUMBER, "first_failure_at": NUMBER}  # fmt: skip
        return frame(self._reader.rows(queries.RECENT_HEALTH, {**values, "most": MOST_RECENT}), columns)


def whole(period: Period) -> list[Stretch]:
    """A period as one stretch."""
    hours = period.whole_hours
    return [Stretch(int(hours.start), int(hours.start), int(hours.end))]


def distinct(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """The values of each of seven columns that are not empty, sorted."""
    return [sorted({row[place] for row in rows if row[place]}) for place in range(7)]
